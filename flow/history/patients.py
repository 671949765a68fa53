"""Whose visit is whose: the way from a bed's visit number to the pseudonym under which the people table knows its patient."""

from collections.abc import Iterable

from flow.domain.ids import PatientId, VisitId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("patients")


async def of_visits(database: Database, visits: Iterable[VisitId]) -> dict[VisitId, PatientId]:
    """The patients of visits by number; the unknown are left out."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["of_visits"], database.hospital, list(visits))
    return {row["visit"]: row["patient"] for row in rows}
