"""Whom a database was made for: a hospital, or a demo. A demo writes made-up patients and sign-ins that everybody may read; it must never
do so where real ones are."""

from datetime import datetime
from enum import StrEnum

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("made_for")


class Purpose(StrEnum):
    """What stands there."""

    DEMO = "demo"
    LIVE = "live"


class MadeFor:
    """The mark of one hospital's database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def said(self) -> tuple[Purpose, datetime] | None:
        """What it was made for and since when; None where nobody has said so yet."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["said"], self.hospital)
        return (Purpose(row["purpose"]), row["at"]) if row else None

    async def say(self, purpose: Purpose, at: datetime) -> Purpose:
        """Say so where nobody has; returns what stands."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["say"], self.hospital, purpose, at)
            return Purpose(await connection.fetchval(_SQL["said"], self.hospital))

    async def live_beside(self) -> str | None:
        """Another hospital that this database serves, and really."""
        async with self.database.read() as connection:
            found: str | None = await connection.fetchval(_SQL["others"], self.hospital)
        return found
