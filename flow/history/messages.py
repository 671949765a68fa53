"""Messages that leave the house, in Postgres until they have: laid down with what they tell of, marked before they are handed over and
after. One that was cut off in between may have arrived: it is not sent again by itself, and stands on the page as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("messages")
Row = tuple[str, str, str | None, str]
"""Ward, addressee, key (one message of a kind for each; None: no matter), text."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in hand: `addressee` is a role, or for a patient their request's holder; `tries` counts this one."""

    id: int
    kind: str
    ward: str
    addressee: str
    text: str
    tries: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as the page shows it."""

    id: int
    kind: str
    ward: str
    addressee: str
    text: str
    made_at: datetime
    tries: int
    sending_at: datetime | None
    sent_at: datetime | None
    given_up: str | None


async def post(connection: Connection, hospital: str, kind: str, rows: Sequence[Row], at: datetime) -> None:
    """Lay messages down in the caller's transaction."""
    await connection.execute(_SQL["post"], hospital, kind, at, *map(list, zip(*rows, strict=True)))


class Messages:
    """The queue of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def take(self, at: datetime) -> Waiting | None:
        """The oldest that is due, marked as being sent; None when there is none. Two processes never take the same."""
        async with self.database.write() as connection:
            row = await connection.fetchrow(_SQL["take"], self.hospital, at)
        return Waiting(**dict(row)) if row else None

    async def sent(self, message: Waiting, at: datetime) -> None:
        """It has left."""
        await self._mark("sent", message.id, at)

    async def again(self, message: Waiting, when: datetime) -> None:
        """It was refused, and is tried again then."""
        await self._mark("again", message.id, when)

    async def give_up(self, message: Waiting, why: str) -> None:
        """It is not tried again."""
        await self._mark("give_up", message.id, why)

    async def _mark(self, how: str, number: int, value: object) -> None:
        async with self.database.write() as connection:
            await connection.execute(_SQL[how], self.hospital, number, value)

    async def cut_off(self, before: datetime) -> int:
        """Give up what was handed over before then without an answer. Returns how many."""
        async with self.database.write() as connection:
            return len(await connection.fetch(_SQL["cut_off"], self.hospital, before))

    async def latest(self, since: datetime, most: int = 20) -> list[Posted]:
        """The newest messages."""
        async with self.database.read() as connection:
            return [Posted(**dict(row)) for row in await connection.fetch(_SQL["latest"], self.hospital, since, most)]
