"""How many patients each ward draws: its beds over its length of stay, steered so that occupancy hovers about the aim."""

from dataclasses import dataclass
from random import Random

from adt_feed.simulator.world import World
from flow.domain.bed import BedStatus
from flow.domain.ids import WardId
from flow.domain.plan import Plan, Ward

AIM = 0.87
"""Share of the staffed beds that are occupied."""

STEER = 9.0
"""How hard too full or too empty a ward changes its arrivals."""

DAYS = {
    "icu": 3.2,
    "hdu": 2.6,
    "nicu": 6.5,
    "picu": 3.4,
    "isolation": 4.6,
    "maternity": 2.6,
    "paediatric": 3.0,
    "pediatric": 3.0,
    "private": 3.1,
    "semi_private": 3.4,
}
"""Mean length of stay in days by type of ward; 4.3 for the rest."""

OTHER_DAYS = 4.3
SPREAD = 0.62
"""Of the logarithm of a stay's length."""

MEAN_OF_SPREAD = 1.212
"""The mean of such a lognormal: exp(SPREAD squared / 2)."""

NOT_WARDS = frozenset({"ed", "emergency", "opd", "day_care", "daycare", "day", "theatre"})
"""Types of ward or bed in which nobody stays overnight."""

CRITICAL = frozenset({"icu", "hdu", "picu"})


@dataclass(frozen=True, slots=True)
class Draw:
    """One inpatient ward: arrivals a day at AIM."""

    ward: WardId
    daily: float


def kind(ward: Ward) -> str:
    """The type that says how a ward works: its own, else that of most of its beds."""
    if ward.type in DAYS or ward.type in NOT_WARDS or not ward.beds:
        return ward.type
    types = [bed.type for bed in ward.beds]
    return max(sorted(set(types)), key=types.count)


def draws(plan: Plan) -> tuple[Draw, ...]:
    """Every ward that takes inpatients."""
    wards = [ward for ward in plan.wards if ward.beds and kind(ward) not in NOT_WARDS]
    return tuple(Draw(ward.id, AIM * len(ward.beds) / mean_days(ward)) for ward in wards)


def mean_days(ward: Ward) -> float:
    """Mean length of stay."""
    return DAYS.get(kind(ward), OTHER_DAYS)


def length(ward: Ward, bed_type: str, dice: Random) -> float:
    """A length of stay in days: lognormal, never under half a day; in a day care bed some hours."""
    if bed_type in NOT_WARDS:
        return dice.uniform(0.15, 0.4)
    return max(0.5, dice.lognormvariate(0, SPREAD) * mean_days(ward) / MEAN_OF_SPREAD)


def loads(world: World) -> dict[WardId, float]:
    """By ward: occupied beds and patients on their way, over staffed beds."""
    hospital = world.census()
    taken = dict.fromkeys(world.plan.ward, 0)
    staffed = dict.fromkeys(world.plan.ward, 0)
    for bed in world.plan.beds.values():
        state = hospital.beds.get(bed.id)
        status = state.now.status if state else BedStatus.MAINTENANCE
        taken[bed.ward] += status is BedStatus.OCCUPIED
        staffed[bed.ward] += status is not BedStatus.MAINTENANCE
    for stay in world.stays.values():
        visit = hospital.visits.get(stay.visit)
        if stay.ward in taken and (visit is None or (visit.bed is None and visit.is_open)):
            taken[stay.ward] += 1
    return {ward: taken[ward] / staffed[ward] if staffed[ward] else 1.0 for ward in taken}


def steering(load: float) -> float:
    """By what the arrivals of a ward are multiplied."""
    return min(2.5, max(0.0, 1 + STEER * (AIM - load)))


def poisson(mean: float, dice: Random) -> int:
    """A draw for a small mean (Knuth)."""
    left, drawn = 2.718281828459045**-mean, 0
    chance = dice.random()
    while chance > left:
        drawn += 1
        chance *= dice.random()
    return drawn
