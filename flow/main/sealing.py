"""Sealing: each second what came since is linked into the audit chain, each minute and at the end the chain's head is anchored outside.

Apart from those who write the trail, so that no click waits for it; of several workers one seals at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from flow.anchor import Outside
from flow.clock import Clock
from flow.domain.audit import Anchor
from flow.errors import Unavailable
from flow.history.pool import NotStored
from flow.history.seals import MOST_ENTRIES, Seals

log = structlog.get_logger()
EVERY, ANCHOR_EVERY = 1.0, 60.0


class Sealing:
    """The sealer of one hospital."""

    def __init__(self, seals: Seals, clock: Clock, anchor: Outside) -> None:
        self.seals, self.clock, self.anchor = seals, clock, anchor
        self._anchored = -1

    async def run(self) -> None:
        """Seal for ever; what could not be sealed or anchored now is the next time."""
        try:
            anchored = 0.0
            while True:
                await self._try(self.seal)
                now = asyncio.get_running_loop().time()
                if now - anchored >= ANCHOR_EVERY:
                    anchored = now
                    await self._try(self.lay_down)
                await asyncio.sleep(EVERY)
        finally:
            await self._try(self.seal)
            await self._try(self.lay_down)

    async def seal(self) -> None:
        """Link in all that lies there."""
        while (link := await self.seals.seal(self.clock.now())) is not None and link.entries == MOST_ENTRIES:
            pass

    async def lay_down(self) -> None:
        """Anchor the chain's head, unless it is anchored."""
        last = await self.seals.last()
        if last.number > max(self._anchored, 0):
            await self.anchor.lay_down(f"{Anchor(last.number, last.mac)} {self.clock.now().isoformat(timespec='seconds')}")
            self._anchored = last.number

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except (Unavailable, NotStored) as error:
            log.error("audit.not_sealed", reason=error.reason)
