"""When an inpatient may be moved for another patient's sake: the hospital's own rules, `[moves]` of its file.

`flow.domain.decide.moves` holds people to them, the joint plan proposes nothing that breaks them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.ids import BedId, RequestId
from flow.domain.request import BedRequest
from flow.domain.visit import Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class MoveRules:
    """`quiet_from` to `quiet_to` nobody is moved (local time); `a_stay` moves that are not clinical at most; `price` is what a move costs
    in points, `served` what it is worth that a routine patient who has just come gets a bed; `minutes` a move takes once agreed, and
    within `answer_hours` the ward answers."""

    quiet_from: time = time(21)
    quiet_to: time = time(7)
    a_stay: int = 1
    price: int = 250
    served: int = 1000
    minutes: int = 45
    answer_hours: int = 4

    def quiet(self, at: datetime, zone: str) -> bool:
        """Whether it is night."""
        now = at.astimezone(ZoneInfo(zone)).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= now < self.quiet_to
        return now >= self.quiet_from or now < self.quiet_to

    def late(self, asked: datetime, at: datetime) -> bool:
        """Whether a question has stood for too long."""
        return at - asked >= timedelta(hours=self.answer_hours)

    @property
    def night(self) -> str:
        """`21:00 and 07:00`."""
        return f"{self.quiet_from:%H:%M} and {self.quiet_to:%H:%M}"

    def why_not(self, visit: Visit) -> str | None:
        """Why this patient is left where they are; None where they may be asked for."""
        if visit.care.never_moved:
            return "This patient is never moved to make room for another."
        if visit.course.status is not VisitStatus.IN_PROGRESS:
            return "This patient is not in the house."
        if visit.moves >= self.a_stay:
            return "This patient has been moved for another already during this stay."
        if visit.stays is not None:
            return f"A ward has declined to move this patient: {visit.stays}"
        return None


def helped_already(requests: Mapping[RequestId, BedRequest]) -> frozenset[RequestId]:
    """Those for whom a ward is asked already, or has agreed: nobody else is asked for their sake until it declines."""
    asked = (request.move for request in requests.values() if request.is_live and request.move is not None)
    return frozenset(one for move in asked if move.answer is None for one in move.frees)


class MoveLike(Protocol):
    """A move as it is proposed or asked for."""

    @property
    def bed(self) -> BedId: ...
    @property
    def to(self) -> BedId: ...
    @property
    def frees(self) -> tuple[RequestId, ...]: ...


def either_or(one: MoveLike, other: MoveLike) -> bool:
    """Whether only one of two moves is to be asked for at a time: both help the same patient, or want the same bed."""
    return bool({*one.frees} & {*other.frees} or {one.bed, one.to} & {other.bed, other.to})
