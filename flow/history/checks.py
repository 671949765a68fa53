"""Who can be asked to look at a bed in doubt: nurses at work now, how often each was asked since their shift began; and what came of it."""

from collections.abc import Mapping
from datetime import datetime

from flow.domain.check import Looked
from flow.domain.ids import WardId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("checks")


async def on_duty(database: Database, seen_since: datetime) -> Mapping[WardId, list[str]]:
    """Nurses' accounts by ward: signed in, with a sign of life since then."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["on_duty"], database.hospital, seen_since)
    found: dict[WardId, list[str]] = {}
    for row in rows:
        found.setdefault(WardId(row["ward"]), []).append(row["account"])
    return found


async def asked_since(database: Database, since: datetime) -> Mapping[str, int]:
    """How many beds each nurse was asked to look at since then."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["asked_since"], database.hospital, since)
    return {row["nurse"]: row["asked"] for row in rows}


async def looked(database: Database, start: datetime, end: datetime, ward: str | None = None) -> Looked:
    """What came of the checks raised in a period."""
    async with database.read() as connection:
        row = await connection.fetchrow(_SQL["looked"], database.hospital, start, end, ward)
    return Looked(row["raised"], row["answered"], row["wrong"], row["median"]) if row is not None else Looked()
