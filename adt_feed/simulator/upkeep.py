"""Beds out of use: a few at any time, with a reason, a word about it and an end."""

from functools import partial

from adt_feed.simulator.action import ENGINEER
from adt_feed.simulator.world import World
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import SetBedStatus

TICK = 60
SHARE = 0.026
"""Of all beds."""

REASONS = (
    (OutOfUse.REPAIR, "bed motor does not lift", 20),
    (OutOfUse.REPAIR, "oxygen outlet leaks", 12),
    (OutOfUse.REPAIR, "call bell dead", 8),
    (OutOfUse.REPAIR, "side rail loose", 6),
    (OutOfUse.STAFFING, "no nurse for this bay tonight", 10),
    (OutOfUse.INFECTION, "terminal cleaning after isolation", 9),
    (OutOfUse.ROOM_CLOSED, "ceiling repair", 40),
)
"""Reason, note, mean hours."""


def start(world: World) -> None:
    """Make the first round."""
    world.after(world.dice.uniform(0, TICK), partial(_work, world))


def _work(world: World) -> None:
    beds = world.census().beds.values()
    out = [bed for bed in beds if bed.status is BedStatus.MAINTENANCE]
    for bed in out:
        if bed.now.until is not None and bed.now.until <= world.now:
            back = BedStatus.CLEANING if world.dice.random() < 0.4 else BedStatus.AVAILABLE
            world.do(ENGINEER, SetBedStatus(bed.id, back, if_seq=bed.seq))
    missing = SHARE * len(world.plan.beds) - len(out)
    if world.dice.random() < missing / 3:
        _take_out(world)
    world.after(TICK, partial(_work, world))


def _take_out(world: World) -> None:
    free = [bed for bed in world.census().beds.values() if bed.free and not world.is_held(bed.id)]
    if not free:
        return
    bed = world.dice.choice(free)
    reason, note, hours = world.dice.choice(REASONS)
    until = world.now + world.tempo.span(minutes=60 * hours * world.dice.uniform(0.4, 1.8))
    world.hold(bed.id)
    world.do(ENGINEER, SetBedStatus(bed.id, BedStatus.MAINTENANCE, reason=reason, note=note, until=until, if_seq=bed.seq))
