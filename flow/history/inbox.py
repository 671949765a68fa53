"""The journal of letters: kept as received, sealed, in a transaction of its own, before anybody reads more than MSH.

What `keep` returns for may be acknowledged: it lies in the mailbag, numbered. The desk takes the letters from here in the order of arrival;
that is when each gets its digest and its row.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import blake2b
from itertools import accumulate, chain
from operator import attrgetter

import asyncpg
import structlog

from flow import crash
from flow.errors import Refused
from flow.history import mailbag
from flow.history.bundle import Part, Row, ask, carry_out
from flow.history.log import Supposed
from flow.history.mailbag import MOST_BYTES, AtHand, Incoming
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

log = structlog.get_logger()
_SQL = load("inbox")
_AT_HAND = 32
"""Bags that are remembered for the desk; where more wait, they are not the next, and it takes them up out of the mailbag."""
LONG = 64 << 10
"""Bytes of a letter that is sealed and read beside the event loop, and kept beside the short ones."""


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


@dataclass(frozen=True, slots=True)
class New:
    """A letter out of a bag, numbered, without a row of its own yet."""

    id: int
    letter: Incoming
    fingerprint: bytes


@dataclass(slots=True)
class Batch:
    """Letters taken up together. `letters` are to be handled, in order; `new` are all without a row, with what else was in their `bags`."""

    letters: list[Letter]
    new: list[New]
    more: bool
    """Whether further ones may lie ready."""
    bags: Sequence[int] = ()
    repeats: set[int] = field(default_factory=set)
    reused: set[int] = field(default_factory=set)
    """Those whose control id came before with another body."""

    @classmethod
    def of(cls, ready: list[Letter], out: Iterable[tuple[int, Incoming]], limit: int, bags: Sequence[int] = ()) -> "Batch":
        """`ready` have their rows; `limit` are handled now, fewer where they are large, the others later."""
        new = [New(number, letter, fingerprint(letter)) for number, letter in out]
        readable = [_letter(x) for x in new if not x.letter.problem]
        ahead = accumulate((len(letter.raw) for letter in (*ready, *readable)), initial=0)
        letters = [x for x, before in zip((*ready, *readable), ahead, strict=False) if before < MOST_BYTES][:limit]
        more = len(letters) >= limit or sum(len(letter.raw) for letter in letters) > MOST_BYTES // 2
        return cls(letters, new, more, bags)

    @property
    def numbers(self) -> set[int]:
        """Of those without a row."""
        return {new.id for new in self.new}

    def tell(self, known: Iterable[Row], reused: Iterable[Row]) -> None:
        """What `Inbox.asking` asked for; repeats are handled by nobody."""
        seen, controls = {bytes(print_) for (print_,) in known}, set[str]()
        self.reused = {number for (number,) in reused}
        for new in self.new:
            control = new.letter.control_id
            if new.fingerprint in seen:
                self.repeats.add(new.id)
                continue
            if control and control in controls:
                self.reused.add(new.id)
            seen.add(new.fingerprint)
            controls.add(control)
        self.letters = [letter for letter in self.letters if letter.id not in self.repeats]


class Inbox:
    """Keeping, taking up and listing letters."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital
        self._at_hand: list[AtHand] = []

    async def keep(self, letters: Sequence[Incoming]) -> None:
        """Commits letters of one feed. Raises Unavailable when they are not safe."""
        long = any(len(letter.raw) > LONG for letter in letters)
        seal = partial(mailbag.sealed, letters, self.vault, self.hospital)
        body = await asyncio.to_thread(seal) if long else seal()
        async with self.database.read() if long else self.database.held() as connection:
            crash.here("before-journal-insert")
            bag = await mailbag.put(connection, self.hospital, letters, body)
            crash.here("after-journal-commit")
        if not long:
            self._at_hand = [*self._at_hand[-_AT_HAND:], bag]

    def at_hand(self, limit: int) -> "Batch | None":
        """What this process kept since it was last asked: the next letters, if `first` says so of their bags. None when that is nothing, or
        too much; all that is kept lies in the mailbag, whence `taking` has it."""
        bags, self._at_hand = sorted(self._at_hand, key=attrgetter("id")), []
        letters = [letter for bag in bags for letter in bag.letters]
        return Batch.of([], letters, limit, [bag.id for bag in bags]) if 0 < len(letters) <= limit else None

    @property
    def holds(self) -> bool:
        """Whether something was kept here that the desk has not asked for."""
        return bool(self._at_hand)

    def unkept(self, following: int, letters: Sequence[Incoming]) -> tuple[Batch, Supposed]:
        """Letters that lie nowhere yet, to be kept by what handles them, numbered from one on, with what is supposed of them."""
        batch = Batch.of([], enumerate(letters, following), len(letters))
        controls = [_text(letter.control_id) for letter in letters if letter.control_id]
        return batch, Supposed([new.id for new in batch.new], [new.fingerprint for new in batch.new], controls)

    def first(self, batch: "Batch") -> Part:
        """What says whether a batch `at_hand` is the next."""
        return mailbag.first(self.hospital, batch.bags)

    async def lay(self, connection: Connection, letters: Sequence[Incoming]) -> list[Kept]:
        """Give each letter its row, to be handled later, inside the caller's transaction; one answer for each, in order."""
        numbers = await connection.fetchval(_SQL["numbers"], len(letters))
        batch = Batch.of([], zip(numbers, letters, strict=True), 0)
        batch.tell((await ask(connection, *self.asking(batch)))[0], [])
        await carry_out(connection, await self.settling(batch, [], None))
        return [Kept(0, True) if new.id in batch.repeats else Kept(new.id, False) for new in batch.new]

    def taking(self, limit: int) -> list[Part]:
        """What takes up the next letters: those that lie ready, then those of the oldest bags."""
        return [(_SQL["waiting"], (self.hospital, limit, MOST_BYTES)), mailbag.taking(self.hospital, limit)]

    def taken(self, limit: int, ready: Sequence[Row], bags: Sequence[Row]) -> "Batch":
        """What was taken up, opened."""
        letters = mailbag.opened(bags, self.vault, self.hospital)
        return Batch.of([self._opened(*row) for row in ready], letters, limit, [row[0] for row in bags])

    def asking(self, batch: "Batch") -> list[Part]:
        """What must be known before letters are handled: which came before, and which control ids did (HL7.md rule 8: handle and warn)."""
        controls = ([x.control_id for x in batch.letters], [x.id for x in batch.letters])
        return [
            (_SQL["known"], (self.hospital, [new.fingerprint for new in batch.new])),
            (_SQL["same_control_id"], (self.hospital, *controls)),
        ]

    async def settling(self, batch: "Batch", settled: Sequence[Settled], at: datetime | None) -> list[Part]:
        """What writes down what became of letters, inside the desk's transaction; those that nobody handled wait."""
        became = {one.id: one for one in settled}
        parts = [self.settled([became[x.id] for x in batch.letters if x.id in became.keys() - batch.numbers], at)]
        if batch.new:
            long = any(len(new.letter.raw) > LONG for new in batch.new)
            rows = await asyncio.to_thread(self._rows, batch, became, at) if long else self._rows(batch, became, at)
            parts.append([(_SQL["enter"], (self.hospital, *map(list, zip(*rows, strict=True))))])
        if batch.bags:
            parts.append([mailbag.emptying(self.hospital, batch.bags)])
        return list(chain.from_iterable(parts))

    def settled(self, settled: Sequence[Settled], at: datetime | None) -> list[Part]:
        """The same for letters that have their rows."""
        rows = [(s.id, s.state, s.reason, s.code, "\n".join(s.warnings), s.visit, s.events) for s in settled]
        return [(_SQL["settle"], (self.hospital, at, *map(list, zip(*rows, strict=True))))] if rows else []

    def _rows(self, batch: "Batch", became: Mapping[int, Settled], at: datetime | None) -> list[tuple[object, ...]]:
        return [self._row(new, new.id in batch.repeats, became.get(new.id), at) for new in batch.new]

    def _row(self, new: "New", repeat: bool, became: Settled | None, at: datetime | None) -> tuple[object, ...]:
        letter, handled = new.letter, at if became else None
        body = b"" if repeat else self.vault.seal(letter.raw, b"letter" + new.fingerprint)
        if repeat:
            became, handled = Settled(new.id, "duplicate"), letter.received_at
        elif letter.problem:
            became = Settled(new.id, "parked", letter.problem, "unreadable")
        came = (new.id, letter.feed, *map(_text, (letter.sender, letter.control_id, letter.trigger)), letter.received_at)
        end = became or Settled(new.id, "received")
        return (*came, new.fingerprint, body, end.state, handled, end.reason, end.code, "\n".join(end.warnings), end.visit, end.events)

    async def these(self, connection: Connection, ids: Sequence[int]) -> dict[int, Letter]:
        """Letters by id, opened, to be decided again."""
        return {row["id"]: self._opened(*row) for row in await connection.fetch(_SQL["these"], self.hospital, ids)}

    def opened(self, row: asyncpg.Record) -> Letter:
        """A row of the journal, opened."""
        return self._opened(*(row[name] for name in ("id", "feed", "control_id", "trigger", "received_at", "fingerprint", "body")))

    def _opened(
        self, number: int, feed: str, control_id: str, trigger: str, received_at: datetime, print_: bytes, body: bytes | None
    ) -> Letter:
        """Opened; without text where that is gone."""
        try:
            raw = self.vault.open(body, b"letter" + print_) if body is not None else b""
        except Tampered:
            log.error("letter.tampered", letter=number)
            raw = b""
        return Letter(number, feed, control_id, trigger, received_at, raw)

    async def counts(self) -> dict[str, int]:
        """Letters by state."""
        async with self.database.read() as connection:
            return {row["state"]: row["letters"] for row in await connection.fetch(_SQL["counts"], self.hospital)}

    async def feeds(self) -> dict[str, datetime]:
        """When each feed was last heard."""
        async with self.database.read() as connection:
            return {row["feed"]: row["last_at"] for row in await connection.fetch(_SQL["feeds"], self.hospital)}

    async def one(self, letter: int) -> tuple[asyncpg.Record, bytes] | None:
        """A letter's row and its bytes, opened; a duplicate has none, nor has one whose text is gone (`gone`, since `gone_at`)."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, letter)
        if row is None:
            return None
        return row, self.opened(row).raw if row["body"] else b""

    async def replay(self, letter: int) -> None:
        """Put a parked letter back into the queue. Refused when it is not parked."""
        async with self.database.write() as connection:
            if await connection.fetchval(_SQL["replay"], self.hospital, letter) is None:
                raise Refused(f"Letter {letter} is not parked; only parked letters are replayed.", code="not-parked")


def _letter(new: New) -> Letter:
    came = new.letter
    return Letter(new.id, came.feed, came.control_id, came.trigger, came.received_at, came.raw)


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
