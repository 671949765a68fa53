"""Negative controls of the log, the assignment and the stream: a design that TRUST.md rules out, tried beside ours by the same check.

The faulty ones stand here and are handed in through seams that stand anyway; the product has no switch for them. Each must be
found out, or the check is blind.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from flow.desk import Actor, Desk
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.cause import Cause, Origin
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.events import Entry, Event, Kind
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.opd import RoomState
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.errors import Refused, Unavailable
from flow.history import group
from flow.history import log as history
from flow.history.bundle import Part, ask, carry_out
from flow.history.log import Log
from flow.history.migrate import migrate
from flow.history.occupancy import Stood
from flow.history.pool import Connection, Database, Overtaken
from flow.state.live import Change
from flow.views.bed_tile import Audience
from realtime.frames import Frame, tiles_frame
from realtime.hub import Group, Hub
from realtime.topics import parse_topics
from tests.faults import invariants
from tests.faults.books import read_picture
from tests.faults.invariants import Stay
from tests.integration.conftest import dsn, redis_url, stores
from tests.integration.test_desk import House, house
from tests.plans import small_plan
from tests.unit.test_hub import PLAN, Screen, new_live, states, taken

__all__ = ["dsn", "house", "redis_url", "stores"]
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
WRITERS, EACH = 8, 60
TURNS = 15
BEDS, RACERS = 40, 20


# -- the log ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    found = await Database.connect(dsn, "test", size=WRITERS + 2)
    await migrate(found)
    async with found.write() as connection:
        await history.lock(connection, "test")
        await connection.execute("create sequence without_lock")
    yield found
    await found.close()


Number = Callable[[Connection], Awaitable[int]]


async def _by_the_lock(connection: Connection) -> int:
    """Ours: the append lock, held to the commit; the number after the head."""
    return (await history.lock(connection, "test"))[0] + 1


async def _by_a_sequence(connection: Connection) -> int:
    """The faulty one: numbers are given in one order and committed in another."""
    number: int = await connection.fetchval("select nextval('without_lock')")
    return number


async def _followed(database: Database, number: Number) -> tuple[list[int], list[int]]:
    """Writers beside one follower of `seq > cursor`: what it saw, and what the log holds."""
    seen: list[int] = []
    following = asyncio.create_task(_follow(Log(database), seen))
    await asyncio.gather(*(_write(database, number, writer) for writer in range(WRITERS)))
    await asyncio.sleep(0.3)  # the follower looks a few times more, and has every chance
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    async with database.read() as connection:
        rows = await connection.fetch("select seq from log order by seq")
    return seen, [row["seq"] for row in rows]


async def _follow(log: Log, seen: list[int]) -> None:
    while True:
        entries = await log.after(seen[-1] if seen else 0)
        seen += [entry.seq for entry in entries]
        await asyncio.sleep(0.002)


async def _write(database: Database, number: Number, writer: int) -> None:
    dice, plan = random.Random(writer), small_plan()
    for n in range(EACH):
        async with database.write() as connection:
            seq = await number(connection)
            await asyncio.sleep(dice.random() * 0.004)
            await carry_out(connection, history.appended(plan, [_entry(plan, seq, writer, n)], Stood()), first=history.moved("test", seq))


def _entry(plan: Plan, seq: int, writer: int, n: int) -> Entry:
    event = Event(Kind.ROOM_CHANGED, RoomState(f"ENT/{writer}-{n}", plan.clinics[0].id, f"{writer}-{n}"), NOW)
    return Entry(seq, event, Cause(Origin.SYSTEM, "x", NOW))


async def _write_in_turn(database: Database, writer: int) -> None:
    """As the desk writes letters: read without the lock, and again when overtaken."""
    dice, plan, done = random.Random(writer), small_plan(), 0
    while done < TURNS:
        with suppress(Overtaken):
            async with database.held() as connection:
                [(seq, _, turn)], *_ = await ask(connection, history.asked_head("test"))
                await asyncio.sleep(dice.random() * 0.004)
                entries = [_entry(plan, seq + 1, writer, done)]
                await carry_out(connection, history.appended(plan, entries, Stood()), first=history.moved("test", seq + 1, turn))
                done += 1


async def test_following_the_log_by_seq_sees_every_entry(database: Database) -> None:
    seen, log = await _followed(database, _by_the_lock)
    assert len(log) == WRITERS * EACH
    assert invariants.skipped(seen, log) == []


async def test_who_takes_turns_writes_every_entry_once(database: Database) -> None:
    seen: list[int] = []
    following = asyncio.create_task(_follow(Log(database), seen))
    await asyncio.gather(*(_write_in_turn(database, writer) for writer in range(WRITERS)))
    await asyncio.sleep(0.3)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    async with database.read() as connection:
        assert await connection.fetchrow("select seq, turn from head") == (WRITERS * TURNS, WRITERS * TURNS)
    assert seen == list(range(1, WRITERS * TURNS + 1))


async def test_a_cursor_without_the_lock_skips_entries(database: Database) -> None:
    seen, log = await _followed(database, _by_a_sequence)
    missed = invariants.skipped(seen, log)
    print(f"cursor-style relay: {len(missed)} of {len(log)} entries never seen")
    assert missed, "the harness is blind: nothing was skipped"


@pytest.mark.parametrize("faulty", [False, True])
async def test_what_was_not_committed_is_ahead(house: House, redis_url: str, monkeypatch: pytest.MonkeyPatch, faulty: bool) -> None:
    """A group that Postgres breaks off at its end. The faulty desk tells what it had decided, as ours did once."""
    decided: list[Entry] = []

    async def broken_off(connection: Connection, parts: Sequence[Part], *, first: Part) -> None:
        decided.extend(house.desk._group.entries)
        raise Unavailable("The connection was lost.")

    monkeypatch.setattr(group, "carry_out", broken_off)
    if faulty:
        monkeypatch.setattr(Desk, "committed", property(lambda desk: decided))
    with pytest.raises(Unavailable):
        await house.desk.act(SetBedStatus(BedId("4B-A-01"), BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), Actor("nurse"))
    assert decided
    async with house.database.read() as connection:
        log = await connection.fetchval("select seq from head")
    found: list[str] = []
    for _ in range(20):
        found += invariants.ahead((await asyncio.to_thread(read_picture, redis_url, "test")).head, log)
        await asyncio.sleep(0.05)
    assert bool(found) is faulty, "the harness is blind" if faulty else found


# -- the assignment ---------------------------------------------------------------------------------------------------


async def _race(dsn: str, table: str, claim: Callable[[asyncpg.Connection, str, str, str], Awaitable[None]]) -> list[Stay]:
    """Twenty for each bed, in waves; the open rows in the end."""
    pool = await asyncpg.create_pool(dsn, min_size=RACERS, max_size=RACERS)

    async def one(bed: int, racer: int) -> None:
        async with pool.acquire() as connection:
            await claim(connection, table, f"B{bed}", f"R{bed}-{racer}")

    for bed in range(BEDS):
        await asyncio.gather(*(one(bed, racer) for racer in range(RACERS)))
    rows = await pool.fetch(f"select kind, bed, holder from {table} where to_at is null and seq_to is null")
    await pool.close()
    return [Stay(*row) for row in rows]


async def _look_then_insert(connection: asyncpg.Connection, table: str, bed: str, racer: str) -> None:
    """The assignment everybody writes first."""
    async with connection.transaction():
        if await connection.fetchval(f"select true from {table} where bed = $1 and to_at is null", bed) is None:
            columns, values = "hospital, kind, holder, bed, from_at, seq_from", "'test', 'reserved', $1, $2, now(), 1"
            await connection.execute(f"insert into {table} ({columns}) values ({values})", racer, bed)


async def _refused_quietly(connection: asyncpg.Connection, table: str, bed: str, racer: str) -> None:
    try:
        await _look_then_insert(connection, table, bed, racer)
    except asyncpg.UniqueViolationError:
        return


async def test_postgres_refuses_what_the_code_forgot(database: Database, dsn: str) -> None:
    stays = await _race(dsn, "occupancy", _refused_quietly)
    assert invariants.two_at_once(stays) == []
    assert len(stays) == BEDS, "exactly one winner a bed"


async def test_looking_and_then_inserting_gives_a_bed_twice(database: Database, dsn: str) -> None:
    async with database.write() as connection:
        await connection.execute("create table unguarded (like occupancy including identity)")
    found = invariants.two_at_once(await _race(dsn, "unguarded", _look_then_insert))
    print(f"check-then-insert: {len(found)} of {BEDS} beds given twice")
    assert found, "the harness is blind: no bed was given twice"


async def test_twenty_clicks_at_once_have_one_winner(house: House) -> None:
    """The same race at the desk: the first takes the bed, everybody else is told that somebody was faster."""
    for racer in range(RACERS):
        request = BedRequest(RequestId(f"R{racer}"), PatientId(f"p{racer}"), house.clock.now(), "general")
        await house.desk.act(RequestBed(request), Actor("desk"))
    answers: Counter[str] = Counter()
    for bed in list(house.desk.plan.beds)[:5]:
        asked = (house.desk.act(AssignBed(RequestId(f"R{n}"), bed), Actor(f"clerk{n}")) for n in range(RACERS))
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        answers.update(outcome.code if isinstance(outcome, Refused) else "won" for outcome in outcomes if not isinstance(outcome, OSError))
    assert answers == {"won": 5, "bed-reserved": 5 * (RACERS - 1)}
    async with house.database.read() as connection:
        rows = await connection.fetch("select kind, bed, holder from occupancy where to_at is null and seq_to is null")
    assert invariants.two_at_once(Stay(*row) for row in rows) == []


# -- the stream -------------------------------------------------------------------------------------------------------


class DeltasOnly(Hub):
    """The faulty one: whoever comes back is sent what changes from now on."""

    def _catch_up(self, group: Group, last_seen: int | None) -> Frame:
        return self._whole(group) if last_seen is None else tiles_frame(self.live.seq, self.live.as_of.isoformat(), {})


@asynccontextmanager
async def _cut_screen(kind: type[Hub]) -> AsyncIterator[tuple[Screen, Screen]]:
    """A screen that was away while beds changed, after it came back; and one that has just come."""
    live, topics = new_live(), parse_topics("ward:4B", PLAN)
    hub = kind(live, PLAN)
    mailbox, screen, fresh = hub.join(topics, Audience.STAFF), Screen(), Screen()
    hub.join(topics, Audience.STAFF)  # another screen of the ward, which stays
    screen.see(await taken(mailbox))
    for seq in range(101, 105):
        if seq == 102:
            hub.leave(topics, Audience.STAFF, mailbox)  # the network is cut; what is said now it never hears
        if seq == 104:
            mailbox = hub.join(topics, Audience.STAFF, last_seen=101)
        record = states(seq - 101, "cleaning", seq)
        live.put(record)
        live.tell(Change(seq, NOW + timedelta(seconds=seq), (record,)))
        hub.flush()
        if seq in (101, 104):
            screen.see(await taken(mailbox))
    fresh.see(await taken(hub.join(topics, Audience.STAFF)))
    yield screen, fresh


async def test_a_screen_that_comes_back_shows_what_stands() -> None:
    async with _cut_screen(Hub) as (screen, fresh):
        assert invariants.stale(screen.tiles, fresh.tiles) == []


async def test_deltas_without_a_snapshot_stay_wrong() -> None:
    async with _cut_screen(DeltasOnly) as (screen, fresh):
        found = invariants.stale(screen.tiles, fresh.tiles)
    print(f"deltas without a snapshot: {len(found)} tiles stay wrong")
    assert found, "the harness is blind: the screen is right"
