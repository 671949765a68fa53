"""An outpatient token: its life from the slip to the end of the consultation, and the rooms that call it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flow.domain.ids import ClinicId, PatientId, RequestId, TokenId, VisitId
from flow.domain.visit import Order


class TokenStatus(StrEnum):
    """The life of a token."""

    BOOKED = "booked"
    WAITING = "waiting"
    CALLED = "called"
    IN_ROOM = "in_room"
    FINISHED = "finished"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    AT_TESTS = "at_tests"


class Group(StrEnum):
    """Whose turn it is by the house's policy (flow.domain.opd_queue)."""

    EMERGENCY = "emergency"
    PREGNANT = "pregnant"
    ELDERLY = "elderly"
    FOLLOW_UP = "follow_up"
    ORDINARY = "ordinary"

    @property
    def priority(self) -> int:
        """How urgent: 1 at once, 2 soon, 3 as usual."""
        return {Group.EMERGENCY: 1, Group.PREGNANT: 2, Group.ELDERLY: 2}.get(self, 3)


_B, _W, _C, _I, _F, _S, _X, _N, _T = TokenStatus

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
    (_B, _X): "cancel",
    (_B, _N): "no-show",
    (_X, _B): "book again",
    (_N, _B): "book again",
    (_N, _W): "arrive late",
    (_X, _N): "no-show after all",
    (_N, _X): "cancel after all",
    (_C, _W): "pass over",
    (_I, _W): "send to another room",
    (_I, _T): "send for tests",
    (_T, _W): "back from tests",
    (_T, _F): "finish without return",
    (_T, _S): "did not return",
    (_W, _X): "withdraw",
    (_C, _X): "withdraw when called",
    (_X, _W): "register again",
}
"""Legal moves of a token. What a scheduling system says of a booking holds until its patient has come; a registration that is
cancelled (A11) takes its own token away until the patient is with the doctor."""

NOT_COME = frozenset({_B, _X, _N})
"""A booking whose patient is not here."""


@dataclass(frozen=True, slots=True)
class Token:
    """The whole record of one token; `number` as shown (`A-042`), `rank` its place in the day, `calls` how often it was called.
    Of a booking: `appointment` its id in the scheduling system, `due_at` its time, `told` the rank of the newest word on it.
    `group` whose turn it takes, `only` the room it was sent to, `tele` that the patient waits at home for a tele-consult room;
    `behind` whom it waits for, with their calls by then; `passed` how often it was called in vain, `tests_at` since when its patient is
    at tests (or was), `request` the bed request of the admission that was advised; `scanned`: taken by
    scanning the clinic's code; `paper`: its newest step was told from paper, late, so that nobody is called out or written to for it."""

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
    appointment: str | None = None
    due_at: datetime | None = None
    told: tuple[datetime, Order] | None = None
    seq: int = 0
    group: Group | None = None
    only: str | None = None
    tele: bool = False
    behind: tuple[tuple[TokenId, int], ...] = ()
    passed: int = 0
    tests_at: datetime | None = None
    request: RequestId | None = None
    scanned: bool = False
    paper: bool = False

    @property
    def of(self) -> Group:
        """Its group; of a token without one, by its urgency."""
        return self.group or {1: Group.EMERGENCY, 2: Group.ELDERLY}.get(self.priority, Group.ORDINARY)

    @property
    def called_out(self) -> bool:
        """It is called just now; of a call told from paper they went in long ago."""
        return self.status is TokenStatus.CALLED and not self.paper

    @property
    def taken_back(self) -> bool:
        """It was given by mistake and undone: the number is nobody's."""
        return self.status is TokenStatus.SKIPPED and self.closed_at is None and not self.calls


@dataclass(frozen=True, slots=True)
class Session:
    """A doctor sees patients from `begins` to `ends`."""

    doctor: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class RoomState:
    """A consulting room's notice: `back_at` when the doctor, who is away, is to be back; whose `sessions` are held there, in order of time.
    `id` is `clinic/room`; `opened` the last day whose sessions were taken from the timetable."""

    id: str
    clinic: ClinicId
    room: str
    back_at: datetime | None = None
    seq: int = 0
    sessions: tuple[Session, ...] = ()
    opened: date | None = None

    def session_at(self, at: datetime) -> Session | None:
        """The session held at a time."""
        return next((each for each in self.sessions if each.begins <= at < each.ends), None)
