"""When the record of a hospital begins: of days before nothing is known."""

from datetime import datetime

from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("bed_hours")


async def begun(database: Database) -> datetime | None:
    """When its first bed was opened; None before that."""
    async with database.read() as connection:
        return await begun_of(connection, database.hospital)


async def begun_of(connection: Connection, hospital: str) -> datetime | None:
    """The same, among other questions."""
    found: datetime | None = await connection.fetchval(_SQL["begun"], hospital)
    return found
