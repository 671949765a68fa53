"""A14 and A15: the HIS is told which bed the desk promised. A14 (pending admit) for somebody who is not in the house yet,
A15 (pending transfer) for somebody who is: PV1-3 where the patient is, PV1-42 the promised bed (HL7 v2.5.1, 3.3.14 and 3.3.15)."""

from collections.abc import Sequence
from datetime import timedelta

from adt_feed.outbound.envelope import escaped, letter, name_person, number_visit, place_of, safely, time, written
from flow.domain.events import Entry, Kind
from flow.domain.outgoing import Posted
from flow.domain.person import PersonDetails
from flow.domain.plan import Feed, Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Visit

ENDS = frozenset({Kind.BED_ASSIGNED, Kind.ASSIGNMENT_RELEASED, Kind.REQUEST_CANCELLED, Kind.REQUEST_OVER, Kind.UNDONE})
"""What a promise told before no longer holds after."""


def promises(entries: Sequence[Entry]) -> tuple[list[tuple[Entry, BedRequest]], list[str]]:
    """The newest promise of each request, and the requests whose earlier promise no longer holds. A bed that is held for some minutes
    is not told: it is no promise yet, and nobody would tell the HIS when it ends."""
    found: dict[str, tuple[Entry, BedRequest]] = {}
    ended: set[str] = set()
    for entry in entries:
        request = entry.event.record
        if not isinstance(request, BedRequest) or entry.event.kind not in ENDS:
            continue
        ended.add(request.id)
        found.pop(request.id, None)
        if request.status is RequestStatus.ASSIGNED and request.bed is not None and request.held_until is None:
            found[request.id] = (entry, request)
    return list(found.values()), sorted(ended)


def promise(
    feed: Feed, plan: Plan, entry: Entry, request: BedRequest, person: PersonDetails, visit: Visit | None, hold: timedelta
) -> Posted:
    """The letter; `visit` is the person's open visit, else the one asked for, if any. It is held as long as a tap can be undone."""
    kind, key = _kind(visit)[0], f"{plan.id}-{entry.seq}"
    due = entry.cause.recorded_at + hold
    return safely(kind, key, f"{request.id}/{request.bed}", lambda: _written(feed, plan, entry, request, person, visit), due)


def _written(feed: Feed, plan: Plan, entry: Entry, request: BedRequest, person: PersonDetails, visit: Visit | None) -> bytes:
    kind, structure = _kind(visit)
    message = letter(feed, plan, f"ADT^{kind}^{structure}", f"{plan.id}-{entry.seq}", entry.cause.recorded_at)
    message.evn.evn_1 = kind
    message.evn.evn_2 = time(entry.cause.recorded_at, feed)
    name_person(message, person)
    message.pv1.pv1_2 = (visit.course.klass if visit else None) or "I"
    if visit is not None and visit.is_open:
        _place(message, feed, plan, visit)
    if visit is not None:
        number_visit(message, visit)
    elif request.visit is not None:
        message.pv1.pv1_19 = escaped(request.visit)
    if request.bed is not None:
        message.pv1.pv1_42 = place_of(feed, plan, request.bed)
    return written(message)


def _kind(visit: Visit | None) -> tuple[str, str]:
    """Trigger and structure: a transfer for somebody in the house, else an admission."""
    return ("A15", "ADT_A15") if visit is not None and visit.is_open else ("A14", "ADT_A05")


def _place(message: object, feed: Feed, plan: Plan, visit: Visit) -> None:
    """Where the patient is, as the feed itself said it, else by the bed."""
    said = visit.course.place or (place_of(feed, plan, visit.bed) if visit.bed else "")
    if said:
        message.pv1.pv1_3 = said  # type: ignore[attr-defined]  # hl7apy's messages make their segments when asked
