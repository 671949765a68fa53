"""Every bed's record as of a Seq: from the last picture before it, and what was told since. Pictures are kept by the worker.

A year ago each bed's last entry lies somewhere else on the disk; a picture and a few hours of the log lie together.
"""

from datetime import datetime, timedelta

import msgspec

from flow.codec import decode, encode
from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = {**load("past"), **load("pictures")}
EVERY = timedelta(hours=6)


async def beds_of(database: Database, seq: int) -> dict[BedId, BedState]:
    """Every bed's record as of a Seq."""
    async with database.read() as connection:
        return await read_beds(connection, database.hospital, seq)


async def keep_picture(database: Database, now: datetime) -> int | None:
    """Take the next picture that is due; the Seq it stands at, or None where none is due. Two workers take the same."""
    async with database.read() as connection:
        last = await connection.fetchrow(_SQL["before"], database.hospital, 2**62)
        first = await connection.fetchval(_SQL["first_told"], database.hospital, last["seq"] if last is not None else 0)
        if first is None:
            return None
        at = max(_floor(first) + EVERY, last["at"] + EVERY if last is not None else _floor(first))
        if at > now - timedelta(minutes=1):
            return None
        seq: int = await connection.fetchval(_SQL["seq_at"], database.hospital, at) or 0
        beds = await read_beds(connection, database.hospital, seq)
        body = b"[" + b",".join(encode(bed) for bed in beds.values()) + b"]"
        await connection.execute(_SQL["keep"], database.hospital, seq, at, body.decode())
    return seq


def _floor(at: datetime) -> datetime:
    """The last round time before, so that pictures stand at the same hours everywhere."""
    return at.replace(hour=at.hour // 6 * 6, minute=0, second=0, microsecond=0)


async def read_beds(connection: Connection, hospital: str, seq: int) -> dict[BedId, BedState]:
    """The same over a connection that is open already."""
    picture = await connection.fetchrow(_SQL["before"], hospital, seq)
    if picture is None:
        rows = await connection.fetch(_SQL["beds_at"], hospital, seq)
        return _by_id([row["body"] for row in rows])
    rows = await connection.fetch(_SQL["since"], hospital, picture["seq"], seq)
    beds = {bed.id: bed for bed in msgspec.json.decode(picture["body"], type=list[BedState])}
    return beds | _by_id([row["body"] for row in rows])


def _by_id(bodies: list[str]) -> dict[BedId, BedState]:
    beds = [decode("bed", body) for body in bodies]
    return {bed.id: bed for bed in beds if isinstance(bed, BedState)}
