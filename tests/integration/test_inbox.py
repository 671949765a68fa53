"""The journal's letters: long ones beside short ones, and no more at once than memory is for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adt_feed.letter import Letter
from flow.domain.alerts import Queue
from flow.domain.ids import FeedId
from flow.history.bundle import ask, carry_out
from flow.history.feeds import Feeds
from flow.history.inbox import LONG, MOST_BYTES, Batch, Inbox
from flow.history.migrate import migrate
from flow.history.pool import Connection, Database
from flow.vault import open_vault
from tests.integration.mllp_port import NOW
from tests.plans import small_plan


@pytest.fixture
async def inbox(dsn: str, tmp_path: Path) -> AsyncIterator[Inbox]:
    database = await Database.connect(dsn, "test", size=3)
    await migrate(database)
    yield Inbox(database, open_vault(tmp_path))
    await database.close()


def letter(control_id: str, size: int = 20) -> Letter:
    return Letter("his", b"M" * size, control_id, "SIM|FAC", "A01", NOW)


async def taken(inbox: Inbox, connection: Connection, limit: int) -> Batch:
    """A group as the desk takes it up, with nothing decided; whom nobody handled waits."""
    batch = inbox.taken(limit, *await ask(connection, *inbox.taking(limit)))
    batch.tell(*await ask(connection, *inbox.asking(batch)))
    await carry_out(connection, await inbox.settling(batch, [], NOW))
    return batch


async def controls(inbox: Inbox, connection: Connection, limit: int) -> list[str]:
    return [one.control_id for one in (await taken(inbox, connection, limit)).letters]


async def test_long_letters_are_kept_whole_beside_short_ones(inbox: Inbox) -> None:
    long, short = [letter("long", LONG + 1)], [letter("1"), letter("2")]
    await asyncio.gather(inbox.keep(long), inbox.keep(short), inbox.keep(long))
    async with inbox.database.write() as connection:
        waiting = {one.control_id: one.raw for one in (await taken(inbox, connection, 10)).letters}
    assert await inbox.counts() == {"received": 3, "duplicate": 1}
    assert waiting == {"long": long[0].raw, "1": short[0].raw, "2": short[1].raw}


async def test_the_same_control_id_with_another_body_is_another_letter(inbox: Inbox) -> None:
    told = replace(letter("1", 400), raw=b"MSH" + b"-" * 400 + b"4B")
    await inbox.keep([told, replace(told, raw=told.raw[:-1] + b"C")])
    async with inbox.database.write() as connection:
        batch = await taken(inbox, connection, 10)
    assert [one.raw[-2:] for one in batch.letters] == [b"4B", b"4C"] and batch.reused == {batch.letters[1].id}
    await inbox.keep([replace(told, raw=told.raw[:-1] + b"D")])
    async with inbox.database.write() as connection:
        await connection.execute("update letter set state = 'handled'")
        batch = await taken(inbox, connection, 10)
    assert [one.raw[-2:] for one in batch.letters] == [b"4D"] and batch.reused == {batch.letters[0].id}


async def test_what_was_acknowledged_is_counted_before_anybody_looks(inbox: Inbox) -> None:
    await inbox.keep([letter("1"), letter("2")])
    await inbox.keep([letter("3")])
    assert await inbox.counts() == {"received": 3}
    assert await inbox.feeds() == {"his": NOW}
    feeds = Feeds(inbox.database, small_plan())
    assert await feeds.queues() == [Queue(FeedId("his"), 3, NOW)]
    assert await feeds.heard() == {"his": NOW}
    assert (await feeds.rates(NOW + timedelta(seconds=5)))["his"].minute == 3


async def test_a_bag_is_emptied_with_the_desks_transaction_or_not_at_all(inbox: Inbox) -> None:
    await inbox.keep([letter("1")])
    async with inbox.database.read() as connection:
        await (transaction := connection.transaction()).start()
        assert len(await controls(inbox, connection, 10)) == 1
        await transaction.rollback()
    async with inbox.database.write() as connection:
        assert await controls(inbox, connection, 10) == ["1"]
        assert await connection.fetchval("select count(*) from mailbag") == 0


async def test_no_more_bags_are_opened_than_are_asked_for(inbox: Inbox) -> None:
    for number in range(4):
        await inbox.keep([letter(f"{number}{half}") for half in "ab"])
    async with inbox.database.write() as connection:
        assert await controls(inbox, connection, 3) == ["0a", "0b", "1a"]
        assert await connection.fetchval("select count(*) from mailbag") == 2


async def test_a_bag_of_repeats_holds_nobody_up(inbox: Inbox) -> None:
    for _ in range(3):
        await inbox.keep([letter("1"), letter("2")])
    async with inbox.database.write() as connection:
        assert await controls(inbox, connection, 2) == ["1", "2"]
        await connection.execute("update letter set state = 'handled' where state = 'received'")
    await inbox.keep([letter("3"), letter("3")])
    for last in (False, False, True):
        async with inbox.database.write() as connection:
            batch = await taken(inbox, connection, 2)
        assert ([one.control_id for one in batch.letters], batch.more) == (["3"] if last else [], True)
    assert await inbox.counts() == {"handled": 2, "duplicate": 5, "received": 1}


async def test_whoever_takes_up_the_last_knows_it(inbox: Inbox) -> None:
    await inbox.keep([letter("1"), letter("2")])
    await inbox.keep([letter("3")])
    async with inbox.database.write() as connection:
        assert (await taken(inbox, connection, 2)).more
        await connection.execute("update letter set state = 'handled'")
        assert not (await taken(inbox, connection, 2)).more


async def test_a_bag_that_was_changed_is_laid_in_the_tray_and_the_rest_go_on(inbox: Inbox) -> None:
    await inbox.keep([letter("1"), letter("2")])
    async with inbox.database.read() as connection:
        spoilt = await connection.fetchval("update mailbag set body = set_byte(body, 40, 255 - get_byte(body, 40)) returning body")
    await inbox.keep([letter("3")])
    async with inbox.database.write() as connection:
        assert await controls(inbox, connection, 10) == ["3"]
        parked = await connection.fetchrow("select id, feed, reason from letter where state = 'parked'")
    assert parked["feed"] == "his" and parked["reason"].startswith("2 letters that came together do not open")
    _, kept = await inbox.one(parked["id"]) or (None, b"")
    assert kept == spoilt


async def test_letters_are_taken_up_in_order_and_not_all_when_they_are_large(inbox: Inbox) -> None:
    for numbers in ("01", "23"):
        await inbox.keep([letter(number, MOST_BYTES // 2) for number in numbers])
    async with inbox.database.write() as connection:
        taken = await controls(inbox, connection, 10)
    assert taken == ["0", "1"]


async def test_a_letter_above_every_bound_is_still_taken_up(inbox: Inbox) -> None:
    await inbox.keep([letter("huge", 2 * MOST_BYTES), letter("next")])
    async with inbox.database.write() as connection:
        assert await controls(inbox, connection, 10) == ["huge"]
