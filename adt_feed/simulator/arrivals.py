"""Patients come: through the emergency department, planned, or straight to a ward; some go home from the emergency room."""

from functools import partial

from adt_feed.simulator.asking import ask
from adt_feed.simulator.choice import choose, fits_ward
from adt_feed.simulator.demand import CRITICAL, Draw, draws, kind, loads, poisson, steering
from adt_feed.simulator.departures import leave_at
from adt_feed.simulator.letters import Stand
from adt_feed.simulator.moves import arrive, stand
from adt_feed.simulator.patient import Patient
from adt_feed.simulator.world import Stay, World
from flow.domain.ids import WardId
from flow.domain.plan import Ward
from flow.domain.visit import VisitStatus

TICK = 10
DAY = 1440.0
EMERGENCY_ROOM = WardId("ED")
HOME_FROM_EMERGENCY = 30
"""Patients a day who go home from there."""

WAYS = {"private": (0.3, 0.6), "maternity": (0.1, 0.2), "nicu": (0.1, 0.0), "icu": (0.6, 0.0), "hdu": (0.6, 0.1), "isolation": (0.8, 0.0)}
"""By kind of ward: share that comes through the emergency room, share that is planned; the rest come straight."""

EXPECTED_ON = 8
"""The field of PV2 that says when an admission is expected."""

CALLED_OFF = 0.05
UNNAMED = 0.03


def start(world: World) -> None:
    """Open the doors."""
    wards = draws(world.plan)
    world.after(world.dice.uniform(0, TICK), partial(_tick, world, wards))


def _tick(world: World, wards: tuple[Draw, ...]) -> None:
    full = loads(world)
    share = world.tempo.arrivals(world.now) * TICK / DAY
    for draw in wards:
        for _ in range(poisson(draw.daily * share * steering(full[draw.ward]), world.dice)):
            _come(world, world.ward(draw.ward))
    for _ in range(poisson(HOME_FROM_EMERGENCY * share, world.dice)):
        _visit_emergency(world)
    world.after(TICK, partial(_tick, world, wards))


def _come(world: World, ward: Ward) -> None:
    patient = world.newcomer(lambda who: fits_ward(ward, who, world))
    stay = Stay(patient, ward.id, world.dice.choice(ward.beds).type)
    through_emergency, planned = WAYS.get(kind(ward), (0.55, 0.33))
    chance = world.dice.random()
    if chance < through_emergency:
        emergency(world, stay)
    elif chance < through_emergency + planned:
        _plan(world, stay)
    else:
        straight(world, stay)


def emergency(world: World, stay: Stay) -> None:
    """A04 in the emergency room; a bed is asked for when the doctors have seen enough."""
    stay.klass, stay.origin = "E", "Emergency"
    stay.priority = 1 if kind(world.ward(stay.ward)) in CRITICAL else world.dice.choices((1, 2, 3, 4), (6, 34, 50, 10))[0]
    stay.temporary = world.dice.random() < UNNAMED
    _register(world, stay)
    world.after(world.dice.uniform(35, 160), partial(ask_if_here, world, stay))
    if stay.temporary:
        world.after(world.dice.uniform(30, 300), partial(_recognise, world, stay))


def _register(world: World, stay: Stay) -> None:
    world.stays[stay.visit] = stay
    world.send(world.letters.adt("A04", world.now, stay.patient, _at_emergency(world, stay)))


def _at_emergency(world: World, stay: Stay) -> Stand:
    """A bay of the emergency department where the plan has one and it is free, else just the department."""
    bays = [ward.id for ward in world.plan.wards if ward.beds and kind(ward) in ("ed", "emergency")]
    bay = choose(world, Stay(stay.patient, bays[0], world.ward(bays[0]).beds[0].type), wards=bays[:1]) if bays else None
    if bay is not None:
        world.hold(bay)
    place = world.letters.place(bay) if bay else world.letters.ward(bays[0] if bays else EMERGENCY_ROOM)
    return Stand("E", place, specialty="EMR", temporary=stay.temporary)


def ask_if_here(world: World, stay: Stay) -> None:
    """Ask the desk for a bed, unless the patient is gone or has one in a ward."""
    visit = world.visit(stay)
    if world.stays.get(stay.visit) is stay and (visit is None or visit.is_open or visit.course.status is VisitStatus.PLANNED):
        ask(world, stay, origin=stay.origin)


def _recognise(world: World, stay: Stay) -> None:
    """A40: the relatives came, the patient has a name and a number."""
    if world.stays.get(stay.visit) is stay:
        stay.temporary = False
        world.send(world.letters.merge(world.now, stay.patient))


def _anybody(who: Patient) -> bool:
    return True


def _visit_emergency(world: World) -> None:
    """A04, and A03 some hours later: no bed is wanted."""
    stay = Stay(world.newcomer(_anybody), EMERGENCY_ROOM, "", "E", "Emergency")
    _register(world, stay)
    leave_at(world, stay, world.now + world.tempo.span(minutes=world.dice.uniform(70, 260)))


def _plan(world: World, stay: Stay) -> None:
    """A05 for tomorrow; some are called off (A38)."""
    stay.origin, stay.priority = "Planned", world.dice.choices((3, 4), (70, 30))[0]
    days = world.dice.uniform(0.5, 1.3) if world.tempo.speed > 1 else 0
    comes = world.now + world.tempo.span(days=days) if days else world.today(24 + world.dice.gauss(11, 2.5))
    world.stays[stay.visit] = stay
    waits = Stand("P", world.letters.ward(stay.ward), specialty=world.ward(stay.ward).specialty)
    world.send(world.letters.adt("A05", world.now, stay.patient, waits, (EXPECTED_ON, comes)))
    if world.dice.random() < CALLED_OFF:
        world.at(comes - world.tempo.span(minutes=200), partial(_call_off, world, stay))
    else:
        world.at(comes, partial(ask_if_here, world, stay))


def _call_off(world: World, stay: Stay) -> None:
    visit = world.visit(stay)
    if visit is not None and visit.course.status is VisitStatus.PLANNED and stay.visit in world.stays:
        world.stays.pop(stay.visit)
        world.send(world.letters.adt("A38", world.now, stay.patient, stand(world, stay)))


def straight(world: World, stay: Stay) -> None:
    """A01 to a free bed; with none free the patient waits in the emergency room."""
    bed = choose(world, stay)
    if bed is None:
        emergency(world, stay)
        return
    world.stays[stay.visit] = stay
    arrive(world, stay, bed)


def take_over(world: World, ward: Ward) -> None:
    """A patient of a hospital that opens: part of the stay is over already."""
    stay = Stay(world.newcomer(lambda who: fits_ward(ward, who, world)), ward.id, world.dice.choice(ward.beds).type)
    if bed := choose(world, stay, wards=[ward.id]):
        world.stays[stay.visit] = stay
        arrive(world, stay, bed, share_left=world.dice.random())
