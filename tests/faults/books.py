"""Reading the books: what a hospital's Postgres and Redis hold, straight from the servers and past the product's own readers."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import redis

from flow.vault import Tampered, open_vault
from tests.faults.invariants import Carried, Effect, Lying, Stay

SHOWN = ("bed", "request", "token", "room")


@dataclass(frozen=True, slots=True)
class Picture:
    """What Redis shows: its head, None where there is none, and the records of each entity by id."""

    head: int | None
    records: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Books:
    """What Postgres holds of one hospital."""

    head: int
    journal: tuple[Lying, ...]
    effects: Mapping[int, Effect]
    facts: tuple[str, ...]
    stays: tuple[Stay, ...]
    carried: tuple[Carried, ...]
    records: Mapping[str, Mapping[str, Any]]

    @property
    def waiting(self) -> int:
        """Letters that nobody has handled."""
        return sum(letter.state == "received" for letter in self.journal)

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        """The records that the live picture shows."""
        live = {entity: dict(self.records.get(entity, {})) for entity in SHOWN}
        live["request"] = {key: body for key, body in live["request"].items() if body["status"] in ("waiting", "assigned")}
        return live

    @property
    def lies_in(self) -> dict[str, str]:
        """Who holds which bed, by bed."""
        return {stay.bed: stay.holder for stay in self.stays if stay.kind == "occupied"}


def digest(body: bytes) -> bytes:
    """What a body is compared by."""
    return sha256(body).digest()


def read_picture(url: str, hospital: str) -> Picture:
    """The live picture; read it before the books, so that it can only be behind."""
    with redis.from_url(url, protocol=2) as client:
        prefix = f"{{bedflow:{hospital}}}:"
        with client.pipeline(transaction=True) as pipe:
            pipe.get(f"{prefix}head")
            for entity in SHOWN:
                pipe.hgetall(f"{prefix}{entity}")
            head, *homes = pipe.execute()
    records = {
        entity: {key.decode(): json.loads(body) for key, body in home.items() if body} for entity, home in zip(SHOWN, homes, strict=True)
    }
    return Picture(None if head is None else int(head), records)


def read_books(dsn: str, hospital: str, data_dir: Path) -> Books:
    """Everything the invariants speak of, as of one snapshot."""
    return asyncio.run(_read(dsn, hospital, data_dir))


async def _read(dsn: str, hospital: str, data_dir: Path) -> Books:
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            head = await connection.fetchval("select seq from head where hospital = $1", hospital)
            letters = await connection.fetch(_LETTERS, hospital)
            bags = await connection.fetch(_BAGS, hospital)
            effects = await connection.fetch(_EFFECTS, hospital)
            stays = await connection.fetch(_STAYS, hospital)
            carried = await connection.fetch(_CARRIED, hospital)
            rows = await connection.fetch("select entity, entity_id, body::text from record where hospital = $1", hospital)
    finally:
        await connection.close()
    records: dict[str, dict[str, Any]] = {}
    for entity, key, body in rows:
        records.setdefault(entity, {})[key] = json.loads(body)
    facts = tuple(fact["order"]["control"] for visit in records.get("visit", {}).values() for fact in visit["facts"])
    return Books(
        head or 0,
        _once(_opened(letters, data_dir), bagged(bags, hospital, data_dir)),
        {row["letter"]: Effect(row["entries"], row["times"]) for row in effects},
        facts,
        tuple(Stay(*row) for row in stays),
        tuple(Carried(*row) for row in carried),
        records,
    )


def _opened(rows: list[asyncpg.Record], data_dir: Path) -> tuple[Lying, ...]:
    vault = open_vault(data_dir)

    def body_of(row: asyncpg.Record) -> bytes:
        if not row["body"]:
            return b""
        try:
            return digest(vault.open(row["body"], b"letter" + row["fingerprint"]))
        except Tampered:
            return b"tampered"

    return tuple(Lying(row["id"], row["control_id"], body_of(row), row["state"], row["events"], row["received_at"]) for row in rows)


def _once(laid: tuple[Lying, ...], in_bags: Iterable[Lying]) -> tuple[Lying, ...]:
    """Those laid out and those in the mailbag, where a repeat is not known as one yet (HL7.md rule 8)."""
    known = {(letter.control_id, letter.digest) for letter in laid if letter.state != "duplicate"}
    found = list(laid)
    for letter in in_bags:
        again = (letter.control_id, letter.digest) in known
        known.add((letter.control_id, letter.digest))
        found.append(replace(letter, state="duplicate") if again else letter)
    return tuple(found)


def bagged(rows: list[asyncpg.Record], hospital: str, data_dir: Path) -> Iterator[Lying]:
    """Letters that were acknowledged and lie in the mailbag still; they have no number yet."""
    vault = open_vault(data_dir)
    for row in rows:
        known, _, rest = vault.open(row["body"], b"mailbag" + hospital.encode()).partition(b"\n")
        for control_id, _, _, received_at, _, size in json.loads(known):
            yield Lying(0, control_id, digest(rest[:size]), "received", 0, datetime.fromisoformat(received_at))
            rest = rest[size:]


_BAGS = "select body from mailbag where hospital = $1 order by id"
_LETTERS = "select id, control_id, body, fingerprint, state, events, received_at from letter where hospital = $1 order by id"
_EFFECTS = """
select letter, count(*) as entries, count(distinct recorded_at) as times from log
where hospital = $1 and letter is not null group by letter
"""
_STAYS = "select kind, bed, holder from occupancy where hospital = $1 and to_at is null and seq_to is null"
_CARRIED = """
select c.id, c.key, count(l.seq) from command c left join log l on l.hospital = c.hospital and l.command = c.id
where c.hospital = $1 group by c.id, c.key
"""
