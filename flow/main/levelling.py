"""Looking how hard the house is pressed, by the clock: every change of the level is kept. Runs in every worker; each look is one
transaction under an advisory lock that one of them gets, so that two workers do no harm and nobody leads for life.

`flow.domain.level_history` says what a look changes. Every web process reads the level that is kept (`follow`), so that all screens say
the same one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from flow.clock import Clock
from flow.desk import Desk
from flow.domain.alert_level import measured, rules_of, standing
from flow.domain.level_history import looked
from flow.errors import Unavailable
from flow.history import levels
from flow.history.forecasts import Forecasts
from flow.history.levels import Levels
from flow.history.pool import Database, NotStored
from flow.state.live import Live
from flow.timed import Timed

log = structlog.get_logger()
SECONDS = 10.0
"""Between two looks."""
READ_AGAIN = 5.0


class Levelling:
    """The looks of one hospital."""

    def __init__(self, desk: Desk, database: Database, clock: Clock) -> None:
        self.desk, self.database, self.clock = desk, database, clock
        self.forecasts = Forecasts(database)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for as long as the block lasts."""
        timed = Timed("level.waits")
        timed.every(SECONDS, self.look, first=2)
        async with timed.running():
            yield

    async def look(self) -> bool:
        """One look. False where another process is looking, or nothing changed."""
        plan, hospital, at = self.desk.plan, self.desk.hospital, self.clock.now()
        rules, expected = rules_of(plan), await self.forecasts.expected(at)
        figures = measured(plan, hospital.beds, hospital.requests.values(), at, expected)
        async with levels.leading(self.database) as connection:
            if connection is None:
                return False
            last, watch = await levels.stand(connection, plan.id, at)
            change, after = looked(rules, standing(rules, figures), figures, last, watch, at)
            await levels.keep(connection, plan.id, change, after, rules)
        if change is not None:
            log.info("level.changed", before=change.before, number=change.number, version=change.version)
        return change is not None


async def follow(live: Live, kept: Levels, clock: Clock) -> None:
    """Keep a web process told of the level that is kept, for as long as it runs."""
    while True:
        try:
            live.pressed = await kept.pressed(clock.now())
        except (Unavailable, NotStored) as error:
            log.warning("level.not_read", reason=error.reason)
        await asyncio.sleep(READ_AGAIN)
