"""What happens by the clock and not by a hand: promises that run out, letters that wait too long. Runs beside the desk, in the worker.

APScheduler keeps the times; each job is idempotent, so that two workers on one hospital do no harm.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from flow.clock import Clock
from flow.desk import Actor, Desk
from flow.domain.cause import Origin
from flow.domain.commands import ReleaseBed
from flow.domain.ids import RequestId
from flow.errors import Refused, Unavailable
from flow.history.inbox import Inbox

log = structlog.get_logger()
EXPIRY = Actor("expiry", Origin.SYSTEM)
ALARM_AFTER = timedelta(seconds=30)
"""I6: no letter stays unhandled longer without an alarm."""


class Jobs:
    """The jobs of one hospital."""

    def __init__(self, desk: Desk, inbox: Inbox, clock: Clock) -> None:
        self.desk = desk
        self.inbox = inbox
        self.clock = clock

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the jobs for as long as the block lasts."""
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60})
        scheduler.add_job(self.release_expired, "interval", seconds=15)
        scheduler.add_job(self.watch_letters, "interval", seconds=10)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)

    async def release_expired(self) -> int:
        """Promises whose time has passed are taken back; the requests wait again. Returns how many."""
        now = self.clock.now()
        due = [bed for bed in self.desk.hospital.beds.values() if bed.reserved_until is not None and bed.reserved_until <= now]
        released = 0
        for bed in due:
            kind, _, number = (bed.reserved_for or "").partition(":")
            if kind == "request":
                released += await self._release(RequestId(number))
        return released

    async def _release(self, request: RequestId) -> int:
        try:
            await self.desk.act(ReleaseBed(request), EXPIRY)
        except (Refused, Unavailable) as error:
            log.warning("promise.kept", request=request, reason=error.reason)
            return 0
        return 1

    async def watch_letters(self) -> bool:
        """Raises the alarm in the log when a letter waits too long; True when it did."""
        try:
            oldest = await self.inbox.oldest_waiting()
        except Unavailable:
            return False
        late = oldest is not None and self.clock.now() - oldest > ALARM_AFTER
        if late:
            log.error("letters.wait", since=str(oldest))
        return late
