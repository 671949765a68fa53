"""Patients come to beds, and sometimes it was a mistake: A01, A02, and the A11 and A12 that take them back."""

from datetime import datetime
from functools import partial

from adt_feed.simulator.demand import CRITICAL, kind, length
from adt_feed.simulator.departures import plan_leaving
from adt_feed.simulator.letters import Stand
from adt_feed.simulator.world import Stay, World
from flow.domain.bed import BedStatus
from flow.domain.ids import BedId
from flow.domain.visit import Visit

WRONG_ADMISSION, WRONG_TRANSFER = 0.012, 0.03
"""Shares of admissions and transfers that are taken back minutes later."""

AFTER_CRITICAL = 0.55
"""A stay that went on from intensive care is this much shorter on the ward."""


def stand(world: World, stay: Stay) -> Stand:
    """What PV1 says of the stay as it is now."""
    visit = world.visit(stay)
    place = world.letters.place(visit.bed) if visit and visit.bed else (visit.course.place if visit else None)
    ward = world.plan.ward.get(stay.ward)
    return Stand(stay.klass, place or "", specialty=ward.specialty if ward else "EMR", temporary=stay.temporary)


def arrive(world: World, stay: Stay, bed: BedId, *, share_left: float = 1.0) -> None:
    """The patient lies down in the bed: A02 when already in the house, else A01. `share_left` of a usual stay lies ahead."""
    visit, before = world.visit(stay), stand(world, stay)
    world.hold(bed)
    stay.moving, stay.klass = False, "I"
    came_from_critical = _is_critical(world, visit)
    stay.ward = world.plan.beds[bed].ward
    inside = visit is not None and visit.is_open
    now = Stand("I", world.letters.place(bed), before.place, specialty=world.ward(stay.ward).specialty, temporary=stay.temporary)
    world.send(world.letters.adt("A02" if inside else "A01", world.now, stay.patient, now))
    share = AFTER_CRITICAL if came_from_critical else share_left
    plan_leaving(world, stay, length(world.ward(stay.ward), world.plan.beds[bed].type, world.dice) * share)
    if inside:
        _maybe_transfer_back(world, stay, visit, bed)
    elif world.dice.random() < WRONG_ADMISSION:
        world.after(world.dice.uniform(6, 25), partial(_never_came, world, stay, world.now))


def _is_critical(world: World, visit: Visit | None) -> bool:
    return visit is not None and visit.bed is not None and kind(world.ward(world.plan.beds[visit.bed].ward)) in CRITICAL


def _never_came(world: World, stay: Stay, admitted: datetime) -> None:
    """A11: somebody else's papers."""
    visit = world.visit(stay)
    if visit is None or not visit.is_open or stay.visit not in world.stays:
        return
    world.stays.pop(stay.visit)
    world.send(world.letters.cancel("A11", world.now, admitted, stay.patient, stand(world, stay)))


def _maybe_transfer_back(world: World, stay: Stay, visit: Visit | None, bed: BedId) -> None:
    if visit is not None and visit.bed is not None and visit.bed != bed and world.dice.random() < WRONG_TRANSFER:
        world.after(world.dice.uniform(5, 15), partial(_transfer_back, world, stay, visit.bed, bed, world.now))


def _transfer_back(world: World, stay: Stay, home: BedId, wrong: BedId, moved: datetime) -> None:
    """A12, where the old bed still stands empty; the patient stays there."""
    visit, old = world.visit(stay), world.census().beds.get(home)
    if visit is None or visit.bed != wrong or old is None or old.status in (BedStatus.OCCUPIED, BedStatus.MAINTENANCE):
        return
    world.hold(home)
    stay.ward = world.plan.beds[home].ward
    after = Stand("I", world.letters.place(home), world.letters.place(wrong), specialty=world.ward(stay.ward).specialty)
    world.send(world.letters.cancel("A12", world.now, moved, stay.patient, after))


def swap(world: World, one: Stay, other: Stay) -> None:
    """A17: the two change beds."""
    first, second = stand(world, one), stand(world, other)
    one.ward, other.ward = other.ward, one.ward
    pairs = (
        (one.patient, Stand("I", second.place, first.place, specialty=first.specialty)),
        (other.patient, Stand("I", first.place, second.place, specialty=second.specialty)),
    )
    world.send(world.letters.swap(world.now, pairs))
