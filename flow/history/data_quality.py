"""What the signs of data quality are looked for in: cleans, beds and calls of a period, read without anybody's id.

`flow.domain.data_quality` looks, `flow.views.data_quality_page` shows.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from flow.domain.data_quality import Called, Cleaned, Entries
from flow.domain.held_back import Blocked, Dirty, Left, Promised
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("data_quality")


async def entries(database: Database, start: datetime, end: datetime) -> Entries:
    """Those of a period."""

    async def read(name: str) -> Sequence[asyncpg.Record]:
        async with database.read() as connection:
            rows: Sequence[asyncpg.Record] = await connection.fetch(_SQL[name], database.hospital, start, end)
            return rows

    cleans, calls, blocks, dirty, promises, leavings = await asyncio.gather(
        *(read(name) for name in ("cleans", "calls", "blocks", "dirty", "promises", "leavings"))
    )
    return Entries(
        cleans=[_cleaned(row) for row in cleans],
        calls=[Called(row["number"], row["clinic"], row["called_at"], row["skipped_at"]) for row in calls],
        blocks=[Blocked(row["bed"], row["ward"], row["from_at"], row["to_at"]) for row in blocks],
        dirty=[Dirty(row["bed"], row["ward"], row["asked_at"], row["ended_at"]) for row in dirty],
        promises=[Promised(r["bed"], r["ward"], r["from_at"], r["to_at"], r["came"], r["taken"]) for r in promises],
        leavings=[Left(row["bed"], row["ward"], row["from_at"], row["recorded_at"]) for row in leavings],
    )


def _cleaned(row: asyncpg.Record) -> Cleaned:
    worked = timedelta(seconds=max(0.0, row["worked"]))
    return Cleaned(row["bed"], row["ward"], row["started_at"], row["cleaned_at"], row["ended_at"], worked, row["inspected"])
