"""Closed bed requests: what the desk lets go of and its lapsed list still shows."""

from datetime import datetime

from flow.codec import decode
from flow.domain.request import BedRequest
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("requests")
MOST = 60


async def lapsed(database: Database, since: datetime) -> list[BedRequest]:
    """Requests cancelled or expired since a moment, the latest first."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["lapsed"], database.hospital, since, MOST)
    found = [decode("request", row["body"]) for row in rows]
    return [request for request in found if isinstance(request, BedRequest)]
