"""How often the desk asks PostgreSQL for a group: a few questions, however many letters; and what sends several statements as one."""

import pytest

from flow.errors import Unavailable
from flow.history.bundle import ask, carry_out
from flow.history.pool import Database, NotStored
from tests.benchmarks.group import counted
from tests.integration.feed_house import fed, send, stay
from tests.integration.web_house import Web, web

__all__ = ["fed", "web"]


@pytest.mark.parametrize("count", [1, 8])
async def test_a_group_of_letters_is_five_round_trips(fed: Web, count: int) -> None:
    """Begin and lock, take up, look up, write, commit."""
    await send(fed, stay(1, "4B^A^1", mrn="CANARY0"))
    letters = [stay(2 + n, f"4B^A^{2 + n}", mrn=f"CANARY{n}") for n in range(count)]
    with counted() as asked:
        await send(fed, *letters)
    of_desk = [text for text in asked if text.startswith("begin;") or "part0" in text or text == "commit"]
    groups = sum(text.startswith("begin;") for text in asked)
    assert len(of_desk) == 5 * groups and groups <= count + 1


async def test_statements_are_sent_as_one_each_with_its_own_arguments(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute("create temp table told (word text, part int)")
        put = "insert into told select n, $2::int from unnest($1::text[]) as n"
        gone = "with gone as (delete from told where word = $1 returning 1) insert into told select $2, count(*) from gone"
        await carry_out(connection, [(put, (["a", "b"], 1)), (put, (["c"], 2))])
        await carry_out(connection, [(put, (["d"], 3)), (gone, ("a", "gone"))])
        rows = "select word, part from told where part = $1 order by word"
        first, none, one, two = await ask(connection, *[(rows, (part,)) for part in (3, 9, 1, 2)])
        assert (first, none, one, two) == ([("d", 3)], [], [("b", 1), ("gone", 1)], [("c", 2)])
        assert await ask(connection) == []
        await carry_out(connection, [])


async def test_a_connection_that_died_while_it_was_held_is_not_lent_again(database: Database) -> None:
    async with database.begun("begin") as connection:
        await connection.execute("create table told (word text)")
        held = await connection.fetchval("select pg_backend_pid()")
    async with database.read() as other:
        await other.execute("select pg_terminate_backend($1, 5000)", held)
    async with database.begun("begin") as connection:
        await connection.execute("insert into told values ('a')")
    with pytest.raises(Unavailable):
        async with database.begun("begin") as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
    async with database.begun("begin") as connection:
        await connection.execute("insert into told values ('b')")
    with pytest.raises(NotStored):
        await _fails_half_way(database)
    async with database.read() as other:
        assert [row["word"] for row in await other.fetch("select word from told order by word")] == ["a", "b"]


async def _fails_half_way(database: Database) -> None:
    async with database.begun("begin") as connection:
        await connection.execute("insert into told values ('c')")
        await connection.execute("select 1 / 0")
