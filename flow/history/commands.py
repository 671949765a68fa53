"""The journal of commands: who asked for what, when, and which entries it led to; with the Idempotency-Keys already used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.codec import encode_command
from flow.domain.commands import Command
from flow.history.bundle import Part
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("commands")


@dataclass(frozen=True, slots=True)
class Carried:
    """A command as carried out; `seq_from` > `seq_to` where it changed nothing."""

    id: int
    actor: str
    origin: str
    command: Command
    key: str | None
    digest: bytes
    seq_from: int
    seq_to: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A command that used a key before."""

    id: int
    digest: bytes
    seq_to: int


async def new_ids(connection: Connection, count: int) -> list[int]:
    """Numbers for the commands of a group."""
    return [row["id"] for row in await connection.fetch(_SQL["ids"], count)]


async def by_key(connection: Connection, hospital: str, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Earlier]:
    """Earlier commands by (actor, key)."""
    if not keys:
        return {}
    rows = await connection.fetch(_SQL["by_key"], hospital, *map(list, zip(*keys, strict=True)))
    return {(row["actor"], row["key"]): Earlier(row["id"], row["digest"], row["seq_to"]) for row in rows}


def kept(hospital: str, carried: Sequence[Carried], at: datetime) -> list[Part]:
    """What writes the group's commands down, in the desk's transaction."""
    rows = [
        (c.id, c.actor, c.origin, type(c.command).__name__, encode_command(c.command).decode(), c.key, c.digest, c.seq_from, c.seq_to)
        for c in carried
    ]
    return [(_SQL["keep"], (hospital, at, *map(list, zip(*rows, strict=True))))] if rows else []


async def who_and_when(database: Database, command: int) -> tuple[str, datetime] | None:
    """The actor and time of a command."""
    async with database.read() as connection:
        row = await connection.fetchrow(_SQL["one"], database.hospital, command)
    return (row["actor"], row["recorded_at"]) if row else None
