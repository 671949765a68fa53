"""Who usually comes at this time of day, counted from the log: patients coming to a bed in the same hours of recent days.

After it `allocation.arrivals` makes expectations of them, for the order of cleaning.
"""

from datetime import datetime, timedelta

from flow.domain.ids import BedId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("arrivals")
DAYS = 14


async def comings(database: Database, at: datetime, ahead: timedelta) -> tuple[dict[tuple[BedId, str | None], int], float]:
    """How many came to each bed by sex, in the hours after this time of day, and of how many days (14 at most, as old as the log)."""
    async with database.read() as connection:
        began = await connection.fetchval(_SQL["first_recorded"], database.hospital)
        rows = await connection.fetch(_SQL["comings"], database.hospital, at, ahead, DAYS)
    days = min(float(DAYS), (at - began).total_seconds() / 86400) if began is not None else 0.0
    return {(BedId(row["bed"]), row["sex"]): row["comings"] for row in rows}, days
