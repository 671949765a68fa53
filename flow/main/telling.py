"""Telling: what other systems want to hear of us, over MLLP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from adt_feed.outbound import Outbound, mllp
from flow.history.cursors import Cursor
from flow.main.house import House


async def tellers(house: House, stack: AsyncExitStack) -> AsyncIterator[Outbound]:
    """One teller for each feed that wants to hear of our beds."""
    for feed in house.plan.feeds:
        if feed.outbound is None:
            continue
        send = await stack.enter_async_context(mllp(feed.outbound))
        teller = Outbound(feed, house.plan, send, Cursor(house.database, f"outbound:{feed.id}"))
        house.desk.on_commit(teller.wake)
        yield teller
