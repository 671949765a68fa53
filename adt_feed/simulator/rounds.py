"""Nurses' rounds: early-warning scores (NEWS2) of those in intensive care and of some in the wards, by the system at the bedside (ORU).

Each stay has dice of its own, so that whoever is scored, the rest of the hospital goes on as it would have.
"""

from functools import partial
from random import Random

from adt_feed.simulator.demand import CRITICAL, kind
from adt_feed.simulator.world import Stay, World
from flow.domain.visit import Visit

TICK = 60
"""Minutes of life between rounds."""
WARDS_SCORED, ILL, WORSE = 0.06, 0.3, 0.25
"""Of ward patients: those who are scored at all; of these the ones with a score that matters, and of those the very ill."""
EVERY = 8
"""Rounds from one score of a patient to the next."""
BETTER_AFTER = 20
"""Hours in intensive care after which most are well enough to leave it."""


def start(world: World) -> None:
    """Make the first round."""
    world.after(Random(f"{world.plan.id}-rounds").uniform(0, TICK), partial(_work, world, 0))


def _work(world: World, number: int) -> None:
    for stay in list(world.stays.values()):
        dice = Random(f"{stay.visit}-rounds")
        turn, visit = dice.randrange(EVERY), world.visit(stay)
        if number % EVERY == turn and visit is not None and visit.bed is not None and visit.is_open:
            _score(world, stay, visit, dice)
    world.after(TICK, partial(_work, world, number + 1))


def _score(world: World, stay: Stay, visit: Visit, dice: Random) -> None:
    ward = world.plan.ward.get(stay.ward)
    critical = ward is not None and kind(ward) in CRITICAL
    scored, ill, worse = dice.random(), dice.random(), dice.random()
    if not critical and scored > WARDS_SCORED:
        return
    hours = (world.now - visit.since).total_seconds() / 3600 if visit.since is not None else 0.0
    if critical:
        total = dice.choice((0, 1, 1, 2)) if hours > BETTER_AFTER and ill > ILL else dice.randint(5, 9)
    elif ill < ILL:
        total = dice.randint(7, 9) if worse < WORSE else dice.randint(5, 6)
    else:
        total = dice.randint(0, 4)
    world.send(world.letters.score(world.now, stay.patient, total))
