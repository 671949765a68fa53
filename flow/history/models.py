"""The read models made anew from the log: records, stays, the beds' intervals. The log holds no names, so this needs no key; where it was
cut it goes on from a snapshot, and what seals that is needed.

One transaction under the append lock: until it commits everybody reads what stood before, and the desk waits.
"""

from collections.abc import AsyncIterator, Callable

from flow.codec import encode
from flow.domain.bed import BedState
from flow.domain.events import Entry
from flow.domain.hospital import stamped
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.history import snapshot
from flow.history.bundle import carry_out
from flow.history.cuts import last_cut
from flow.history.kept import forget
from flow.history.log import entry_of, lock, models
from flow.history.occupancy import Stood
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = {**load("log"), **load("models")}
_CHUNK = 1000

Progress = Callable[[int, int], None]
"""Told how many are done, and of how many."""


async def remake(database: Database, plan: Plan, vault: Vault, progress: Progress) -> int:
    """Make the read models anew; returns the Seq they stand at. `progress` counts entries of the log. Figures kept of them are to be
    counted anew afterwards (`flow.main.keeping`). Raises Tampered where the snapshot is not the one that was sealed."""
    async with database.write() as connection:
        head, _ = await lock(connection, plan.id)
        for name in ("clear_records", "clear_stays", "clear_intervals"):
            await connection.execute(_SQL[name], plan.id)
        await connection.execute(load("clean_jobs")["clear"], plan.id)
        await forget(connection, plan.id)
        cut = await snapshot.read(connection, vault, plan.id, await last_cut(connection, plan.id))
        await snapshot.lay(connection, plan.id, cut)
        last, stood = cut.entries(), Stood()
        stood.go_on(last)
        async for batch in _batches(_groups(connection, plan.id, cut.seq), last):
            bodies = [encode(stamped(entry.event.record, entry.seq)).decode() for entry in batch]
            await carry_out(connection, models(plan, batch, bodies, stood))
            stood.go_on(batch)
            progress(batch[-1].seq, head)
    return head


async def _groups(connection: Connection, hospital: str, seq: int) -> AsyncIterator[list[Entry]]:
    """The log after a Seq in the groups in which it was written: a group has one time of recording."""
    group: list[Entry] = []
    while rows := await connection.fetch(_SQL["entries_after"], hospital, seq, _CHUNK):
        for entry in map(entry_of, rows):
            if group and group[-1].cause.recorded_at != entry.cause.recorded_at:
                yield group
                group = []
            group.append(entry)
        seq = group[-1].seq
    if group:
        yield group


async def _batches(groups: AsyncIterator[list[Entry]], last: list[Entry]) -> AsyncIterator[list[Entry]]:
    """Groups that may be written together and leave the same rows: a group that moves promises, which end at the group's own time, goes
    by itself. Twice as fast as one by one. `last` is what the log goes on from."""
    batch: list[Entry] = []
    promised: dict[BedId, str | None] = {}
    _moves_promises(last, promised)
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
