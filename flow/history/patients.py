"""Whose visit is whose: from a bed's visit number to the pseudonym under which the people table knows its patient, and back."""

from collections.abc import Iterable

from flow.codec import decode
from flow.domain.ids import PatientId, VisitId
from flow.domain.visit import Visit
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("patients")


async def of_visits(database: Database, visits: Iterable[VisitId]) -> dict[VisitId, PatientId]:
    """The patients of visits by number; the unknown are left out."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["of_visits"], database.hospital, list(visits))
    return {row["visit"]: row["patient"] for row in rows}


async def visits_of(database: Database, patient: PatientId) -> list[Visit]:
    """A patient's visits by number, open and closed."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["visits_of"], database.hospital, patient)
    found = [decode("visit", row["body"]) for row in rows]
    return [visit for visit in found if isinstance(visit, Visit)]
