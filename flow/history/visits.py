"""Visits as last recorded, open and closed."""

from collections.abc import Sequence

from flow.codec import decode
from flow.domain.clinical import ClinicalNote
from flow.domain.visit import Visit
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("visits")


async def one(database: Database, number: str) -> Visit | None:
    """The visit of a number; of one that was merged away, the visit it goes on as."""
    async with database.read() as connection:
        body = await connection.fetchval(_SQL["one"], database.hospital, number)
    return _visit(body) if body else None


async def page(database: Database, statuses: Sequence[str] | None, after: str | None, limit: int) -> list[Visit]:
    """Visits in these states by number, from after a number on."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["page"], database.hospital, statuses, after, limit)
    return [_visit(row["body"]) for row in rows]


async def orders(database: Database, visit: Visit) -> list[ClinicalNote]:
    """The newest word on each order that was told of for a visit, by time."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["orders"], database.hospital, visit.id, visit.patient)
    found = (decode("note", row["body"]) for row in rows)
    return [note for note in found if isinstance(note, ClinicalNote)]


def _visit(body: str) -> Visit:
    visit = decode("visit", body)
    assert isinstance(visit, Visit)
    return visit
