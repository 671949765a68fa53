"""Cleaning turns, kept as they come to an end: from the leaving of a bed to its being ready. A stretch of a bed never changes its
beginning, so what is kept stands."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from flow.domain.kpi import Turns
from flow.history.bed_hours import Scope
from flow.history.kept import TURNS, Kept, keeping, move, state
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL, _HEAD = load("bed_turns"), load("bed_hours")["stretches_head"]
AT_ONCE = 100_000
"""Entries of the log in one transaction."""
_RULES = "1"


async def keep_turns(database: Database) -> int | None:
    """One step towards the end of the log; returns up to which Seq turns are kept, or None once all are."""
    hospital = database.hospital
    async with keeping(database, TURNS) as (connection, kept):
        if kept.rules != _RULES:
            await connection.execute(_SQL["clear"], hospital)
            kept = Kept()
        head = await connection.fetchval(_HEAD, hospital)
        seq = min(head, kept.seq + AT_ONCE)
        await connection.execute(_SQL["keep"], hospital, kept.seq, seq)
        await move(connection, hospital, TURNS, Kept(seq, None, _RULES))
    return seq if seq < head else None


async def turns_of(connection: Connection, hospital: str, start: datetime, end: datetime, scope: Scope) -> dict[str | None, Turns]:
    """The turns that ended in a period by ward, and under None all of them together."""
    kept = await state(connection, hospital, TURNS, _RULES)
    rows = await connection.fetch(_SQL["minutes"], hospital, start, end, scope.wards, scope.kind, kept.seq)
    took: dict[str | None, NDArray[np.float64]] = {row["ward"]: np.frombuffer(row["minutes"], ">f8") for row in rows}
    if took:
        took[None] = np.concatenate(list(took.values()))
    return {ward: Turns(len(minutes), *np.percentile(minutes, _SHARES).tolist()) for ward, minutes in took.items()}


_SHARES = (25, 50, 75, 90)
