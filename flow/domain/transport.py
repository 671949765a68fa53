"""A porter's job: somebody, or something, is to be brought from one place to another. Requested, accepted, picked up, delivered.

`TRANSPORTS` is the only list of its moves; the porter's phone and the ward page offer what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import BedId, TransportId, VisitId, WardId


class TransportStatus(StrEnum):
    """The life of a transport job."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


TRANSPORTS: Mapping[TransportStatus, frozenset[TransportStatus]] = {
    TransportStatus.REQUESTED: frozenset({TransportStatus.ACCEPTED, TransportStatus.CANCELLED}),
    TransportStatus.ACCEPTED: frozenset({TransportStatus.PICKED_UP, TransportStatus.REQUESTED, TransportStatus.CANCELLED}),
    TransportStatus.PICKED_UP: frozenset({TransportStatus.DELIVERED}),
    TransportStatus.DELIVERED: frozenset(),
    TransportStatus.CANCELLED: frozenset(),
}
"""Legal moves; a porter may give an accepted job back."""


class Carried(StrEnum):
    """How the patient travels; or what is brought instead."""

    WALKING = "walking"
    WHEELCHAIR = "wheelchair"
    TROLLEY = "trolley"
    BED = "bed"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Transport:
    """`ward` asked for it; `origin` and `to` are places in words without names (`4B · A2`, `Theatre 2`), `bed` the bed it starts from and
    `to_bed` where it ends where these are beds; `oxygen`: under oxygen; `leaving`: the patient leaves the house with it; `priority` 1 to 4
    (1: at once); `porter` who has accepted it."""

    id: TransportId
    ward: WardId
    origin: str
    to: str
    requested_at: datetime
    carried: Carried = Carried.WHEELCHAIR
    oxygen: bool = False
    priority: int = 3
    visit: VisitId | None = None
    bed: BedId | None = None
    to_bed: BedId | None = None
    status: TransportStatus = TransportStatus.REQUESTED
    porter: str | None = None
    accepted_at: datetime | None = None
    picked_up_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    seq: int = 0
    leaving: bool = False

    @property
    def over_at(self) -> datetime | None:
        """When it was over."""
        return self.delivered_at or self.cancelled_at

    @property
    def is_live(self) -> bool:
        """Still to be done."""
        return self.over_at is None


def is_calling(job: Transport) -> bool:
    """Wanted at once, and nobody has taken it: porters' phones ring."""
    return job.status is TransportStatus.REQUESTED and job.priority == 1
