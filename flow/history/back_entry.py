"""What was entered from paper, from the journal of commands; and what the feeds told of the same beds meanwhile, from the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.codec import decode_command
from flow.domain.back_entry import EnterBack, EnterTokenBack
from flow.domain.events import Entry
from flow.domain.ids import ClinicId
from flow.history.log import entry_of
from flow.history.pool import Database
from flow.history.queries import load

_SQL, _PAST = load("back_entry"), load("past")


@dataclass(frozen=True, slots=True)
class Entered:
    """A back entry as it was carried out: `id` its command, by whom it was entered when; what happened stands in the command."""

    id: int
    command: EnterBack
    actor: str
    recorded_at: datetime


async def entered(database: Database, beds: Sequence[str], limit: int, below: int | None = None) -> list[Entered]:
    """The newest back entries about some beds; `below` is the last id of the page before."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["entered"], database.hospital, list(beds), limit, below)
    return [_entered(row) for row in rows]


async def one(database: Database, number: int) -> Entered:
    """The back entry of a command."""
    async with database.read() as connection:
        (row,) = await connection.fetch(_SQL["one"], database.hospital, number)
    return _entered(row)


def _entered(row: asyncpg.Record) -> Entered:
    command = decode_command(EnterBack.__name__, row["body"])
    assert isinstance(command, EnterBack)
    return Entered(row["id"], command, row["actor"], row["recorded_at"])


@dataclass(frozen=True, slots=True)
class EnteredToken:
    """The same of a clinic's line."""

    id: int
    command: EnterTokenBack
    actor: str
    recorded_at: datetime


async def entered_tokens(database: Database, clinic: ClinicId, limit: int, below: int | None = None) -> list[EnteredToken]:
    """The newest lines of a clinic; `below` is the last id of the page before."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["entered_tokens"], database.hospital, clinic, limit, below)
    return [_entered_token(row) for row in rows]


async def one_token(database: Database, number: int) -> EnteredToken:
    """A clinic's line by its command."""
    async with database.read() as connection:
        (row,) = await connection.fetch(_SQL["one_token"], database.hospital, number)
    return _entered_token(row)


def _entered_token(row: asyncpg.Record) -> EnteredToken:
    command = decode_command(EnterTokenBack.__name__, row["body"])
    assert isinstance(command, EnterTokenBack)
    return EnteredToken(row["id"], command, row["actor"], row["recorded_at"])


async def told(database: Database, beds: Sequence[str], since: datetime, each: int) -> list[Entry]:
    """What feeds told of some beds since a moment, newest first, `each` of a bed at most."""
    async with database.read() as connection:
        seq = await connection.fetchval(_PAST["seq_at"], database.hospital, since)
        return [entry_of(row) for row in await connection.fetch(_SQL["told"], database.hospital, list(beds), seq or 0, each)]
