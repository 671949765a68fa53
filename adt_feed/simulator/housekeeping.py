"""A crew that is a little too small: cleaners take the bed that waited longest, finish it, and some beds are inspected.

Only the beds' own record is looked at, so a cleaning begun before a restart, or by a user of the demo, is finished as well.
"""

from functools import partial
from math import ceil
from random import Random

from adt_feed.simulator.action import CLEANER, SUPERVISOR
from adt_feed.simulator.world import World
from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.cleaning_commands import InspectClean
from flow.domain.commands import SetBedStatus

TICK = 4
BEDS_A_CLEANER = 50
FEW, MANY = 10, 20
"""Under so many beds dirty or in cleaning (of 500) the crew does other work, above so many it is helped."""

MINUTES = {CleanKind.ROUTINE: 34, CleanKind.ISOLATION: 70, CleanKind.STAT: 25}
INSPECTED = 0.12
LOOKING = 9


def start(world: World) -> None:
    """Begin the shift."""
    world.after(world.dice.uniform(0, TICK), partial(_work, world))


def _work(world: World) -> None:
    dirty = [bed for bed in world.census().beds.values() if bed.status is BedStatus.CLEANING]
    begun = [bed for bed in dirty if bed.now.stage in (Stage.IN_PROGRESS, Stage.INSPECTION)]
    for bed in begun:
        _go_on(world, bed)
    free = _crew(world, len(dirty)) - len(begun)
    waiting = [bed for bed in dirty if bed.now.stage is Stage.WAITING]
    for bed in sorted(waiting, key=_urgency)[: max(0, free)]:
        world.do(CLEANER, SetBedStatus(bed.id, BedStatus.CLEANING, stage=Stage.IN_PROGRESS, if_seq=bed.seq))
    world.after(TICK, partial(_work, world))


def _crew(world: World, dirty: int) -> int:
    """Cleaners at work now: fewer at night, fewer when there is little to do."""
    share = len(world.plan.beds) / 500
    night = world.tempo.speed == 1 and not 7 <= world.tempo.local(world.now).hour < 22
    crew = ceil(len(world.plan.beds) / BEDS_A_CLEANER * (0.6 if night else 1))
    if dirty < FEW * share:
        return 0 if night else 1
    return crew * 2 if dirty > MANY * share else crew


def _urgency(bed: BedState) -> tuple[bool, bool, object]:
    """Urgent ones, then those promised to somebody, then the longest wait."""
    return bed.now.clean is not CleanKind.STAT, bed.reserved_for is None, bed.now.since


def _go_on(world: World, bed: BedState) -> None:
    """Finish the bed when its time is up."""
    begun, dice = bed.now.started_at, Random(f"{bed.id}{bed.now.since:%d%H%M}")
    if begun is None:
        return
    minutes = MINUTES[bed.now.clean or CleanKind.ROUTINE] * dice.uniform(0.65, 1.5)
    inspected = dice.random() < INSPECTED
    if bed.now.stage is Stage.INSPECTION:
        minutes += LOOKING
    if world.now - begun < world.tempo.span(minutes=minutes):
        return
    if inspected and bed.now.stage is Stage.IN_PROGRESS:
        world.do(CLEANER, SetBedStatus(bed.id, BedStatus.CLEANING, stage=Stage.INSPECTION, if_seq=bed.seq))
    elif bed.now.stage is Stage.INSPECTION and bed.job is not None and bed.job.is_open:
        world.do(SUPERVISOR, InspectClean(bed.id, bed.job.id, good=True))
    else:
        world.do(CLEANER, SetBedStatus(bed.id, BedStatus.AVAILABLE, if_seq=bed.seq))
