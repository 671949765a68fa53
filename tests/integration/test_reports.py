"""The managers' figures against a count by hand, and their speed over four weeks of 500 beds."""

import random
import time
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from flow.domain.ids import HospitalId, WardId
from flow.domain.plan import Bed, Box, Plan, Room, SexPolicy, Ward
from flow.history.bed_hours import Scope, keep_hours
from flow.history.bed_turns import keep_turns
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.history.reports import occupancy_report, occupancy_samples, turn_minutes

END = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Stretch(NamedTuple):
    """A row of bed_interval."""

    bed: str
    status: str
    was: str | None
    reserved: bool
    start: datetime
    end: datetime | None


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(dsn, "test")
    await migrate(database)
    yield database
    await database.close()


def ward(name: str, beds: int) -> Ward:
    room = Room(f"{name}-A", WardId(name), "A", SexPolicy.ANY, "bay", Box(0, 0, 9, 9))
    some = tuple(Bed(f"{name}-{n:02d}", WardId(name), room.id, str(n), "general", frozenset(), 5, Box(0, 0, 1, 1)) for n in range(beds))
    return Ward(WardId(name), name, "Medicine", "1", "general", rooms=(room,), beds=some)


def plan_of(wards: int, beds: int) -> Plan:
    return Plan(HospitalId("test"), "Test", "UTC", tuple(ward(f"W{n}", beds) for n in range(wards)), (), ())


def lives(plan: Plan, days: int, seed: int) -> list[Stretch]:
    """Beds that go round: free, occupied, waiting for cleaning, cleaned, sometimes promised, sometimes out of use."""
    chance = random.Random(seed)
    rows: list[Stretch] = []
    for bed in plan.beds:
        at, was = END - timedelta(days=days), None
        status = "available"
        while at < END:
            hours = {"available": 5.0, "occupied": 60.0, "cleaning": 1.0, "maintenance": 30.0}[status]
            until = at + timedelta(minutes=max(2, int(chance.expovariate(1 / hours) * 60)))
            last = until >= END
            rows.append(Stretch(bed, status, was, status == "available" and chance.random() < 0.3, at, None if last else until))
            following = {"available": "occupied", "occupied": "cleaning", "cleaning": "available", "maintenance": "available"}[status]
            if status == "available" and chance.random() < 0.05:
                following = "maintenance"
            at, was, status = until, status, following
    return rows


async def store(database: Database, plan: Plan, rows: Iterable[Stretch]) -> None:
    records = [
        (database.hospital, n, r.bed, plan.beds[r.bed].ward, "general", r.status, r.was, r.reserved, r.start, r.end, r.start)
        for n, r in enumerate(rows, start=1)
    ]
    columns = ["hospital", "seq", "bed", "ward", "type", "status", "was", "reserved", "from_at", "to_at", "recorded_at"]
    async with database.write() as connection:
        await connection.copy_records_to_table("bed_interval", records=records, columns=columns)
    async with database.read() as connection:
        await connection.execute("analyze bed_interval")


def standing(rows: Iterable[Stretch], at: datetime) -> list[Stretch]:
    return [row for row in rows if row.start <= at and (row.end is None or row.end > at)]


async def test_samples_count_every_bed_at_every_moment(database: Database) -> None:
    plan = plan_of(3, 6)
    rows = lives(plan, 9, seed=1)
    await store(database, plan, rows)
    start = END - timedelta(days=3)
    for only in (None, "W1"):
        scope = Scope((only,) if only else None)
        samples = (await occupancy_samples(database, "UTC", start, END, timedelta(minutes=45), scope))[""]
        assert len(samples) == 97
        for sample in samples:
            there = [row for row in standing(rows, sample.at) if only in (None, plan.beds[row.bed].ward)]
            assert sample.beds == len(there)
            assert sample.occupied == sum(row.status == "occupied" for row in there)
            assert sample.free == sum(row.status == "available" and not row.reserved for row in there)
            assert sample.coming == sum(row.status == "available" and row.reserved for row in there)
            assert sample.out == sum(row.status == "maintenance" for row in there)


async def test_wards_and_turns_are_those_counted_by_hand(database: Database) -> None:
    plan = plan_of(2, 8)
    rows = lives(plan, 20, seed=2)
    await store(database, plan, rows)
    start = END - timedelta(days=7)
    report = await occupancy_report(database, plan, start, END, HOUR)
    figures = {ward.ward: ward for ward in report.wards}
    for name in ("W0", "W1"):
        own = [row for row in rows if plan.beds[row.bed].ward == name]
        seconds = {status: sum(_inside(row, start) for row in own if row.status == status) for status in ("occupied", "maintenance")}
        whole = sum(_inside(row, start) for row in own)
        assert figures[name].mean == pytest.approx(100 * seconds["occupied"] / (whole - seconds["maintenance"]))
        assert figures[name].lost_days == pytest.approx(seconds["maintenance"] / 86400)
        turns = sorted(
            (row.end - row.start).total_seconds() / 60 for row in own if row.status == "cleaning" and row.end and row.end >= start
        )
        assert figures[name].turns.count == len(turns)
        assert figures[name].turns.p50 == pytest.approx(_median(turns))
        assert sorted((await turn_minutes(database, start, END))[name]) == pytest.approx(turns)
        assert len((await turn_minutes(database, start, END, most=2))[name]) == 2
        peaks = []
        for hour in range(7 * 24 + 1):
            there = standing(own, start + hour * HOUR)
            staffed = sum(row.status != "maintenance" for row in there)
            peaks.append(100 * sum(row.status == "occupied" for row in there) / staffed)
        assert figures[name].peak == pytest.approx(max(peaks))
    assert report.turns.count == sum(ward.turns.count for ward in report.wards)
    assert report.bed_days == pytest.approx(16 * 7)


async def test_an_empty_history_is_no_error(database: Database) -> None:
    plan = plan_of(1, 2)
    report = await occupancy_report(database, plan, END - timedelta(days=1), END, HOUR)
    assert [sample.percent for sample in report.samples] == [None] * 25
    assert report.wards[0].mean is None
    assert report.turns.p50 is None


async def test_four_weeks_of_500_beds_answer_in_time(database: Database) -> None:
    """With half a year behind them: what is over does not slow down what is asked."""
    plan = plan_of(14, 36)
    rows = lives(plan, 180, seed=3)
    await store(database, plan, rows)
    while await keep_hours(database, plan, END) is not None or await keep_turns(database) is not None:
        pass
    took = []
    for _ in range(3):
        began = time.perf_counter()
        await occupancy_report(database, plan, END - timedelta(days=28), END, timedelta(hours=4))
        took.append(time.perf_counter() - began)
    print(f"{len(rows)} stretches: {min(took) * 1000:.0f} ms")
    assert min(took) < 0.9, "the aim is 0.3 s; three times that on a shared machine is a mistake in the query"


def _inside(row: Stretch, start: datetime) -> float:
    return max(0.0, (min(row.end or END, END) - max(row.start, start)).total_seconds())


def _median(values: list[float]) -> float:
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
