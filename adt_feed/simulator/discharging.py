"""Discharges move on: whoever owns a step taps it when its time has come, so that most are done when the patient goes.

Only the discharges' own record is looked at, so one begun before a restart, or by a user of the demo, is carried on as well.
"""

from datetime import datetime
from functools import partial
from random import Random

from adt_feed.simulator.action import BILLING, PHARMACY, WARD
from adt_feed.simulator.world import World
from flow.domain.discharge import GATES, Discharge, Milestone, Way
from flow.domain.discharge_commands import BeginDischarge, MarkMilestone
from flow.domain.ids import VisitId

TICK = 6
MINUTES = {
    Milestone.SUMMARY: 45,
    Milestone.PHARMACY: 35,
    Milestone.BILLING: 40,
    Milestone.TPA: 100,
    Milestone.ONWARD: 90,
    Milestone.TRANSPORT: 20,
}
"""Of life, as they would take were nobody to hurry; they are fitted into the time until the patient goes."""
HANDS = {Milestone.PHARMACY: PHARMACY, Milestone.BILLING: BILLING, Milestone.TPA: BILLING}
WAYS = (Way.CASH, Way.CASHLESS, Way.PMJAY, Way.ONWARD_1, Way.AGAINST_ADVICE)
OFTEN = (40, 38, 14, 5, 3)
IN_TIME = 0.95
"""The part of the time until the patient goes in which everything would be done on the average."""


def start(world: World) -> None:
    """Begin the day."""
    world.after(TICK, partial(_work, world))


def _work(world: World) -> None:
    for discharge in sorted(world.census().discharges.values(), key=lambda each: each.id):
        if discharge.is_live and discharge.is_ordered:
            _go_on(world, discharge)
    world.after(TICK, partial(_work, world))


def _go_on(world: World, discharge: Discharge) -> None:
    """One tap at most a round: which way it is, or the first step that is due."""
    if discharge.assumed:
        way = _dice(discharge.id, "way").choices(WAYS, OFTEN)[0]
        world.do(WARD, BeginDischarge(discharge.id, way))
        return
    due = (step for step in discharge.open if step in MINUTES and _due(world, discharge, step) <= world.now)
    if (step := next(due, None)) is not None:
        world.do(HANDS.get(step, WARD), MarkMilestone(discharge.id, step))


def _due(world: World, discharge: Discharge, step: Milestone) -> datetime:
    """So long after the last of those it waits for."""
    waits_for = [mark.at for gate, mark in discharge.marks.items() if gate in GATES.get(step, ())]
    usual = MINUTES[step] * _dice(discharge.id, step).uniform(0.4, 1.7)
    return max([discharge.begun_at, *waits_for]) + world.tempo.span(minutes=usual) * _hurry(world, discharge)


def _hurry(world: World, discharge: Discharge) -> float:
    """How much longer than usual everything takes, or shorter, because the patient goes when the stay was planned to end."""
    stay = world.stays.get(discharge.id)
    if stay is None or stay.leaves_at is None:
        return 1.0
    usual = world.tempo.span(minutes=sum(MINUTES.get(step, 0) for step in discharge.steps))
    return min(4.0, max(0.2, IN_TIME * ((stay.leaves_at - discharge.begun_at) / usual)))


def _dice(visit: VisitId, what: str) -> Random:
    return Random(f"{visit}{what}")
