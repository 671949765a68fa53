"""The joint plan kept at hand: worked out beside the event loop whenever somebody looks and the hospital has changed since.

Records never change in place, so a copy of the hospital's tables is a snapshot; the engine is this planner's own, since a thread uses it,
and knows what the served one has learnt.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from allocation.engine import Engine
from allocation.joint.plan import JointPlan, joint_plan
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.hospital import Hospital

KEPT = timedelta(seconds=60)
"""So long a plan stands while nothing changes; waiting weighs more with time, and so do cleanings."""


class Planning:
    """Everybody who asks while a plan is being made gets that one."""

    def __init__(self, served: Engine, desk: Desk, clock: Clock) -> None:
        self.served, self.engine = served, Engine(desk.plan, served.weights)
        self.desk, self.clock = desk, clock
        self._plan: JointPlan | None = None
        self._turn = asyncio.Lock()

    async def plan(self) -> JointPlan:
        """The plan for the hospital as it stands."""
        async with self._turn:
            at = self.clock.now()
            if self._plan is None or not self._stands(self._plan, at):
                self.engine.turnover, self.engine.grid.queue = self.served.turnover, self.served.grid.queue
                self._plan = await asyncio.to_thread(joint_plan, self.engine, snapshot(self.desk.hospital), at)
            return self._plan

    def _stands(self, plan: JointPlan, at: datetime) -> bool:
        return plan.seq == self.desk.hospital.seq and plan.at <= at < plan.at + KEPT


def snapshot(hospital: Hospital) -> Hospital:
    """What a plan reads, so that it stays as it is while the desk goes on. Visits of persons: of mothers and babies who wait alone."""
    family = {person for r in hospital.requests.values() if r.is_live for person in (r.mother_of, r.baby_of) if person is not None}
    theirs = {hospital.survivor(person) for person in family}
    return replace(
        hospital,
        beds=dict(hospital.beds),
        visits=dict(hospital.visits),
        requests=dict(hospital.requests),
        aliases=dict(hospital.aliases),
        of_patient={person: set(hospital.of_patient.get(person, ())) for person in theirs},
    )
