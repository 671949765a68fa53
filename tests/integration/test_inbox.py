"""The journal's letters: long ones beside short ones, and no more at once than memory is for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adt_feed.letter import Letter
from flow.history.inbox import LONG, MOST_BYTES, Inbox
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.vault import open_vault
from tests.integration.mllp_port import NOW


@pytest.fixture
async def inbox(dsn: str, tmp_path: Path) -> AsyncIterator[Inbox]:
    database = await Database.connect(dsn, "test", size=3)
    await migrate(database)
    yield Inbox(database, open_vault(tmp_path))
    await database.close()


def letter(control_id: str, size: int = 20) -> Letter:
    return Letter("his", b"M" * size, control_id, "SIM|FAC", "A01", NOW)


async def test_long_letters_are_kept_whole_beside_short_ones(inbox: Inbox) -> None:
    long, short = [letter("long", LONG + 1)], [letter("1"), letter("2")]
    kept = await asyncio.gather(inbox.keep(long), inbox.keep(short), inbox.keep(long))
    assert [one.duplicate for group in kept for one in group].count(True) == 1
    async with inbox.database.read() as connection:
        waiting = {one.control_id: one.raw for one in await inbox.waiting(connection, 10)}
    assert waiting == {"long": long[0].raw, "1": short[0].raw, "2": short[1].raw}


async def test_the_same_control_id_with_another_body_is_another_letter(inbox: Inbox) -> None:
    told = replace(letter("1", 400), raw=b"MSH" + b"-" * 400 + b"4B")
    kept = await inbox.keep([told, replace(told, raw=told.raw[:-1] + b"C")])
    assert [one.duplicate for one in kept] == [False, False]
    async with inbox.database.read() as connection:
        letters = await inbox.waiting(connection, 10)
        reused = await inbox.reused_control_ids(connection, letters)
    assert [one.raw[-2:] for one in letters] == [b"4B", b"4C"] and reused == {letters[1].id}


async def test_letters_are_taken_up_in_order_and_not_all_when_they_are_large(inbox: Inbox) -> None:
    await inbox.keep([letter(str(number), MOST_BYTES // 2) for number in range(4)])
    async with inbox.database.read() as connection:
        taken = [one.control_id for one in await inbox.waiting(connection, 10)]
    assert taken == ["0", "1"]


async def test_a_letter_above_every_bound_is_still_taken_up(inbox: Inbox) -> None:
    await inbox.keep([letter("huge", 2 * MOST_BYTES), letter("next")])
    async with inbox.database.read() as connection:
        assert [one.control_id for one in await inbox.waiting(connection, 10)] == ["huge"]
