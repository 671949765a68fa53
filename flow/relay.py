"""The relay: committed entries to the live picture, and nothing else writes there.

Follows the log by Seq (appends are serialised, so `seq > cursor` loses nothing); given what it has committed by this process's desk, else
looking each quarter second.
When Redis is empty or of another epoch it writes the whole picture from Postgres, and so it does each night: what is over and done with,
like the numbers of clinics of days ago, is in it no more. Once a second it says until when the
picture is true; when the relay lags or Redis is away that time stands still, and the screens say so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from flow import crash
from flow.clock import Clock
from flow.domain.events import Entry
from flow.domain.hospital import Hospital
from flow.errors import Unavailable
from flow.history.log import Log
from flow.state.picture import Picture

log = structlog.get_logger()
_GROUP = 500
_MOST_GIVEN = 2000
"""Entries that wait here while Redis is away; the log has them all."""
_REST = 0.02
"""Seconds between two publishings of what was given. The screens of the process that decided know it already; those of another process see
it so much later in a rush, which costs less than a write to Redis for each letter."""
_ANEW_AT = timedelta(hours=2)
"""When at night the picture is written anew; displays load themselves anew after it."""

Whole = Callable[[], Awaitable[tuple[str, Hospital]]]
"""Loads the hospital as of the head of the log: (epoch, hospital)."""


class Relay:
    """One publisher; several may run, the script lets each entry in once."""

    def __init__(
        self, log_: Log, picture: Picture, whole: Whole, clock: Clock, feeds: Callable[[], Mapping[str, datetime]], zone: str
    ) -> None:
        self.log = log_
        self.picture = picture
        self.whole = whole
        self.clock = clock
        self.feeds = feeds
        self.zone = ZoneInfo(zone)
        self._wake = asyncio.Event()
        self._given: list[Entry] = []

    def give(self, entries: Sequence[Entry]) -> None:
        """These were committed."""
        self._given = [*self._given, *entries][-_MOST_GIVEN:]
        self._wake.set()

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            try:
                await self._keep_up()
            except Unavailable as error:
                log.warning("relay.waits", reason=error.reason)
                await asyncio.sleep(0.5)

    async def _keep_up(self) -> None:
        epoch, head = await self.start()
        pulsed, night = 0.0, self._night()
        while head >= 0:
            self._wake.clear()
            now, due = self.clock.now(), asyncio.get_running_loop().time() - pulsed >= 1.0
            given = self._next(head) if not due else []  # a pulse says that nothing is missing, which the log alone knows
            entries = given or await self.log.after(head, _GROUP)
            if entries:
                crash.here("before-publish")
                head = await self.picture.publish(epoch, entries)
                crash.here("after-publish")
                if given:
                    await asyncio.sleep(_REST)
                    await self._sleep()
            elif due:
                pulsed = asyncio.get_running_loop().time()
                await self.picture.pulse(now, self.feeds())
                head = await self.picture.head(epoch)
                if self._night() != night:
                    night = self._night()
                    epoch, head = await self.rebuild()
            else:
                await self._sleep()

    def _night(self) -> date:
        """After which night it is, by the hospital's own clock."""
        return (self.clock.now().astimezone(self.zone) - _ANEW_AT).date()

    def _next(self, head: int) -> list[Entry]:
        """What was given and follows; nothing where another process wrote in between."""
        given, self._given = [entry for entry in self._given if entry.seq > head], []
        return given if [entry.seq for entry in given] == list(range(head + 1, head + 1 + len(given))) else []

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(0.25):  # wait_for can swallow a cancel that comes with the wake
                await self._wake.wait()
        except TimeoutError:
            return

    async def start(self) -> tuple[str, int]:
        """The epoch and the picture's head, rebuilding the picture where there is none."""
        last, epoch = await self.log.head()
        head = await self.picture.head(epoch) if epoch else -1
        return (epoch, head) if 0 <= head <= last else await self.rebuild()

    async def rebuild(self) -> tuple[str, int]:
        """Write the whole picture from Postgres; returns the epoch and its head."""
        epoch, hospital = await self.whole()
        await self.picture.rebuild(epoch, hospital.seq, hospital.live_records())
        log.info("relay.rebuilt", seq=hospital.seq, beds=len(hospital.beds))
        return epoch, hospital.seq
