"""A worker's rounds: one after every commit, and one every few seconds where nothing was committed."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from flow.errors import Unavailable
from flow.history.pool import NotStored

log = structlog.get_logger()
EVERY_SECONDS = 5.0


class Rounds:
    """`step` is one round. `waits` is what the log calls a round that Postgres was away for; the next one tries again. `settle` are
    seconds to wait after a commit, so that what follows at once is taken along."""

    def __init__(self, step: Callable[[], Awaitable[object]], waits: str, settle: float = 0.0) -> None:
        self.step = step
        self.waits = waits
        self.settle = settle
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something was committed."""
        self._changed.set()

    async def run(self) -> None:
        """Go round for ever."""
        while True:
            try:
                await self.step()
            except (Unavailable, NotStored) as error:
                log.warning(self.waits, reason=error.reason)
            self._changed.clear()
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(self.settle)
