"""The noise of a working day: corrections (A08), patients away for an examination (A09, A10), swapped beds (A17)."""

from functools import partial

from adt_feed.simulator.choice import occupied
from adt_feed.simulator.letters import Stand
from adt_feed.simulator.moves import stand, swap
from adt_feed.simulator.world import Stay, World
from flow.domain.plan import Bed

CORRECTED_EVERY, AWAY_EVERY, SWAPPED_EVERY = 25, 30, 420
"""Minutes of life between two."""

PLACES_TO_GO = ("OT", "XRAY", "CT", "ENDO", "DIALYSIS")


def start(world: World) -> None:
    """Begin all three."""
    world.after(world.dice.uniform(0, CORRECTED_EVERY), partial(_correct, world))
    world.after(world.dice.uniform(0, AWAY_EVERY), partial(_take_away, world))
    world.after(world.dice.uniform(0, SWAPPED_EVERY), partial(_swap, world))


def _somebody(world: World) -> Stay | None:
    """A patient in a bed, by chance."""
    beds = [bed for bed in occupied(world) if bed.visit in world.stays]
    bed = world.dice.choice(beds) if beds else None
    return world.stays[bed.visit] if bed is not None and bed.visit is not None else None


def _correct(world: World) -> None:
    """A08: an address, a relative's telephone; nobody moves."""
    if stay := _somebody(world):
        world.send(world.letters.adt("A08", world.now, stay.patient, stand(world, stay)))
    world.after(world.dice.expovariate(1 / CORRECTED_EVERY), partial(_correct, world))


def _take_away(world: World) -> None:
    """A09: off to an examination, the bed stays theirs."""
    stay = _somebody(world)
    visit = world.visit(stay) if stay else None
    if stay and visit and not visit.course.away and not stay.moving and visit.course.expected_free_at is None:
        here, place = stand(world, stay), world.letters.ward(world.dice.choice(PLACES_TO_GO))
        gone = Stand(here.klass, "", here.place, away=place, specialty=here.specialty, temporary=stay.temporary)
        world.send(world.letters.adt("A09", world.now, stay.patient, gone))
        world.after(world.dice.uniform(30, 110), partial(_bring_back, world, stay))
    world.after(world.dice.expovariate(1 / AWAY_EVERY), partial(_take_away, world))


def _bring_back(world: World, stay: Stay) -> None:
    """A10."""
    visit = world.visit(stay)
    if visit is not None and visit.is_open:
        world.send(world.letters.adt("A10", world.now, stay.patient, stand(world, stay)))


def _swap(world: World) -> None:
    """A17: two patients of the same sex and ward, of beds of one type."""
    one = _somebody(world)
    mates = [stay for stay in world.stays.values() if one and _can_swap(world, one, stay)]
    if one and mates:
        swap(world, one, world.dice.choice(mates))
    world.after(world.dice.expovariate(1 / SWAPPED_EVERY), partial(_swap, world))


def _can_swap(world: World, one: Stay, other: Stay) -> bool:
    first, second = _bed(world, one), _bed(world, other)
    if one is other or first is None or second is None or one.moving or other.moving or one.temporary or other.temporary:
        return False
    return first.ward == second.ward and first.type == second.type and one.patient.sex == other.patient.sex


def _bed(world: World, stay: Stay) -> Bed | None:
    visit = world.visit(stay)
    return world.plan.beds[visit.bed] if visit is not None and visit.bed is not None else None
