"""The log of consents: each is written down when it is given and when it ends, by pseudonym, and stays."""

from collections.abc import Iterable
from datetime import datetime

from flow.domain.consent import Consent, Purpose
from flow.domain.ids import PatientId
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("consents")


async def give(connection: Connection, hospital: str, patient: PatientId, purpose: Purpose, at: datetime, by: str, how: str) -> None:
    """A patient agrees; nothing new where that holds already."""
    await connection.execute(_SQL["give"], hospital, patient, purpose, at, by, how)


async def end(connection: Connection, hospital: str, patient: PatientId, purpose: Purpose, at: datetime, by: str, how: str) -> bool:
    """A patient agrees no longer; false where nothing held."""
    return await connection.fetchval(_SQL["end"], hospital, patient, purpose, at, by, how) is not None


async def end_tokens(connection: Connection, hospital: str, before: datetime, at: datetime, by: str, how: str) -> None:
    """What was given for a day's token ends with the day."""
    await connection.execute(_SQL["end_tokens"], hospital, before, at, by, how)


class Consents:
    """The consents of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def give(self, patient: PatientId, purpose: Purpose, at: datetime, by: str, how: str) -> None:
        """See `give`."""
        async with self.database.write() as connection:
            await give(connection, self.hospital, patient, purpose, at, by, how)

    async def end(self, patient: PatientId, purpose: Purpose, at: datetime, by: str, how: str) -> bool:
        """See `end`."""
        async with self.database.write() as connection:
            return await end(connection, self.hospital, patient, purpose, at, by, how)

    async def of(self, patients: Iterable[PatientId]) -> list[Consent]:
        """Of a patient under all their pseudonyms, the newest first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["of"], self.hospital, list(patients))
        return [
            Consent(
                row["id"],
                PatientId(row["patient"]),
                Purpose(row["purpose"]),
                row["given_at"],
                row["given_by"],
                row["how"],
                row["ended_at"],
                row["ended_by"] or "",
                row["ended_how"] or "",
            )
            for row in rows
        ]
