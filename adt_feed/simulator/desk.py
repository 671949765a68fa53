"""The admissions desk: promises beds after some thought, and sends for the patient.

A user of the demo may be faster: whatever bed they promise, the patient comes to it.
"""

from functools import partial

from adt_feed.simulator.action import DESK
from adt_feed.simulator.choice import choose
from adt_feed.simulator.departures import leave_at
from adt_feed.simulator.moves import arrive, stand
from adt_feed.simulator.world import Stay, World
from flow.domain.bed import BedStatus
from flow.domain.commands import AssignBed, CancelRequest
from flow.domain.ids import BedId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Visit, VisitStatus

TICK = 6
TIDY = 60
FEWEST, MOST = 6, 11
"""The desk works faster the longer its list; it stands between these."""

PATIENCE = 450
"""Minutes of life after which a patient gets the next bed, however short the list."""

ENDURANCE = 900
"""Minutes of life after which a patient for whom there is no bed is sent to another hospital."""

OVER = frozenset({VisitStatus.FINISHED, VisitStatus.CANCELLED})


def start(world: World) -> None:
    """Open the desk."""
    world.after(world.dice.uniform(0, TICK), partial(_work, world))
    world.after(TIDY, partial(_tidy, world))


def _work(world: World) -> None:
    """One look at the list."""
    mine = [(r, world.stays[r.visit]) for r in world.census().waiting() if r.visit is not None and r.visit in world.stays]
    waiting = [pair for pair in mine if pair[0].is_unplaced]
    for request, stay in mine:
        if request.status is RequestStatus.ASSIGNED and not stay.moving:
            stay.moving = True
            world.after(world.dice.uniform(20, 70), partial(_fetch, world, stay))
    _promise(world, waiting)
    world.after(TICK, partial(_work, world))


def _promise(world: World, waiting: list[tuple[BedRequest, Stay]]) -> None:
    """Promise beds to the first few, as many as the list is too long."""
    surplus = len(waiting) - world.dice.randint(FEWEST, MOST)
    patience = world.tempo.span(minutes=PATIENCE)
    for request, stay in sorted(waiting, key=lambda pair: (pair[0].priority, pair[0].created_at)):
        if surplus <= 0 and world.now - request.created_at < patience:
            continue
        bed = choose(world, stay, needs=request.needs)
        if bed is not None:
            surplus -= 1
            world.hold(bed)
            world.do(DESK, AssignBed(request.id, bed, until=world.now + world.tempo.span(minutes=360)))


def _fetch(world: World, stay: Stay) -> None:
    """Bring the patient to the promised bed as soon as it is ready."""
    stay.moving = False
    bed, visit = _promised(world, stay), world.visit(stay)
    ended = visit is not None and visit.course.status in OVER
    if bed is None or ended or world.stays.get(stay.visit) is not stay:
        return
    state = world.census().beds[bed]
    if state.status is BedStatus.AVAILABLE:
        arrive(world, stay, bed)
        return
    stay.moving = True
    world.after(10, partial(_fetch, world, stay))


def _promised(world: World, stay: Stay) -> BedId | None:
    live = (r for r in world.census().requests.values() if r.visit == stay.visit and r.status is RequestStatus.ASSIGNED)
    return next((request.bed for request in live), None)


def _tidy(world: World) -> None:
    """Forget who was sent home by another's hand, take off the list who is no longer there, and send on who waited too long."""
    visits = world.census().visits
    for key in [key for key in world.stays if (visit := visits.get(key)) is not None and visit.course.status in OVER]:
        del world.stays[key]
    for request in list(world.census().waiting()):
        visit = visits.get(request.visit) if request.visit else None
        if visit is not None and visit.course.status in OVER:
            world.do(DESK, CancelRequest(request.id))
        elif visit is not None and visit.id in world.stays and _too_long(world, request):
            world.do(DESK, CancelRequest(request.id))
            _send_on(world, world.stays[visit.id], visit)
    world.after(TIDY, partial(_tidy, world))


def _too_long(world: World, request: BedRequest) -> bool:
    return request.is_unplaced and world.now - request.created_at > world.tempo.span(minutes=ENDURANCE)


def _send_on(world: World, stay: Stay, visit: Visit) -> None:
    """To another hospital: a planned stay is called off (A38), a patient in the house leaves."""
    if visit.is_open:
        leave_at(world, stay, world.now + world.tempo.span(minutes=world.dice.uniform(20, 90)))
    else:
        world.stays.pop(stay.visit)
        world.send(world.letters.adt("A38", world.now, stay.patient, stand(world, stay)))
