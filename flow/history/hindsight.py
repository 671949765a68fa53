"""A past day read back from the log and the stays, for a plan with hindsight (`allocation.hindsight`)."""

from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from flow.codec import decode
from flow.domain.hindsight import Day, Lying, Stay
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("hindsight")
LONGEST = timedelta(days=14)
"""What lies further ahead than this is left out: it would change nothing of that day."""


async def day_of(database: Database, plan: Plan, start: datetime, now: datetime) -> Day:
    """The day that begins at `start`, as known at the last full hour: so the same is read again within it."""
    until = min(now.replace(minute=0, second=0, microsecond=0), start + LONGEST)
    async with database.read() as connection:
        came = await connection.fetch(_SQL["came"], database.hospital, start, start + timedelta(days=1))
        lay = await connection.fetch(_SQL["lay"], database.hospital, start, until)
        out = await connection.fetch(_SQL["out"], database.hospital, start, until)
    own = {(row["visit"], row["bed"], row["from_at"]) for row in came}
    others = [row for row in lay if (row["visit"], row["bed"], row["from_at"]) not in own]
    return Day(
        start=start,
        stays=tuple(_stay(row, until) for row in came if row["bed"] in plan.beds),
        others=tuple(_patient(row, until) for row in others if row["bed"] in plan.beds),
        out=tuple(_lying(row, until, None) for row in out if row["bed"] in plan.beds),
    )


def _stay(row: asyncpg.Record, until: datetime) -> Stay:
    request = decode("request", row["request"])
    assert isinstance(request, BedRequest)
    return Stay(request, _lying(row, until, request.sex))


def _patient(row: asyncpg.Record, until: datetime) -> Lying:
    """Somebody who lay there anyway, with the precautions that were told last."""
    return replace(_lying(row, until, row["sex"]), isolated=row["isolation"] is not None, organism=row["organism"])


def _lying(row: asyncpg.Record, until: datetime, sex: str | None) -> Lying:
    end = min(row["to_at"] or until, until)
    return Lying(BedId(row["bed"]), row["from_at"], max(end, row["from_at"]), sex)
