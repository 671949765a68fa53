"""Kept figures are what the beds' intervals say: over made-up logs with late letters, as they grow, after a stop, made anew."""

import random
import struct
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flow.domain.bed import TRANSITIONS, BedState, BedStatus, Condition
from flow.domain.cause import Cause, Origin
from flow.domain.events import Entry, Event, Kind
from flow.domain.ids import BedId
from flow.domain.kpi import BedTime, Sample
from flow.domain.plan import Plan
from flow.history import kept
from flow.history.bed_days import day_of
from flow.history.bed_hours import HOUR, Scope, bed_time, beds_at, hour_of, keep_hours, moments
from flow.history.bed_turns import keep_turns, turns_of
from flow.history.bundle import carry_out
from flow.history.migrate import migrate
from flow.history.occupancy import Stood, projected
from flow.history.pool import Database
from tests.plans import small_plan

PLAN = small_plan()
BEGUN = datetime(2026, 3, 1, 6, 10, tzinfo=UTC)
WORDS = {"available": "free", "maintenance": "out"}
FOLLOWING = {status: [to for (was, to) in TRANSITIONS if was == status] for status in BedStatus}


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(dsn, PLAN.id)
    await migrate(database)
    yield database
    await database.close()


class MadeUp:
    """A log of beds that change, some told hours late, some taken back, at times that jump."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.chance, self.now, self.seq = database, random.Random(seed), BEGUN, 0
        self.stood = Stood()
        self.beds = {bed: BedState(bed, Condition(BedStatus.AVAILABLE, BEGUN, "test")) for bed in PLAN.beds}

    async def open(self) -> None:
        await self._write([self._entry(Kind.BED_OPENED, bed, BEGUN) for bed in self.beds.values()])

    async def go_on(self, groups: int) -> None:
        for _ in range(groups):
            self.now += timedelta(minutes=self.chance.choice([0, 3, 17, 55, 190, 700]), seconds=self.chance.random() * 60)
            chosen = self.chance.sample(sorted(self.beds), self.chance.choice([1, 1, 2, 4]))
            await self._write([entry for bed in chosen for entry in self._changes(bed)])

    def _changes(self, bed: BedId) -> list[Entry]:
        late = timedelta(minutes=self.chance.choice([0, 0, 0, 4, 90, 800, 4000]))
        found = []
        for _ in range(self.chance.choice([1, 1, 3])):
            was = self.beds[bed]
            status = self.chance.choice([was.now.status, *FOLLOWING[was.now.status]])
            promised = f"request:{bed}" if status == "available" and self.chance.random() < 0.4 else None
            at = self.now - late
            self.beds[bed] = BedState(bed, Condition(status, at, "test"), reserved_for=promised, reserved_at=at)
            kind = Kind.UNDONE if self.chance.random() < 0.1 else Kind.BED_REVISED
            found.append(self._entry(kind, self.beds[bed], at))
        return found

    def _entry(self, kind: Kind, bed: BedState, at: datetime) -> Entry:
        self.seq += 1
        return Entry(self.seq, Event(kind, bed, at), Cause(Origin.FEED, "his", self.now))

    async def _write(self, entries: list[Entry]) -> None:
        async with self.database.write() as connection:
            await carry_out(connection, projected(PLAN, entries, self.stood))
        self.stood.go_on(entries)


async def stretches(database: Database) -> list[dict[str, Any]]:
    async with database.read() as connection:
        return [dict(row) for row in await connection.fetch("select * from bed_interval order by bed, seq")]


def word(row: dict[str, Any]) -> str:
    return "coming" if row["status"] == "available" and row["reserved"] else WORDS.get(row["status"], row["status"])


def spent(rows: list[dict[str, Any]], start: datetime, end: datetime) -> dict[tuple[str, str], Counter[str]]:
    """By hand: microseconds by what beds were, and how often one was taken and left."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        own = found.setdefault((row["ward"], row["type"]), Counter())
        inside = min(row["to_at"] or end, end) - max(row["from_at"], start)
        own[word(row)] += max(0, inside // timedelta(microseconds=1))
        if start <= row["from_at"] < end:
            own["taken"] += row["status"] == "occupied" and row["was"] != "occupied"
            own["vacated"] += row["status"] != "occupied" and row["was"] == "occupied"
    return {place: own for place, own in found.items() if any(own.values())}


def standing(rows: list[dict[str, Any]], at: datetime) -> Counter[tuple[str, str, str]]:
    return Counter(
        (row["ward"], row["type"], word(row)) for row in rows if row["from_at"] <= at and (row["to_at"] is None or row["to_at"] > at)
    )


async def hours_are_right(database: Database, until: datetime) -> int:
    """Every kept hour of every ward and type is the sum of its stretches; returns how many there are."""
    rows = await stretches(database)
    async with database.read() as connection:
        kept_rows = await connection.fetch("select * from bed_hour")
    by_hour: dict[datetime, dict[tuple[str, str], Any]] = {}
    for row in kept_rows:
        by_hour.setdefault(row["hour"], {})[row["ward"], row["type"]] = row
    hour = hour_of(BEGUN, PLAN.zone)
    while hour < until:
        by_hand, there = spent(rows, hour, hour + HOUR), standing(rows, hour)
        assert by_hour.get(hour, {}).keys() == by_hand.keys(), hour
        for place, own in by_hand.items():
            row = by_hour[hour][place]
            for name in ("occupied", "free", "coming", "cleaning", "out"):
                assert row[f"{name}_us"] == own[name], (hour, place, name)
                assert row[f"{name}_beds"] == there[(*place, name)], (hour, place, name)
            assert (row["taken"], row["vacated"]) == (own["taken"], own["vacated"]), (hour, place)
        hour += HOUR
    assert max(by_hour) < until
    return len(kept_rows)


async def days_are_right(database: Database, until: datetime, plan: Plan = PLAN) -> int:
    """Every whole day of every ward and type is the sum of its stretches, and so are its hours; returns how many there are."""
    rows = await stretches(database)
    async with database.read() as connection:
        kept_rows = await connection.fetch("select * from bed_day")
    by_day: dict[datetime, dict[tuple[str, str], Any]] = {}
    for row in kept_rows:
        by_day.setdefault(row["day"], {})[row["ward"], row["type"]] = row
    day = day_of(BEGUN, plan.zone)
    while (following := day_of(day, plan.zone, 1)) <= until:
        by_hand = spent(rows, day, following)
        assert by_day.pop(day, {}).keys() >= by_hand.keys(), day
        day = following
    assert not by_day
    for row in kept_rows:
        _day_is_right(rows, row, day_of(row["day"], plan.zone, 1))
    return len(kept_rows)


def _day_is_right(rows: list[dict[str, Any]], row: Any, end: datetime) -> None:
    place = (row["ward"], row["type"])
    by_hand = spent(rows, row["day"], end)[place]
    for name in ("occupied_us", "free_us", "coming_us", "cleaning_us", "out_us", "taken", "vacated"):
        assert row[name] == by_hand[name.removesuffix("_us")], (row["day"], place, name)
    hours = list(struct.iter_unpack(">5h", row["beds"]))
    assert len(hours) == (end - row["day"]) // HOUR
    for n, beds in enumerate(hours):
        there = standing(rows, row["day"] + n * HOUR)
        assert beds == tuple(there[(*place, name)] for name in ("occupied", "free", "coming", "cleaning", "out")), (row["day"], n, place)


async def keep(database: Database, now: datetime, plan: Plan = PLAN) -> None:
    while await keep_hours(database, plan, now) is not None:
        pass
    while await keep_turns(database) is not None:
        pass


@pytest.mark.parametrize("seed", range(4))
async def test_every_kept_hour_is_the_sum_of_its_stretches(database: Database, seed: int) -> None:
    """Kept at odd moments while the log grows, late letters included, and once more from nothing."""
    made = MadeUp(database, seed)
    await keep(database, made.now)
    await made.open()
    for _ in range(12):
        await made.go_on(made.chance.choice([1, 5, 12]))
        await keep(database, made.now)
    count = await hours_are_right(database, hour_of(made.now, PLAN.zone))
    assert count > 300
    assert await days_are_right(database, hour_of(made.now, PLAN.zone)) > 10
    async with database.write() as connection:
        before = await connection.fetch("select * from bed_hour order by hour, ward, type")
        days = await connection.fetch("select * from bed_day order by day, ward, type")
        turns = await connection.fetch("select * from bed_turn order by seq")
        await kept.forget(connection, PLAN.id)
    await keep(database, made.now)
    async with database.read() as connection:
        assert await connection.fetch("select * from bed_hour order by hour, ward, type") == before
        assert await connection.fetch("select * from bed_day order by day, ward, type") == days
        assert await connection.fetch("select * from bed_turn order by seq") == turns != []


@pytest.mark.parametrize("seed", range(4, 8))
async def test_what_is_read_is_current_however_far_it_is_kept(database: Database, seed: int) -> None:
    """The leader stops for a while, letters of the past come in: whoever reads gets the same as from the intervals."""
    made = MadeUp(database, seed)
    await made.open()
    await made.go_on(60)
    await keep(database, made.now)
    await made.go_on(25)
    rows, end = await stretches(database), made.now + timedelta(minutes=7)
    for start in (BEGUN - timedelta(days=1), hour_of(BEGUN, PLAN.zone) + timedelta(days=2), made.now - timedelta(hours=5, minutes=11)):
        await _reads_right(database, rows, start, end)


async def _reads_right(database: Database, rows: list[dict[str, Any]], start: datetime, end: datetime) -> None:
    async with kept.one_moment(database) as connection:
        time = await bed_time(connection, PLAN.id, PLAN.zone, start, end)
        turns = await turns_of(connection, PLAN.id, start, end, Scope())
        grids = {every: await moments(connection, PLAN.id, PLAN.zone, start, end, every, Scope(by="ward")) for every in (HOUR, HOUR / 4)}
        single = await beds_at(connection, PLAN.id, PLAN.zone, [hour_of(start, PLAN.zone) + HOUR, end])
    by_hand = spent(rows, start, end)
    assert {place: _microseconds(own) for place, own in time.items() if own != BedTime()} == {
        place: {name: own[name] for name in _microseconds(BedTime())} for place, own in by_hand.items()
    }
    for grid in grids.values():
        for ward, samples in grid.items():
            for sample in samples[:: max(1, len(samples) // 40)]:
                assert sample == _sample(rows, sample.at, ward)
    for (ward, kind), sample in single:
        assert sample == _sample(rows, sample.at, ward, kind)
    assert turns[None].count == _turns(rows, start, end) if None in turns else not _turns(rows, start, end)


def _microseconds(time: BedTime) -> dict[str, int]:
    parts = {name: round(getattr(time, name) * 1e6) for name in ("occupied", "free", "coming", "cleaning", "out")}
    return {**parts, "taken": time.taken, "vacated": time.vacated}


def _sample(rows: list[dict[str, Any]], at: datetime, ward: str, kind: str | None = None) -> Sample:
    there = Counter[str]()
    for (of, type_, name), count in standing(rows, at).items():
        there[name] += count if of == ward and kind in (None, type_) else 0
    return Sample(at, *(there[name] for name in ("occupied", "free", "coming", "cleaning", "out")))


def _turns(rows: list[dict[str, Any]], start: datetime, end: datetime) -> int:
    """By hand: beds that became ready, a minute or more after they became dirty."""
    dirty: dict[str, datetime] = {}
    count = 0
    for row in rows:
        if row["status"] == "cleaning" and row["was"] != "cleaning":
            dirty[row["bed"]] = row["from_at"]
        if row["was"] == "cleaning" and row["status"] == "available" and row["bed"] in dirty and start <= row["from_at"] < end:
            count += row["from_at"] - dirty[row["bed"]] >= timedelta(minutes=1)
    return count


async def test_a_file_with_another_clock_has_the_hours_counted_anew(database: Database) -> None:
    made = MadeUp(database, 9)
    await made.open()
    await made.go_on(20)
    await keep(database, made.now)
    async with database.write() as connection:
        await connection.execute("update kept set rules = 'UTC' where figures = 'hours'")
    rows = await stretches(database)
    await _reads_right(database, rows, BEGUN, made.now)
    await keep(database, made.now)
    await hours_are_right(database, hour_of(made.now, PLAN.zone))
    await days_are_right(database, hour_of(made.now, PLAN.zone))


async def test_days_of_another_length_are_kept_and_read(database: Database) -> None:
    """Clocks go forward on 29 March: that day has 23 hours, and the hours after it stand where they belong."""
    made, plan = MadeUp(database, 11), replace(PLAN, zone="Europe/Berlin")
    await made.open()
    while made.now < datetime(2026, 4, 2, tzinfo=UTC):
        await made.go_on(5)
    await keep(database, made.now, plan)
    assert await days_are_right(database, hour_of(made.now, plan.zone), plan) > 60
    rows, start = await stretches(database), datetime(2026, 3, 27, 22, tzinfo=UTC)
    async with kept.one_moment(database) as connection:
        found = await moments(connection, plan.id, plan.zone, start, start + timedelta(days=5), HOUR, Scope(by="ward"))
    for ward, samples in found.items():
        for sample in samples:
            assert sample == _sample(rows, sample.at, ward)
