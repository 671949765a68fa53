"""A request for a bed: a patient who waits, what they need, and the bed promised to them.

`REQUEST_TRANSITIONS` is the only list of legal moves; decide, evolve, the API, the tests and the README's diagram read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.care import Care, Isolation, Rest
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId


class RequestStatus(StrEnum):
    """The life of a bed request. `ready`: nothing but the bed is missing, the patient could go now; `expired`: nobody touched it for
    so long that it is taken for forgotten; `asked`: a move for another patient's sake, which the ward has not answered yet."""

    WAITING = "waiting"
    READY = "ready"
    ASSIGNED = "assigned"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    ASKED = "asked"


class MadeBy(StrEnum):
    """Where a request comes from: the admissions desk, a ward, a plan of the HIS (A05, A14), an outpatient clinic; or from the
    joint plan, which asks for an inpatient's bed for another patient."""

    DESK = "desk"
    WARD = "ward"
    PLAN = "plan"
    OPD = "opd"
    MOVE = "move"


class Notice(StrEnum):
    """What the HIS knows of the promised bed: told (its AA), confirmed (it named or used the bed), named or used another, refused."""

    SENT = "sent"
    CONFIRMED = "confirmed"
    OTHER_BED = "other_bed"
    REFUSED = "refused"


_W, _Y, _S = RequestStatus.WAITING, RequestStatus.READY, RequestStatus.ASSIGNED
_R, _X, _E = RequestStatus.ARRIVED, RequestStatus.CANCELLED, RequestStatus.EXPIRED
_Q = RequestStatus.ASKED

REQUEST_TRANSITIONS: Mapping[tuple[RequestStatus, RequestStatus], str] = {
    (_W, _Y): "ready to move",
    (_Y, _W): "not ready after all",
    (_W, _S): "assign",
    (_Y, _S): "assign, ready",
    (_S, _S): "assign another bed",
    (_S, _W): "release",
    (_S, _Y): "release, ready",
    (_W, _R): "arrive unassigned",
    (_Y, _R): "arrive unassigned, ready",
    (_S, _R): "arrive",
    (_W, _X): "cancel",
    (_Y, _X): "cancel ready",
    (_S, _X): "cancel assigned",
    (_W, _E): "expire",
    (_Y, _E): "expire ready",
    (_E, _W): "take up again",
    (_E, _Y): "take up again, ready",
    (_X, _W): "ask again",
    (_X, _Y): "ask again, ready",
    (_R, _W): "arrival taken back",
    (_R, _Y): "arrival taken back, ready",
    (_Q, _S): "ward agrees",
    (_Q, _X): "decline or withdraw",
    (_Q, _R): "arrive unanswered",
    (_Q, _E): "expire unanswered",
}
"""Legal moves of a request. An undo makes one of them backwards. Who was cancelled is asked for again by the plan that comes back or by a
person; an arrival is taken back by the feed alone, when it cancels the admission of a planned stay (A11)."""

UNPLACED = frozenset({RequestStatus.WAITING, RequestStatus.READY})
"""No bed is promised yet."""
LIVE = UNPLACED | {RequestStatus.ASSIGNED, RequestStatus.ASKED}


def may_go(old: RequestStatus, new: RequestStatus, *, undoing: bool = False) -> bool:
    """Whether the table has that move, or, of an undo, the move that it takes back."""
    return old is new or (old, new) in REQUEST_TRANSITIONS or (undoing and (new, old) in REQUEST_TRANSITIONS)


@dataclass(frozen=True, slots=True)
class Move:
    """That an inpatient goes from `bed` to another, so that others who wait get a bed (`frees`): why, in words, and
    its net benefit in points; `answer` is why a ward declined, `withdrawn` why it came to nothing otherwise; `swap` is the visit in `to`
    that waits for `bed`: they change places."""

    bed: BedId
    to: BedId
    reason: str = ""
    benefit: int = 0
    frees: tuple[RequestId, ...] = ()
    answer: str | None = None
    swap: VisitId | None = None
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True)
class BedRequest:
    """The whole record of one request. `type` is the bed type asked for, `needs` the features it must have (must-haves),
    `wishes` those it would like, `priority` 1 (now) to 4, `age` in years, `origin` where the patient waits.
    `ready_at` is when the patient can go, `entitlement` the room category that the insurer pays for, up to `insurer_limit` a day in the
    hospital's currency, `room_choice` the category that the patient chose and answers for. `mother_of` and `baby_of` are persons.
    `notice` is what the HIS knows of the promised bed, `his_bed` the other one it named or used. `held_until`: the bed is held, no more.
    `move`: the ward is asked, or has agreed, to move the patient for another's sake."""

    id: RequestId
    patient: PatientId
    created_at: datetime
    type: str
    needs: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    sex: str | None = None
    age: int | None = None
    specialty: str | None = None
    priority: int = 3
    origin: str = ""
    isolation: bool = False
    ready_at: datetime | None = None
    entitlement: str | None = None
    visit: VisitId | None = None
    status: RequestStatus = RequestStatus.WAITING
    bed: BedId | None = None
    assigned_at: datetime | None = None
    closed_at: datetime | None = None
    override_reason: str | None = None
    notice: Notice | None = None
    his_bed: BedId | None = None
    seq: int = 0
    made_by: MadeBy = MadeBy.DESK
    insurer_limit: int | None = None
    room_choice: str | None = None
    isolation_kind: Isolation | None = None
    organism: str | None = None
    attendant: bool = False
    mother_of: PatientId | None = None
    baby_of: PatientId | None = None
    rest: frozenset[Rest] = frozenset()
    touched_at: datetime | None = None
    edited: bool = False
    asked_by: WardId | None = None
    held_until: datetime | None = None
    move: Move | None = None

    @property
    def holder(self) -> str:
        """How a bed names this request in `reserved_for`."""
        return f"request:{self.id}"

    @property
    def is_live(self) -> bool:
        """Still waiting or assigned."""
        return self.status in LIVE

    @property
    def is_unplaced(self) -> bool:
        """Waiting without a bed, ready to move or not."""
        return self.status in UNPLACED

    @property
    def follows_plan(self) -> bool:
        """Made by a plan of the feed, and nobody has had it in hand: it is what the plan says."""
        return self.made_by is MadeBy.PLAN and self.is_unplaced and not self.edited

    @property
    def clock_from(self) -> datetime:
        """When the waiting clock starts: at the request, for a planned stay when the bed is needed."""
        if self.made_by is MadeBy.PLAN and self.ready_at is not None:
            return max(self.created_at, self.ready_at)
        return self.created_at

    @property
    def touched(self) -> datetime:
        """When anybody last had it in hand."""
        return self.touched_at or self.created_at

    @property
    def care(self) -> Care:
        """What goes over to the visit on arrival."""
        return Care(self.isolation_kind, self.organism, self.attendant, self.mother_of, self.baby_of, self.rest)

    def unplaced_at(self, now: datetime) -> RequestStatus:
        """How it waits when it has no bed: ready to move from `ready_at` on."""
        return RequestStatus.READY if self.ready_at is not None and self.ready_at <= now else RequestStatus.WAITING
