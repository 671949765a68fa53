"""A worker goes round after a commit, and again after a round that Postgres was away for."""

import asyncio

from flow.errors import Unavailable
from flow.main.rounds import Rounds


async def test_a_commit_brings_a_round_and_an_outage_ends_none() -> None:
    reached: asyncio.Queue[int] = asyncio.Queue()
    count = 0

    async def step() -> None:
        nonlocal count
        count += 1
        reached.put_nowait(count)
        if count == 1:
            raise Unavailable("Postgres is away.")

    rounds = Rounds(step, "test.waits")
    running = asyncio.create_task(rounds.run())
    try:
        async with asyncio.timeout(4):  # sooner than the next round by the clock
            assert await reached.get() == 1
            await asyncio.sleep(0)
            rounds.wake()
            assert await reached.get() == 2
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
