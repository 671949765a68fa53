"""What a screen listens to: `ward:4B`, `opd:ENT`, `desk`, `housekeeping`, several of them joined by commas."""

from collections.abc import Callable
from dataclasses import dataclass

from flow.domain.bed import BedState
from flow.domain.check import Check
from flow.domain.discharge import Discharge
from flow.domain.events import Record
from flow.domain.ids import ClinicId, WardId
from flow.domain.opd import RoomState, Token
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.errors import Refused

LIMIT = 32
"""Topics of one stream at most."""

_NUDGED: dict[str, tuple[type, ...]] = {
    "desk": (BedState, BedRequest),
    "housekeeping": (BedState, BedRequest, Check),
    "discharges": (BedState, Discharge),
    "transports": (Transport,),
}
"""Topics that carry no tiles: their pages fetch what they show when one of these records changed. A ward's page has both:
tiles of its beds, and lists of its checks, of what it has asked for and is asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Topic:
    """`kind` ward | opd | desk | housekeeping | discharges | transports; `id` the ward's or clinic's, empty for the others."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind

    def nudged_by(self, record: Record, plan: Plan) -> bool:
        """The record's change is announced here without data."""
        if self.kind == "ward":
            return (isinstance(record, Check | Transport) and record.ward == self.id) or (
                isinstance(record, BedRequest) and self.id in _wards_of(record, plan)
            )
        return isinstance(record, _NUDGED.get(self.kind, ()))

    @property
    def has_tiles(self) -> bool:
        """Tiles are sent here."""
        return self.kind not in _NUDGED


def _wards_of(request: BedRequest, plan: Plan) -> set[str | None]:
    """Whose page tells of a request: the ward that asked for it, those that a patient moves from and to."""
    moving = (request.move.bed, request.move.to) if request.move is not None else ()
    return {request.asked_by, *(plan.beds[bed].ward for bed in moving if bed in plan.beds)}


def parse_topics(text: str, plan: Plan) -> frozenset[Topic]:
    """The topics of a query. Raises Refused `unknown-topic` naming what is wrong."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or len(names) > LIMIT:
        raise Refused(f"Name 1 to {LIMIT} topics, like topics=ward:4B,desk.", code="unknown-topic")
    return frozenset(_parse(name, plan) for name in names)


def _parse(name: str, plan: Plan) -> Topic:
    kind, _, key = name.partition(":")
    known: dict[str, Callable[[], bool]] = {
        "ward": lambda: WardId(key) in plan.ward,
        "opd": lambda: ClinicId(key) in plan.clinic,
        "desk": lambda: not key,
        "housekeeping": lambda: not key,
        "discharges": lambda: not key,
        "transports": lambda: not key,
    }
    if kind not in known or not known[kind]():
        raise Refused(
            f"There is no topic {name[:60]!r}: use ward:ID, opd:ID, desk, housekeeping, discharges, transports.", code="unknown-topic"
        )
    return Topic(kind, key)


def topic_of(record: Record, plan: Plan) -> Topic | None:
    """The topic whose tiles a record changes."""
    match record:
        case BedState() if record.id in plan.beds:
            return Topic("ward", plan.beds[record.id].ward)
        case BedState() if record.temporary is not None:
            return Topic("ward", record.temporary.ward)
        case Check() if record.ward in plan.ward:
            return Topic("ward", record.ward)
        case Token() | RoomState():
            return Topic("opd", record.clinic)
        case _:
            return None
