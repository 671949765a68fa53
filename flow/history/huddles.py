"""Huddle sheets as they were issued, and what came true: kept as JSON, a row for each huddle.

`flow.main.huddling` issues and settles, `flow.views.huddle_page` shows.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

import asyncpg
import msgspec

from flow.domain.huddle import Came, Sheet
from flow.domain.ids import BedId, WardId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("huddles")


class Huddles:
    """The sheets of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def is_issued(self, huddle: datetime) -> bool:
        """Whether a huddle has its sheet."""
        async with self.database.read() as connection:
            return bool(await connection.fetchval(_SQL["is_issued"], self.hospital, huddle))

    async def issue(self, made: Sheet) -> None:
        """Keep a sheet for its huddle; one that stands is not changed."""
        body = msgspec.json.encode(made).decode()
        async with self.database.write() as connection:
            await connection.execute(_SQL["issue"], self.hospital, made.huddle, made.at, made.until, body)

    async def sheet(self, huddle: datetime) -> Sheet | None:
        """The sheet of a huddle, with what came true."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["sheet"], self.hospital, huddle)
        return _sheet(row) if row is not None else None

    async def latest(self, count: int) -> list[datetime]:
        """The newest huddles that have a sheet, the newest first."""
        async with self.database.read() as connection:
            return [row["huddle"] for row in await connection.fetch(_SQL["latest"], self.hospital, count)]

    async def due(self, since: datetime, now: datetime) -> list[Sheet]:
        """Those whose hour has just come and is not settled."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["due"], self.hospital, since, now)
        return [msgspec.json.decode(row["sheet"], type=Sheet) for row in rows]

    async def settle(self, huddle: datetime, found: Came) -> None:
        """Keep what came true; what was seen first stays."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["settle"], self.hospital, huddle, msgspec.json.encode(found).decode())

    async def moved(self, start: datetime, end: datetime) -> Mapping[WardId, tuple[int, int]]:
        """How many left and came by ward."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["moved"], self.hospital, start, end)
        return {WardId(row["ward"]): (row["gone"], row["come"]) for row in rows}

    async def freed(self, beds: Collection[BedId], start: datetime, end: datetime) -> list[BedId]:
        """Which of some beds stood free at some time in between."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["freed"], self.hospital, list(beds), start, end)
        return [BedId(row["bed"]) for row in rows]


def _sheet(row: asyncpg.Record) -> Sheet:
    found = msgspec.json.decode(row["sheet"], type=Sheet)
    return replace(found, came=msgspec.json.decode(row["came"], type=Came)) if row["came"] is not None else found
