"""The composition root: the only place that knows every room and wing. Opens the stores, puts the parts together, serves.

`house` is what is open, `running` the tasks of one process, `listening` and `telling` the feeds in and out. What only serving needs (the
pages, the engine with scipy) is imported when it serves: it is two thirds of a command's start.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from flow import crash
from flow.backup.follower import following
from flow.embedded import claim_port
from flow.main.house import House, Look, open_house
from flow.main.listening import feed_addresses
from flow.settings import Settings
from flow.sweep import swept_by_the_clock

__all__ = ["ALL", "House", "feed_addresses", "open_house", "serve"]

ALL = frozenset({"web", "feed", "worker"})


async def serve(
    settings: Settings,
    *,
    parts: frozenset[str] = ALL,
    look: Look | None = None,
    before: Callable[[House], Awaitable[None]] | None = None,
    ready: Callable[[House], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then stop in order: letters in hand, streams, stores. `look` runs before anything is changed in the
    stores, `before` with the house open, `ready` beside everything once it listens. Raises Misconfigured before anything is started where a
    port is taken."""
    from flow.main.running import Running, ended

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _claim_ports(settings, parts)
    crash.arm(settings.crash_at)
    async with open_house(settings, look) as house, AsyncExitStack() as stack:
        if before is not None:
            await _unless(stop, before(house))
        if stop.is_set():
            return
        await stack.enter_async_context(following(settings, house.dsn, house.plan.id))
        running = Running(house)
        await running.start(stack, parts)
        await stack.enter_async_context(swept_by_the_clock())
        if ready is not None:
            stack.push_async_callback(ended, asyncio.create_task(ready(house)))
        await running.until(stop)


async def _unless(stop: asyncio.Event, work: Awaitable[None]) -> None:
    """Do the work, or leave it where it is when asked to stop."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return
    doing.result()


def _claim_ports(settings: Settings, parts: frozenset[str]) -> None:
    from flow.main.running import http_address

    if "web" in parts:
        claim_port(*http_address(settings), "the pages (BEDFLOW_HTTP)")
    if "feed" in parts:
        claim_port(*settings.mllp, "HL7 messages (BEDFLOW_MLLP)")
