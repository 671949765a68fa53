"""The one table of triggers: what each means (HL7.md, Triggers). A trigger without a row is kept in the exceptions tray.

A row says how it is followed, the act it tells of, where its place stands (PV1-3 is where the patient is after the event,
PV1-42 where one is expected, PV2-1 where one was), and which times it carries.
"""

from collections.abc import Mapping

from adt_feed.mapping import movements
from adt_feed.mapping.context import Context
from adt_feed.mapping.merges import merge, move
from adt_feed.mapping.others import hold, note_person, report_bed
from adt_feed.mapping.row import Reading, Row
from adt_feed.mapping.stays import HERE, chart, chart_amendment, chart_renumbered, chart_swap
from flow.domain.visit import Act, Edit
from flow.errors import Unreadable

PENDING = (("PV1", 42),)
PLANNED = (*PENDING, *HERE)
PRIOR_PENDING = (("PV2", 1),)
ADMITTED_AT = (("PV2", 8), ("EVN", 3))
DISCHARGED_AT = (("PV2", 9), ("EVN", 3))
ENDED_AT = ("PV1", 45)
BACK_AT = (("PV2", 47),)


def edit(context: Context, row: Row) -> Reading:
    """Z99: the movement of ZBE-1 as the event of ZBE-6 would have told it (IHE PAM, ITI-31, Historic Movement); a REFERENCE only amends."""
    original = _original(context)
    if original is None or movements.number(context.message) is None:
        raise Unreadable("A Z99 edits the movement of ZBE-1 as the event of ZBE-6 told it; one is missing or unknown.", code="no-movement")
    if movements.edit(context.message) is not None:
        return chart(context, original)
    if movements.said(context.message, 4) == movements.REFERENCE:
        return chart(context, Row(chart, Act.AMEND))
    raise Unreadable("A Z99 says in ZBE-4 what it does to a movement: INSERT, UPDATE, CANCEL or REFERENCE.", code="no-movement")


def amend(context: Context, row: Row) -> Reading:
    """A08; where it puts a movement right (ZBE-4 UPDATE) it says by ZBE-6 which event it amends, as a Z99 does."""
    original = _original(context) if movements.said(context.message, 6) else None
    puts_right = movements.edit(context.message) is Edit.UPDATE and movements.number(context.message) is not None
    return chart(context, original) if original is not None and puts_right else chart_amendment(context, row)


def _original(context: Context) -> Row | None:
    """The row of ZBE-6 where it is about a stay; A02 where a ZBE names none."""
    found = TRIGGERS.get(movements.said(context.message, 6) or "A02") if context.message.first("ZBE") else None
    return found if found is not None and found.act is not None else None


TRIGGERS: Mapping[str, Row] = {
    "A01": Row(chart, Act.ADMIT, HERE),
    "A02": Row(chart, Act.TRANSFER, HERE),
    "A03": Row(chart, Act.DISCHARGE, ended=ENDED_AT),
    "A04": Row(chart, Act.REGISTER, HERE),
    "A05": Row(chart, Act.PLAN, PLANNED, expected=ADMITTED_AT),
    "A06": Row(chart_renumbered, Act.TO_INPATIENT, HERE),
    "A07": Row(chart_renumbered, Act.TO_OUTPATIENT, HERE),
    "A08": Row(amend, Act.AMEND, HERE),
    "A09": Row(chart, Act.LEAVE_FOR, tracks=True),
    "A10": Row(chart, Act.ARRIVE_BACK, tracks=True),
    "A11": Row(chart, Act.CANCEL_ADMIT),
    "A12": Row(chart, Act.CANCEL_TRANSFER, HERE),
    "A13": Row(chart, Act.CANCEL_DISCHARGE, HERE),
    "A14": Row(chart, Act.PLAN, PLANNED, expected=ADMITTED_AT),
    "A15": Row(chart, Act.PEND_TRANSFER, PENDING),
    "A16": Row(chart, Act.PEND_DISCHARGE, expected=DISCHARGED_AT),
    "A17": Row(chart_swap, Act.SWAP, HERE),
    "A18": Row(merge, merges=("person", "account", "visit")),
    "A20": Row(report_bed),
    "A21": Row(chart, Act.LEAVE_OF_ABSENCE, HERE, expected=BACK_AT),
    "A22": Row(chart, Act.RETURN, HERE),
    "A23": Row(chart, Act.PURGE),
    "A24": Row(note_person),
    "A25": Row(chart, Act.CANCEL_PEND_DISCHARGE),
    "A26": Row(chart, Act.CANCEL_PEND_TRANSFER, PRIOR_PENDING),
    "A27": Row(chart, Act.CANCEL_PLAN),
    "A28": Row(note_person),
    "A29": Row(hold),
    "A30": Row(merge, merges=("person",)),
    "A31": Row(note_person),
    "A32": Row(chart, Act.CANCEL_ARRIVE_BACK),
    "A33": Row(chart, Act.CANCEL_LEAVE_FOR),
    "A34": Row(merge, merges=("person",)),
    "A35": Row(merge, merges=("account",)),
    "A36": Row(merge, merges=("person", "account")),
    "A37": Row(note_person),
    "A38": Row(chart, Act.CANCEL_PLAN),
    "A39": Row(merge, merges=("person",)),
    "A40": Row(merge, merges=("person",)),
    "A41": Row(merge, merges=("account",)),
    "A42": Row(merge, merges=("visit",)),
    "A43": Row(merge, merges=("person",)),
    "A44": Row(move, merges=("account",)),
    "A45": Row(move, merges=("visit",)),
    "A47": Row(merge, merges=("person",)),
    "A49": Row(merge, merges=("account",)),
    "A50": Row(merge, merges=("visit",)),
    "A51": Row(merge, merges=("alternate",)),
    "A52": Row(chart, Act.CANCEL_LEAVE),
    "A53": Row(chart, Act.CANCEL_RETURN),
    "A54": Row(note_person),
    "A55": Row(note_person),
    "A60": Row(note_person),
    "A61": Row(note_person),
    "A62": Row(note_person),
    "Z99": Row(edit),
}
