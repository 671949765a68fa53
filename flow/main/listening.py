"""Listening: an MLLP port for each feed, with the seam between the listener and the journal."""

from contextlib import AsyncExitStack
from datetime import datetime

import structlog

from adt_feed.letter import Letter as Incoming
from adt_feed.limits import Counters
from adt_feed.listener import Limits, MllpListener
from flow.domain.ids import FeedId
from flow.domain.plan import Feed, Plan
from flow.main.house import House
from flow.main.pace import Pace
from flow.settings import Address, Settings

log = structlog.get_logger()


class Ports:
    """The ports of one process; `heard` is when each feed was last heard, `pace` how long its letters took to be kept."""

    def __init__(self, house: House, heard: dict[str, datetime]) -> None:
        self.house = house
        self.heard = heard
        self.listeners: list[MllpListener] = []
        self.pace = Pace()

    async def open(self, stack: AsyncExitStack) -> None:
        """One listener a feed; a feed without an address of its own is heard at BEDFLOW_MLLP."""
        house, settings = self.house, self.house.settings
        limits = Limits(
            max_frame=settings.max_frame_bytes, stall_seconds=settings.mllp_stall_seconds, connections=settings.mllp_connections
        )
        house.desk.flooded = lambda: any(listener.flooded for listener in self.listeners)
        for feed, address in feed_addresses(house.plan, settings):
            listener = MllpListener(feed, self._keep, limits, house.clock.now)
            await listener.start(*address)
            self.listeners.append(listener)
            stack.push_async_callback(listener.stop)
            log.info("feed.listens", feed=feed, at=str(address))

    def counters(self) -> dict[str, Counters]:
        """What each feed's listener counts."""
        return {listener.feed: listener.counters for listener in self.listeners}

    async def _keep(self, letters: list[Incoming]) -> None:
        """Returns after COMMIT."""
        await self.house.inbox.keep(letters)
        self.pace.kept(letters, self.house.clock.now())
        self.heard[letters[-1].feed] = letters[-1].received_at
        self.house.desk.wake()


def feed_addresses(plan: Plan, settings: Settings) -> list[tuple[str, Address]]:
    """Where each feed is heard."""
    feeds = plan.feeds or (Feed(FeedId("adt"), "ADT", plan.zone),)
    shared = [feed for feed in feeds if feed.listen is None][:1]
    own: list[tuple[str, Address]] = [(feed.id, Address(*_split(feed.listen))) for feed in feeds if feed.listen]
    return [*((feed.id, settings.mllp) for feed in shared), *own]


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host or "127.0.0.1", int(port)
