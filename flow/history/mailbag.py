"""The mailbag: letters that were committed together, as the one sealed row that their acknowledgments wait for.

Before it the listener's group; after it the inbox, which takes bags out in order and lays their letters into the journal.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import structlog

from flow.history.bundle import Part, Row
from flow.history.pool import Connection
from flow.history.queries import load
from flow.vault import Tampered, Vault

log = structlog.get_logger()
_SQL = load("mailbag")
MOST_BYTES = 2 << 20
"""Of bags that are taken out at once, besides the first."""
SPOILT = "{} letters that came together do not open: changed on the disk, or the key is not in the ring. Their bytes are kept."


class Incoming(Protocol):
    """A letter as the listener has it; `problem` is set where not even its MSH could be read."""

    @property
    def feed(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def control_id(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def trigger(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def problem(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter out of a bag; a bag that does not open comes out as one letter with a problem, its sealed bytes as they are."""

    feed: str
    raw: bytes
    control_id: str
    sender: str
    trigger: str
    received_at: datetime
    problem: str


class AtHand(NamedTuple):
    """A bag whose letters this process kept just now, each with its number: it need not be taken up and opened."""

    id: int
    letters: Sequence[tuple[int, Incoming]]


def sealed(letters: Sequence[Incoming], vault: Vault, hospital: str) -> bytes:
    """A line of what is known of each letter, then their bytes; sealed as one. It leaves Python alone for as long as it takes."""
    known = [(x.control_id, x.sender, x.trigger, x.received_at.isoformat(), x.problem, len(x.raw)) for x in letters]
    return vault.seal(b"".join((json.dumps(known).encode(), b"\n", *[letter.raw for letter in letters])), _aad(hospital))


async def put(connection: Connection, hospital: str, letters: Sequence[Incoming], body: bytes) -> AtHand:
    """Commit letters of one feed, sealed already."""
    first = letters[0]
    row = await connection.fetchrow(_SQL["keep"], hospital, first.feed, len(letters), first.received_at, body)
    assert row is not None
    return AtHand(row["id"], list(zip(row["numbers"], letters, strict=True)))


def first(hospital: str, bags: Sequence[int]) -> Part:
    """What says whether these bags lie there still and are to be taken up next."""
    return _SQL["first"], (hospital, bags)


def taking(hospital: str, limit: int) -> Part:
    """What takes the oldest bags up: about as many letters as are missing to `limit`. They lie there until they are emptied."""
    return _SQL["take"], (hospital, limit, MOST_BYTES)


def emptying(hospital: str, bags: Sequence[int]) -> Part:
    """What takes bags away whose letters lie in the journal, inside the caller's transaction."""
    return _SQL["empty"], (hospital, bags)


def opened(rows: Sequence[Row], vault: Vault, hospital: str) -> list[tuple[int, Taken]]:
    """The letters of the bags taken up, in order, each with its number."""
    bags = sorted((Bag(*row) for row in rows), key=lambda bag: bag.id)
    letters = [letter for bag in bags for letter in _opened(bag, vault, hospital)]
    numbers = sorted(int(number) for bag in bags for number in bag.numbers)
    return list(zip(numbers, letters, strict=False))  # a bag that does not open has more numbers than letters


class Bag(NamedTuple):
    """A row that was taken up; `numbers` are for any of the letters taken up with it."""

    id: int
    feed: str
    letters: int
    received_at: datetime
    body: bytes
    numbers: Sequence[str]


def _opened(bag: Bag, vault: Vault, hospital: str) -> list[Taken]:
    try:
        plain = vault.open(bag.body, _aad(hospital))
    except Tampered:
        log.error("mailbag.tampered", bag=bag.id, letters=bag.letters)
        return [Taken(bag.feed, bag.body, "", "", "", bag.received_at, SPOILT.format(bag.letters))]
    head, _, rest = plain.partition(b"\n")
    found, at = [], 0
    for control_id, sender, trigger, received_at, problem, size in json.loads(head):
        raw = rest[at : at + size]
        found.append(Taken(bag.feed, raw, control_id, sender, trigger, datetime.fromisoformat(received_at), problem))
        at += size
    return found


def _aad(hospital: str) -> bytes:
    return b"mailbag" + hospital.encode()
