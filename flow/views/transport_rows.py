"""Porters' jobs as rows: from where to where, how, how far each has come and whether it is late. On the ward's page, the house's list and
the porter's phone. Places are words of the hospital file and beds' labels: there is nobody's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.ids import TransportId
from flow.domain.transport import TRANSPORTS, Carried, Transport, TransportStatus
from flow.domain.transport_rules import TransportRules
from flow.views.times import minutes
from flow.views.ward_places import Choice

CARRIED: Mapping[Carried, tuple[str, str]] = {
    Carried.WALKING: ("Walking", "i-walk"),
    Carried.WHEELCHAIR: ("Wheelchair", "i-wheelchair"),
    Carried.TROLLEY: ("Trolley", "i-trolley"),
    Carried.BED: ("In the bed", "i-bed"),
    Carried.THING: ("A thing", "i-box"),
}
STATES: Mapping[TransportStatus, str] = {
    TransportStatus.REQUESTED: "waits for a porter",
    TransportStatus.ACCEPTED: "porter is coming",
    TransportStatus.PICKED_UP: "on the way",
    TransportStatus.DELIVERED: "delivered",
    TransportStatus.CANCELLED: "cancelled",
}
PRIORITIES = (Choice("1", "At once"), Choice("2", "Urgent"), Choice("3", "Soon"), Choice("4", "When there is time"))


@dataclass(frozen=True, slots=True)
class TransportRow:
    """`waits` since it was asked for; `late` past the house's aim for what is to come next; `may_cancel`: nobody is on the way yet."""

    id: TransportId
    ward: str
    origin: str
    to: str
    carried: str
    icon: str
    oxygen: bool
    leaving: bool
    urgent: bool
    state: str
    waits: str
    late: bool
    may_cancel: bool


@dataclass(frozen=True, slots=True)
class AskTransport:
    """The form: `places` to fetch from (beds with somebody in them, the ward itself for a thing), `targets` to bring to."""

    places: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    ways: tuple[Choice, ...] = tuple(Choice(each, words) for each, (words, _) in CARRIED.items())
    priorities: tuple[Choice, ...] = PRIORITIES


@dataclass(frozen=True, slots=True)
class WardTransports:
    """What a ward's page shows; `form` is None for who may ask for none, `shown` is False for who may see none."""

    rows: tuple[TransportRow, ...] = ()
    form: AskTransport | None = None
    shown: bool = False


NO_TRANSPORTS = WardTransports()


def is_late(job: Transport, rules: TransportRules, at: datetime) -> bool:
    """Past the aim for what is to come next."""
    aims = {
        TransportStatus.REQUESTED: rules.accept_aim,
        TransportStatus.ACCEPTED: rules.pick_up_aim,
        TransportStatus.PICKED_UP: rules.deliver_aim,
    }
    return job.status in aims and (at - job.requested_at).total_seconds() > 60 * aims[job.status]


def in_order(jobs: Iterable[Transport]) -> list[Transport]:
    """The most urgent first, then whoever waits longest."""
    return sorted((job for job in jobs if job.is_live), key=lambda job: (job.priority, job.requested_at, job.id))


def transport_rows(jobs: Iterable[Transport], rules: TransportRules, at: datetime, *, may_cancel: bool) -> tuple[TransportRow, ...]:
    """The jobs still to be done."""
    return tuple(_row(job, rules, at, may_cancel=may_cancel) for job in in_order(jobs))


def _row(job: Transport, rules: TransportRules, at: datetime, *, may_cancel: bool) -> TransportRow:
    words, icon = CARRIED[job.carried]
    return TransportRow(
        job.id,
        job.ward,
        job.origin,
        job.to,
        words,
        icon,
        job.oxygen,
        job.leaving,
        job.priority == 1,
        STATES[job.status],
        minutes(job.requested_at.timestamp(), at.timestamp()),
        is_late(job, rules, at),
        may_cancel and TransportStatus.CANCELLED in TRANSPORTS[job.status],
    )
