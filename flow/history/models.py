"""The read models made anew from the log: records, stays, the beds' intervals. The log holds no names, so this needs no key.

One transaction under the append lock: until it commits everybody reads what stood before, and the desk waits.
"""

from collections.abc import AsyncIterator, Callable

from flow.codec import encode
from flow.domain.bed import BedState
from flow.domain.events import Entry
from flow.domain.hospital import stamped
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.history.bundle import carry_out
from flow.history.kept import forget
from flow.history.log import entry_of, lock, models
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = {**load("log"), **load("models")}
_CHUNK = 1000

Progress = Callable[[int, int], None]
"""Told how many are done, and of how many."""


async def remake(database: Database, plan: Plan, progress: Progress) -> int:
    """Make the read models anew; returns the Seq they stand at. `progress` counts entries of the log. Figures kept of them are to be
    counted anew afterwards (`flow.main.keeping`)."""
    async with database.write() as connection:
        head, _ = await lock(connection, plan.id)
        for name in ("clear_records", "clear_stays", "clear_intervals"):
            await connection.execute(_SQL[name], plan.id)
        await connection.execute(load("clean_jobs")["clear"], plan.id)
        await forget(connection, plan.id)
        async for batch in _batches(_groups(connection, plan.id)):
            bodies = [encode(stamped(entry.event.record, entry.seq)).decode() for entry in batch]
            await carry_out(connection, models(plan, batch, bodies))
            progress(batch[-1].seq, head)
    return head


async def _groups(connection: Connection, hospital: str) -> AsyncIterator[list[Entry]]:
    """The log in the groups in which it was written: a group has one time of recording."""
    group: list[Entry] = []
    seq = 0
    while rows := await connection.fetch(_SQL["entries_after"], hospital, seq, _CHUNK):
        for entry in map(entry_of, rows):
            if group and group[-1].cause.recorded_at != entry.cause.recorded_at:
                yield group
                group = []
            group.append(entry)
        seq = group[-1].seq
    if group:
        yield group


async def _batches(groups: AsyncIterator[list[Entry]]) -> AsyncIterator[list[Entry]]:
    """Groups that may be written together and leave the same rows: a group that moves promises, which end at the group's own time, goes
    by itself. Twice as fast as one by one."""
    batch: list[Entry] = []
    promised: dict[BedId, str | None] = {}
    async for group in groups:
        alone = _moves_promises(group, promised)
        if batch and (alone or len(batch) > _CHUNK):
            yield batch
            batch = []
        batch += group
        if alone:
            yield batch
            batch = []
    if batch:
        yield batch


def _moves_promises(group: list[Entry], promised: dict[BedId, str | None]) -> bool:
    """Whether a bed is promised otherwise than before; `promised` is brought up to the group."""
    beds = {record.id: record.reserved_for for entry in group if isinstance(record := entry.event.record, BedState)}
    moves = any(promised.get(bed) != holder for bed, holder in beds.items())
    promised.update(beds)
    return moves
