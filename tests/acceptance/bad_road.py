"""A road of bad wireless between a screen and its server: a real TCP proxy that loses segments, goes away for a while, and leaves some
connections dead without telling anybody, as a television notices it that hangs at the edge of two access points.

Of TCP there is what the other end notices: a lost segment comes 200 ms later, then after twice as long each time (RFC 6298), and those
behind it wait. network.js does the same in made-up time.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

FIRST_RTO, GIVES_UP, SEGMENT = 0.2, 60.0, 1448


class BadRoad:
    """A proxy before `target`. It loses `loss` of the segments and is away for `gap` of each `every` seconds, after which `broken` of the
    connections that stood are dead: half of these say so, half swallow what they are sent. `carried` counts connections, `dead` those that
    broke."""

    def __init__(self, target: int, seed: int, *, loss: float = 0.05, every: float = 30, gap: float = 10, broken: float = 0.5) -> None:
        self.target = target
        self.loss, self.every, self.gap, self.broken = loss, every, gap, broken
        self.dice = random.Random(seed)
        self.port = self.carried = self.dead = self.gaps = 0
        self.loop: asyncio.AbstractEventLoop
        self.over: asyncio.Event
        self._away_until = 0.0
        self._links: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Reset every connection there is, now."""
        asyncio.run_coroutine_threadsafe(self._cut(1.0, told=1.0), self.loop).result(5)

    async def _cut(self, share: float, told: float) -> None:
        for link in list(self._links):
            if self.dice.random() < share:
                self.dead += 1
                if self.dice.random() < told:
                    link.cancel()
                else:
                    link.set_name("swallows")

    async def _come_and_go(self) -> None:
        while True:
            await asyncio.sleep(self.every - self.gap)
            self._away_until = self.loop.time() + self.gap
            self.gaps += 1
            await asyncio.sleep(self.gap)
            await self._cut(self.broken, told=0.5)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        self.carried += 1
        with suppress(OSError, asyncio.CancelledError):
            theirs, ours = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                await asyncio.gather(self._way(task, reader, ours), self._way(task, theirs, writer))
            finally:
                ours.transport.abort()
        self._links.discard(task)
        writer.transport.abort()

    async def _way(self, link: "asyncio.Task[None]", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(SEGMENT):
            await self._arrives()
            if link.get_name() != "swallows":
                writer.write(data)
                await writer.drain()
        link.cancel()

    async def _arrives(self) -> None:
        """Until one of its tries gets through."""
        wait, begun = FIRST_RTO, self.loop.time()
        while self.loop.time() < self._away_until or self.dice.random() < self.loss:
            if self.loop.time() - begun > GIVES_UP:
                raise ConnectionAbortedError
            await asyncio.sleep(wait)
            wait *= 2

    async def serve(self) -> None:
        """Until `over` is set."""
        self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            coming = asyncio.create_task(self._come_and_go())
            await self.over.wait()
            for task in (coming, *self._links):
                task.cancel()
            await asyncio.gather(coming, *self._links, return_exceptions=True)


@contextmanager
def bad_road(road: BadRoad) -> Iterator[BadRoad]:
    """The road in a thread of its own, until the block ends."""
    thread = Thread(target=lambda: asyncio.run(road.serve()), daemon=True)
    thread.start()
    try:
        while not road.port and thread.is_alive():
            thread.join(0.01)
        yield road
    finally:
        road.loop.call_soon_threadsafe(road.over.set)
        thread.join(10)
