"""A day of the past, minute by minute in both readings: what beds were shown as, and what they were as is known now.

Read once for a whole day of a ward or of the house; `flow.views.replay_page` draws any minute of it, its script every other.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.domain.bed import BedState, BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.ids import BedId, VisitId
from flow.domain.past import Correction, Known, Piece, corrections, joined, pieces
from flow.history.conditions import Words, caught_up, words_about
from flow.history.past import seq_at
from flow.history.pictures import beds_of
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("past")


@dataclass(frozen=True, slots=True)
class BedDay:
    """One bed's day: as shown, as known now, and where both differ."""

    believed: list[Piece]
    known: list[Piece]
    corrections: list[Correction]


@dataclass(frozen=True, slots=True)
class PastDay:
    """A stretch of time from `start` to `end`, as known after the entry `seq`; `causes` of the entries that corrected something."""

    start: datetime
    end: datetime
    seq: int
    beds: Mapping[BedId, BedDay]
    causes: Mapping[int, Cause]


async def day_of(database: Database, start: datetime, end: datetime, now: datetime, beds: Sequence[BedId] | None = None) -> PastDay:
    """A stretch of time, of some beds or of all."""
    first, last, seq = [await seq_at(database, at) for at in (start, end, now)]
    shown = await beds_of(database, first)
    base = {bed: shown[bed] for bed in (shown if beds is None else beds) if bed in shown}
    await caught_up(database)
    async with database.read() as connection:
        changes = await connection.fetch(_SQL["shown_after"], database.hospital, first, last, beds)
        words = await words_about(connection, database.hospital, start, end, first, beds)
        found = await asyncio.to_thread(_assembled, base, changes, words, (start, end), seq)
        learnt = sorted({each.learnt for day in found.values() for each in day.corrections if each.learnt is not None})
        rows = await connection.fetch(_SQL["tellers"], database.hospital, learnt)
    causes = {
        row["seq"]: Cause(Origin(row["origin"]), row["actor"], row["recorded_at"], letter=row["letter"], command=row["command"])
        for row in rows
    }
    return PastDay(start, end, seq, found, causes)


def _assembled(
    base: Mapping[BedId, BedState],
    changes: Iterable[asyncpg.Record],
    words: Mapping[BedId, Words],
    span: tuple[datetime, datetime],
    seq: int,
) -> dict[BedId, BedDay]:
    start = span[0]
    shown: dict[BedId, list[tuple[datetime, Known | None]]] = {bed: [(start, None)] for bed in words}
    for bed, state in base.items():
        shown[bed] = [(start, Known(state.status, state.visit))]
    for row in changes:
        shown.setdefault(BedId(row["bed"]), [(start, None)]).append((row["recorded_at"], _shown(row)))
    return {bed: _bed_day(bed, steps, words.get(bed, Words([], [])), span, seq) for bed, steps in shown.items()}


def _shown(row: asyncpg.Record) -> Known:
    return Known(BedStatus(row["status"]), VisitId(row["visit"]) if row["visit"] is not None else None)


def _bed_day(bed: BedId, steps: Sequence[tuple[datetime, Known | None]], words: Words, span: tuple[datetime, datetime], seq: int) -> BedDay:
    start, end = span
    ends = [at for at, _ in steps[1:]] + [end]
    believed = joined(Piece(at, to, known) for (at, known), to in zip(steps, ends, strict=True))
    now = pieces(words.claims, words.lays, start, end, seq)
    return BedDay(believed, now, corrections(bed, believed, now, (words.claims, words.lays), seq))
