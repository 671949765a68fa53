"""Searching a filled journal reads an index, never the whole table, and its plan is made anew for what is asked."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flow.history.letters import Letters, Sought
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import open_vault

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MANY = 60_000
FILL = """
insert into letter (hospital, feed, sender, control_id, trigger, received_at, fingerprint, body, state, handled_at, code, visit, events)
select 'test', case when n % 997 = 0 then 'lis' else 'his' end, 'HIS|H', 'C' || n, case when n % 20000 = 7 then 'A17' else 'A08' end,
    $1::timestamptz - ($2 - n) * interval '1 second', decode(md5(n::text), 'hex'), '\\x00',
    case when n % 5000 = 3 then 'parked' else 'handled' end, $1, case when n % 5000 = 3 then 'unknown-place' end, 'V' || n % 4000, 1
from generate_series(1, $2) n"""


@pytest.fixture
async def filled(dsn: str, tmp_path: Path) -> AsyncIterator[Letters]:
    database = await Database.connect(dsn, "test", size=2)
    await migrate(database)
    async with database.read() as connection:
        await connection.execute(FILL, NOW, MANY)
        await connection.execute("analyze letter")
    yield Letters(database, open_vault(tmp_path))
    await database.close()


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(), 50),
        (Sought(control_id="C30000"), 1),
        (Sought(visit="V77"), 15),
        (Sought(trigger="A17"), 3),
        (Sought(trigger="Z99"), 0),
        (Sought(feed="lis"), 50),
        (Sought(state="parked"), 12),
        (Sought(state="parked", code="unknown-place"), 12),
        (Sought(state="parked", code="no-visit"), 0),
        (Sought(feed="lis", trigger="A17"), 0),
        (Sought(until=NOW - timedelta(hours=16)), 50),
        (Sought(since=NOW - timedelta(hours=10), until=NOW - timedelta(hours=10) + timedelta(seconds=30)), 30),
    ],
    ids=lambda value: str(value)[7:60] if isinstance(value, Sought) else str(value),
)
async def test_what_is_sought_is_found_by_an_index(filled: Letters, sought: Sought, found: int) -> None:
    assert len(await filled.search(sought, 50)) == found
    plan = await explained(filled, sought)
    assert "Seq Scan" not in json.dumps(plan)
    assert read(plan) <= 2500, "rows read for a page of fifty"


async def explained(letters: Letters, sought: Sought) -> Any:
    """How Postgres finds the settled letters of a search."""
    async with letters.database.write() as connection:
        await connection.execute("set local plan_cache_mode = force_custom_plan")
        values = await letters._narrowed(connection, sought, await letters._values(connection, sought))
        told = await connection.fetchval(f"explain (analyze, format json) {load('letters')['settled']}", *values, 50)
    return json.loads(told)[0]["Plan"]


def read(plan: dict[str, Any]) -> int:
    """Rows that the plan's steps looked at."""
    own = int(plan["Actual Rows"]) + int(plan.get("Rows Removed by Filter", 0))
    return own + sum(read(step) for step in plan.get("Plans", ()))


async def test_pages_follow_one_another_without_gaps(filled: Letters) -> None:
    first = await filled.search(Sought(feed="lis"), 30)
    rest = await filled.search(Sought(feed="lis", below=first[-1]["id"]), 100)
    ids = [row["id"] for row in first + rest]
    assert len(ids) == len(set(ids)) == MANY // 997 and ids == sorted(ids, reverse=True)
