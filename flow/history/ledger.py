"""What the minute ledger is added up from, read from Postgres: conditions of beds, discharges of those who lay in them, ghosts.

Before it, `flow.history.occupancy` wrote the beds' conditions; after it, `flow.domain.ledger` gives each minute its one owner.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import asyncpg

from flow.codec import decode
from flow.domain.bed import BedStatus, Stage
from flow.domain.discharge import Discharge
from flow.domain.ghosts import Ghost, ghosts
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.ledger import Piece, idle
from flow.domain.ledger_behind import GHOST, Behind, Wanted, behind, ghosts_behind
from flow.domain.ledger_sums import Ledger, ledger
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("ledger")


async def minute_ledger(database: Database, start: datetime, end: datetime, zone: str, ward: str | None = None) -> Ledger:
    """The ledger of a period, of one ward or of the house; `end` is at most now, and what reaches up to it goes on."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["pieces"], database.hospital, start, end, ward)
        visits = {row["visit"] for row in rows if row["visit"] is not None}
        discharges = await _discharges(connection, database.hospital, visits)
    return await asyncio.to_thread(_added, rows, discharges, start, end, zone)


async def ledger_behind(database: Database, start: datetime, end: datetime, zone: str, wanted: Wanted) -> list[Behind]:
    """The stretches behind a figure of the ledger, or the ghosts behind theirs."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["pieces"], database.hospital, start, end, wanted.ward)
        visits = {row["visit"] for row in rows if row["visit"] is not None}
        discharges = await _discharges(connection, database.hospital, visits)
    pieces = list(_pieces(rows))
    if wanted.owner == GHOST:
        return ghosts_behind(await ghost_beds(database, start, end, wanted.ward), pieces, start, end, zone, wanted)
    return await asyncio.to_thread(lambda: behind(idle(pieces, discharges, end), pieces, start, end, zone, wanted))


def _added(rows: list[asyncpg.Record], discharges: Mapping[VisitId, Discharge], start: datetime, end: datetime, zone: str) -> Ledger:
    """Weeks of a house are some ten thousand pieces: beside the event loop."""
    return ledger(idle(_pieces(rows), discharges, end), start, end, zone)


def _pieces(rows: Iterable[asyncpg.Record]) -> Iterator[Piece]:
    """The conditions of beds, each bed's in order; what changed nothing that the ledger looks at is one with the one before."""
    last: tuple[str, str, list[Any], datetime, datetime] | None = None
    for row in rows:
        bed, ward, start, end, *condition = row
        if last is not None and last[:3] == (bed, ward, condition) and last[4] == start:
            last = (*last[:4], end)
            continue
        if last is not None:
            yield _piece(*last)
        last = (bed, ward, condition, start, end)
    if last is not None:
        yield _piece(*last)


def _piece(bed: str, ward: str, condition: list[Any], start: datetime, end: datetime) -> Piece:
    status, stage, reserved, visit = condition
    return Piece(BedId(bed), WardId(ward), start, end, _STATUS[status], _STAGE[stage], reserved, visit)


_STATUS: Mapping[str, BedStatus] = {each.value: each for each in BedStatus}
_STAGE: Mapping[str | None, Stage | None] = {None: None, **{each.value: each for each in Stage}}


async def _discharges(connection: Connection, hospital: str, visits: set[str]) -> dict[VisitId, Discharge]:
    found = [decode("discharge", row["body"]) for row in await connection.fetch(_SQL["discharges"], hospital, sorted(visits))]
    return {each.id: each for each in found if isinstance(each, Discharge)}


async def ghost_beds(database: Database, start: datetime, end: datetime, ward: str | None = None) -> list[Ghost]:
    """The ghosts of a period by bed, as far as they lie in it."""
    async with database.read() as connection:
        late = await connection.fetch(_SQL["learnt_late"], database.hospital, start, end)
        empty = await connection.fetch(_SQL["found_empty"], database.hospital, start, end)
    found = [Ghost(BedId(row["bed"]), WardId(row["ward"]), row["from_at"], row["recorded_at"]) for row in late]
    found += [Ghost(BedId(row["bed"]), WardId(row["ward"]), row["raised_at"], row["shown_until"]) for row in empty]
    return ghosts((ghost for ghost in found if ward in (None, ghost.ward)), start, end)
