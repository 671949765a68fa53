"""I6: letters that are kept and not handled raise the alarm after half a minute; the feed is acknowledged all the while.

The desk is held up from outside, as another process that took the append lock and hangs would: nothing is killed, nothing is lost.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from flow.history.queries import load
from tests.acceptance.house import house
from tests.faults import invariants
from tests.faults.blows import stores_of
from tests.faults.run import Run
from tests.faults.stays import HOSPITAL, Ward

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]
ALARM = "letters.wait"
LETTERS = 40


@asynccontextmanager
async def _desk_held_up(dsn: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        await connection.execute(load("log")["lock"], "small")
        yield
    await connection.close()


async def test_letters_nobody_handles_raise_the_alarm(tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    file.write_text(HOSPITAL)
    with house(tmp_path, file, loaded=False) as found:
        run = Run(found, Ward(3).tell(LETTERS).told, lambda: stores_of(found), 3)
        run.feeder.start()
        async with _desk_held_up(stores_of(found)[0]):
            run.feeder.allowed = LETTERS
            begun = time.monotonic()
            await _until(lambda: run.feeder.done, 10)
            assert ALARM not in found.log.read_text(), "too early"
            await _until(lambda: ALARM in found.log.read_text(), 45)
            assert time.monotonic() - begun >= 29
            books = (await asyncio.to_thread(run.read)).books
            assert books.waiting > LETTERS / 2
            assert invariants.unhandled(books.journal, datetime.now(UTC), alarmed=True) == []
            assert invariants.unhandled(books.journal, datetime.now(UTC), alarmed=False) != []
        assert await asyncio.to_thread(run.caught_up, 10)
        run.feeder.end()
        assert run.tally.found == []


async def _until(condition: Callable[[], bool], within: float) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
