"""One bed through its last days as is known now, each stretch with what told of it; and the path of one visit through the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from flow.codec import decode
from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.ids import BedId
from flow.domain.past import Piece, learnt, pieces
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.domain.visit import Visit
from flow.history import visits
from flow.history.conditions import Words, caught_up, words_about
from flow.history.occupancy import Stay, stays
from flow.history.past import seq_at
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("past")
LONGEST_WAIT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch of a bed, what told of it, and of cleaning its kind, of maintenance its reason."""

    piece: Piece
    cause: Cause | None
    detail: str | None


async def bed_line(database: Database, bed: BedId, start: datetime, end: datetime, now: datetime) -> list[Told]:
    """The bed from `start` to `end`, in order of time; from its opening on."""
    first, seq = await seq_at(database, start), await seq_at(database, now)
    await caught_up(database)
    async with database.read() as connection:
        found = await words_about(connection, database.hospital, start, end, first, [bed])
        words = found.get(bed, Words([], []))
        line = [(piece, learnt(words.claims, words.lays, piece.start, seq)) for piece in pieces(words.claims, words.lays, start, end, seq)]
        rows = await connection.fetch(_SQL["tellers"], database.hospital, [told for _, told in line if told is not None])
    tellers = {row["seq"]: row for row in rows}
    return [_told(piece, tellers.get(told or 0)) for piece, told in line if piece.known is not None]


def _told(piece: Piece, row: asyncpg.Record | None) -> Told:
    if row is None:
        return Told(piece, None, None)
    cause = Cause(Origin(row["origin"]), row["actor"], row["recorded_at"], letter=row["letter"], command=row["command"])
    mute = piece.known is None or piece.known.status in (BedStatus.OCCUPIED, BedStatus.AVAILABLE)
    return Told(piece, cause, None if mute else row["detail"])


@dataclass(frozen=True, slots=True)
class Blocked:
    """Cleaning, or a repair, of the bed that a visit came to, while it was waited for."""

    bed: BedId
    status: BedStatus
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """A visit with its stays, what was asked and carried for it, and what kept its beds from it."""

    visit: Visit
    stays: tuple[Stay, ...]
    requests: tuple[BedRequest, ...]
    transports: tuple[Transport, ...]
    blocked: tuple[Blocked, ...]


async def path_of(database: Database, number: str, now: datetime) -> Path | None:
    """The path of a visit; None of a number that nobody knows."""
    visit = await visits.one(database, number)
    if visit is None:
        return None
    async with database.read() as connection:
        asked = await connection.fetch(_SQL["asked_for"], database.hospital, visit.patient, visit.id)
        carried = await connection.fetch(_SQL["carried"], database.hospital, visit.id)
    requests = [found for row in asked if isinstance(found := decode("request", row["body"]), BedRequest)]
    transports = [found for row in carried if isinstance(found := decode("transport", row["body"]), Transport)]
    lay = sorted(stays(visit), key=lambda stay: stay[1])
    return Path(
        visit,
        tuple(lay),
        tuple(sorted(requests, key=lambda one: one.created_at)),
        tuple(sorted(transports, key=lambda one: one.requested_at)),
        tuple(await _blocked(database, requests, lay, now)),
    )


async def _blocked(database: Database, requests: Sequence[BedRequest], lay: Sequence[Stay], now: datetime) -> list[Blocked]:
    """Of each request the bed it led to, from the asking until the patient lay in it."""
    found: list[Blocked] = []
    for request in requests:
        came = next((stay for stay in lay if stay[0] == request.bed and stay[1] >= request.created_at), None)
        if came is None or request.bed is None:
            continue
        start = max(request.created_at, came[1] - LONGEST_WAIT)
        line = await bed_line(database, request.bed, start, came[1], now) if start < came[1] else []
        told = [(each.piece, each.piece.known.status) for each in line if each.piece.known is not None]
        shut = (BedStatus.CLEANING, BedStatus.MAINTENANCE)
        found += [Blocked(request.bed, status, piece.start, piece.end) for piece, status in told if status in shut]
    return found
