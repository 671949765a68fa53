"""Verifying: beds in doubt are looked for every few seconds; a check is raised, asked of the nearest nurse, and withdrawn when the doubt
goes away. Every step is a command like a click, and doing one twice changes nothing, so that two workers do no harm."""

import asyncio
from datetime import timedelta

import structlog

from flow.clock import Clock
from flow.desk import Actor, Desk
from flow.domain.cause import Origin
from flow.domain.check_commands import CheckCommand
from flow.domain.hospital import Hospital
from flow.domain.review import review, whom_to_ask
from flow.domain.roles import SESSION_LIMITS, Role
from flow.errors import Refused, Unavailable
from flow.history.checks import asked_since, on_duty
from flow.history.pool import Database, NotStored

log = structlog.get_logger()
VERIFIER = Actor("verifier", Origin.SYSTEM)
EVERY = timedelta(seconds=5)
TOGETHER = 20
"""Checks in one group at most: whatever else the desk has to do waits for no more."""


class Verifying:
    """Looks at one hospital; `run` for as long as the worker does."""

    def __init__(self, desk: Desk, database: Database, clock: Clock) -> None:
        self.desk, self.database, self.clock = desk, database, clock

    async def run(self) -> None:
        """Look for ever. While the database is away nobody is asked."""
        while True:
            try:
                await self.look()
            except (Unavailable, NotStored) as error:
                log.warning("checks.not_looked", reason=error.reason)
            await asyncio.sleep(EVERY.total_seconds())

    async def look(self) -> int:
        """One look: raise, withdraw, ask. Returns how many commands it took."""
        rules, at = self.desk.plan.checks, self.clock.now()
        done = await self._do(list(review(await self._hospital(), at, rules)))
        hospital = await self._hospital()
        if any(check.is_live for check in hospital.checks.values()):
            nurses = await on_duty(self.database, at - SESSION_LIMITS[Role.NURSE].idle)
            asked = await asked_since(self.database, rules.shift_began(at, self.desk.plan.zone)) if nurses else {}
            done += await self._do(list(whom_to_ask(hospital, at, rules, nurses, asked)))
        return done

    async def _hospital(self) -> Hospital:
        """As it stands: this process's, or read anew where another has written since."""
        seq, _ = await self.desk.log.head()
        return self.desk.hospital if self.desk.hospital.seq >= seq else (await self.desk.whole())[1]

    async def _do(self, commands: list[CheckCommand]) -> int:
        """Several in a group: a hundred beds in doubt at once must not keep the desk from letters for a second."""
        for first in range(0, len(commands), TOGETHER):
            asked = (self.desk.act(command, VERIFIER) for command in commands[first : first + TOGETHER])
            for outcome in await asyncio.gather(*asked, return_exceptions=True):
                if isinstance(outcome, Refused):
                    log.info("check.kept", reason=outcome.code)
                elif isinstance(outcome, BaseException):
                    raise outcome
        return len(commands)
