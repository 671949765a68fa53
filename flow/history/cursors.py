"""Where followers of the log stand, kept across restarts."""

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("cursors")


class Cursor:
    """One follower's place."""

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self.name = name

    async def load(self) -> int | None:
        """The last Seq dealt with; None for a new follower."""
        async with self.database.read() as connection:
            found: int | None = await connection.fetchval(_SQL["load"], self.database.hospital, self.name)
        return found

    async def save(self, seq: int) -> None:
        """Deal no more with what lies at or below a Seq."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["save"], self.database.hospital, self.name, seq)
