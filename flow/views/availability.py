"""How many beds there are of what: by ward and type, for `GET /api/v1/beds/availability`, the desk's bar and the manager's tiles.

The four statuses partition the beds; `reserved` overlays them (a promise may stand on a bed still occupied or in cleaning).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Bed, Plan, Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Beds by status; `free` = available and unreserved, `staffed` = not in maintenance (the denominator of occupancy);
    `temporary` = patients on trolleys, chairs, the floor or in shared beds, who count in none of the others."""

    available: int = 0
    occupied: int = 0
    cleaning: int = 0
    maintenance: int = 0
    reserved: int = 0
    free: int = 0
    staffed: int = 0
    temporary: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCounts(Counts):
    """The beds of one type in one ward."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WardCounts(Counts):
    """The beds of one ward, all together and by type."""

    ward: str
    name: str
    types: tuple[TypeCounts, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Availability:
    """The body of the endpoint, in the order of its fields."""

    as_of: datetime
    seq: int
    totals: Counts
    wards: tuple[WardCounts, ...]


def availability(plan: Plan, beds: Mapping[BedId, BedState], seq: int, as_of: datetime) -> Availability:
    """Count every bed that has a record."""
    return Availability(
        as_of=as_of,
        seq=seq,
        totals=Counts(**counted(beds.values())),
        wards=tuple(_ward(ward, beds) for ward in plan.wards),
    )


def counted(states: Iterable[BedState]) -> dict[str, int]:
    """The figures of `Counts` for some beds, by field name."""
    found = dict.fromkeys(("available", "occupied", "cleaning", "maintenance", "reserved", "free", "staffed", "temporary"), 0)
    for state in states:
        if state.temporary is not None:
            found["temporary"] += state.visit is not None
            continue
        found[state.status.value] += 1
        found["reserved"] += state.reserved_for is not None
        found["free"] += state.free
        found["staffed"] += state.staffed
    return found


def occupancy(counts: Counts) -> float | None:
    """Occupied / staffed and unblocked beds, in percent; None where no bed is staffed."""
    return 100 * counts.occupied / counts.staffed if counts.staffed else None


def _ward(ward: Ward, beds: Mapping[BedId, BedState]) -> WardCounts:
    known = [bed for bed in ward.beds if bed.id in beds]
    of_type: dict[str, list[Bed]] = {}
    for bed in known:
        of_type.setdefault(bed.type, []).append(bed)
    return WardCounts(
        ward=ward.id,
        name=ward.name,
        types=tuple(TypeCounts(type=kind, **counted(beds[bed.id] for bed in some)) for kind, some in of_type.items()),
        **counted(beds[bed.id] for bed in known) | {"temporary": sum(_lies_in(state, ward) for state in beds.values())},
    )


def _lies_in(state: BedState, ward: Ward) -> bool:
    return state.temporary is not None and state.temporary.ward == ward.id and state.visit is not None
