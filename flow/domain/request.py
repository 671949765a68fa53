"""A request for a bed: a patient who waits, what they need, and the bed promised to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import BedId, PatientId, RequestId, VisitId


class RequestStatus(StrEnum):
    """The life of a bed request."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


class Notice(StrEnum):
    """What the HIS knows of the promised bed: told (its AA), confirmed (it named or used the bed), named or used another, refused."""

    SENT = "sent"
    CONFIRMED = "confirmed"
    OTHER_BED = "other_bed"
    REFUSED = "refused"


_W, _S, _R, _X = RequestStatus.WAITING, RequestStatus.ASSIGNED, RequestStatus.ARRIVED, RequestStatus.CANCELLED

REQUEST_TRANSITIONS: Mapping[tuple[RequestStatus, RequestStatus], str] = {
    (_W, _S): "assign",
    (_S, _W): "release",
    (_S, _S): "assign another bed",
    (_W, _R): "arrive unassigned",
    (_S, _R): "arrive",
    (_W, _X): "cancel",
    (_S, _X): "cancel assigned",
    (_X, _W): "undo cancel",
}
"""Legal moves of a request."""

LIVE = frozenset({RequestStatus.WAITING, RequestStatus.ASSIGNED})


@dataclass(frozen=True, slots=True)
class BedRequest:
    """The whole record of one request. `type` is the bed type asked for, `needs` the features it must have (must-haves),
    `wishes` those it would like, `priority` 1 (now) to 4, `age` in years, `origin` where the patient waits.
    `notice` is what the HIS knows of the promised bed, `his_bed` the other one it named or used."""

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

    @property
    def holder(self) -> str:
        """How a bed names this request in `reserved_for`."""
        return f"request:{self.id}"

    @property
    def is_live(self) -> bool:
        """Still waiting or assigned."""
        return self.status in LIVE
