"""The sealed snapshot that the log goes on from, what stood when it was cut: last words on records, stays, stretches, conditions of beds.

`cutting` takes it; `models` and `again` begin with it. Its digest stands in the cut, and so in the chain; no names are in it.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from flow.codec import decode
from flow.domain.audit import Cut
from flow.domain.cause import Cause, Origin
from flow.domain.events import Entry, Event, Kind
from flow.history.bundle import carry_out
from flow.history.conditions import RULES
from flow.history.kept import CONDITIONS, Kept, stand
from flow.history.log import put_records
from flow.history.pool import Connection
from flow.history.queries import load
from flow.vault import Tampered, Vault

_SQL = load("snapshot")
_ROWS = 1000
"""In one part."""
KINDS = ("base", "stays", "stretches", "conditions")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """As of `seq`; each row as JSON text. `base` are the last entries of what is still needed."""

    seq: int = 0
    base: Sequence[str] = ()
    stays: Sequence[str] = ()
    stretches: Sequence[str] = ()
    conditions: Sequence[str] = ()

    def parts(self) -> Iterator[bytes]:
        """Its parts, always the same of the same rows."""
        for kind in KINDS:
            rows: Sequence[str] = getattr(self, kind)
            for first in range(0, len(rows), _ROWS):
                yield json.dumps([kind, *rows[first : first + _ROWS]]).encode()

    @property
    def digest(self) -> bytes:
        """SHA-256 over its parts."""
        return digest_of(self.parts())

    def entries(self) -> list[Entry]:
        """The last words, in order."""
        return sorted(map(entry_in, self.base), key=lambda entry: entry.seq)


def digest_of(parts: Iterable[bytes]) -> bytes:
    """SHA-256 over parts, each with its length."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8) + part)
    return whole.digest()


class _Row(msgspec.Struct):
    """A row of the log in JSON; what a body is, its entity says."""

    seq: int
    kind: str
    entity: str
    entity_id: str
    at: datetime
    recorded_at: datetime
    origin: str
    actor: str
    body: msgspec.Raw
    letter: int | None = None
    command: int | None = None


def entry_in(row: str) -> Entry:
    """A row of the log in JSON as an entry."""
    one = msgspec.json.decode(row, type=_Row)
    event = Event(Kind(one.kind), decode(one.entity, bytes(one.body)), one.at)
    return Entry(one.seq, event, Cause(Origin(one.origin), one.actor, one.recorded_at, one.letter, one.command))


async def write(connection: Connection, vault: Vault, hospital: str, snapshot: Snapshot) -> None:
    """Lay it down, sealed, in place of the one before."""
    await connection.execute(_SQL["forget"], hospital, snapshot.seq)
    for number, part in enumerate(snapshot.parts()):
        sealed = vault.seal(zlib.compress(part), aad(hospital, snapshot.seq, number))
        await connection.execute(_SQL["put"], hospital, snapshot.seq, number, sealed)


async def read(connection: Connection, vault: Vault, hospital: str, cut: Cut) -> Snapshot:
    """The one that a cut speaks of; an empty one where the log is whole. Raises Tampered where it is another."""
    if not cut.seq_to:
        return Snapshot()
    rows = await connection.fetch(_SQL["parts"], hospital, cut.seq_to)
    parts = [zlib.decompress(vault.open(row["sealed"], aad(hospital, cut.seq_to, row["part"]))) for row in rows]
    if digest_of(parts) != cut.snapshot:
        raise Tampered(f"The snapshot that the log goes on from (Seq {cut.seq_to}) is not the one that was sealed.")
    found: dict[str, list[str]] = {}
    for part in parts:
        kind, *told = json.loads(part)
        found.setdefault(kind, []).extend(told)
    return Snapshot(cut.seq_to, **found)


def aad(hospital: str, seq: int, part: int) -> bytes:
    """What a part is sealed with."""
    return f"snapshot|{hospital}|{seq}|{part}".encode()


async def lay_base(connection: Connection, hospital: str, snapshot: Snapshot) -> None:
    """The last words, for whoever asks about a moment after the cut."""
    await connection.execute(_SQL["clear_base"], hospital)
    await _lay(connection, "lay_base", snapshot.base)


async def lay(connection: Connection, hospital: str, snapshot: Snapshot) -> None:
    """The read models as they were at the cut; all of them are empty."""
    await lay_base(connection, hospital, snapshot)
    if entries := snapshot.entries():
        await carry_out(connection, [put_records(hospital, entries)])
    await _lay(connection, "lay_stays", snapshot.stays)
    await _lay(connection, "lay_stretches", snapshot.stretches)
    if snapshot.seq:
        await connection.execute(_SQL["clear_conditions"], hospital)
        await _lay(connection, "lay_conditions", snapshot.conditions)
        await stand(connection, hospital, CONDITIONS, Kept(snapshot.seq, None, RULES))


async def _lay(connection: Connection, name: str, rows: Sequence[str]) -> None:
    for first in range(0, len(rows), _ROWS):
        await connection.execute(_SQL[name], "[" + ",".join(rows[first : first + _ROWS]) + "]")
