"""The one table of triggers: what each means (HL7.md, Triggers). A trigger without a row is kept in the exceptions tray.

A row says how it is followed, the act it tells of, where its place stands (PV1-3 is where the patient is after the event,
PV1-42 where one is expected, PV2-1 where one was), and which times it carries.
"""

from collections.abc import Mapping

from adt_feed.mapping.others import merge, note_person, report_bed
from adt_feed.mapping.row import Row
from adt_feed.mapping.stays import HERE, chart, chart_amendment, chart_renumbered, chart_swap
from flow.domain.visit import Act

PENDING = (("PV1", 42),)
PLANNED = (*PENDING, *HERE)
PRIOR_PENDING = (("PV2", 1),)
ADMITTED_AT = (("PV2", 8), ("EVN", 3))
DISCHARGED_AT = (("PV2", 9), ("EVN", 3))
ENDED_AT = ("PV1", 45)

TRIGGERS: Mapping[str, Row] = {
    "A01": Row(chart, Act.ADMIT, HERE),
    "A02": Row(chart, Act.TRANSFER, HERE),
    "A03": Row(chart, Act.DISCHARGE, ended=ENDED_AT),
    "A04": Row(chart, Act.REGISTER, HERE),
    "A05": Row(chart, Act.PLAN, PLANNED, expected=ADMITTED_AT),
    "A06": Row(chart_renumbered, Act.TO_INPATIENT, HERE),
    "A07": Row(chart_renumbered, Act.TO_OUTPATIENT, HERE),
    "A08": Row(chart_amendment, Act.AMEND, HERE),
    "A09": Row(chart, Act.LEAVE_FOR),
    "A10": Row(chart, Act.ARRIVE_BACK),
    "A11": Row(chart, Act.CANCEL_ADMIT),
    "A12": Row(chart, Act.CANCEL_TRANSFER, HERE),
    "A13": Row(chart, Act.CANCEL_DISCHARGE, HERE),
    "A14": Row(chart, Act.PLAN, PLANNED, expected=ADMITTED_AT),
    "A15": Row(chart, Act.PEND_TRANSFER, PENDING),
    "A16": Row(chart, Act.PEND_DISCHARGE, expected=DISCHARGED_AT),
    "A17": Row(chart_swap, Act.SWAP, HERE),
    "A20": Row(report_bed),
    "A23": Row(chart, Act.PURGE),
    "A25": Row(chart, Act.CANCEL_PEND_DISCHARGE),
    "A26": Row(chart, Act.CANCEL_PEND_TRANSFER, PRIOR_PENDING),
    "A27": Row(chart, Act.CANCEL_PLAN),
    "A28": Row(note_person),
    "A31": Row(note_person),
    "A38": Row(chart, Act.CANCEL_PLAN),
    "A40": Row(merge),
}
