"""What the minute ledger is added up from, read from Postgres: conditions of beds, discharges of those who lay in them, ghosts.

Before it, `flow.history.occupancy` wrote the beds' conditions; after it, `flow.domain.ledger` gives each minute its one owner.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

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
    pieces = [_piece(row) for row in rows]
    if wanted.owner == GHOST:
        return ghosts_behind(await ghost_beds(database, start, end, wanted.ward), pieces, start, end, zone, wanted)
    return await asyncio.to_thread(lambda: behind(idle(pieces, discharges, end), pieces, start, end, zone, wanted))


def _added(rows: list[asyncpg.Record], discharges: Mapping[VisitId, Discharge], start: datetime, end: datetime, zone: str) -> Ledger:
    """Weeks of a house are some ten thousand pieces: beside the event loop."""
    return ledger(idle((_piece(row) for row in rows), discharges, end), start, end, zone)


def _piece(row: asyncpg.Record) -> Piece:
    return Piece(
        bed=BedId(row["bed"]),
        ward=WardId(row["ward"]),
        start=row["from_at"],
        end=row["to_at"],
        status=BedStatus(row["status"]),
        stage=Stage(row["stage"]) if row["stage"] is not None else None,
        reserved=row["reserved"],
        visit=VisitId(row["visit"]) if row["visit"] is not None else None,
    )


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
