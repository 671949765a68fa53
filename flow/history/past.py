"""Any past moment: what every bed was, as known then (the log as it stood) and as corrected since (the last word about that moment); a
bed's own story; the latest events.

As corrected, status, since and who lay there are those of the last word, its details (stage, reason) those that stood then or came with
it; a promise is what was promised then, because nothing said later unmakes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg

from flow.codec import decode
from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.care import NO_CARE
from flow.domain.events import Entry, Record
from flow.domain.ids import BedId, VisitId
from flow.domain.past import Claim, Known, Lay, known
from flow.history.conditions import caught_up
from flow.history.log import entry_of
from flow.history.pictures import read_beds
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = {**load("past"), **load("conditions")}


async def beds_at(database: Database, moment: datetime) -> tuple[int, dict[BedId, BedState]]:
    """The Seq and every bed's record as known at a moment; (0, {}) before the hospital opened."""
    async with database.read() as connection:
        seq = await _seq_at(connection, database.hospital, moment)
        return seq, await read_beds(connection, database.hospital, seq)


async def seq_at(database: Database, moment: datetime) -> int:
    """The last Seq recorded by a moment; 0 before the hospital opened."""
    async with database.read() as connection:
        return await _seq_at(connection, database.hospital, moment)


async def _seq_at(connection: Connection, hospital: str, moment: datetime) -> int:
    return await connection.fetchval(_SQL["seq_at"], hospital, moment) or 0


async def known_at(database: Database, moment: datetime, known_at: datetime) -> tuple[int, dict[BedId, BedState]]:
    """The Seq of what was known, and every bed at a moment as it was known at another, which is not before it: at the same one that is
    the log as it stood."""
    async with database.read() as connection:
        seq = await _seq_at(connection, database.hospital, known_at)
        then = await read_beds(connection, database.hospital, min(seq, await _seq_at(connection, database.hospital, moment)))
    if known_at <= moment:
        return seq, then
    await caught_up(database)
    async with database.read() as connection:
        every = await connection.fetch(_SQL["known"], database.hospital, moment, seq)
        rows = [row for row in every if not _stands(row, then.get(BedId(row["bed"])))]
        entries = await connection.fetch(_SQL["entries"], database.hospital, sorted(_unread(rows, then)))
        told = {entry["seq"]: entry for entry in entries}
        words = {row["bed"]: _word(row, then.get(row["bed"]), told) for row in rows}
        others = sorted({now.visit for bed, (_, now, _) in words.items() if now.visit is not None and not _lay_there(then, bed, now)})
        found = await connection.fetch(_SQL["persons"], database.hospital, others, seq) if others else []
    persons = {row["id"]: {"sex": row["sex"], "age": row["age"], "isolation": row["isolation"]} for row in found}
    opened = {bed: then[bed] for row in every if (bed := BedId(row["bed"])) in then}
    return seq, opened | {
        BedId(bed): _corrected(then.get(BedId(bed), word), now, condition, persons.get(now.visit or "", {}))
        for bed, (word, now, condition) in words.items()
    }


def _stands(row: asyncpg.Record, was: BedState | None) -> bool:
    """Nothing better is known: most beds at most moments."""
    if was is None or not _told_then(row, was) or row["holder"] != was.visit:
        return False
    return was.status is not BedStatus.OCCUPIED or (was.visit is not None and row["lay_from"] == was.now.since)


def _lay_there(then: dict[BedId, BedState], bed: str, now: Known) -> bool:
    return (was := then.get(BedId(bed))) is not None and was.visit == now.visit


def _unread(rows: list[asyncpg.Record], then: dict[BedId, BedState]) -> set[int]:
    """The entries of which more must be known than stood in the records of then."""
    found: set[int] = set()
    for row in rows:
        was = then.get(BedId(row["bed"]))
        if not _told_then(row, was):
            found.add(row["seq_from"])
        if row["lay_seq"] is not None and (was is None or was.visit != row["holder"]):
            found.add(row["lay_seq"])
    return found


def _told_then(row: asyncpg.Record, was: BedState | None) -> bool:
    """The last word about the moment is what stood in the record then."""
    return was is not None and (was.now.since, was.status) == (row["from_at"], row["status"])


def _word(row: asyncpg.Record, was: BedState | None, told: dict[int, asyncpg.Record]) -> tuple[BedState, Known, Condition]:
    """A bed's record as the last word left it, what the bed was, and its condition."""
    bed = was if _told_then(row, was) else decode("bed", told[row["seq_from"]]["body"])
    assert isinstance(bed, BedState)
    before = row["before"] and BedStatus(row["before"])
    claim = Claim(bed.id, row["from_at"], BedStatus(row["status"]), row["seq_from"], row["seq_to"], before)
    lay = gone = None
    if row["holder"] is not None:
        lay = Lay(bed.id, VisitId(row["holder"]), row["lay_from"], row["lay_to"], row["lay_seq"])
    if row["gone"] is not None and bed.temporary is None:
        gone = Lay(bed.id, VisitId(row["gone"]), row["gone_from"], row["gone_to"], row["gone_seq"])
    source = told[lay.seq]["source"] if lay is not None and lay.seq in told else None
    return bed, known(claim, lay, gone), _condition(bed, claim, lay, gone, source)


def _condition(bed: BedState, claim: Claim, lay: Lay | None, gone: Lay | None, source: str | None) -> Condition:
    if lay is not None:
        same = bed.status is BedStatus.OCCUPIED and bed.visit == lay.visit
        return replace(bed.now, since=lay.start) if same else Condition(BedStatus.OCCUPIED, lay.start, source or bed.now.source)
    if claim.status is not BedStatus.OCCUPIED:
        return bed.now
    if gone is not None and gone.end is not None:
        return Condition(BedStatus.CLEANING, gone.end, bed.now.source, Stage.WAITING)
    return bed.before or Condition(BedStatus.AVAILABLE, claim.start, bed.now.source)


def _corrected(then: BedState, now: Known, condition: Condition, person: dict[str, Any]) -> BedState:
    """What was known then, with what is known better now."""
    if now.visit is not None and now.visit == then.visit:
        return replace(then, now=condition)
    other = replace(then, now=condition, visit=now.visit, **_NOBODY)
    return replace(other, **person)


_NOBODY: dict[str, Any] = {
    "sex": None,
    "age": None,
    "isolation": False,
    "care": NO_CARE,
    "acuity": None,
    "away": False,
    "on_leave": False,
    "expected_back": None,
    "expected_free_at": None,
    "insurer_due": None,
    "latest_free_at": None,
    "discrepancy": None,
}
"""What a bed's record tells of the patient in it, where that was another one, or none."""


async def records_at(database: Database, entity: str, seq: int, changed_after: int) -> list[Record]:
    """An entity's records as of a Seq, save those that have not changed after another."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["records_at"], database.hospital, entity, seq, changed_after)
    return [decode(row["entity"], row["body"]) for row in rows]


async def of_bed(database: Database, bed: str, below: int | None, limit: int) -> list[Entry]:
    """A bed's entries, newest first."""
    async with database.read() as connection:
        return [entry_of(row) for row in await connection.fetch(_SQL["of_bed"], database.hospital, bed, below, limit)]


async def newest(database: Database, kinds: Sequence[str], limit: int) -> list[Entry]:
    """The newest entries of some kinds ("Just now" on the desk)."""
    async with database.read() as connection:
        return [entry_of(row) for row in await connection.fetch(_SQL["newest"], database.hospital, list(kinds), limit)]
