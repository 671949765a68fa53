"""An outpatient token: its life from the slip to the end of the consultation, and the rooms that call it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flow.domain.ids import ClinicId, PatientId, TokenId, VisitId


class TokenStatus(StrEnum):
    """The life of a token."""

    BOOKED = "booked"
    WAITING = "waiting"
    CALLED = "called"
    IN_ROOM = "in_room"
    FINISHED = "finished"
    SKIPPED = "skipped"


_B, _W, _C, _I, _F, _S = TokenStatus

TOKEN_TRANSITIONS: Mapping[tuple[TokenStatus, TokenStatus], str] = {
    (_B, _W): "arrive",
    (_W, _C): "call",
    (_C, _C): "call again",
    (_C, _I): "start",
    (_I, _F): "finish",
    (_C, _S): "skip",
    (_W, _S): "leave",
    (_S, _W): "recall",
    (_C, _F): "finish unseen",
}
"""Legal moves of a token."""


@dataclass(frozen=True, slots=True)
class Token:
    """The whole record of one token; `number` as shown (`A-042`), `rank` its place in the day, `calls` how often it was called."""

    id: TokenId
    clinic: ClinicId
    day: date
    number: str
    rank: int
    issued_at: datetime
    status: TokenStatus = TokenStatus.WAITING
    priority: int = 3
    room: str | None = None
    arrived_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    calls: int = 0
    patient: PatientId | None = None
    visit: VisitId | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class RoomState:
    """A consulting room's notice: `back_at` while the doctor is away. `id` is `clinic/room`."""

    id: str
    clinic: ClinicId
    room: str
    back_at: datetime | None = None
    seq: int = 0
