"""Patients leave: the ward round announces it (A16), they go in the afternoon (A03), now and then it was too early (A13)."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from random import Random

from adt_feed.simulator.action import CLEANER
from adt_feed.simulator.asking import ask, ward_for
from adt_feed.simulator.demand import CRITICAL, kind
from adt_feed.simulator.letters import Stand
from adt_feed.simulator.milestones import go_on, payer_of, prepare
from adt_feed.simulator.world import Stay, World
from flow.domain.bed import BedStatus
from flow.domain.check_commands import DoubtBed
from flow.domain.ids import BedId
from flow.domain.visit import Visit

ANNOUNCED, TOO_EARLY, FORGOTTEN = 0.8, 0.012, 0.07
"""Of the leavings: announced in the morning, called off soon after, entered long after the patient has gone."""
CLEANED_MEANWHILE = 0.5
LEAVING = 9
"""The field of PV2 that says when a discharge is expected."""


def plan_leaving(world: World, stay: Stay, days: float) -> None:
    """The stay in this bed lasts so many days of life."""
    leaves = world.tempo.leaving(world.now, days, world.dice)
    _take_back(world, stay)
    leave_at(world, stay, leaves)
    foretell(world, stay, leaves)


def foretell(world: World, stay: Stay, leaves: datetime, *, late: bool = False) -> None:
    """Most are announced before they go; `late`: even where the hour for that is past."""
    if _critical(world, stay) or world.dice.random() > ANNOUNCED:
        return
    announced = world.tempo.announcing(leaves, world.dice)
    if announced > world.now:
        prepare(world, stay, announced)
        world.at(announced, partial(_announce, world, stay, leaves))
    elif late:
        world.after(world.dice.uniform(0.2, 8), partial(_announce, world, stay, leaves))


def _take_back(world: World, stay: Stay) -> None:
    """A25: who was to go stays longer, in another bed."""
    known, visit = world.census().discharges.get(stay.visit), world.visit(stay)
    if known is not None and known.is_live and known.is_ordered and visit is not None and visit.is_open:
        world.send(world.letters.adt("A25", world.now, stay.patient, _stand(world, stay, visit)))


def leave_at(world: World, stay: Stay, when: datetime) -> None:
    """Go at a moment, unless other plans are made first."""
    stay.leaves_at = when
    world.at(when, partial(_leave, world, stay, when))


def _critical(world: World, stay: Stay) -> bool:
    ward = world.plan.ward.get(stay.ward)
    return ward is not None and kind(ward) in CRITICAL


def _here(world: World, stay: Stay, planned: datetime) -> Visit | None:
    """The open visit, if this plan is still the latest."""
    visit = world.visit(stay)
    current = stay.leaves_at == planned and world.stays.get(stay.visit) is stay
    return visit if visit is not None and visit.is_open and current else None


def _announce(world: World, stay: Stay, leaves: datetime) -> None:
    visit = _here(world, stay, leaves)
    if visit is None or visit.bed is None:
        return
    guess = leaves + world.tempo.span(minutes=world.dice.gauss(0, 25))
    stand = replace(_stand(world, stay, visit), payer=payer_of(stay))
    world.send(world.letters.adt("A16", world.now, stay.patient, stand, (LEAVING, guess)))
    go_on(world, stay, leaves)


def _leave(world: World, stay: Stay, planned: datetime) -> None:
    visit = _here(world, stay, planned)
    if visit is None:
        return
    if _critical(world, stay) and world.dice.random() < 0.75 and step_down(world, stay):
        return
    world.stays.pop(stay.visit)
    left = partial(_send_left, world, stay, _stand(world, stay, visit, world.now))
    dice = Random(f"{stay.visit}gone")
    if visit.bed is not None and dice.random() < FORGOTTEN:
        world.after(dice.uniform(15, 150), left)
        if dice.random() < CLEANED_MEANWHILE:
            world.after(dice.uniform(4, 14), partial(_found_empty, world, stay, visit.bed))
        return
    left()
    if visit.bed is not None and world.dice.random() < TOO_EARLY:
        world.after(world.dice.uniform(8, 30), partial(_stays_after_all, world, stay, visit.bed, world.now))


def _send_left(world: World, stay: Stay, left: Stand) -> None:
    """A03; PV1-45 says when they left, which may be a while ago: until then their bed is a ghost."""
    world.send(world.letters.adt("A03", world.now, stay.patient, left))


def _found_empty(world: World, stay: Stay, bed: BedId) -> None:
    """A cleaner comes by, sees nobody, and says that the bed is clean: somebody should look."""
    state = world.census().beds.get(bed)
    if state is not None and state.visit == stay.visit and state.discrepancy is None:
        world.do(CLEANER, DoubtBed(bed))


def step_down(world: World, stay: Stay) -> bool:
    """Off to an ordinary ward: the desk is asked for a bed there."""
    ward = ward_for(world, stay)
    if ward is None:
        return False
    origin = world.ward(stay.ward).name
    stay.leaves_at = None
    stay.ward, stay.type = ward.id, world.dice.choice(ward.beds).type
    ask(world, stay, origin=origin, priority=2)
    return True


def _stays_after_all(world: World, stay: Stay, bed: BedId, left: datetime) -> None:
    """A13, where the bed still stands empty."""
    state, visit = world.census().beds.get(bed), world.visit(stay)
    if state is None or state.status is not BedStatus.CLEANING or state.reserved_for or (visit is not None and visit.is_open):
        return
    world.hold(bed)
    world.stays[stay.visit] = stay
    ward = world.ward(world.plan.beds[bed].ward)
    after = Stand(stay.klass, world.letters.place(bed), specialty=ward.specialty)
    world.send(world.letters.cancel("A13", world.now, left, stay.patient, after))
    leave_at(world, stay, world.now + world.tempo.span(minutes=world.dice.uniform(120, 600)))


def _stand(world: World, stay: Stay, visit: Visit, ended: datetime | None = None) -> Stand:
    place = world.letters.place(visit.bed) if visit.bed else visit.course.place or ""
    ward = world.plan.ward.get(stay.ward)
    return Stand(stay.klass, place, specialty=ward.specialty if ward else "EMR", ended=ended, temporary=stay.temporary)
