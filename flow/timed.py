"""Timed: jobs by the clock, for as long as a block lasts. `flow.jobs` and `flow.main.escalating` say which; APScheduler keeps the times.

Whoever stops waits for the jobs in hand, so that none is left half done; one that takes too long is cut off and waited for, without a
traceback: its transaction is undone, and the next start does it again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from flow.errors import Unavailable
from flow.history.pool import NotStored

log = structlog.get_logger()
PATIENCE = 5.0
"""Seconds that a job in hand is waited for when the process is to stop; whoever stops us has ten in mind."""
Job = Callable[[], Awaitable[object]]


class Timed:
    """Jobs of one kind, one run of each at a time; `waits` is what the log calls a run that Postgres was away for."""

    def __init__(self, waits: str) -> None:
        self.waits = waits
        self._stopping = False
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60})
        self._in_hand: set[asyncio.Task[object]] = set()

    def every(self, seconds: float, job: Job, *, first: float | None = None) -> None:
        """Run a job every so many seconds, for the first time after `first`, or after as long."""
        begin = datetime.now(UTC) + timedelta(seconds=seconds if first is None else first)
        self._scheduler.add_job(self._run, "interval", seconds=seconds, args=[job], next_run_time=begin)

    def is_stopping(self) -> bool:
        """A job of many steps asks, and ends after the one in hand."""
        return self._stopping

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the times for as long as the block lasts."""
        self._scheduler.start()
        try:
            yield
        finally:
            self._stopping = True
            self._scheduler.pause()
            await self._finish()
            self._scheduler.shutdown(wait=False)

    async def _finish(self) -> None:
        if not self._in_hand:
            return
        _, late = await asyncio.wait(self._in_hand, timeout=PATIENCE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late)

    async def _run(self, job: Job) -> None:
        """One run, unless it is too late to begin."""
        task = asyncio.current_task()
        if self.is_stopping() or task is None:
            return
        self._in_hand.add(task)
        try:
            await job()
        except (Unavailable, NotStored) as error:
            log.warning(self.waits, reason=error.reason)
        except asyncio.CancelledError:
            if not self.is_stopping():
                raise
            log.warning("timed.cut_off", job=getattr(job, "__name__", ""))
        finally:
            self._in_hand.discard(task)
