"""Letters at hand: what this process kept itself is decided without being taken up out of the mailbag, in its order and once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from flow.clock import FixedClock
from flow.desk import Desk
from flow.history.inbox import Inbox
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.main.house import interpreter
from flow.vault import open_vault
from tests.benchmarks.group import counted
from tests.integration.feed_house import stay
from tests.integration.test_desk import NOW
from tests.plans import small_plan


@asynccontextmanager
async def a_process(dsn: str, folder: Path) -> AsyncIterator[Desk]:
    database, vault = await Database.connect(dsn, small_plan().id, size=5), open_vault(folder)
    await migrate(database)
    people = People(database, vault)
    desk = Desk(database, small_plan(), Inbox(database, vault), people, FixedClock(NOW), interpreter(people))
    await desk.open()
    yield desk
    await database.close()


@pytest.fixture
async def here(dsn: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_process(dsn, tmp_path) as desk:
        yield desk


@pytest.fixture
async def there(dsn: str, tmp_path: Path, here: Desk) -> AsyncIterator[Desk]:
    """Another process of the same house, which has the key by then."""
    async with a_process(dsn, tmp_path) as desk:
        yield desk


async def letters(desk: Desk) -> list[tuple[str, str]]:
    """Those of the journal in their order, and what became of them."""
    async with desk.database.read() as connection:
        found = await connection.fetch("select control_id, state from letter order by id")
    assert await desk.inbox.counts() == {state: sum(row["state"] == state for row in found) for state in {row["state"] for row in found}}
    return [(row["control_id"], row["state"]) for row in found]


def handled(*numbers: int) -> list[tuple[str, str]]:
    return [(f"C{number}", "handled") for number in numbers]


async def test_what_was_kept_here_is_decided_without_being_taken_up(here: Desk) -> None:
    await here.inbox.keep([stay(1, "4B^A^1")])
    with counted() as asked:
        assert await here.take_letters() == 1
    assert [("update head" in text, "from mailbag" in text) for text in asked] == [(False, True), (True, True)], "looked up, written"
    assert not any("generate_series" in text for text in asked), "and no bag was taken up"
    assert await letters(here) == handled(1)
    assert await here.take_letters() == 0


async def test_what_lies_there_from_before_is_first(here: Desk, there: Desk) -> None:
    """By another process, or by this one before it stopped; and a letter put back into the queue."""
    await there.inbox.keep([stay(1, "4B^A^1")])
    await here.inbox.keep([stay(2, "4B^A^2")])
    assert await here.take_letters() == 2
    assert await letters(here) == handled(1, 2)
    async with here.database.write() as connection:
        await connection.execute("update letter set state = 'received' where control_id = 'C1'")
    await here.inbox.keep([stay(3, "4B^A^3")])
    assert await here.take_letters() == 2
    assert await letters(here) == handled(1, 2, 3)


async def test_a_bag_that_another_process_emptied_is_not_handled_again(here: Desk, there: Desk) -> None:
    await here.inbox.keep([stay(1, "4B^A^1")])
    await here.inbox.keep([stay(2, "4B^A^2")])
    assert await there.take_letters() == 2
    seq = there.hospital.seq
    assert (await here.take_letters(), here.hospital.seq) == (0, seq)
    assert await letters(here) == handled(1, 2)


async def test_a_letter_has_one_number_whoever_takes_it_up(here: Desk, there: Desk) -> None:
    await here.inbox.keep([stay(1, "4B^A^1"), stay(2, "4B^A^2")])
    batch = here.inbox.at_hand(9)
    assert batch is not None
    assert await there.take_letters() == 2
    async with here.database.read() as connection:
        found = await connection.fetch("select id, control_id from letter order by id")
    assert (
        [(row["id"], row["control_id"]) for row in found] == [(one.id, one.control_id) for one in batch.letters] == [(1, "C1"), (2, "C2")]
    )


async def test_bags_of_before_get_their_numbers_when_they_are_taken_up(here: Desk, there: Desk) -> None:
    await there.inbox.keep([stay(1, "4B^A^1"), stay(2, "4B^A^2")])
    async with here.database.write() as connection:
        await connection.execute("update mailbag set numbers = null")
    assert await here.take_letters() == 2
    assert await letters(here) == handled(1, 2)


async def test_more_than_a_group_takes_is_taken_up_out_of_the_mailbag(here: Desk) -> None:
    await here.inbox.keep([stay(number, "4B^A^1", mrn="CANARY1", visit="V1") for number in range(1, 131)])
    assert here.inbox.at_hand(100) is None
    assert [await here.take_letters() for _ in range(3)] == [100, 30, 0]
    assert len(await letters(here)) == 130
