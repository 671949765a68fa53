"""How often the desk asks PostgreSQL for a group: a few questions, however many letters; and what sends several statements as one."""

from contextlib import AsyncExitStack

import pytest

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.cause import Cause, Origin
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId
from flow.errors import Unavailable
from flow.history.bundle import FEW, ask, carry_out, written_out
from flow.history.group import Group
from flow.history.log import locking
from flow.history.pool import Database, NotStored, Overtaken
from tests.benchmarks.group import counted
from tests.integration.feed_house import fed, send, stay
from tests.integration.web_house import Web, web

__all__ = ["fed", "web"]


def broken(bed: BedId) -> SetBedStatus:
    return SetBedStatus(bed, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR)


@pytest.mark.parametrize("count", [1, 8])
async def test_a_group_of_letters_is_two_round_trips(fed: Web, count: int) -> None:
    """Look up, and write with the lock and the commit in one statement; nobody else was at it, so no lock is waited for, and what this
    process kept itself it need not take up."""
    await send(fed, stay(1, "4B^A^1", mrn="CANARY0"))
    letters = [stay(2 + n, f"4B^A^{2 + n}", mrn=f"CANARY{n}") for n in range(count)]
    with counted() as asked:
        await send(fed, *letters)
    written = sum("update head" in text for text in asked)
    assert 1 <= written <= count + 1 and "commit" not in asked and not any(text.startswith("begin;") for text in asked)
    assert sum("insert into letter" in text for text in asked) == written, "with what it is about"
    assert sum("part0" in text and "insert" not in text for text in asked) <= written + 2, "looks once more that nothing is there"


async def test_who_reads_before_another_writes_does_it_again(fed: Web) -> None:
    """Another process's desk commits between this one's reading and its writing."""
    desk, at = fed.core.desk, fed.core.clock.now()
    here, there = desk._group, Group(fed.core.database, desk.plan)
    await send(fed, stay(1, "4B^A^1", mrn="CANARY0"))
    first, second = list(here.hospital.beds)[1:3]

    async def both() -> None:
        async with here.turn(at) as mine:
            async with there.transaction(at) as other:
                other.add_all([broken(first)], Cause(Origin.PERSON, "there", at))
            mine.add_all([broken(second)], Cause(Origin.PERSON, "here", at))

    with pytest.raises(Overtaken):
        await both()
    assert (here.entries, await _written_by(fed, "here", "there")) == ([], 1)
    with pytest.raises(Overtaken):
        async with here.turn(at):
            pytest.fail("it has to load the hospital first")
    async with here.transaction(at) as mine:
        states = mine.hospital.beds
        assert [states[bed].status is BedStatus.MAINTENANCE for bed in (first, second)] == [True, False]


async def test_who_finds_another_at_it_waits_for_nobody(fed: Web) -> None:
    """The lock is tried, so that two that hold what the other needs cannot stand before each other."""
    here, at = fed.core.desk._group, fed.core.clock.now()
    await send(fed, stay(1, "4B^A^1", mrn="CANARY0"))

    async def while_locked(stack: AsyncExitStack) -> None:
        async with here.turn(at) as mine:
            mine.add_all([broken(list(mine.hospital.beds)[1])], Cause(Origin.PERSON, "here", at))
            await stack.enter_async_context(fed.core.database.begun(locking(fed.core.desk.plan.id)))

    async with AsyncExitStack() as stack:
        with pytest.raises(Overtaken):
            await while_locked(stack)
    assert await _written_by(fed, "here") == 0


async def _written_by(fed: Web, *actors: str) -> int:
    async with fed.core.database.read() as connection:
        found: int = await connection.fetchval("select count(*) from log where actor = any($1)", list(actors))
    return found


async def test_statements_are_sent_as_one_each_with_its_own_arguments(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute("create temp table told (word text, part int)")
        put = "insert into told select n, $2::int from unnest($1::text[]) as n"
        gone = "with gone as (\ndelete from told where word = $1 returning 1\n)\ninsert into told select $2, count(*) from gone"
        await carry_out(connection, [(put, (["a", "b"], 1)), (put, (["c"], 2))])
        await carry_out(connection, [(put, (["d"], 3)), (gone, ("a", "gone"))])
        rows = "select word, part from told where part = $1 order by word"
        first, none, one, two = await ask(connection, *[(rows, (part,)) for part in (3, 9, 1, 2)])
        assert (first, none, one, two) == ([("d", 3)], [], [("b", 1), ("gone", 1)], [("c", 2)])
        assert await ask(connection) == []
        await carry_out(connection, [])


@pytest.mark.parametrize("many", [0, 1, FEW, FEW + 1, 40])
async def test_few_rows_are_written_out_and_many_are_not_and_the_same_is_stored(database: Database, many: int) -> None:
    words: list[str | None] = [None, "it's", "$1", *map(str, range(many))][:many]
    numbers = list(range(many))
    put = """insert into told select $1, n.word, n.part, n.part = any($3::int[])
from unnest($2::text[],
            $3::int[]) as n(word, part)"""
    gone = "delete from held using unnest($1::int[]) as n(part) where held.part = n.part and held.part <> $2"
    async with database.write() as connection:
        await connection.execute("create temp table told (letter bigint, word text, part int, known bool) on commit drop")
        await connection.execute("create temp table held (part int) on commit drop; insert into held select generate_series(0, 40)")
        with counted() as asked:
            await carry_out(connection, [(put, (7, words, numbers)), (gone, (numbers, 0))])
        rows = await connection.fetch("select letter, word, part, known from told order by part")
        left = await connection.fetch("select part from held order by part")
    assert [tuple(row) for row in rows] == [(7, word, number, True) for number, word in enumerate(words)]
    assert [row["part"] for row in left] == [0, *range(max(many, 1), 41)]
    assert ("unnest" in asked[0]) is (many > FEW)


async def test_many_rows_are_one_statement_however_many_they_are(database: Database) -> None:
    put = "insert into told select n.part, n.of from unnest($1::int[], $2::int[]) as n(part, of)"
    async with database.write() as connection:
        await connection.execute("create temp table told (part int, of int) on commit drop")
        with counted() as asked:
            for many in range(12):
                await carry_out(connection, [(put, ([many] * many, [1] * many))])
        assert await connection.fetchval("select sum(part) from told") == sum(many * many for many in range(12))
    assert len(set(asked)) == FEW + 2
    size = written_out.cache_info().currsize
    async with database.write() as connection:
        await connection.execute("create temp table told (part int, of int) on commit drop")
        await carry_out(connection, [(put, ([1] * 500, [1] * 500))])
    assert written_out.cache_info().currsize == size


async def test_a_connection_that_died_while_it_was_held_is_not_lent_again(database: Database) -> None:
    async with database.begun("begin") as connection:
        await connection.execute("create table spoken (word text)")
        held = await connection.fetchval("select pg_backend_pid()")
    async with database.read() as other:
        await other.execute("select pg_terminate_backend($1, 5000)", held)
    async with database.begun("begin") as connection:
        await connection.execute("insert into spoken values ('a')")
    with pytest.raises(Unavailable):
        async with database.begun("begin") as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
    async with database.begun("begin") as connection:
        await connection.execute("insert into spoken values ('b')")
    with pytest.raises(NotStored):
        await _fails_half_way(database)
    async with database.read() as other:
        assert [row["word"] for row in await other.fetch("select word from spoken order by word")] == ["a", "b"]


async def _fails_half_way(database: Database) -> None:
    async with database.begun("begin") as connection:
        await connection.execute("insert into spoken values ('c')")
        await connection.execute("select 1 / 0")
