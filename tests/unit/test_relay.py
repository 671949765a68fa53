"""The relay publishes what the desk gives it, and asks the log where something is missing in between."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flow.clock import FixedClock
from flow.domain.bed import BedState, BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.events import Entry, Event, Kind
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.relay import Relay
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def entry(seq: int) -> Entry:
    event = Event(Kind.BED_OPENED, BedState(BedId(f"B{seq}"), BedStatus.AVAILABLE, NOW), NOW)
    return Entry(seq, event, Cause(Origin.SYSTEM, "test", NOW))


class Books:
    """A log of which the relay is given a part, and a picture that notes what reaches it."""

    def __init__(self) -> None:
        self.log: list[Entry] = []
        self.asked: list[int] = []
        self.published: list[list[int]] = []
        self.reached, self.rebuilt = asyncio.Event(), asyncio.Event()

    async def head(self, epoch: str | None = None) -> object:
        """Of the log, (seq, epoch); of the picture, its Seq."""
        shown = self.published[-1][-1] if self.published else 0
        return shown if epoch else (len(self.log), "epoch")

    async def after(self, seq: int, _limit: int) -> list[Entry]:
        self.asked.append(seq)
        return self.log[seq:]

    async def publish(self, _epoch: str, entries: Sequence[Entry]) -> int:
        self.published.append([each.seq for each in entries])
        self.reached.set()
        return entries[-1].seq

    async def pulse(self, *_: object) -> None:
        """Nobody looks."""

    async def rebuild(self, *_: object) -> None:
        self.rebuilt.set()


async def whole() -> tuple[str, Hospital]:
    return "epoch", Hospital(small_plan())


async def test_what_is_given_is_published_and_a_gap_is_read_from_the_log() -> None:
    books = Books()
    relay = Relay(books, books, whole, FixedClock(NOW), dict, "UTC")  # type: ignore[arg-type]
    running = asyncio.create_task(relay.run())
    while not books.asked:
        await asyncio.sleep(0)
    for given, told in (([1, 2], [1, 2]), ([4], [3, 4]), ([2, 4, 5], [5])):
        books.log = [entry(seq) for seq in range(1, told[-1] + 1)]
        books.reached.clear()
        asked = len(books.asked)
        relay.give([entry(seq) for seq in given])
        async with asyncio.timeout(5):
            await books.reached.wait()
        assert books.published[-1] == told
        assert (len(books.asked) > asked) is (given == [4])
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_each_night_the_picture_is_written_anew() -> None:
    """At two by the hospital's own clock; at midnight by another's nothing happens."""
    books, clock = Books(), FixedClock(datetime(2026, 11, 21, 18, tzinfo=UTC))
    relay = Relay(books, books, whole, clock, dict, "Asia/Kolkata")  # type: ignore[arg-type]
    running = asyncio.create_task(relay.run())
    await asyncio.sleep(0.05)
    for passed, night in ((timedelta(hours=2, minutes=29), False), (timedelta(minutes=2), True), (timedelta(hours=23), False)):
        books.rebuilt.clear()
        clock.advance(passed)
        asked = len(books.asked)
        async with asyncio.timeout(10):
            while len(books.asked) < asked + 8:
                await asyncio.sleep(0.05)
        assert books.rebuilt.is_set() is night
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
