"""The queues of letters to other systems, their cursors in the log and what each feed was charged; in Postgres, bodies sealed.

The follower lays letters, charges and its cursor down in one transaction; the courier takes them up in order; an engineer sees what died.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
import structlog

from flow.clock import Clock
from flow.domain.charges import Line
from flow.domain.ids import BedId, VisitId
from flow.domain.outgoing import Batch, Waiting
from flow.errors import Refused
from flow.history.cursors import load_cursor, save_cursor
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

log = structlog.get_logger()
_SQL = load("outbox")


class Outbox:
    """One feed's queue."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, feed: str) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self.feed = feed
        self._name = f"outbound:{feed}"

    async def cursor(self) -> int | None:
        """The last Seq dealt with; None for a feed that was never told anything."""
        async with self.database.read() as connection:
            return await load_cursor(connection, self.database.hospital, self._name)

    async def post(self, batch: Batch) -> None:
        """Lay down letters, charges and the cursor; all or nothing."""
        async with self.database.write() as connection:
            if batch.withdrawn:
                names = list(batch.withdrawn)
                await connection.execute(_SQL["withdraw"], self.database.hospital, self.feed, names, self.clock.now())
            if batch.posted:
                rows = [(p.kind, p.key, p.subject, self.vault.seal(p.body, self._aad(p.key)), p.due, p.problem) for p in batch.posted]
                columns = map(list, zip(*rows, strict=True))
                await connection.execute(_SQL["post"], self.database.hospital, self.feed, self.clock.now(), *columns)
            if batch.charged:
                await self._charge(connection, batch.charged)
            if batch.seq is not None:
                await save_cursor(connection, self.database.hospital, self._name, batch.seq)

    async def _charge(self, connection: Connection, charged: Mapping[VisitId, Sequence[Line]]) -> None:
        back = [(visit, line.start) for visit, lines in charged.items() for line in lines if line.credit]
        new = [(visit, line.start, line.bed, line.type) for visit, lines in charged.items() for line in lines if not line.credit]
        for name, rows in (("uncharge", back), ("charge", new)):
            if rows:
                await connection.execute(_SQL[name], self.database.hospital, self.feed, *map(list, zip(*rows, strict=True)))

    async def charged(self, visits: Sequence[VisitId]) -> dict[VisitId, dict[datetime, tuple[BedId, str]]]:
        """What was charged of these visits, unit by unit."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["charged"], self.database.hospital, self.feed, list(visits))
        found: dict[VisitId, dict[datetime, tuple[BedId, str]]] = {}
        for row in rows:
            found.setdefault(VisitId(row["visit"]), {})[row["start_at"]] = (BedId(row["bed"]), row["type"])
        return found

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """True inside for the one process that may send now; whoever is killed frees it with its connection."""
        async with self.database.write() as connection:
            yield bool(await connection.fetchval(_SQL["turn"], self.database.hospital, self.feed))

    async def next(self) -> Waiting | None:
        """The oldest letter that waits and is due."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["next"], self.database.hospital, self.feed, self.clock.now())
        if row is None:
            return None
        return Waiting(row["id"], row["kind"], row["key"], row["subject"], self._opened(row), row["attempts"])

    def _opened(self, row: asyncpg.Record) -> bytes:
        """Its bytes; none where they are not those that were laid down."""
        try:
            return self.vault.open(row["body"], self._aad(row["key"]))
        except Tampered:
            log.error("outbound.tampered", feed=self.feed, letter=row["id"])
            return b""

    async def sent(self, waiting: Waiting, code: str) -> None:
        """It was accepted."""
        await self._settle(waiting, "sent", code, None)

    async def refused(self, waiting: Waiting, code: str) -> None:
        """It was answered with an error; it stays first in line."""
        await self._settle(waiting, "waiting", code, None)

    async def dead(self, waiting: Waiting, code: str, reason: str) -> None:
        """It is given up until an engineer has looked."""
        await self._settle(waiting, "dead", code, reason)

    async def _settle(self, waiting: Waiting, state: str, code: str, reason: str | None) -> None:
        async with self.database.read() as connection:
            await connection.execute(_SQL["settle"], self.database.hospital, waiting.id, state, code, reason, self.clock.now())

    def _aad(self, key: str) -> bytes:
        return f"outbox|{self.feed}|{key}".encode()


class DeadLetters:
    """What an engineer sees of all queues, and does about it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    async def counts(self) -> list[asyncpg.Record]:
        """Letters of each feed by state: feed, state, letters, oldest."""
        async with self.database.read() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(_SQL["counts"], self.database.hospital)
        return rows

    async def page(self, state: str | None, below: int | None, limit: int) -> list[asyncpg.Record]:
        """Letters newest first, without bodies; `below` is the last id of the page before."""
        async with self.database.read() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(_SQL["page"], self.database.hospital, state, below, limit)
        return rows

    async def resend(self, letter: int) -> None:
        """Put a dead letter back into its queue. Refused when it is not dead."""
        async with self.database.read() as connection:
            if await connection.fetchval(_SQL["again"], self.database.hospital, letter) is None:
                raise _not_dead(letter)

    async def drop(self, letter: int) -> None:
        """Do without a dead letter; it stays in the table. Refused when it is not dead."""
        async with self.database.read() as connection:
            if await connection.fetchval(_SQL["drop"], self.database.hospital, letter, self.clock.now()) is None:
                raise _not_dead(letter)


def _not_dead(letter: int) -> Refused:
    return Refused(f"Letter {letter} is not dead; look again.", code="not-dead")
