"""The huddle sheet: made for whoever asks, issued before each huddle, and held against what came true when its hour has come.

`flow.domain.huddle_sheet` counts it, from the hospital as the desk has it and what the forecast expects; `flow.history.huddles` keeps it.
The jobs run in every worker and do nothing that is done already.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import structlog

from flow.clock import Clock
from flow.desk import Desk
from flow.domain.huddle import Sheet
from flow.domain.huddle_actions import scene_of
from flow.domain.huddle_sheet import came, sheet
from flow.history.huddles import Huddles
from flow.history.pool import Database
from flow.main.forecasting import Forecasting
from flow.timed import Timed

log = structlog.get_logger()
LATEST = timedelta(minutes=10)
"""So late after its hour what came true is not read any more: it would be another hour's."""


class Huddling:
    """The sheets of one hospital."""

    def __init__(self, desk: Desk, database: Database, clock: Clock, forecasting: Forecasting | None = None) -> None:
        self.desk, self.database, self.clock, self.forecasting = desk, database, clock, forecasting
        self.kept = Huddles(database)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Issue and settle for as long as the block lasts."""
        timed = Timed("huddle.waits")
        timed.every(60, self.issue, first=25)
        timed.every(30, self.settle, first=20)
        async with timed.running():
            yield

    async def __call__(self) -> Sheet:
        """The sheet from now on."""
        at = self.clock.now()
        scene = scene_of(self.desk.hospital, at, self.desk.plan.forecast.counted_to(at, self.desk.plan.zone))
        if self.forecasting is None:
            return await asyncio.to_thread(sheet, scene, ())
        flows = await self.forecasting.flows(scene.until, scene.turn)
        made = await asyncio.to_thread(sheet, scene, flows)
        return replace(made, judged=await self.forecasting.trust(scene.until))

    async def issue(self) -> bool:
        """The sheet of the next huddle, once its time has come and before it begins. False where there is nothing to issue."""
        plan = self.desk.plan
        huddle = plan.forecast.due(self.clock.now(), plan.zone)
        if huddle is None or await self.kept.is_issued(huddle):
            return False
        made = replace(await self(), huddle=huddle)
        await self.kept.issue(made)
        log.info("huddle.issued", huddle=str(huddle), basis=made.basis)
        return True

    async def settle(self) -> int:
        """What came true of the sheets whose hour has just come. Returns of how many."""
        now = self.clock.now()
        due = await self.kept.due(now - LATEST, now)
        for made in due:
            if made.huddle is not None:
                beds = [bed for action in made.actions for bed in action.beds]
                freed = await self.kept.freed(beds, made.at, made.until)
                found = came(scene_of(self.desk.hospital, now, made.until), await self.kept.moved(made.at, made.until), freed)
                await self.kept.settle(made.huddle, found)
        return len(due)
