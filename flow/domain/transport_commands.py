"""What somebody wants done about a transport, in the imperative; `flow.domain.decide.transports` answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import TransportId
from flow.domain.transport import Transport


class Ride(StrEnum):
    """What a porter taps."""

    ACCEPT = "accept"
    PICK_UP = "pick-up"
    DELIVER = "deliver"
    GIVE_BACK = "give-back"


@dataclass(frozen=True, slots=True)
class RequestTransport:
    """Somebody, or something, is to be brought from one place to another."""

    transport: Transport


@dataclass(frozen=True, slots=True)
class MoveTransport:
    """A porter's tap; `at` is when it was made where the phone had no network then."""

    transport: TransportId
    ride: Ride
    porter: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CancelTransport:
    """It is not needed any more."""

    transport: TransportId


TransportCommand = RequestTransport | MoveTransport | CancelTransport
