"""Who connects to the feeds' ports, in the audit trail: first at once, the same again as a count when a quarter of an hour is over.

A sender that breaks off and comes back each second, and a stranger who knocks all night, fill no disk: what is written is bounded by how
many different callers there are, and those beyond `MOST` in one window are counted together.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from adt_feed.callers import Caller
from flow.clock import Clock
from flow.domain.audit import Kind, Trace
from flow.errors import Unavailable
from flow.history.audit import Audit
from flow.history.pool import NotStored

log = structlog.get_logger()
WINDOW = timedelta(minutes=15)
MOST = 200
EVERY = 1.0


@dataclass(slots=True)
class _Met:
    since: datetime
    last: datetime
    told: bool = False
    again: int = 0


class Callers:
    """The callers of this process's ports; `due` is pure, `run` writes."""

    def __init__(self) -> None:
        self._met: dict[Caller, _Met] = {}

    def meet(self, caller: Caller, at: datetime) -> None:
        """Somebody has connected, or was turned away."""
        if caller not in self._met and len(self._met) >= MOST:
            caller = Caller("", caller.feed, "", caller.refused and "many others")
        found = self._met.get(caller)
        if found is None:
            self._met[caller] = _Met(at, at)
        else:
            found.last, found.again = at, found.again + 1

    def due(self, at: datetime | None) -> Iterator[Trace]:
        """What is to be written down by now: those who are new, and counts of windows that are over (all where there is no time)."""
        for caller, met in list(self._met.items()):
            if not met.told:
                met.told = True
                yield _trace(caller, met.since)
            if at is None or at - met.since >= WINDOW:
                del self._met[caller]
                if met.again:
                    yield _trace(caller, met.last, again=met.again, since=met.since.isoformat())


def _trace(caller: Caller, at: datetime, **more: object) -> Trace:
    kind = Kind.FEED_REFUSED if caller.refused else Kind.FEED_OPENED
    said = {"certificate": caller.certificate, "reason": caller.refused}
    return Trace(at, kind, caller.feed, "feed", address=caller.address, detail={**{n: v for n, v in said.items() if v}, **more})


class CallersTrail:
    """Writes them into the trail; what cannot be written now is the next time."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit, self._clock = audit, clock
        self._callers = Callers()
        self._waiting: list[Trace] = []

    def meet(self, caller: Caller) -> None:
        """For the ports."""
        self._callers.meet(caller, self._clock.now())

    async def run(self) -> None:
        """As long as the ports are open, and once more at their end."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                await self.write(self._clock.now())
        finally:
            await self.write(None)

    async def write(self, at: datetime | None) -> None:
        """What is due."""
        self._waiting += self._callers.due(at)
        if not self._waiting:
            return
        writing, self._waiting = self._waiting, []
        try:
            await self._audit.note(writing)
        except (Unavailable, NotStored) as error:
            self._waiting = writing[-MOST:]
            log.error("audit.waits", reason=error.reason, kind=writing[-1].kind, traces=len(writing))
