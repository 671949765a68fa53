"""Picking up a hospital that is already alive: who lies where is read from its record, what they still need is made up again."""

from functools import partial

from adt_feed.simulator.arrivals import EMERGENCY_ROOM, ask_if_here
from adt_feed.simulator.choice import fits_ward
from adt_feed.simulator.demand import draws, kind, mean_days
from adt_feed.simulator.departures import foretell, leave_at
from adt_feed.simulator.milestones import go_on
from adt_feed.simulator.patient import Patient, number_of, patient
from adt_feed.simulator.world import Stay, World
from flow.domain.plan import Ward
from flow.domain.request import BedRequest
from flow.domain.visit import Visit, VisitStatus

OVERDUE = 90
"""Minutes of life in which those go whose expected time is past."""


def adopt(world: World) -> None:
    """Make stays of the open and planned visits that are of the demo."""
    hospital = world.census()
    waiting = {request.visit: request for request in hospital.waiting()}
    for visit in list(hospital.visits.values()):
        number = number_of(visit.id)
        if number is None:
            continue
        world.used(number)
        if visit.is_open or visit.course.status is VisitStatus.PLANNED:
            _take_on(world, visit, patient(number), waiting.get(visit.id))


def _take_on(world: World, visit: Visit, who: Patient, request: BedRequest | None) -> None:
    ward = _ward(world, visit, who, request)
    if ward is None:
        return
    stay = Stay(who, ward.id, request.type if request else ward.beds[0].type, visit.course.klass or "I", "Emergency")
    world.stays[visit.id] = stay
    if request is not None:
        return
    if visit.bed is not None and kind(world.ward(world.plan.beds[visit.bed].ward)) not in ("ed", "emergency"):
        _plan_end(world, stay, visit, ward)
    elif visit.course.status is VisitStatus.PLANNED:
        stay.origin = "Planned"
        world.after(world.dice.uniform(30, 900), partial(ask_if_here, world, stay))
    elif world.dice.random() < 0.5:
        world.after(world.dice.uniform(5, 120), partial(ask_if_here, world, stay))
    else:
        stay.ward = EMERGENCY_ROOM
        leave_at(world, stay, world.now + world.tempo.span(minutes=world.dice.uniform(10, 200)))


def _ward(world: World, visit: Visit, who: Patient, request: BedRequest | None) -> Ward | None:
    """Where the patient lies; of those who have no bed, where they would fit."""
    if visit.bed is not None and request is None:
        return world.ward(world.plan.beds[visit.bed].ward)
    wards = [world.ward(draw.ward) for draw in draws(world.plan)]
    fitting = [ward for ward in wards if fits_ward(ward, who, world)]
    wanted = [ward for ward in fitting if request and any(bed.type == request.type for bed in ward.beds)]
    return world.dice.choice(wanted or fitting or wards) if wards else None


def _plan_end(world: World, stay: Stay, visit: Visit, ward: Ward) -> None:
    expected = visit.course.expected_free_at
    if expected is None:
        rest = world.tempo.span(days=mean_days(ward) * min(2.5, world.dice.expovariate(1)))
        leave_at(world, stay, world.now + rest)
        foretell(world, stay, world.now + rest, late=True)
    else:
        late = world.tempo.span(minutes=world.dice.uniform(5, OVERDUE))
        leaves = max(expected, world.now + late)
        leave_at(world, stay, leaves)
        if (found := world.census().discharges.get(visit.id)) is not None and found.is_live:
            go_on(world, stay, leaves)
