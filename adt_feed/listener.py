"""Listener: one feed's connections. Before it is a port of its own, or a TLS `door` of several feeds; after it every letter is kept.

It reads MSH and nothing else. A letter is answered after `keep` returned, that is after COMMIT (HL7.md: "AA only after
commit"); when `keep` raises `Unavailable` nothing is answered and the connection is closed.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from adt_feed.callers import Meet, nobody_asks
from adt_feed.connection import Connection, Port
from adt_feed.lanes import Lanes
from adt_feed.letter import Keep
from adt_feed.limits import Counters, Limits
from flow.errors import Misconfigured

__all__ = ["Limits", "MllpListener", "taken"]

BACKLOG = 512  # connections that the system holds for us
FLOOD = 8  # letters that wait at once; 200 a second from one sender are one or two
LONGEST_TICK = 1.0  # seconds between two looks for stalled peers
logger = structlog.get_logger()


class MllpListener:
    """`async start` (a port of its own) or `open` (behind a door), then `async stop`. `clock_now`: the time of receipt and of answers;
    `meet` is told who connects."""

    def __init__(self, feed: str, keep: Keep, limits: Limits, clock_now: Callable[[], datetime], meet: Meet = nobody_asks) -> None:
        self.counters = Counters()
        self._lanes = Lanes(keep, clock_now, self.counters)
        self._port = Port(feed, limits, clock_now, self._lanes.put, self.counters, meet)
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, host: str, port: int) -> int:
        """Listen; the port that was taken (0 asks for any free one). Misconfigured where it cannot be had."""
        try:
            self._server = await asyncio.get_running_loop().create_server(self.connection, host, port, backlog=BACKLOG)
        except OSError as error:
            raise taken(host, port, error) from error
        self.open()
        found = int(self._server.sockets[0].getsockname()[1])
        logger.info("listening", feed=self._port.feed, host=host, port=found, tls=False)
        return found

    def open(self) -> None:
        """Be ready for connections that a door hands over."""
        self._tasks = [asyncio.create_task(self._lanes.run()), asyncio.create_task(self._watch())]

    def connection(self) -> Connection:
        """The protocol of one more peer of this feed."""
        return Connection(self._port)

    @property
    def feed(self) -> str:
        """Whose port it is."""
        return self._port.feed

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What must not end while the port is open: a port whose tasks died would take letters and answer nobody."""
        return self._tasks

    @property
    def flooded(self) -> bool:
        """So many letters wait for their commit that deciding should stand back; a steady trickle is no flood."""
        return self._lanes.waiting >= FLOOD

    async def stop(self, grace: float = 5.0) -> None:
        """Take no more, finish what is in hand, close; after `grace` seconds cut what is left (it was never answered)."""
        self._port.closing = True
        if self._server is not None:
            self._server.close()
        if not self._tasks:
            return
        dead = any(task.done() for task in self._tasks)  # then nothing in hand can be finished
        try:
            await asyncio.wait_for(self._wind_up(), 0 if dead else grace)
        except TimeoutError:
            for connection in list(self._port.open):
                connection.cut("shutdown")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _wind_up(self) -> None:
        for connection in list(self._port.open):
            connection.finish()
        await self._lanes.drained()
        for connection in list(self._port.open):
            connection.close()
        while self._port.open:
            self._port.emptied.clear()
            await self._port.emptied.wait()

    async def _watch(self) -> None:
        """Cut peers that owe us bytes, or leave ours unread, for too long."""
        limits = self._port.limits
        tick = min(limits.stall_seconds / 4, limits.unread_seconds / 4, LONGEST_TICK)
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(tick)
            for connection in list(self._port.open):
                if reason := connection.overdue(clock()):
                    connection.cut(reason)


def taken(host: str, port: int, error: OSError) -> Misconfigured:
    """What is said of a port that cannot be had."""
    return Misconfigured(
        f"The HL7 port {host}:{port} cannot be used ({error.strerror}). Stop what listens there, or set BEDFLOW_MLLP, BEDFLOW_MLLP_TLS,"
        " or the feed's `listen` in the hospital file.",
        code="mllp-port",
    )
