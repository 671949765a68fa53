"""In a flood the desk stands back, and not a moment longer than the flood."""

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flow.clock import SystemClock
from flow.desk import Desk
from flow.desk import desk as room
from tests.plans import small_plan


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose every group of letters takes long, and that always finds some more."""
    monkeypatch.setattr(room, "LONGEST_YIELD", 60.0)
    monkeypatch.setattr(room, "YIELD", 1e9)
    database = SimpleNamespace(hospital="small")
    made = Desk(*cast("Any", (database, small_plan(), None, None, SystemClock(), None)))
    groups = SimpleNamespace(taken=0, more=True)

    async def take() -> int:
        await asyncio.sleep(0)
        groups.taken += 1
        return 1

    async def carry_out(asks: list[Any]) -> None:
        for ask in asks:
            ask.reply.set_result("done")

    groups.take = take
    monkeypatch.setattr(made, "_letters", groups)
    monkeypatch.setattr(made, "_clicks", SimpleNamespace(carry_out=carry_out))
    return made


async def taken(desk: Desk, number: int) -> None:
    while cast("Any", desk)._letters.taken < number:
        await asyncio.sleep(0.001)


async def ended(working: "asyncio.Task[None]") -> None:
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


def begun(work: Awaitable[None]) -> "asyncio.Task[None]":
    return cast("asyncio.Task[None]", asyncio.ensure_future(work))


async def test_it_stands_back_while_letters_wait_to_be_kept_and_goes_on_when_they_do_not(desk: Desk) -> None:
    flood = [True]
    desk.flooded = lambda: flood[0]
    working = begun(desk.run())
    async with asyncio.timeout(10):
        await taken(desk, 1)
        await asyncio.sleep(0.1)
        assert cast("Any", desk)._letters.taken == 1, "it rests"
        flood[0] = False
        await taken(desk, 2)
    await ended(working)


async def test_a_click_ends_the_rest(desk: Desk) -> None:
    desk.flooded = lambda: True
    working = begun(desk.run())
    async with asyncio.timeout(10):
        await taken(desk, 1)
        assert await desk.act(*cast("Any", (None, None)), digest=b"a click") == "done"
    await ended(working)
