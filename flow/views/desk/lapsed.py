"""Requests that lapsed within the last day, expired or cancelled: a folded list from which each can be taken up again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.ids import PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest, RequestStatus
from flow.views.desk.person import Person, person_of
from flow.views.times import moment_words

KEPT = timedelta(days=1)
LAPSED = frozenset({RequestStatus.EXPIRED, RequestStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class LapsedRow:
    """One closed request; `expired`: nobody touched it for too long, else somebody (or its stay's end) took it off the list."""

    id: RequestId
    priority: int
    person: Person
    expired: bool
    at: str
    needs: str


def lapsed_rows(
    closed: Iterable[BedRequest], waiting: Iterable[BedRequest], known: Mapping[PatientId, PersonDetails], zone: str, at: datetime
) -> tuple[LapsedRow, ...]:
    """The latest first; of persons who wait again already, none."""
    again = {request.patient for request in waiting}
    found = [(each.closed_at, each.id, each) for each in closed if is_lapsed(each, at) and each.patient not in again and each.closed_at]
    return tuple(_row(request, moment, known, zone, at) for moment, _, request in sorted(found, reverse=True, key=lambda each: each[:2]))


def is_lapsed(request: BedRequest, at: datetime) -> bool:
    """Expired or cancelled within the last day; a move for another's sake is asked for anew, not taken up."""
    return request.move is None and request.status in LAPSED and request.closed_at is not None and request.closed_at > at - KEPT


def _row(request: BedRequest, closed_at: datetime, known: Mapping[PatientId, PersonDetails], zone: str, at: datetime) -> LapsedRow:
    return LapsedRow(
        id=request.id,
        priority=request.priority,
        person=person_of(request, known),
        expired=request.status is RequestStatus.EXPIRED,
        at=moment_words(closed_at.timestamp(), at.timestamp(), zone),
        needs=request.specialty or request.type.replace("_", " "),
    )
