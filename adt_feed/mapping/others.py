"""How a row about persons' details or a bed is followed: no visit's history changes."""

from adt_feed.mapping import places, times
from adt_feed.mapping.context import Context, groups
from adt_feed.mapping.persons import person
from adt_feed.mapping.row import UNKNOWN_PLACE, Reading, Row
from flow.domain.commands import ReportBed
from flow.errors import Unreadable


def note_person(context: Context, row: Row) -> Reading:
    """A28, A31, A54, A55, A60-A62, and both persons of a link (A24, A37): their details; nobody moves."""
    at = times.happened_at(context, cancel=False)
    return Reading(people=tuple(person(context, group, at)[1] for group in groups(context.message)))


def hold(context: Context, row: Row) -> Reading:
    """A29: a person's record is deleted over there. Nothing is deleted here before somebody has looked."""
    person(context, groups(context.message)[0], times.happened_at(context, cancel=False))
    raise Unreadable("The sender deleted this person's record; see whether visits are open and settle them by hand.", code="review")


def report_bed(context: Context, row: Row) -> Reading:
    """A20: NPU-1 the bed, NPU-2 its status by the feed's own map, else HL7 table 0116."""
    own = {said.upper(): code for said, code in context.feed.statuses.items()}
    at = times.happened_at(context, cancel=False)
    reports = []
    for npu in context.message.segments("NPU"):
        place, said = places.place(npu, 1), npu.component(2).strip().upper()
        if not place:
            raise Unreadable("The message names no bed (NPU-1).", code="no-bed")
        reports.append(ReportBed(place, own.get(said, said), at, feed=context.feed.id))
    if not reports:
        raise Unreadable("The message has no NPU segment, so it names no bed.", code="no-bed")
    lost = tuple(report.place for report in reports if context.bed_at(report.place) is None)
    return Reading(tuple(reports), (), (UNKNOWN_PLACE,) if lost else (), lost)
