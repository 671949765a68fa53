"""When the record of a hospital begins: of days before nothing is known."""

from datetime import datetime

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("bed_hours")


async def begun(database: Database) -> datetime | None:
    """When its first bed was opened; None before that."""
    async with database.read() as connection:
        found: datetime | None = await connection.fetchval(_SQL["begun"], database.hospital)
    return found
