"""The ledger over long histories: against a count by hand, in time, and over the sample hospital's made-up weeks as the demo lays them."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adt_feed.simulator.history import history
from flow.dev.backfill import Backfill
from flow.domain.ledger import Owner, Stretch
from flow.domain.ledger_sums import by_owner, by_stretch, shares
from flow.history.ledger import ghost_beds, minute_ledger
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.main.house import open_house
from flow.settings import Settings
from tests.integration.test_reports import END, lives, plan_of, store

SAMPLE = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(dsn, "test")
    await migrate(database)
    yield database
    await database.close()


async def test_the_sums_are_those_counted_by_hand(database: Database) -> None:
    plan = plan_of(2, 8)
    rows = lives(plan, 20, seed=4)
    await store(database, plan, rows)
    start = END - timedelta(days=7)
    hand: dict[Owner, timedelta] = defaultdict(timedelta)
    for row in rows:
        spent = min(row.end or END, END) - max(row.start, start)
        if spent > timedelta() and row.status != "occupied":
            free = Owner.NOT_ARRIVED if row.reserved else Owner.UNASSIGNED
            causes = {"available": free, "cleaning": Owner.WAITING_FOR_CLEANING, "maintenance": Owner.MAINTENANCE}
            hand[causes[row.status]] += spent
    found = await minute_ledger(database, start, END, "UTC")
    assert by_owner(found.sums) == hand
    assert sum(shares(by_owner(found.sums)).values()) == 100
    one = await minute_ledger(database, start, END, "UTC", "W1")
    assert {each.ward for each in one.sums} == {"W1"}
    assert one.total + (await minute_ledger(database, start, END, "UTC", "W0")).total == found.total


async def test_four_weeks_of_500_beds_are_added_up_in_time(database: Database) -> None:
    plan = plan_of(14, 36)
    await store(database, plan, lives(plan, 180, seed=3))
    took = []
    for _ in range(3):
        began = time.perf_counter()
        await minute_ledger(database, END - timedelta(days=28), END, "UTC")
        took.append(time.perf_counter() - began)
    print(f"{min(took) * 1000:.0f} ms")
    assert min(took) < 3, "the aim is 1 s; three times that on a shared machine is a mistake"


async def test_the_sample_hospitals_weeks_have_an_owner_for_every_minute(dsn: str, redis_url: str, tmp_path: Path) -> None:
    """As `make run` lays them: letters and taps by the same road as life."""
    environ = {"BEDFLOW_DATA_DIR": str(tmp_path), "BEDFLOW_HOSPITAL": str(SAMPLE), "DATABASE_URL": dsn, "REDIS_URL": redis_url}
    settings = Settings.from_environ(environ)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings))
        until = datetime(2026, 11, 20, 9, 30, tzinfo=END.tzinfo)
        actions = history(4, 1, until, house.plan, house.people.pseudonym, clinic_days=0)
        laid = Backfill(house.database, house.plan, house.inbox, house.people, house.desk.interpret)
        await laid.lay(until - timedelta(days=4), actions, lambda at: None)
        start = until - timedelta(days=2)
        found = await minute_ledger(house.database, start, until, house.plan.zone)
        owners, stretches = by_owner(found.sums), by_stretch(found.sums)
        assert set(stretches) == set(Stretch)
        assert {Owner.DOCTOR, Owner.PHARMACY, Owner.BILLING, Owner.TPA, Owner.TRANSPORT} <= owners.keys()
        assert {Owner.WAITING_FOR_CLEANING, Owner.CLEANING, Owner.INSPECTION, Owner.UNASSIGNED, Owner.NOT_ARRIVED} <= owners.keys()
        assert sum(shares(owners).values()) == 100
        spent = await house.database.pool.fetchval(
            "select sum(extract(epoch from least(coalesce(to_at, $1), $1) - greatest(from_at, $2))) from bed_interval"
            " where status <> 'occupied' and from_at < $1 and coalesce(to_at, $1) > $2",
            until,
            start,
        )
        empty = sum((time for stretch, time in stretches.items() if stretch is not Stretch.LEAVING), timedelta())
        assert empty.total_seconds() == pytest.approx(float(spent), abs=0.001)
        assert all(found.ended[stretch].count > 50 for stretch in Stretch)
        ghosts = await ghost_beds(house.database, start, until)
        assert 2 <= len(ghosts) <= 60
        assert max(ghost.end - ghost.start for ghost in ghosts) < timedelta(hours=3)
