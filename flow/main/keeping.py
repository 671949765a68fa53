"""Keeping the managers' figures as the log grows: hour by hour, turn by turn, case by case, what each bed was by event time, and pictures
of all beds; after a stop in steps.

Each step is a transaction of its own that nobody else keeps at the time, so that two workers do no harm.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from flow.clock import Clock
from flow.domain.plan import Plan
from flow.history.bed_hours import keep_hours
from flow.history.bed_turns import keep_turns
from flow.history.conditions import keep_conditions
from flow.history.kpi_cases import keep_cases
from flow.history.pictures import keep_picture
from flow.history.pool import Database
from flow.timed import Timed

EVERY_SECONDS, FIRST = 20.0, 5.0


class Keeping:
    """The kept figures of one hospital."""

    def __init__(self, plan: Plan, database: Database, clock: Clock) -> None:
        self.plan, self.database, self.clock = plan, database, clock

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep for as long as the block lasts."""
        timed = Timed("figures.wait")
        timed.every(EVERY_SECONDS, lambda: self.catch_up(timed.is_stopping), first=FIRST)
        async with timed.running():
            yield

    async def catch_up(self, stop: Callable[[], bool] = lambda: False, progress: Callable[[int], None] = lambda seq: None) -> None:
        """Step by step until all are kept; `progress` is told up to which Seq the last of them, which take longest, are."""
        now = self.clock.now()
        while not stop() and await keep_hours(self.database, self.plan, now) is not None:
            pass
        while not stop() and await keep_turns(self.database) is not None:
            pass
        while not stop() and await keep_conditions(self.database) is not None:
            pass
        while not stop() and (seq := await keep_cases(self.database, self.plan, now)) is not None:
            progress(seq)
        while not stop() and await keep_picture(self.database, now) is not None:
            pass
