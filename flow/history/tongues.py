"""In which language somebody is written to: as they chose on their own page or told the desk, else as a feed says of them (PID-15, which
`people` takes in)."""

from collections.abc import Iterable
from datetime import datetime

from flow.domain.ids import PatientId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("tongues")


class Tongues:
    """The languages of one hospital's patients, and of tokens that nobody has a name for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def choose(self, holder: PatientId, lang: str, at: datetime) -> None:
        """Somebody wants to be written to in this language."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["choose"], self.hospital, holder, lang, at)

    async def of(self, holders: Iterable[PatientId]) -> dict[PatientId, str]:
        """The languages that are known."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["get"], self.hospital, list(holders))
        return {PatientId(row["holder"]): row["lang"] for row in rows}

    async def forget_tokens(self, before: datetime) -> None:
        """What was said for one day's token goes with the day."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget_tokens"], self.hospital, before)
