"""Choosing a bed as an experienced bed manager would: free, of the type, in the right ward, fit for age and sex."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from adt_feed.simulator.patient import Patient
from adt_feed.simulator.world import Stay, World
from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Bed, SexPolicy, Ward

NO_SEX_RULE = frozenset({"icu", "hdu", "nicu", "picu"})


CHILDBEARING = range(16, 47)


def fits_ward(ward: Ward, patient: Patient, world: World) -> bool:
    """Age and sex are what the ward takes."""
    age = patient.age(world.tempo.local(world.now).date())
    if not ward.age_min <= age <= ward.age_max:
        return False
    if "maternity" in (ward.type, ward.specialty.casefold()) and (patient.sex != "F" or age not in CHILDBEARING):
        return False
    policies = {room.sex for room in ward.rooms}
    return bool(policies & {SexPolicy.ANY, SexPolicy.SAME, _own(patient)}) or not policies


def choose(world: World, stay: Stay, *, wards: Iterable[WardId] | None = None, needs: AbstractSet[str] = frozenset()) -> BedId | None:
    """A free bed for the stay, with the features it needs and few others: in its own ward first, then in one of the same
    specialty, then of the same type. None when full."""
    beds = world.plan.beds
    free = (beds[state.id] for state in world.census().beds.values() if state.free and state.id in beds)
    found: dict[tuple[int, int], list[Bed]] = {}
    allowed = set(wards) if wards is not None else world.plan.ward.keys()
    for bed in free:
        rank = _rank(world, stay, bed) if bed.ward in allowed else None
        if rank is not None and needs <= bed.features and not world.is_held(bed.id) and fits(world, bed, stay.patient):
            found.setdefault((rank, len(bed.features)), []).append(bed)
    return world.dice.choice(found[min(found)]).id if found else None


def _rank(world: World, stay: Stay, bed: Bed) -> int | None:
    """How near to what the stay came for; None for a bed of another type elsewhere."""
    if bed.type != stay.type:
        return 4 if bed.ward == stay.ward else None
    if bed.ward == stay.ward:
        return 0
    return 1 if world.ward(bed.ward).specialty == world.ward(stay.ward).specialty else 2


def suits(world: World, bed: Bed, patient: Patient) -> bool:
    """The ward and the room are meant for such a patient."""
    room = world.plan.rooms[bed.room]
    meant = bed.type in NO_SEX_RULE or room.sex in (SexPolicy.ANY, SexPolicy.SAME, _own(patient))
    return meant and fits_ward(world.ward(bed.ward), patient, world)


def fits(world: World, bed: Bed, patient: Patient) -> bool:
    """The bed suits the patient, and those who lie in the room bind it to no other sex."""
    if not suits(world, bed, patient):
        return False
    bound = world.plan.rooms[bed.room].sex is SexPolicy.SAME and bed.type not in NO_SEX_RULE
    return not bound or all(sex == patient.sex for sex in _sexes(world, bed))


def _sexes(world: World, bed: Bed) -> list[str]:
    """Of those who lie in the room or are promised it."""
    states = (world.census().beds.get(mate) for mate in world.plan.roommates[bed.room] if mate != bed.id)
    return [sex for state in states if state is not None for sex in (state.sex, state.reserved_sex) if sex]


def _own(patient: Patient) -> SexPolicy:
    return SexPolicy.FEMALE if patient.sex == "F" else SexPolicy.MALE


def occupied(world: World, ward: WardId | None = None) -> list[BedState]:
    """Occupied beds, of a ward or of all, in the order of the plan."""
    beds = world.census().beds
    wards = [world.ward(ward)] if ward else list(world.plan.wards)
    states = (beds.get(bed.id) for each in wards for bed in each.beds)
    return [state for state in states if state is not None and state.status is BedStatus.OCCUPIED]
