"""The counts of months that are over, as they were when somebody first asked: kept, so that two tables of one month are the same.

`flow.domain.anonymous` counts, `flow.web.pages.nabh` asks.
"""

from datetime import date, datetime

import msgspec

from flow.domain.anonymous import Tally
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("anonymised")


async def closed(database: Database, month: date) -> tuple[Tally, datetime] | None:
    """The counts of a month and when it was closed, if it is."""
    async with database.read() as connection:
        row = await connection.fetchrow(_SQL["closed"], database.hospital, month)
    return (msgspec.json.decode(row["body"], type=Tally), row["closed_at"]) if row is not None else None


async def close(database: Database, month: date, tally: Tally, at: datetime) -> None:
    """Keep the counts of a month that is over; of two who do it at once the first counts."""
    async with database.write() as connection:
        await connection.execute(_SQL["close"], database.hospital, month, at, msgspec.json.encode(tally).decode())
