"""The choices of beds: written down when they are made, read back with what came of them.

A table of its own, keyed by the command's number: the log says what was decided, this what was suggested then.
"""

from datetime import datetime

import asyncpg

from flow.domain.choice import Choice, Judged, Outcome, Weighed
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("choices")
_ARRIVED, _GIVEN_UP = "request-arrived", frozenset({"assignment-released", "bed-assigned", "request-cancelled", "request-expired"})


async def keep(database: Database, choice: Choice) -> None:
    """Write a choice down; a second time changes nothing."""
    w = choice.weighed
    points = (w.bed, w.score, w.ready_at, w.best, w.best_score, w.best_ready_at, w.version)
    asked = (choice.type, choice.priority, choice.specialty, choice.isolation)
    row = (choice.command, choice.at, choice.request, choice.ward, *points, list(choice.blocked), choice.reason, *asked)
    async with database.write() as connection:
        await connection.execute(_SQL["keep"], database.hospital, *row)


async def judged(database: Database, start: datetime, end: datetime) -> list[tuple[Judged, PatientId | None]]:
    """The choices of a period, the newest first, each with whom it was for."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["judged"], database.hospital, start, end)
    return [(Judged(_choice(row), _outcome(row)), PatientId(row["patient"]) if row["patient"] else None) for row in rows]


async def promised(database: Database, start: datetime, end: datetime) -> int:
    """How many beds were promised in a period, whether or not it was written down what was suggested then."""
    async with database.read() as connection:
        found: int = await connection.fetchval(_SQL["promised"], database.hospital, start, end)
    return found


def _choice(row: asyncpg.Record) -> Choice:
    best = BedId(row["best_bed"]) if row["best_bed"] is not None else None
    weighed = Weighed(BedId(row["bed"]), row["score"], row["ready_at"], best, row["best_score"], row["best_ready_at"], row["version"])
    return Choice(
        command=row["command"],
        at=row["at"],
        request=RequestId(row["request"]),
        ward=WardId(row["ward"]),
        weighed=weighed,
        blocked=tuple(row["blocked"]),
        reason=row["reason"],
        type=row["type"],
        priority=row["priority"],
        specialty=row["specialty"],
        isolation=row["isolation"],
    )


def _outcome(row: asyncpg.Record) -> Outcome:
    if row["next_kind"] == _ARRIVED:
        bed = BedId(row["next_bed"]) if row["next_bed"] is not None else None
        return Outcome(bed, row["next_at"], moved_again=row["moved_again"])
    return Outcome(given_up=row["next_kind"] in _GIVEN_UP)
