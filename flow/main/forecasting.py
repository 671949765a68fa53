"""Forecasting: what the past says of the next hours, issued before each huddle, asked for at any moment, and judged every night.

`allocation.forecast` makes and judges, in a thread; `flow.history.forecasts` reads and keeps. The worker runs the two jobs, each of which
does nothing that is done already, so that two workers do no harm; the web room asks.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from allocation.forecast.ask import Learnt, answer, flows, forecast, learn
from allocation.forecast.judge import JUDGED_DAYS, back_test
from allocation.forecast.rates import WINDOW
from flow.clock import Clock
from flow.domain.forecast import Judged, Level, Outlooks, WhatIf
from flow.domain.huddle import Flow
from flow.domain.plan import Plan
from flow.history.forecasts import Forecasts, past
from flow.history.pool import Database
from flow.timed import Timed

log = structlog.get_logger()
SHARED_SECONDS = 60.0
"""For as long what was learnt is asked again."""
ISSUE_AFTER, JUDGE_AFTER = 15.0, 90.0
"""Seconds after the start: there is enough to do in the first ones."""


class Forecasting:
    """The forecasts of one hospital."""

    def __init__(self, plan: Plan, database: Database, clock: Clock) -> None:
        self.plan, self.database, self.clock = plan, database, clock
        self.kept = Forecasts(database)
        self._learnt: tuple[float, Learnt] | None = None
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Issue and judge for as long as the block lasts."""
        timed = Timed("forecast.waits")
        timed.every(60, self.issue, first=ISSUE_AFTER)
        timed.every(1800, self.judge, first=JUDGE_AFTER)
        async with timed.running():
            yield

    async def __call__(self, what_if: WhatIf) -> Outlooks:
        """The forecast from now on, a minute old at most; whoever asks within it shares what was learnt."""
        known = await self._known()
        _, verdicts = await self.kept.judged()
        return await asyncio.to_thread(answer, known, verdicts, what_if=what_if)

    async def flows(self, until: datetime, turn: timedelta) -> tuple[Flow, ...]:
        """Who leaves and comes until then, by ward, for the huddle sheet; nothing while there is no forecast."""
        return await asyncio.to_thread(flows, await self._known(), until, turn)

    async def trust(self, until: datetime) -> Judged | None:
        """How well the house's forecast has held, of the horizon that comes next to that moment; None before anybody judged it."""
        hours = (until - self.clock.now()) / timedelta(hours=1)
        _, verdicts = await self.kept.judged()
        own = [each for each in verdicts if each.level is Level.HOUSE]
        return min(own, key=lambda each: abs(each.hours - hours), default=None)

    async def _known(self) -> Learnt:
        async with self._one:
            if self._learnt is None or time.monotonic() - self._learnt[0] > SHARED_SECONDS:
                now = self.clock.now()
                found = await past(self.database, self.plan, now, WINDOW)
                self._learnt = (time.monotonic(), await asyncio.to_thread(learn, self.plan, found, now))
            return self._learnt[1]

    async def issue(self) -> bool:
        """The forecast of the next huddle, once its time has come and before it begins. False where there is nothing to issue."""
        now = self.clock.now()
        huddle = self.plan.forecast.due(now, self.plan.zone)
        if huddle is None or await self.kept.is_issued(huddle):
            return False
        found = await past(self.database, self.plan, now, WINDOW)
        _, verdicts = await self.kept.judged()
        made = await asyncio.to_thread(forecast, self.plan, found, verdicts, now, huddle=huddle)
        if not made.rows:
            return False
        await self.kept.issue(made)
        log.info("forecast.issued", huddle=str(huddle), state=made.state)
        return True

    async def judge(self) -> bool:
        """Once a day, soon after midnight: how good the forecasts of the last 28 days were. False where it is known or nothing is."""
        now = self.clock.now()
        today = now.astimezone(ZoneInfo(self.plan.zone)).date()
        day, before = await self.kept.judged()
        if day is not None and day >= today:
            return False
        found = await past(self.database, self.plan, now, JUDGED_DAYS + WINDOW + 1)
        issued = await self.kept.issued(now - timedelta(days=JUDGED_DAYS + 1))
        verdicts = await asyncio.to_thread(back_test, self.plan, found, issued, now)
        await self.kept.judge(today, verdicts)
        if turned := _turned(before, verdicts):
            log.warning("forecast.calibrating", what=turned, since=str(today))
        return bool(verdicts)


def _turned(before: Iterable[Judged], after: Iterable[Judged]) -> list[str]:
    """Whose bands held until now and do not any more: the hospital behaves otherwise than in the weeks before."""
    held = {(each.level, each.name, each.hours) for each in before if each.holds}
    return [
        f"{each.level} {each.name}".strip() + f" {each.hours} h: held in {100 * each.covered_80:.0f} %"
        for each in after
        if not each.holds and (each.level, each.name, each.hours) in held
    ]
