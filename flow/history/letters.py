"""Letters for the integration engineer: searching a million of them, the tray by reason, putting back, what one led to, who opened it.

The journal itself is kept by `flow.history.inbox`; here it is read, and parked letters are sent in again.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from flow.domain.events import Entry
from flow.history.inbox import Letter
from flow.history.log import entry_of
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

_SQL = load("letters")
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Sought:
    """What letters are looked for by; what is None does not count. `below` is the last number of the page before."""

    control_id: str | None = None
    visit: str | None = None
    state: str | None = None
    trigger: str | None = None
    feed: str | None = None
    code: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class TrayGroup:
    """Letters parked for one reason: `some` are the newest of them, `reason` the newest one's in words."""

    feed: str
    code: str
    letters: int
    oldest: datetime
    newest: datetime
    some: tuple[int, ...]
    reason: str


class Letters:
    """The letters of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def search(self, sought: Sought, limit: int) -> list[asyncpg.Record]:
        """Letters newest first, without bodies."""
        async with self.database.write() as connection:
            await connection.execute("set local plan_cache_mode = force_custom_plan")
            values = await self._values(connection, sought)
            rows = await connection.fetch(_SQL["waiting"], *values, limit) if sought.state in (None, "received") else []
            if sought.state != "received":
                rows += await connection.fetch(_SQL["settled"], *await self._narrowed(connection, sought, values), limit)
        return sorted(rows, key=lambda row: -row["id"])[:limit]

    async def _values(self, connection: Connection, s: Sought) -> list[Any]:
        return [self.hospital, s.control_id, s.visit, s.state, s.trigger, s.feed, s.since, s.until, s.below, None, s.code]

    async def _narrowed(self, connection: Connection, sought: Sought, values: list[Any]) -> list[Any]:
        """The parameters with times turned into numbers, which the primary key knows."""
        first, below = None, sought.below
        if sought.since is not None:
            first = await connection.fetchval(_SQL["ids_from"], self.hospital, sought.since) or 1 << 62
        if sought.until is not None:
            last = await connection.fetchval(_SQL["ids_before"], self.hospital, sought.until) or 0
            below = min(last + 1, below) if below is not None else last + 1
        return [*values[:8], below, first, sought.code]

    async def bagged(self) -> int:
        """How many lie in the mailbag still, where no search finds them."""
        async with self.database.read() as connection:
            found: int = await connection.fetchval(_SQL["bagged"], self.hospital)
        return found

    async def parked_count(self) -> int:
        """How much lies in the tray."""
        async with self.database.read() as connection:
            found: int = await connection.fetchval(_SQL["parked_count"], self.hospital)
        return found

    async def tray(self) -> list[TrayGroup]:
        """What lies in the tray, by feed and code."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["tray"], self.hospital)
        return [TrayGroup(r["feed"], r["code"], r["letters"], r["oldest"], r["newest"], tuple(r["some"]), r["reason"] or "") for r in rows]

    async def parked(self, codes: Sequence[str], feed: str | None = None) -> AsyncIterator[Letter]:
        """Parked letters of some codes, opened, oldest first."""
        above = 0
        while True:
            async with self.database.read() as connection:
                rows = await connection.fetch(_SQL["parked"], self.hospital, list(codes), feed, above, _CHUNK)
            for row in rows:
                yield self._opened(row)
            if len(rows) < _CHUNK:
                return
            above = rows[-1]["id"]

    def _opened(self, row: asyncpg.Record) -> Letter:
        try:
            raw = self.vault.open(row["body"], b"letter" + row["fingerprint"])
        except Tampered:
            raw = b""
        return Letter(row["id"], row["feed"], row["control_id"], row["trigger"], row["received_at"], raw)

    async def put_back(self, letters: Iterable[int], at: datetime) -> int:
        """Parked letters back into the queue; returns how many there were."""
        async with self.database.write() as connection:
            return len(await connection.fetch(_SQL["put_back"], self.hospital, list(letters), at))

    async def put_back_code(self, code: str, feed: str | None, at: datetime) -> int:
        """All parked letters of a code, and feed, back into the queue; returns how many there were."""
        async with self.database.write() as connection:
            return len(await connection.fetch(_SQL["put_back_code"], self.hospital, code, feed, at))

    async def left(self, at: datetime) -> int:
        """How many of the letters put back at a moment still wait."""
        async with self.database.read() as connection:
            found: int = await connection.fetchval(_SQL["left"], self.hospital, at)
        return found

    async def caused(self, letter: int) -> list[Entry]:
        """The log's entries that a letter led to, in order."""
        async with self.database.read() as connection:
            return [entry_of(row) for row in await connection.fetch(_SQL["caused"], self.hospital, letter)]

    async def told_by(self, visits: Iterable[str]) -> dict[str, list[int]]:
        """The letters that spoke of each visit, the newest first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["told_by"], self.hospital, list(visits))
        found: dict[str, list[int]] = {}
        for row in rows:
            found.setdefault(row["visit"], []).append(row["letter"])
        return found


async def handled_at_once(connection: Connection, hospital: str, letters: Iterable[int]) -> None:
    """Letters of a made-up history were handled when they came, not when the history was made up."""
    await connection.execute(_SQL["handled_at_once"], hospital, list(letters))


def page_after(sought: Sought, rows: Sequence[asyncpg.Record], limit: int) -> Sought | None:
    """What to ask for the page after this one; None at the end."""
    return replace(sought, below=rows[-1]["id"]) if len(rows) == limit else None
