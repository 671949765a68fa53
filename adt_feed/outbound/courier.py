"""Courier: sends what lies in one feed's queue, in order, over MLLP until it is answered. Before it the queue, after it another system.
Of several processes with a courier for the same feed one sends at a time.

No answer, or nobody there: the same letter again, for ever, with longer and longer pauses. AE or CE: again, a few times, then it is a
dead letter; AR or CR: dead at once. Dead letters are shown to an engineer, and the next ones go on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from adt_feed.outbound.queue import Queue
from adt_feed.sender import MllpClient
from flow import crash
from flow.domain.outgoing import Waiting
from flow.errors import Unavailable

log = structlog.get_logger()
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between attempts while the receiver is away, or says that it is in trouble."""
QUIET = 5.0
"""Seconds after which the queue is looked at though nobody said that it grew: a dead letter may have been sent again."""
MOST_ERRORS = 5
"""Answers with an error before a letter is given up."""
ACCEPTED, TROUBLE = frozenset({"AA", "CA"}), frozenset({"AE", "CE"})
REASONS = {**dict.fromkeys(TROUBLE, "the receiver failed on it"), **dict.fromkeys(("AR", "CR"), "the receiver refused it")}

Send = Callable[[bytes], Awaitable[str]]
"""Sends one message; returns the code of its acknowledgment (MSA-1), matched by MSA-2. Raises Unavailable while the receiver is away."""
OnEnd = Callable[[Waiting, bool], Awaitable[None]]
"""Told of a letter's end, accepted or not, before the queue is; it may be told twice."""


async def _nobody(waiting: Waiting, accepted: bool) -> None:
    return


class Courier:
    """One feed's sender."""

    def __init__(
        self, feed: str, queue: Queue, send: Send, on_end: OnEnd = _nobody, *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.feed = feed
        self.queue = queue
        self._send = send
        self._on_end = on_end
        self._pause = pause
        self._grown = asyncio.Event()

    def wake(self) -> None:
        """Something was laid into the queue."""
        self._grown.set()

    async def run(self) -> None:
        """Until cancelled."""
        pause = FIRST_PAUSE
        while True:
            self._grown.clear()
            try:
                async with self.queue.turn() as ours:
                    waiting = await self.queue.next() if ours else None
                    settled = waiting is None or await self.deliver(waiting)
            except Unavailable as outage:
                log.warning("outbound.waits", feed=self.feed, seconds=pause, reason=outage.reason)
                waiting, settled = None, False
            if not settled:
                await self._pause(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if waiting is None:
                await self._rest()

    async def deliver(self, waiting: Waiting) -> bool:
        """Send one letter and settle it; False when it must be sent again. Raises Unavailable while nobody answers."""
        if not waiting.body:
            await self._give_up(waiting, "", "there is no text to send: it could not be written, or was changed in the store")
            return True
        crash.here("before-send")
        code = await self._send(waiting.body)
        crash.here("after-answer")
        if code in ACCEPTED:
            await self._on_end(waiting, True)
            await self.queue.sent(waiting, code)
            return True
        if code in TROUBLE and waiting.attempts + 1 < MOST_ERRORS:
            await self.queue.refused(waiting, code)
            return False
        await self._give_up(waiting, code, REASONS.get(code, "the answer could not be understood"))
        return True

    async def _give_up(self, waiting: Waiting, code: str, reason: str) -> None:
        log.error("outbound.dead", feed=self.feed, letter=waiting.id, kind=waiting.kind, code=code)
        await self._on_end(waiting, False)
        await self.queue.dead(waiting, code, reason)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET):  # wait_for can swallow a cancel that comes with the wake
                await self._grown.wait()


@asynccontextmanager
async def mllp(address: str, *, patience: float = 30.0) -> AsyncIterator[Send]:
    """A `Send` to `host:port` over one MLLP connection, made when needed and kept until the end of the block."""
    host, _, port = address.rpartition(":")
    client = MllpClient(host, int(port), window=1, patience=patience, attempts=1)

    async def send(message: bytes) -> str:
        codes: list[str] = []
        await client.send([message], lambda _, code: codes.append(code))
        return codes[0]

    try:
        yield send
    finally:
        await client.close()
