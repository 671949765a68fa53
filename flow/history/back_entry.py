"""What was entered from paper, from the journal of commands; and what the feeds told of the same beds meanwhile, from the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.codec import decode_command
from flow.domain.back_entry import EnterBack
from flow.domain.events import Entry
from flow.history.log import entry_of
from flow.history.pool import Database
from flow.history.queries import load

_SQL, _PAST = load("back_entry"), load("past")


@dataclass(frozen=True, slots=True)
class Entered:
    """A back entry as it was carried out: by whom it was entered when; what happened stands in the command."""

    command: EnterBack
    actor: str
    recorded_at: datetime


async def entered(database: Database, beds: Sequence[str], limit: int) -> list[Entered]:
    """The newest back entries about some beds."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["entered"], database.hospital, list(beds), limit)
    found = [(decode_command(EnterBack.__name__, row["body"]), row) for row in rows]
    return [Entered(command, row["actor"], row["recorded_at"]) for command, row in found if isinstance(command, EnterBack)]


async def told(database: Database, beds: Sequence[str], since: datetime, each: int) -> list[Entry]:
    """What feeds told of some beds since a moment, newest first, `each` of a bed at most."""
    async with database.read() as connection:
        seq = await connection.fetchval(_PAST["seq_at"], database.hospital, since)
        return [entry_of(row) for row in await connection.fetch(_SQL["told"], database.hospital, list(beds), seq or 0, each)]
