"""When the record of a hospital begins: of days before nothing is known, or nothing is kept any more but what days were added up to."""

from datetime import datetime

from flow.history.cuts import last_cut
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("bed_hours")


async def begun(database: Database, *, summed: bool = False) -> datetime | None:
    """When its first bed was opened; None before that. Where the log was cut, when that was; figures kept by the day (`summed`) go back to
    the first bed all the same."""
    async with database.read() as connection:
        if not summed and (at := (await last_cut(connection, database.hospital)).log_at) is not None:
            return at
        return await begun_of(connection, database.hospital)


async def begun_of(connection: Connection, hospital: str) -> datetime | None:
    """When the first bed was opened, among other questions."""
    found: datetime | None = (await last_cut(connection, hospital)).begun_at
    return found or await connection.fetchval(_SQL["begun"], hospital)
