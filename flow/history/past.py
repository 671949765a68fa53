"""Any past moment, from the log: what every bed was, as known then; a bed's own story; the latest events."""

from collections.abc import Sequence
from datetime import datetime

from flow.codec import decode
from flow.domain.bed import BedState
from flow.domain.events import Entry, Record
from flow.domain.ids import BedId
from flow.history.log import entry_of
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("past")


async def beds_at(database: Database, moment: datetime) -> tuple[int, dict[BedId, BedState]]:
    """The Seq and every bed's record as known at a moment; (0, {}) before the hospital opened."""
    seq = await seq_at(database, moment)
    return seq, await beds_of(database, seq)


async def seq_at(database: Database, moment: datetime) -> int:
    """The last Seq recorded by a moment; 0 before the hospital opened."""
    async with database.read() as connection:
        return await connection.fetchval(_SQL["seq_at"], database.hospital, moment) or 0


async def beds_of(database: Database, seq: int) -> dict[BedId, BedState]:
    """Every bed's record as of a Seq."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["beds_at"], database.hospital, seq)
    beds = [decode("bed", row["body"]) for row in rows]
    return {bed.id: bed for bed in beds if isinstance(bed, BedState)}


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
