"""What forecasts are made from, read from the log's intervals and requests; and the forecasts issued and judged, kept.

Before it `flow.history.occupancy` wrote the intervals; after it `allocation.forecast` makes and judges, `flow.main.forecasting` brings
both together.
"""

from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, datetime, timedelta
from itertools import groupby

import asyncpg

from flow.codec import decode
from flow.domain.forecast import ForecastState, Judged, Level, Outlook, Outlooks, Past, Piece, Planned
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("forecasts")
LONGEST_STAY = timedelta(days=14)
"""A stay is followed back so far, so that its day is known; longer ones count alike."""
EXPECTED_IN = 8
"""Hours ahead that the escalation level looks."""


async def past(database: Database, plan: Plan, now: datetime, days: int) -> Past:
    """The last days before now, and the stays that reach into them."""
    start = now - timedelta(days=days) - LONGEST_STAY
    async with database.read() as connection:
        first = await connection.fetchval(_SQL["began"], database.hospital)
        pieces = await connection.fetch(_SQL["pieces"], database.hospital, start, now)
        requests = await connection.fetch(_SQL["planned"], database.hospital, start)
    planned = (_planned(decode("request", row["body"]), plan) for row in requests)
    return Past(first, tuple(_piece(row, now) for row in pieces), tuple(one for one in planned if one is not None))


def _piece(row: asyncpg.Record, now: datetime) -> Piece:
    """What is told of the time after now has not happened yet."""
    end = row["to_at"] if row["to_at"] is not None and row["to_at"] <= now else None
    return Piece(BedId(row["bed"]), WardId(row["ward"]), row["visit"], row["from_at"], end, row["recorded_at"], row["expected"])


def _planned(request: object, plan: Plan) -> Planned | None:
    if not isinstance(request, BedRequest) or request.ready_at is None:
        return None
    bed = plan.beds.get(request.bed) if request.bed is not None else None
    return Planned(
        known=request.created_at,
        due=request.ready_at,
        specialty=request.specialty,
        visit=request.visit,
        ward=bed.ward if bed is not None else None,
        over=request.closed_at,
        came=request.status is RequestStatus.ARRIVED,
    )


class Forecasts:
    """The forecasts of one hospital as they were issued, and what became of them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def is_issued(self, huddle: datetime) -> bool:
        """Whether a huddle has its forecast."""
        async with self.database.read() as connection:
            return bool(await connection.fetchval(_SQL["is_issued"], self.database.hospital, huddle))

    async def issue(self, made: Outlooks) -> None:
        """Keep a forecast for its huddle; one that stands is not changed."""
        head = (self.database.hospital, made.huddle, made.at, made.days)
        async with self.database.write() as connection:
            await connection.executemany(_SQL["issue"], [(*head, *_columns(row)) for row in made.rows])

    async def issued(self, since: datetime) -> list[Outlooks]:
        """Those for the huddles since a moment, the oldest first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["issued"], self.database.hospital, since)
        return [_outlooks(list(own)) for _, own in groupby(rows, key=lambda row: row["huddle"])]

    async def newest(self) -> Outlooks | None:
        """That of the newest huddle."""
        async with self.database.read() as connection:
            huddle = await connection.fetchval(_SQL["last_huddle"], self.database.hospital)
        return (await self.issued(huddle))[-1] if huddle is not None else None

    async def expected(self, at: datetime) -> float | None:
        """How full the house is expected to be eight hours after the newest forecast, in percent of its staffed beds; None once those
        have passed, and without one."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["house_in"], self.database.hospital, EXPECTED_IN, at)
        found = _outlook(row) if row is not None else None
        return 100 * found.median / found.staffed if found is not None and found.staffed else None

    async def judge(self, day: date, verdicts: Iterable[Judged]) -> None:
        """Keep what the back-test of a morning found."""
        async with self.database.write() as connection:
            await connection.executemany(_SQL["judge"], [(self.database.hospital, day, *astuple(each)) for each in verdicts])

    async def judged(self) -> tuple[date | None, tuple[Judged, ...]]:
        """The newest back-test, and of which morning it is."""
        async with self.database.read() as connection:
            day = await connection.fetchval(_SQL["last_judged"], self.database.hospital)
            rows = await connection.fetch(_SQL["verdicts"], self.database.hospital, day) if day is not None else []
        return day, tuple(Judged(Level(row["level"]), *list(row.values())[3:]) for row in rows)


def _columns(row: Outlook) -> tuple[object, ...]:
    made = (row.level, row.name, row.hours, row.now, row.staffed, row.low, list(row.chances), row.short)
    return (*made, row.state, *row.widened)


def _outlooks(rows: list[asyncpg.Record]) -> Outlooks:
    first = rows[0]
    return Outlooks(first["made_at"], first["days"], tuple(_outlook(row) for row in rows), first["huddle"])


def _outlook(row: asyncpg.Record) -> Outlook:
    return Outlook(
        level=Level(row["level"]),
        name=row["name"],
        hours=row["hours"],
        now=row["occupied"],
        staffed=row["staffed"],
        low=row["low"],
        chances=tuple(row["chances"]),
        short=row["short"],
        state=ForecastState(row["state"]),
        widened=(row["widen_80"], row["widen_90"]),
    )
