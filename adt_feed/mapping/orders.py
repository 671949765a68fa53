"""ORM, OMG, OML, OMP, ORU, RDE, RDS: orders and results, one note for each. What a result says is not read, save
an early-warning score (`scores`).

An order begins with its ORC, or with an OBR, RXE or RXD where there is none before it.
"""

from collections.abc import Mapping
from datetime import datetime

from adt_feed.mapping import times, visits
from adt_feed.mapping.context import Context, groups
from adt_feed.mapping.persons import person
from adt_feed.mapping.row import Reading
from adt_feed.mapping.scores import scores
from adt_feed.message import NULL, Segment
from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.commands import NoteOrder
from flow.errors import Unreadable

SECTIONS = {
    **dict.fromkeys(("RAD", "RUS", "CT", "CUS", "NMR", "NMS", "MRI", "OUS", "VUS", "XRC", "RX", "CTH", "ECHO"), NoteKind.IMAGING),
    **dict.fromkeys(
        ("LAB", "CH", "HM", "MB", "MCB", "BLB", "BG", "SR", "SP", "CP", "CG", "IMM", "TX", "UR", "MYC", "PAT", "CYT"), NoteKind.LAB
    ),
    **dict.fromkeys(("PHR", "RXM"), NoteKind.MEDICINE),
}
"""OBR-24 (HL7 table 0074)."""
RESULT_STATES = {
    "O": "ordered",
    "S": "scheduled",
    "I": "in_progress",
    "A": "preliminary",
    "P": "preliminary",
    "R": "preliminary",
    "F": "final",
    "C": "corrected",
    "X": "cancelled",
}
"""OBR-25 and OBX-11 (HL7 tables 0123 and 0085)."""
ORDER_STATES = {
    "A": "preliminary",
    "CA": "cancelled",
    "CM": "final",
    "DC": "cancelled",
    "HD": "ordered",
    "IP": "in_progress",
    "SC": "scheduled",
}
"""ORC-5 (HL7 table 0038)."""
ORDER_TYPES = {"O": True, "I": False}
"""ORC-29 (HL7 table 0482): whether a medicine is to be taken home."""
CANCELS = frozenset({"CA", "OC", "CR", "DC", "OD", "DR", "UC"})
"""ORC-1 (HL7 table 0119): cancelled or discontinued, asked for or done."""
STARTS = frozenset({"OBR", "RXE", "RXD", "RXO"})
LONGEST = 100
"""Characters of a number or a code."""

Order = Mapping[str, Segment]
"""The first segment of each name in one order."""


def note(context: Context, sort: NoteKind, *, result: bool) -> Reading:
    """A note for each order. Raises Unreadable `no-order` where none has a number (ORC-2, ORC-3, OBR-2, OBR-3)."""
    group = groups(context.message)[0]
    at = times.happened_at(context, cancel=False)
    whom, details = person(context, group, at)
    visit = visits.visit_number(context, group)
    found: dict[str, NoteOrder] = {}
    for order in orders(context):
        number = _number(order)
        if number:
            key = f"{context.feed.id}/{whom.patient}/{number}"
            when = _when(context, order) or at
            kind = SECTIONS.get(_said(order, "OBR", 24).upper(), sort)
            state, home = _state(order, result), _take_home(context, order) if kind is NoteKind.MEDICINE else None
            word = ClinicalNote(key, whom.patient, visit, kind, _code(order), state, when, times.order(context), take_home=home)
            found[key] = NoteOrder(word)
    told = scores(context, whom.patient, visit, at) if result else []
    if not found and not told:
        raise Unreadable("No order in the message has a number (ORC-2, ORC-3, OBR-2, OBR-3).", code="no-order")
    return Reading((*found.values(), *told), (details,))


def orders(context: Context) -> list[Order]:
    """The orders of a message, in order."""
    found: list[dict[str, Segment]] = []
    for segment in context.message.all:
        starts = segment.name == "ORC" or (segment.name in STARTS and (not found or not STARTS.isdisjoint(found[-1])))
        if starts and not (segment.name in ("RXE", "RXD") and found and found[-1].keys() & {"RXO", "RXE"}):
            found.append({})
        if found:
            found[-1].setdefault(segment.name, segment)
    return [order for order in found if not STARTS.isdisjoint(order) or "ORC" in order]


def _number(order: Order) -> str:
    """The placer's number, which stands from the first message on, else the filler's."""
    fields = (("ORC", 2), ("OBR", 2), ("ORC", 3), ("OBR", 3))
    return next((said for name, field in fields if (said := _said(order, name, field))), "")[:LONGEST]


def _code(order: Order) -> str:
    fields = (("OBR", 4), ("RXD", 2), ("RXE", 2), ("RXO", 1))
    return next((said for name, field in fields if (said := _said(order, name, field))), "")[:LONGEST]


def _state(order: Order, result: bool) -> str:
    if _said(order, "ORC", 1).upper() in CANCELS:
        return "cancelled"
    if "RXD" in order:
        return "dispensed"
    reported = RESULT_STATES.get(_said(order, "OBR", 25).upper()) or RESULT_STATES.get(_said(order, "OBX", 11).upper())
    told = ORDER_STATES.get(_said(order, "ORC", 5).upper())
    return (reported or told or "preliminary") if result else (told or reported or "ordered")


def _take_home(context: Context, order: Order) -> bool | None:
    """ORC-29: of an inpatient, an outpatient's order is one that is dispensed on discharge (HL7 2.9, 4.5.1.29)."""
    return ORDER_TYPES.get(_said(order, "ORC", 29).upper()) if context.feed.tells_way else None


def _when(context: Context, order: Order) -> datetime | None:
    """When it was reported, dispensed, or the order last touched."""
    fields = (("OBR", 22), ("RXD", 3), ("ORC", 9), ("OBR", 7))
    said = (times.moment(context, order[name], field, hour_needed=True) for name, field in fields if name in order)
    return next((each for each in said if each is not None), None)


def _said(order: Order, name: str, field: int) -> str:
    text = order[name].component(field).strip() if name in order else ""
    return "" if text == NULL else text
