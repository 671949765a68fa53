"""What each paired display has shown: the streams it held open and what it said of itself, kept for a year and a month."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from flow.domain.showing import Link, Stretch, Word, begun, goes_on
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("displays")
KEPT = timedelta(days=400)


class Displays:
    """The displays of one hospital and their past."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def says(self, device: str, topics: str, audience: str, word: Word, at: datetime) -> None:
        """A display says what it has drawn."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["lightly"])
            row = await connection.fetchrow(_SQL["last"], self.hospital, device, topics, audience)
            known = None if row is None else goes_on(_stretch(row), word, at)
            told = known or begun(topics, audience, word, at)
            when = (told.from_at, told.until_at, told.from_seq, told.seq, told.from_as_of, told.as_of, told.live)
            looks = (told.lang, told.light, told.file)
            await connection.execute(_SQL["put"], self.hospital, device, topics, audience, *when, *looks)

    async def linked(self, links: Sequence[tuple[str, Link]]) -> None:
        """Streams as they stand, each with its device."""
        rows = [(k.id, device, k.topics, k.audience, k.opened_at, k.heard_at, k.closed_at, k.why) for device, k in links]
        async with self.database.read() as connection:
            await connection.execute(_SQL["links"], self.hospital, *(list(column) for column in zip(*rows, strict=True)))

    async def newest(self) -> dict[str, Stretch]:
        """What each display said last."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["newest"], self.hospital)
        return {row["device"]: _stretch(row) for row in rows}

    async def by(self, device: str, at: datetime, limit: int = 20) -> tuple[list[Stretch], list[Link]]:
        """A display's stretches and streams that had begun by a moment, newest first."""
        async with self.database.read() as connection:
            stretches = await connection.fetch(_SQL["stretches"], self.hospital, device, at, limit)
            links = await connection.fetch(_SQL["links_of"], self.hospital, device, at, limit)
        return [_stretch(row) for row in stretches], [Link(**row) for row in links]

    async def forget(self, now: datetime) -> None:
        """Drop what is older than `KEPT`."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget_stretches"], self.hospital, now - KEPT)
            await connection.execute(_SQL["forget_links"], self.hospital, now - KEPT)


def _stretch(row: asyncpg.Record) -> Stretch:
    known = dict(row)
    known.pop("device", None)
    return Stretch(**known)
