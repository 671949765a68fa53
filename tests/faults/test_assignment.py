"""F6: two desks on one database, many racers, connections killed under them: is every answer that anybody got possible at all?

The histories of each bed (assign, release, read) are judged by `linear`. The negative control looks and then inserts, as everybody
writes it first, and must be found out by the same search.
"""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.desk import Actor
from flow.domain.commands import AssignBed, ReleaseBed, RequestBed
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest
from flow.errors import Refused, Unavailable
from flow.history.pool import NotStored
from tests.faults.linear import Operation, possible
from tests.faults.run import lines, report
from tests.integration.conftest import dsn, redis_url, stores
from tests.integration.test_desk import NOW, House, open_house

__all__ = ["dsn", "redis_url", "stores"]
SEED = int(os.environ.get("F6_SEED", random.SystemRandom().randrange(100_000)))
BEDS = tuple(f"4B-A-{number:02d}" for number in range(1, 4))
RACERS = 8


class Beds(Protocol):
    """Whoever gives out beds. Each says whether it was done; raises Unavailable where nobody knows."""

    async def assign(self, bed: str, holder: str) -> bool: ...

    async def release(self, bed: str, holder: str) -> bool: ...

    async def read(self, bed: str) -> str | None: ...


@dataclass
class Desks:
    """Ours: two desks that know nothing of each other, and the rows as they lie in Postgres."""

    houses: list[House]
    dice: random.Random

    async def assign(self, bed: str, holder: str) -> bool:
        await self._act(RequestBed(BedRequest(RequestId(holder), PatientId(holder), NOW, "general")))
        return await self._told(AssignBed(RequestId(holder), BedId(bed)))

    async def release(self, bed: str, holder: str) -> bool:
        return await self._told(ReleaseBed(RequestId(holder)))

    async def read(self, bed: str) -> str | None:
        async with self.houses[0].database.read() as connection:
            return await _holder(connection, "occupancy", bed)

    async def _told(self, command: AssignBed | ReleaseBed) -> bool:
        try:
            await self.dice.choice(self.houses).desk.act(command, Actor("racer"))
        except Refused as refusal:
            if isinstance(command, AssignBed) and refusal.code != "bed-reserved":
                raise
            return False
        return True

    async def _act(self, command: RequestBed) -> None:
        """Asked until it is there: its own outcome is not what is judged."""
        while True:
            try:
                await self.dice.choice(self.houses).desk.act(command, Actor("racer"))
                return
            except Refused:
                return
            except (Unavailable, NotStored):
                await asyncio.sleep(0.01)


@dataclass
class LookThenInsert:
    """The faulty one: looks whether the bed is free, and then inserts."""

    pool: "asyncpg.Pool[asyncpg.Record]"

    async def assign(self, bed: str, holder: str) -> bool:
        async with self.pool.acquire() as connection, connection.transaction():
            if await _holder(connection, "unguarded", bed) is not None:
                return False
            await connection.execute("insert into unguarded (kind, bed, holder) values ('reserved', $1, $2)", bed, holder)
            return True

    async def release(self, bed: str, holder: str) -> bool:
        gone = await self.pool.execute("delete from unguarded where bed = $1 and holder = $2", bed, holder)
        return bool(gone != "DELETE 0")

    async def read(self, bed: str) -> str | None:
        return await _holder(self.pool, "unguarded", bed)


async def _holder(connection: "asyncpg.Connection | asyncpg.Pool[asyncpg.Record]", table: str, bed: str) -> str | None:
    still = " and to_at is null and seq_to is null" if table == "occupancy" else ""
    found: str | None = await connection.fetchval(f"select holder from {table} where kind = 'reserved' and bed = $1{still} limit 1", bed)
    return found and found.removeprefix("request:")


@dataclass
class Race:
    """The racers; `histories` is what each bed's were told, and when."""

    beds: Beds
    dice: random.Random
    histories: dict[str, list[Operation]] = field(default_factory=lambda: {bed: [] for bed in BEDS})

    async def run(self, rounds: int) -> "Race":
        """All at once, so many rounds each."""
        await asyncio.gather(*(self._one(racer, rounds) for racer in range(RACERS)))
        return self

    async def _one(self, racer: int, rounds: int) -> None:
        for number in range(rounds):
            bed, holder = self.dice.choice(BEDS), f"R{racer}-{number}"
            assigned = await self._noted(bed, "assign", holder, lambda b=bed, h=holder: self.beds.assign(b, h))
            if self.dice.random() < 0.3:
                await self._read(bed)
            while (
                assigned is not False and await self._noted(bed, "release", holder, lambda b=bed, h=holder: self.beds.release(b, h)) is None
            ):
                await asyncio.sleep(0.05)

    async def _noted(self, bed: str, what: str, holder: str, act: Callable[[], Awaitable[bool]]) -> bool | None:
        called = time.monotonic()
        try:
            done = await act()
        except (Unavailable, NotStored):
            self.histories[bed].append(Operation(what, holder, None, called))
            return None
        self.histories[bed].append(Operation(what, holder, done, called, time.monotonic()))
        return done

    async def _read(self, bed: str) -> None:
        called = time.monotonic()
        with suppress(Unavailable):
            found = await self.beds.read(bed)
            self.histories[bed].append(Operation("read", found, True, called, time.monotonic()))

    def impossible(self) -> list[str]:
        """The beds whose history cannot have been."""
        return [bed for bed, history in self.histories.items() if not possible(history)]

    def row(self, name: str) -> list[object]:
        """The counts."""
        every = [each for history in self.histories.values() for each in history]
        assigned = sum(each.what == "assign" and each.done is True for each in every)
        return [name, len(every), assigned, sum(each.done is None for each in every), len(self.impossible())]


HEADINGS = ("who assigns", "operations", "assigned", "without an answer", "beds with an impossible history")


async def _disturb(dsn: str, dice: random.Random, times: list[int]) -> None:
    """Kill a connection of the houses, one that does something first, again and again."""
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "blows"})
    try:
        while True:
            await asyncio.sleep(dice.uniform(0.05, 0.25))
            killed = await connection.fetch(_KILL)
            times[0] += len(killed)
    finally:
        await connection.close()


_KILL = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name <> 'blows' and backend_type = 'client backend'
order by state = 'idle', random() limit 1
"""


async def _raced(dsn: str, redis_url: str, folder: Path, rounds: int) -> tuple[Race, int]:
    dice, times = random.Random(SEED), [0]
    async with AsyncExitStack() as stack:
        houses = [await open_house(stack, dsn, redis_url, folder) for _ in range(2)]
        blows = asyncio.create_task(_disturb(dsn, dice, times))
        race = await Race(Desks(houses, dice), dice).run(rounds)
        blows.cancel()
        await asyncio.gather(blows, return_exceptions=True)
    return race, times[0]


async def test_every_answer_was_possible(dsn: str, redis_url: str, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    race, times = await _raced(dsn, redis_url, tmp_path, 12)
    assert race.impossible() == []
    assert sum(each.what == "assign" and each.done is True for history in race.histories.values() for each in history) >= 10
    assert times


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_thousands_of_answers_were_possible(dsn: str, redis_url: str, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    race, times = await _raced(dsn, redis_url, tmp_path, 60)
    control = await _unguarded(dsn)
    rows = [race.row(f"two desks, their connections killed {times} times"), control.row("look, then insert")]
    report("faults-f6", f"F6, seed {SEED}.\n\n{lines(HEADINGS, rows)}", seed=SEED, rows=rows)
    assert race.impossible() == []
    assert times >= 20


async def _unguarded(dsn: str) -> Race:
    async with asyncpg.create_pool(dsn, min_size=RACERS, max_size=RACERS) as pool:
        await pool.execute("create table unguarded (kind text, bed text, holder text)")
        return await Race(LookThenInsert(pool), random.Random(SEED)).run(60)


async def test_looking_and_then_inserting_is_found_out(dsn: str) -> None:
    control = await _unguarded(dsn)
    print(lines(HEADINGS, [control.row("look, then insert")]))
    assert control.impossible(), "the harness is blind: every history was possible"


# -- the search itself ------------------------------------------------------------------------------------------------


def test_it_finds_what_cannot_have_been() -> None:
    first = Operation("assign", "A", True, 0, 1)
    assert possible([first, Operation("assign", "B", False, 0.5, 2)])
    assert not possible([first, Operation("assign", "B", True, 0.5, 2)]), "two winners"
    assert possible([first, Operation("release", "A", True, 0.5, 3), Operation("assign", "B", True, 0.5, 2)])
    assert not possible([first, Operation("release", "A", True, 3, 4), Operation("assign", "B", True, 1.5, 2)]), "before it was free"
    assert not possible([Operation("assign", "B", False, 0, 1)]), "refused, though it was free"
    assert not possible([first, Operation("read", None, True, 2, 3)]), "a stale read"
    assert not possible([first, Operation("release", "A", False, 2, 3)]), "its own promise was denied"


def test_what_has_no_answer_happened_or_did_not() -> None:
    lost = Operation("assign", "A", None, 0)
    assert possible([lost, Operation("read", None, True, 5, 6)])
    assert possible([lost, Operation("read", "A", True, 5, 6)])
    assert possible([lost, Operation("read", None, True, 5, 6), Operation("read", "A", True, 7, 8)]), "late"
    assert not possible([lost, Operation("read", "A", True, 5, 6), Operation("read", None, True, 7, 8)])


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """A few operations of two holders."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        what = draw(st.sampled_from(("assign", "release", "read")))
        holder = draw(st.sampled_from(("A", "B", None) if what == "read" else ("A", "B")))
        done = True if what == "read" else draw(st.booleans())
        called = draw(st.integers(0, 9))
        found.append(Operation(what, holder, done, called, called + draw(st.integers(1, 6))))
    return found


def _by_trying_all(history: list[Operation]) -> bool:
    for order in permutations(history):
        if all(later.answered >= each.called for n, each in enumerate(order) for later in order[n + 1 :]):
            holders: set[str | None] = {None}
            for each in order:
                holders = {then for holder in holders for then in each.after(holder)}
            if holders:
                return True
    return False


@settings(max_examples=150)
@given(histories())
def test_it_agrees_with_trying_every_order(history: list[Operation]) -> None:
    assert possible(history) == _by_trying_all(history)
