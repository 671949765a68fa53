"""What Postgres knows of discharges: results still awaited, and how long the steps of past ones took."""

from collections.abc import Mapping
from datetime import datetime

from flow.codec import decode
from flow.domain.discharge import Discharge
from flow.domain.ids import PatientId, VisitId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("discharges")


async def pending_results(database: Database, whose: Mapping[VisitId, PatientId]) -> dict[VisitId, int]:
    """How many results of each visit are not final yet; those without are left out. `whose` are the visits' patients."""
    if not whose:
        return {}
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["pending"], database.hospital, list(whose), list(set(whose.values())))
    return {VisitId(row["visit"]): row["pending"] for row in rows}


async def one(database: Database, visit: VisitId) -> Discharge | None:
    """The discharge of a visit as last recorded, under way or over."""
    async with database.read() as connection:
        body = await connection.fetchval(_SQL["one"], database.hospital, visit)
    found = decode("discharge", body) if body else None
    return found if isinstance(found, Discharge) else None


async def ended(database: Database, start: datetime, end: datetime, most: int = 2000) -> list[Discharge]:
    """Discharges that ended with the patient's leaving, the newest first; each once."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["ended"], database.hospital, start, end, most)
    found = (decode("discharge", row["body"]) for row in rows)
    return list({each.id: each for each in found if isinstance(each, Discharge)}.values())
