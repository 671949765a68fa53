"""What the managers' KPIs are added up from, read from Postgres in one go for a period; wards, types and hours are cut from it afterwards.

After it, `flow.domain.kpis.cases` adds up. Nothing is kept: numerators and denominators come of the records each time, so a late
correction changes the figures of its own day.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.codec import decode
from flow.domain.discharge import Discharge
from flow.domain.ghosts import Ghost
from flow.domain.kpis import readings
from flow.domain.kpis.cases import Case
from flow.domain.kpis.readings import Cleaned, Counted, Left, Period, Promise
from flow.domain.opd import Token
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.history.ledger import ghost_beds
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("kpis")
Rows = list[asyncpg.Record]


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows of a period."""

    now: Rows
    midnights: Rows
    seconds: Rows
    exits: Rows
    cleans: Rows
    requests: Rows
    discharges: Rows
    tokens: Rows


async def kpi_cases(database: Database, plan: Plan, start: datetime, end: datetime, now: datetime) -> list[Case]:
    """Every case of a period, of all KPIs; what has not ended by `now` is under way."""
    period = Period(start, end, now)
    async with database.read() as connection:
        rows = await _read(connection, database.hospital, plan.zone, period)
    ghosts = await ghost_beds(database, start, end)
    return await asyncio.to_thread(lambda: list(_cases(rows, ghosts, plan, period)))


async def _read(connection: Connection, hospital: str, zone: str, period: Period) -> _Read:
    start, end = period.start, period.end
    return _Read(
        await connection.fetch(_SQL["beds_at"], hospital, end),
        await connection.fetch(_SQL["midnights"], hospital, start, end, readings.midnights(period, zone)),
        await connection.fetch(_SQL["bed_seconds"], hospital, start, end),
        await connection.fetch(_SQL["exits"], hospital, start, end),
        await connection.fetch(_SQL["cleans"], hospital, start, end, period.now),
        await connection.fetch(_SQL["requests"], hospital, start),
        await connection.fetch(_SQL["discharges"], hospital, start),
        await connection.fetch(_SQL["tokens"], hospital, start),
    )


def _cases(rows: _Read, ghosts: Iterable[Ghost], plan: Plan, period: Period) -> Iterator[Case]:
    """Weeks of a house are some ten thousand records: beside the event loop."""
    yield from readings.beds_now(Counted(**row) for row in rows.now)
    yield from readings.census(Counted(**row) for row in rows.midnights)
    yield from readings.bed_time((Counted(**row) for row in rows.seconds), period)
    yield from readings.exits((Left(**row) for row in rows.exits), plan)
    yield from readings.cleans((Cleaned(**row) for row in rows.cleans), plan, period.now)
    yield from readings.asked((_promise(row) for row in rows.requests), plan, period)
    yield from readings.leavings(((_discharge(row), row["bed"]) for row in rows.discharges), plan, period)
    yield from readings.clinics((_token(row) for row in rows.tokens), plan.zone, period)
    yield from readings.shown_wrongly(ghosts, plan)


def _promise(row: asyncpg.Record) -> Promise:
    request = decode("request", row["body"])
    assert isinstance(request, BedRequest)
    return Promise(request, row["occupied_at"], row["clean_at"], row["status"])


def _discharge(row: asyncpg.Record) -> Discharge:
    found = decode("discharge", row["body"])
    assert isinstance(found, Discharge)
    return found


def _token(row: asyncpg.Record) -> Token:
    found = decode("token", row["body"])
    assert isinstance(found, Token)
    return found
