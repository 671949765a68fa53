"""Looking for what only cycles keep: by the clock, and never in the middle of work."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from flow.sweep import seldom_swept, swept_by_the_clock


class Knot:
    """Refers to itself: only a look for cycles lets it go."""

    def __init__(self) -> None:
        self.self = self


def tied() -> "weakref.ref[Knot]":
    return weakref.ref(Knot())


@contextmanager
def full_looks() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(phase)

    gc.callbacks.append(note)
    try:
        yield seen
    finally:
        gc.callbacks.remove(note)


async def test_a_rush_brings_no_full_look() -> None:
    before = gc.get_threshold()
    async with swept_by_the_clock():
        assert gc.get_freeze_count() > 10_000, "what serving needs is not looked through again"
        with full_looks() as seen:
            kept = [[number] for number in range(2_000_000)]
        assert not seen
        del kept
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


async def test_the_clock_brings_one() -> None:
    async with swept_by_the_clock(every=0.01):
        knot = tied()
        async with asyncio.timeout(10):
            while knot() is not None:
                await asyncio.sleep(0.01)


def test_python_by_itself_would_look() -> None:
    with full_looks() as seen:
        kept = [[number] for number in range(2_000_000)]
    assert seen
    del kept


def test_growing_is_looked_through_seldom() -> None:
    before = gc.get_threshold()
    with seldom_swept():
        assert gc.get_threshold() > before
    assert gc.get_threshold() == before
