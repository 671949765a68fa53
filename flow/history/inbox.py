"""The journal of letters: kept as received, sealed, in a transaction of its own, before anybody reads more than MSH.

What `keep` returns for may be acknowledged: it lies in the mailbag. The desk takes the letters from here in the order of arrival;
that is when each gets its number, its digest and its row.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import blake2b

import asyncpg
import structlog

from flow import crash
from flow.errors import Refused
from flow.history import mailbag
from flow.history.mailbag import MOST_BYTES, Incoming
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

log = structlog.get_logger()
_SQL = load("inbox")
LONG = 64 << 10
"""Bytes of a letter that is sealed and read beside the event loop, and kept beside the short ones."""
MOST_ROUNDS = 10
"""Times that bags are emptied for one group: those that hold repeats alone give nothing to handle."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a letter lies; `duplicate` when an equal one lay there already."""

    id: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as the desk takes it up; `raw` is its bytes, opened."""

    id: int
    feed: str
    control_id: str
    trigger: str
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a letter: handled or parked, why, and what it led to."""

    id: int
    state: str
    reason: str | None = None
    code: str | None = None
    warnings: tuple[str, ...] = ()
    visit: str | None = None
    events: int = 0


class Inbox:
    """Keeping, taking up and listing letters."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def keep(self, letters: Sequence[Incoming]) -> None:
        """Commits letters of one feed. Raises Unavailable when they are not safe."""
        long = any(len(letter.raw) > LONG for letter in letters)
        seal = partial(mailbag.sealed, letters, self.vault, self.hospital)
        body = await asyncio.to_thread(seal) if long else seal()
        async with self.database.read() if long else self.database.held() as connection:
            crash.here("before-journal-insert")
            await mailbag.put(connection, self.hospital, letters, body)
            crash.here("after-journal-commit")

    async def lay(self, connection: Connection, letters: Sequence[Incoming]) -> list[Kept]:
        """Give each letter its row, inside the caller's transaction; one answer for each, in order."""
        long = any(len(letter.raw) > LONG for letter in letters)
        prints, columns = await asyncio.to_thread(self._sealed, letters) if long else self._sealed(letters)
        rows = await connection.fetch(_SQL["lay"], self.hospital, *columns)
        new = {row["fingerprint"]: row["id"] for row in rows}
        kept = [Kept(new.pop(print_, 0), False) for print_ in prints]
        again = [(letter, print_) for letter, print_, k in zip(letters, prints, kept, strict=True) if not k.id]
        if again:
            await self._note_duplicates(connection, again)
        return [k if k.id else Kept(0, True) for k in kept]

    def _sealed(self, letters: Sequence[Incoming]) -> tuple[list[bytes], tuple[list[object], ...]]:
        """The fingerprints, and the columns to store."""
        prints = [fingerprint(letter) for letter in letters]
        rows = [
            (
                letter.feed,
                _text(letter.sender),
                _text(letter.control_id),
                _text(letter.trigger),
                letter.received_at,
                print_,
                self.vault.seal(letter.raw, b"letter" + print_),
                "parked" if letter.problem else "received",
                letter.problem or None,
                "unreadable" if letter.problem else None,
            )
            for letter, print_ in zip(letters, prints, strict=True)
        ]
        return prints, tuple(list(column) for column in zip(*rows, strict=True))

    async def _note_duplicates(self, connection: Connection, again: Iterable[tuple[Incoming, bytes]]) -> None:
        rows = [(x.feed, _text(x.sender), _text(x.control_id), _text(x.trigger), x.received_at, p) for x, p in again]
        await connection.execute(_SQL["keep_duplicates"], self.hospital, *map(list, zip(*rows, strict=True)))

    async def waiting(self, connection: Connection, limit: int) -> list[Letter]:
        """The next letters to handle, inside the desk's transaction; bags are emptied where too few lie ready."""
        rows = await self._ready(connection, limit)
        for _ in range(MOST_ROUNDS):
            if len(rows) >= limit or not await self.empty_bags(connection, limit - len(rows)):
                break
            rows = await self._ready(connection, limit)
        return [self._opened(row) for row in rows]

    async def _ready(self, connection: Connection, limit: int) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await connection.fetch(_SQL["waiting"], self.hospital, limit, MOST_BYTES)
        return rows

    async def empty_bags(self, connection: Connection, limit: int) -> int:
        """Lay the letters of the oldest bags into the journal, about `limit` of them; returns how many."""
        letters = await mailbag.take(connection, self.hospital, self.vault, limit)
        if letters:
            await self.lay(connection, letters)
        return len(letters)

    async def these(self, connection: Connection, ids: Sequence[int]) -> dict[int, Letter]:
        """Letters by id, opened, to be decided again."""
        return {row["id"]: self._opened(row) for row in await connection.fetch(_SQL["these"], self.hospital, ids)}

    def _opened(self, row: asyncpg.Record) -> Letter:
        try:
            raw = self.vault.open(row["body"], b"letter" + row["fingerprint"])
        except Tampered:
            log.error("letter.tampered", letter=row["id"])
            raw = b""
        return Letter(row["id"], row["feed"], row["control_id"], row["trigger"], row["received_at"], raw)

    async def reused_control_ids(self, connection: Connection, letters: Sequence[Letter]) -> set[int]:
        """Letters whose control id came before with another body (HL7.md rule 8: handle and warn)."""
        rows = await connection.fetch(_SQL["same_control_id"], self.hospital, [x.control_id for x in letters], [x.id for x in letters])
        return {row["id"] for row in rows}

    async def settle(self, connection: Connection, settled: Sequence[Settled], at: datetime) -> None:
        """Write down what became of letters, inside the desk's transaction."""
        rows = [(s.id, s.state, s.reason, s.code, "\n".join(s.warnings), s.visit, s.events) for s in settled]
        await connection.execute(_SQL["settle"], self.hospital, at, *map(list, zip(*rows, strict=True)))

    async def counts(self) -> dict[str, int]:
        """Letters by state."""
        async with self.database.read() as connection:
            return {row["state"]: row["letters"] for row in await connection.fetch(_SQL["counts"], self.hospital)}

    async def feeds(self) -> dict[str, datetime]:
        """When each feed was last heard."""
        async with self.database.read() as connection:
            return {row["feed"]: row["last_at"] for row in await connection.fetch(_SQL["feeds"], self.hospital)}

    async def one(self, letter: int) -> tuple[asyncpg.Record, bytes] | None:
        """A letter's row and its bytes, opened (a duplicate has none)."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, letter)
        if row is None:
            return None
        return row, self._opened(row).raw if row["body"] else b""

    async def replay(self, letter: int) -> None:
        """Put a parked letter back into the queue. Refused when it is not parked."""
        async with self.database.write() as connection:
            if await connection.fetchval(_SQL["replay"], self.hospital, letter) is None:
                raise Refused(f"Letter {letter} is not parked; only parked letters are replayed.", code="not-parked")


def fingerprint(letter: Incoming) -> bytes:
    """16 bytes over sender, control id and body: equal for a true repeat alone."""
    head = f"{letter.feed}\0{letter.sender}\0{letter.control_id}\0".encode("utf-8", "surrogateescape")
    digest = blake2b(head, digest_size=16)
    digest.update(letter.raw)
    return digest.digest()


def _text(value: str) -> str:
    """Text as Postgres takes it: no NUL, no lone surrogates, of a sane length."""
    if value.isascii() and len(value) <= 200 and "\0" not in value:
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:200]
