"""What is to be done for erasures in the background, and how far it is: kept so that a kill loses nothing that was asked for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import asyncpg

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("erasure_work")


class What(StrEnum):
    """To carry it out, or to look for the person again."""

    ERASE = "erase"
    VERIFY = "verify"


class State(StrEnum):
    """How far it is."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Work:
    """One piece, of one erasure; `why` it failed."""

    erasure: int
    what: What
    state: State
    asked_by: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    why: str | None


class ErasureWork:
    """Of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def ask(self, erasure: int, what: What, by: str, at: datetime) -> None:
        """Have it done; nothing more where it is asked for or under way already."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["ask"], self.hospital, erasure, what, by, at)

    async def find_left(self, before: datetime) -> None:
        """Ask for what was begun before a moment by somebody who was cut off before they could ask."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["left"], self.hospital, before)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[bool]:
        """Whether nobody else in any process is at it, for as long as the block lasts."""
        async with self.database.write() as connection:
            yield bool(await connection.fetchval(_SQL["alone"], self.hospital))

    async def next(self) -> Work | None:
        """What comes next, for whoever is alone."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["next"], self.hospital)
        return _work(row) if row is not None else None

    async def take(self, work: Work, at: datetime) -> None:
        """It is under way."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["take"], self.hospital, work.erasure, work.what, at)

    async def end(self, work: Work, at: datetime, why: str | None = None) -> None:
        """It is done, or has failed."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["end"], self.hospital, work.erasure, work.what, at, why)

    async def all(self) -> Mapping[tuple[int, str], Work]:
        """By erasure and what."""
        async with self.database.read() as connection:
            return {(row["erasure"], row["what"]): _work(row) for row in await connection.fetch(_SQL["all"], self.hospital)}


def _work(row: asyncpg.Record) -> Work:
    told = dict(row.items()) | {"what": What(row["what"]), "state": State(row["state"])}
    return Work(**told)
