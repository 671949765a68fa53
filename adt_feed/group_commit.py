"""Group commit: everything that waits, over all connections, is kept in one transaction, and then answered.

Before it connections hand over letters; after it they send what is owed. There is no timer: while one commit runs, the next
group gathers, so a lone letter waits for nobody and a burst shares its fsync.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from adt_feed.header import Header
from adt_feed.letter import Keep, Letter
from adt_feed.limits import Counters
from flow.errors import Unavailable

MOST = 1000  # letters in one transaction
MOST_BYTES = 1 << 20
LONG = 64 << 10  # bytes of a letter that takes the other lane
logger = structlog.get_logger()


class Peer(Protocol):
    """Who is answered."""

    given_up: bool

    def answer(self, pending: "Pending", now: datetime) -> None: ...
    def outage(self, pending: "Pending", now: datetime) -> None: ...
    def flush(self) -> None: ...
    def cut(self, reason: str) -> None: ...


@dataclass(slots=True)
class Pending:
    """A letter that waits for its commit; `header` is None where it has none."""

    peer: Peer
    letter: Letter
    header: Header | None

    @property
    def long(self) -> bool:
        """Whether its commit would hold up everybody else's."""
        return len(self.letter.raw) > LONG


class GroupCommit:
    """One task that keeps and answers. `keep` returns after COMMIT or raises."""

    def __init__(self, keep: Keep, now: Callable[[], datetime], counters: Counters) -> None:
        self._keep = keep
        self._now = now
        self._counters = counters
        self._waiting: list[Pending] = []
        self._under_way = 0  # letters of the group that is being kept
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, pending: Pending) -> None:
        """Hand over a letter; `pending.peer` hears of it after the commit, in the order of handing over."""
        self._waiting.append(pending)
        self._wake.set()
        self._idle.clear()

    @property
    def waiting(self) -> int:
        """Letters handed over and not yet answered, those whose commit runs included."""
        return len(self._waiting) + self._under_way

    async def drained(self) -> None:
        """Returns when nothing waits and no commit runs."""
        await self._idle.wait()

    async def run(self) -> None:
        """Until cancelled. A cancelled commit is not answered: its sender asks again."""
        while True:
            if not self._waiting:
                self._idle.set()
                self._wake.clear()
                await self._wake.wait()
            await self._gather()
            group = self._next_group()
            self._under_way = len(group)
            await self._settle(group)
            self._under_way = 0

    async def _gather(self) -> None:
        """Go round the loop as long as that brings more: who was answered together asks again together (a third more a second)."""
        before = 0
        while before < len(self._waiting) < MOST:
            before = len(self._waiting)
            await asyncio.sleep(0)

    def _next_group(self) -> list[Pending]:
        size = count = 0
        for pending in self._waiting[:MOST]:
            count += 1
            size += len(pending.letter.raw)
            if size >= MOST_BYTES:
                break
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    async def _settle(self, group: list[Pending]) -> None:
        group = [pending for pending in group if not pending.peer.given_up]
        letters = [pending.letter for pending in group if pending.letter.raw]
        try:
            if letters:
                await self._keep(letters)
        except Unavailable as error:
            self._outage(group, error.code)
        except Exception as error:  # noqa: BLE001 - whatever one letter does to the journal, the others are still kept
            await self._one_by_one(group, error)
        else:
            self._counters.kept += len(letters)
            self._answer(group)

    async def _one_by_one(self, group: list[Pending], error: Exception) -> None:
        """The group failed for no outage: find the letter that did it, and let its sender alone go without an answer."""
        if len(group) == 1:
            logger.error("letter could not be kept", feed=group[0].letter.feed, error=type(error).__name__)
            self._outage(group, "not-kept")
            return
        for pending in group:
            await self._settle([pending])

    def _answer(self, group: list[Pending]) -> None:
        now = self._now()
        for pending in group:
            try:
                pending.peer.answer(pending, now)
            except Exception as error:  # noqa: BLE001 - a header that we cannot answer costs its own peer the connection, nobody else
                logger.error("letter could not be answered", feed=pending.letter.feed, error=type(error).__name__)
                pending.peer.cut("unanswerable")
        for peer in {id(pending.peer): pending.peer for pending in group}.values():
            peer.flush()

    def _outage(self, group: list[Pending], code: str) -> None:
        self._counters.outages += 1
        logger.warning("journal unavailable", letters=len(group), code=code)
        now = self._now()
        for pending in group:
            pending.peer.outage(pending, now)
        for peer in {id(pending.peer): pending.peer for pending in group}.values():
            peer.flush()
