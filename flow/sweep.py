"""When Python looks through all objects for those that only cycles keep: seldom, and by the clock.

Such a look goes through every object there is. With a hospital in memory it stops letters and screens for a tenth of a second or more,
and left to itself it comes in the middle of a rush, which makes the most objects.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

EVERY = 600.0
"""Seconds between two full looks of a process that serves; what makes cycles there (a refused letter, a connection) is small."""
_SERVING = (5_000, 10, 1_000_000)
_GROWING = (200_000, 50, 1_000)


@asynccontextmanager
async def swept_by_the_clock(every: float = EVERY) -> AsyncIterator[None]:
    """For as long as the block lasts: what is there now is never looked through again, what comes is, each `every` seconds."""
    with _thresholds(*_SERVING):
        gc.collect()
        gc.freeze()
        sweeping = asyncio.create_task(_sweep(every))
        try:
            yield
        finally:
            gc.unfreeze()
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping


@contextmanager
def seldom_swept() -> Iterator[None]:
    """For work that only makes objects: to look through all of them again and again is a sixth of its time."""
    with _thresholds(*_GROWING):
        yield


async def _sweep(every: float) -> None:
    while True:
        await asyncio.sleep(every)
        gc.collect()


@contextmanager
def _thresholds(young: int, middle: int, old: int) -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(young, middle, old)
    try:
        yield
    finally:
        gc.set_threshold(*before)
