"""SIU: an outpatient appointment. SCH has its id, the resources (AIL, AIS, AIG) and PV1 the clinic, several segments its time."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from adt_feed.mapping import times, visits
from adt_feed.mapping.context import Context, Group, groups
from adt_feed.mapping.persons import person
from adt_feed.mapping.row import Reading
from adt_feed.message import NULL, Segment
from flow.domain.commands import Book
from flow.domain.ids import VisitId
from flow.domain.opd import Group as OpdGroup
from flow.domain.opd import TokenStatus
from flow.errors import Unreadable

T = TypeVar("T")

STARTS = (("TQ1", 7, 1), ("AIS", 4, 1), ("AIL", 6, 1), ("AIG", 8, 1), ("AIP", 6, 1), ("SCH", 11, 4))
"""Segment, field, component: SCH-11 is the older place (to 2.5), TQ1-7 and the resources' own times the newer."""
PLACES = (("AIL", 3, (1, 2)), ("AIS", 3, (1, 2)), ("AIG", 3, (1, 2)), ("PV1", 3, (1,)), ("PV1", 10, (1,)))
"""Where a clinic may be named, the most telling first; code and text."""
REASONS = {"EMERGENCY": OpdGroup.EMERGENCY, "FOLLOWUP": OpdGroup.FOLLOW_UP, "FOLLOW-UP": OpdGroup.FOLLOW_UP, "ROUTINE": OpdGroup.ORDINARY}
"""SCH-7, HL7 table 0276: CHECKUP and WALKIN say nothing of the order of calling."""
AT_HOME = frozenset({"TELE", "TELECONSULT", "TELE-CONSULT", "TELECONSULTATION", "TELEMEDICINE", "VIDEO", "VIRTUAL"})
"""SCH-8, in which sites name the kinds of their appointments (table 0277 has none for these)."""
LONGEST = 100
"""Characters of an appointment's id that are kept."""


def book(context: Context, status: TokenStatus) -> Reading:
    """One appointment. Raises Unreadable `no-appointment` without SCH-1 and SCH-2."""
    group = groups(context.message)[0]
    at = times.happened_at(context, cancel=False)
    whom, details = person(context, group, at)
    command = Book(
        appointment=_id(context),
        feed=context.feed.id,
        words=tuple(dict.fromkeys(_words(context))),
        due_at=_start(context),
        status=status,
        patient=whom.patient,
        visit=_visit(context, group),
        at=at,
        order=times.order(context),
        group=_first(context, 7, REASONS),
        tele=_first(context, 8, dict.fromkeys(AT_HOME, True)),
    )
    return Reading((command,), (details,))


def _id(context: Context) -> str:
    """SCH-2, the filler's id, which every later message repeats; else SCH-1, the placer's."""
    sch = context.message.first("SCH")
    found = (_said(sch, 2, 1) or _said(sch, 1, 1)) if sch else ""
    if not found:
        raise Unreadable("The message names no appointment (SCH-2, SCH-1).", code="no-appointment")
    return found[:LONGEST]


def _start(context: Context) -> datetime | None:
    for name, field, component in STARTS:
        segment = context.message.first(name)
        found = times.part(context, segment.component(field, component)) if segment else None
        if found is not None:
            return found
    return None


def _first(context: Context, field: int, meant: Mapping[str, T]) -> T | None:
    """What a word of SCH means, by code or text; None for words that mean nothing here."""
    sch = context.message.first("SCH")
    said = [_said(sch, field, component).upper() for component in (1, 2)] if sch else []
    return next((meant[word] for word in said if word in meant), None)


def _visit(context: Context, group: Group) -> VisitId | None:
    return visits.visit_number(context, group) if group.segment("PV1") else None


def _words(context: Context) -> Iterator[str]:
    for name, field, components in PLACES:
        for segment in context.message.segments(name):
            for component in components:
                if said := _said(segment, field, component):
                    yield said


def _said(segment: Segment, field: int, component: int) -> str:
    text = segment.component(field, component).strip()
    return "" if text == NULL else text
