"""What the signs of data quality are looked for in: cleans, blocks and calls of a period, read without anybody's id.

`flow.domain.data_quality` looks, `flow.views.data_quality_page` shows.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from flow.domain.data_quality import Blocked, Called, Cleaned
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("data_quality")


async def entries(database: Database, start: datetime, end: datetime) -> tuple[list[Cleaned], list[Blocked], list[Called]]:
    """Those of a period."""

    async def read(name: str) -> Sequence[asyncpg.Record]:
        async with database.read() as connection:
            rows: Sequence[asyncpg.Record] = await connection.fetch(_SQL[name], database.hospital, start, end)
            return rows

    cleans, blocks, calls = await asyncio.gather(read("cleans"), read("blocks"), read("calls"))
    return (
        [_cleaned(row) for row in cleans],
        [Blocked(row["bed"], row["ward"], row["from_at"], row["to_at"]) for row in blocks],
        [Called(row["number"], row["clinic"], row["called_at"], row["skipped_at"]) for row in calls],
    )


def _cleaned(row: asyncpg.Record) -> Cleaned:
    worked = timedelta(seconds=max(0.0, row["worked"]))
    return Cleaned(row["bed"], row["ward"], row["started_at"], row["cleaned_at"], row["ended_at"], worked, row["inspected"])
