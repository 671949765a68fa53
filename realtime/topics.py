"""What a screen listens to: `ward:4B`, `opd:ENT`, `house`, `cleaning`, `cleaning:4B`, `desk`, `housekeeping`, several
of them joined by commas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flow.domain.bed import BedState
from flow.domain.check import Check
from flow.domain.discharge import Discharge
from flow.domain.events import Record
from flow.domain.ids import BedId, ClinicId, WardId
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
tiles of its beds, and lists of its checks, its discharges, of what it has asked for and is asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Topic:
    """`kind` ward | opd | house | cleaning | desk | housekeeping | discharges | transports; `id` the ward's or clinic's, empty for
    the others; of `cleaning` empty for the whole house."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind

    def nudged_by(self, record: Record, plan: Plan, beds: Mapping[BedId, BedState]) -> bool:
        """The record's change is announced here without data; `beds` say where the patient of a discharge lies."""
        if self.kind == "ward":
            return self.id in _wards_of(record, plan, beds)
        return isinstance(record, _NUDGED.get(self.kind, ()))

    @property
    def has_tiles(self) -> bool:
        """Tiles are sent here."""
        return self.kind not in _NUDGED


def _wards_of(record: Record, plan: Plan, beds: Mapping[BedId, BedState]) -> set[str | None]:
    """Whose page tells of it: of a request the ward that asked for it and those that a patient moves from and to, of a discharge the one
    where the patient lies."""
    match record:
        case Check() | Transport():
            return {record.ward}
        case BedRequest():
            moving = (record.move.bed, record.move.to) if record.move is not None else ()
            return {record.asked_by, *(plan.beds[bed].ward for bed in moving if bed in plan.beds)}
        case Discharge():
            return {ward for bed in beds.values() if bed.visit == record.id and (ward := _ward_of(bed, plan)) is not None}
        case _:
            return set()


def _ward_of(bed: BedState, plan: Plan) -> str | None:
    if bed.temporary is not None:
        return bed.temporary.ward
    return plan.beds[bed.id].ward if bed.id in plan.beds else None


def parse_topics(text: str, plan: Plan) -> frozenset[Topic]:
    """The topics of a query. Raises Refused `unknown-topic` naming what is wrong."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or len(names) > LIMIT:
        raise Refused(f"Name 1 to {LIMIT} topics, like topics=ward:4B,desk.", code="unknown-topic")
    return frozenset(_parse(name, plan) for name in names)


def _of_all(key: str, plan: Plan) -> bool:
    return not key


KINDS: Mapping[str, Callable[[str, Plan], bool]] = {
    "ward": lambda key, plan: WardId(key) in plan.ward,
    "opd": lambda key, plan: ClinicId(key) in plan.clinic,
    "house": _of_all,
    "cleaning": lambda key, plan: not key or WardId(key) in plan.ward,
    "desk": _of_all,
    "housekeeping": _of_all,
    "discharges": _of_all,
    "transports": _of_all,
}
"""Every kind of topic, and whether there is one of an id. Whoever mounts the stream has a right for each, or does not start."""


def _parse(name: str, plan: Plan) -> Topic:
    kind, _, key = name.partition(":")
    if kind not in KINDS or not KINDS[kind](key, plan):
        raise Refused(
            f"There is no topic {name[:60]!r}: use ward:ID, opd:ID, house, cleaning, desk, housekeeping, discharges, transports.",
            code="unknown-topic",
        )
    return Topic(kind, key)


HOUSE = Topic("house")
BOARDS = frozenset({"house", "cleaning"})
"""Topics whose every tile looks at many beds and at the clock: the command centre, the housekeeping board."""


def changes_boards(record: Record) -> bool:
    """Whether a board may look different after it."""
    return isinstance(record, BedState | BedRequest)


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
