"""A person taken out of the database, and the proof that they are gone.

Before it `flow.erasing`, which has asked whether it may be and has told the log. Here the sealed texts that speak of somebody are found by
opening every one of them, they go in one transaction with the row that proves it, and are looked for again whenever somebody asks.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import asyncpg

from flow.domain.erasure import TELLING, Asker, Known, Reason, known_by, pieces, read
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.errors import Refused
from flow.history import legal_holds
from flow.history.people import People
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.history.sealed import SEALED, Row, Sealed, pages
from flow.vault import Tampered, Vault, key_of

_SQL = load("erasures")
_WILD, _AS_IT_IS = r"([%_\\])", r"\\\1"
UNSAID = b"taken out: it named a person who was erased"
Opened = Callable[[bytes], bool]
"""Whether an opened value is one that is looked for."""


class How(StrEnum):
    """What becomes of a sealed column when a person is erased."""

    ROW = "the person's rows go"
    TEXT = "texts that speak of the person go, their rows stay"
    SAID = "what somebody wrote about the person goes, that it was written stays"
    FOUND = "rows that speak of the person go"
    WAITED = "nothing waits there that speaks of the person, else it is refused"
    NOBODY = "no patient's"


HOW: Mapping[str, How] = {
    "person.sealed": How.ROW,
    "person.guards": How.ROW,
    "contact.sealed": How.ROW,
    "letter.body": How.TEXT,
    "outbox.body": How.TEXT,
    "reply.body": How.FOUND,
    "opening.words": How.SAID,
    "opening.remark": How.SAID,
    "reveal_review.words": How.SAID,
    "reveal_review.remark": How.SAID,
    "mailbag.body": How.WAITED,
    "share.sealed": How.WAITED,
    "snapshot_part.sealed": How.NOBODY,
    "push_subscription.sealed": How.NOBODY,
    "authenticator.sealed": How.NOBODY,
    "hospital_file.sealed": How.NOBODY,
    "clean_problem.photo": How.NOBODY,
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done: `counts` are rows by table, `notes` entries of the log in which somebody had typed a name or number, `keys` sealed
    what is gone, `found` what the last verification found (None: nobody has verified it)."""

    id: int
    patients: tuple[PatientId, ...]
    reason: Reason
    asked_by: Asker
    actor: str
    begun_at: datetime
    done_at: datetime | None
    keys: tuple[int, ...]
    counts: Mapping[str, int]
    notes: int
    proof: bytes | None
    verified_at: datetime | None
    found: Mapping[str, int] | None
    digests: tuple[str, ...] = field(default=(), repr=False)

    @property
    def expected(self) -> bytes:
        """The proof as it must be."""
        told = (self.id, *self.patients, *self.digests, self.reason, self.asked_by, self.actor, self.begun_at.timestamp())
        end = (
            self.done_at and self.done_at.timestamp(),
            *self.keys,
            *(f"{name} {rows}" for name, rows in sorted(self.counts.items())),
            self.notes,
        )
        return sha256("\n".join(map(str, (*told, *end))).encode()).digest()


class Erasures:
    """Those of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital
        self.people = People(database, vault)

    async def all(self) -> list[Erasure]:
        """The newest first."""
        async with self.database.read() as connection:
            return [_erasure(row) for row in await connection.fetch(_SQL["all"], self.hospital)]

    async def one(self, number: int) -> Erasure | None:
        """By number."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, number)
        return _erasure(row) if row else None

    async def details(self, patients: Collection[PatientId]) -> list[PersonDetails]:
        """What is known of them."""
        return list((await self.people.get(patients)).values())

    async def waits(self, known: Known) -> bool:
        """Whether a letter or a scanned code that speaks of them has come and is not dealt with yet."""
        for name in (name for name, how in HOW.items() if how is How.WAITED):
            async for _ in self._speaking(_column(name), known.spoken_of, None):
                return True
        letter = _column("letter.body")
        async with self.database.read() as connection:
            rows = [dict(row) for row in await connection.fetch(_SQL["waiting"], self.hospital)]
        return any(known.spoken_of(plain) for row in rows if (plain := self._opened(letter, row)) is not None)

    async def begin(self, patients: Collection[PatientId], known: Known, why: tuple[Reason, Asker], actor: str, at: datetime) -> int:
        """Write down what is about to be done, before it is."""
        digests = sorted(self.vault.blind("erased", number) for number in known.numbers)
        async with self.database.write() as connection:
            number: int = await connection.fetchval(_SQL["begin"], self.hospital, sorted(patients), digests, *why, actor, at)
        return number

    async def give_up(self, number: int) -> None:
        """It was refused."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["give_up"], self.hospital, number)

    async def told(self, patients: Collection[PatientId]) -> datetime | None:
        """When the log was told; None where it was not. What is of later is somebody else's."""
        async with self.database.read() as connection:
            found: datetime | None = await connection.fetchval(_SQL["told"], self.hospital, list(patients))
        return found

    async def finish(self, number: int, at: datetime) -> Erasure:
        """Have them gone; again after a kill, and nothing more where it is done. The log was told."""
        found = await self.one(number)
        assert found is not None
        known, told = known_by(await self.details(found.patients)), await self.told(found.patients)
        speaking = {name: [row async for row in self._speaking(_column(name), known.spoken_of, told)] for name in _searched()}
        async with self.database.read() as connection:
            holders = [dict(row) for row in await connection.fetch(_SQL["holders"], self.hospital, list(found.patients))]
            notes = await connection.fetchval(_SQL["notes"], self.hospital, _patterns(await self.details(found.patients), known))
        async with self.database.write() as connection:
            if await connection.fetchval(_SQL["hold"], self.hospital, number) is None:
                if hold := await legal_holds.held(connection, self.hospital, found.patients):
                    raise Refused(f"It was begun, and now there is a legal hold: {hold.words}. Finish it once that is lifted.", code="held")
                await self._shred(connection, found, speaking, holders, notes, at)
        done = await self.one(number)
        assert done is not None
        return done

    async def _shred(
        self, connection: Connection, found: Erasure, speaking: Mapping[str, list[Row]], holders: Sequence[Row], notes: int, at: datetime
    ) -> None:
        patients = list(found.patients)
        known_as = [*patients, *(row["entity_id"] for row in holders if row["entity"] != "visit")]
        visits = [row["entity_id"] for row in holders if row["entity"] == "visit"]
        told = await connection.fetchval(_SQL["told"], self.hospital, patients)
        of_visits = await connection.fetch(_SQL["letters_of_visits"], self.hospital, visits, told)
        letters = sorted({row["id"] for row in speaking["letter.body"]} | {row["id"] for row in of_visits})
        replies = speaking["reply.body"]
        sealed = {key_of(row[_column(name).column]) for name, rows in speaking.items() for row in rows}
        keys = sealed | await self._keys(connection, patients, letters)
        await connection.execute(_SQL["no_more"], self.hospital, patients, found.id)
        steps: dict[str, tuple[object, ...]] = {
            "letters": (letters, at),
            "outbox": ([row["id"] for row in speaking["outbox.body"]],),
            "replies": ([row["actor"] for row in replies], [row["key"] for row in replies]),
            "persons": (patients,),
            "contacts": (known_as,),
            "consents": (known_as, at),
            "tongues": (known_as,),
            "digests": (patients,),
        }
        counts = {name: _rows(await connection.execute(_SQL[name], self.hospital, *given)) for name, given in steps.items()}
        counts["said"] = await self._unsay(connection, speaking)
        done = _done(found, at, sorted(keys), counts, notes)
        await connection.execute(_SQL["done"], self.hospital, found.id, at, list(done.keys), json.dumps(counts), notes, done.expected)

    async def _unsay(self, connection: Connection, speaking: Mapping[str, list[Row]]) -> int:
        """A sentence in place of what somebody wrote, bound to the same row."""
        said = [(_column(name), row) for name, rows in speaking.items() if HOW[name] is How.SAID for row in rows]
        for one, row in said:
            sealed = self.vault.seal(UNSAID, one.aad(self.hospital, row))
            await connection.execute(_SQL[f"unsay_{one.table}_{one.column}"], self.hospital, row[one.key[0]], sealed)
        return len(said)

    async def _keys(self, connection: Connection, patients: list[PatientId], letters: list[int]) -> set[int]:
        """The keys that sealed what is about to go."""
        rows = await connection.fetch(_SQL["sealed_by"], self.hospital, patients, letters)
        return {row["key"] for row in rows}

    async def verify(self, number: int, at: datetime, files: Mapping[str, int]) -> Erasure:
        """Look for them everywhere; `files` is what was found in files. What is found is written down with the erasure."""
        found = await self.one(number)
        assert found is not None
        until = await self.told(found.patients) or found.done_at  # an entry of long ago may be in the snapshot alone
        async with self.database.read() as connection:
            left = Counter({row["name"]: row["rows"] for row in await connection.fetch(_SQL["left"], self.hospital, list(found.patients))})
        for one in SEALED:
            async for _ in self._speaking(one, self.looking(found.digests), until):
                left[one.name] += 1
        left["proof"] = int(found.proof != found.expected)
        result = {name: rows for name, rows in {**left, **files}.items() if rows}
        async with self.database.write() as connection:
            await connection.execute(_SQL["verified"], self.hospital, number, at, json.dumps(result))
        verified = await self.one(number)
        assert verified is not None
        return verified

    def looking(self, digests: Collection[str]) -> Opened:
        """Whether a text has a piece whose digest is one of these; each piece is tried once."""
        tried: dict[str, bool] = {}

        def among(text: bytes) -> bool:
            for piece in pieces(read(text)):
                if piece not in tried:
                    tried[piece] = self.vault.blind("erased", piece) in digests
                if tried[piece]:
                    return True
            return False

        return among

    async def _speaking(self, one: Sealed, sought: Opened, until: datetime | None) -> AsyncIterator[Row]:
        """The rows of a column, of until then (None: all), whose text is one that is looked for."""
        async for rows in pages(self.database, one):
            old = [row for row in rows if until is None or row["laid_at"] is None or row["laid_at"] <= until]
            for row in await asyncio.to_thread(self._among, one, old, sought):
                yield row

    def _among(self, one: Sealed, rows: Sequence[Row], sought: Opened) -> list[Row]:
        return [row for row in rows if (plain := self._opened(one, row)) is not None and sought(plain)]

    def _opened(self, one: Sealed, row: Row) -> bytes | None:
        try:
            return self.vault.open(row[one.column], one.aad(self.hospital, row))
        except Tampered:
            return None


def _searched() -> list[str]:
    return [name for name, how in HOW.items() if how in (How.TEXT, How.FOUND, How.SAID)]


def _column(name: str) -> Sealed:
    return next(one for one in SEALED if one.name == name)


def _patterns(persons: Sequence[PersonDetails], known: Known) -> list[str]:
    """What a typed note would have of them: the whole name, a number that means nobody else."""
    words = {each.name for each in persons if len(each.name) >= TELLING} | {each for each in known.numbers if len(each) >= TELLING}
    return [f"%{re.sub(_WILD, _AS_IT_IS, word)}%" for word in words]


def _rows(status: str) -> int:
    """How many rows a statement did, by what Postgres says of it."""
    return int(status.rpartition(" ")[2])


def _done(found: Erasure, at: datetime, keys: list[int], counts: Mapping[str, int], notes: int) -> Erasure:
    return Erasure(
        found.id, found.patients, found.reason, found.asked_by, found.actor, found.begun_at, at, tuple(keys), counts, notes,
        None, None, None, found.digests,
    )  # fmt: skip


def _erasure(row: asyncpg.Record) -> Erasure:
    return Erasure(
        row["id"],
        tuple(map(PatientId, row["patients"])),
        Reason(row["reason"]),
        Asker(row["asked_by"]),
        row["actor"],
        row["begun_at"],
        row["done_at"],
        tuple(row["keys"]),
        json.loads(row["counts"]),
        row["notes"],
        row["proof"],
        row["verified_at"],
        json.loads(row["found"]) if row["found"] is not None else None,
        tuple(row["digests"]),
    )
