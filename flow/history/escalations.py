"""What was told because it waited too long: one open row a case in Postgres, whoever looks; how often each rule was acted on, and mutes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.escalation import MUTE_DAYS, Round, Told
from flow.history.messages import post
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("escalations")


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that screens tell of; `words` say which."""

    id: int
    rule: str
    subject: str
    ward: str
    words: str
    due_at: datetime
    raised_at: datetime
    level: int
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """Of the cases that a rule told of lately and that are over: how many were done soon after."""

    raised: int
    acted: int


@dataclass(frozen=True, slots=True)
class Mute:
    """A rule that nobody hears of, since when and by whose word."""

    rule: str
    muted_at: datetime
    muted_by: str


@asynccontextmanager
async def leading(database: Database) -> AsyncIterator[Connection | None]:
    """A transaction of the one process that looks; None where another one is looking."""
    async with database.write() as connection:
        yield connection if await connection.fetchval(_SQL["lead"], database.hospital) else None


async def told(connection: Connection, hospital: str) -> list[Told]:
    """What is told of now."""
    return [Told(**dict(row)) for row in await connection.fetch(_SQL["open"], hospital)]


async def noted_at(connection: Connection, hospital: str, since: datetime) -> dict[str, datetime]:
    """When each ward's last message was made."""
    return {row["ward"]: row["at"] for row in await connection.fetch(_SQL["noted_at"], hospital, since)}


async def muted(connection: Connection, hospital: str) -> dict[str, datetime]:
    """Rules that nobody hears of, since when."""
    return {row["rule"]: row["muted_at"] for row in await connection.fetch(_SQL["muted"], hospital)}


async def write(connection: Connection, hospital: str, taken: Round, at: datetime, *, messages: bool) -> None:
    """Write a round down: levels and the messages that they lead to stand or fall together."""
    if taken.raised:
        rows = [(c.rule, c.subject, c.ward, c.words, c.due_at, level, noted) for c, level, noted in taken.raised]
        await connection.execute(_SQL["raise"], hospital, at, *map(list, zip(*rows, strict=True)))
    if taken.risen:
        await connection.execute(_SQL["rise"], hospital, at, *map(list, zip(*taken.risen, strict=True)))
    if taken.over:
        await connection.execute(_SQL["end"], hospital, at, *map(list, zip(*taken.over, strict=True)))
    if taken.notes and messages:
        await post(connection, hospital, "escalation", [(note.ward, note.role, None, note.text) for note in taken.notes], at)


class Escalations:
    """What pages show of them, and the manager's taps."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def standing(self) -> list[Standing]:
        """Everything told of now, the longest past its aim first."""
        async with self.database.read() as connection:
            return [Standing(**dict(row)) for row in await connection.fetch(_SQL["shown"], self.hospital)]

    async def rates(self, at: datetime) -> Mapping[str, Rate]:
        """Of the last fortnight, by rule."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["rates"], self.hospital, at - timedelta(days=MUTE_DAYS))
        return {row["rule"]: Rate(row["raised"], row["acted"]) for row in rows}

    async def mutes(self) -> Mapping[str, Mute]:
        """Rules that nobody hears of."""
        async with self.database.read() as connection:
            return {row["rule"]: Mute(**dict(row)) for row in await connection.fetch(_SQL["muted"], self.hospital)}

    async def mute(self, rule: str, by: str, at: datetime) -> bool:
        """Nobody hears of a rule any more. False when nobody did already."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["mute"], self.hospital, rule, at, by) is not None

    async def unmute(self, rule: str, by: str, at: datetime) -> bool:
        """A rule is heard again. False when it is already."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["unmute"], self.hospital, rule, at, by) is not None
