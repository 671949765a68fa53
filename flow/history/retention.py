"""What is thrown away by whoever serves, in batches that each stand by themselves: texts of letters, in and out, and persons of whom no
movement is kept any more. What only the owner of the tables takes away is `cutting`'s. What a legal hold is on stays."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from flow.domain.ids import PatientId
from flow.history import legal_holds
from flow.history.inbox import Inbox, Letter
from flow.history.legal_holds import InForce
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.keeps import Keeps

_SQL, _LETTERS = load("retention"), load("letters")
BATCH = 500

Speaks = Callable[[Letter], Collection[PatientId] | None]
"""Whom a letter speaks of; None where that cannot be read."""


@dataclass(frozen=True, slots=True)
class Due:
    """Of one kind: how many are over, and when the oldest that is kept is of."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run threw away by kind; `kept` are sentences about what it left."""

    began_at: datetime
    ended_at: datetime
    by: str
    gone: dict[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters looked through: how many texts went, how many are held, and whether there are more."""

    gone: int
    held: int
    more: bool


class Retention:
    """Of one hospital."""

    def __init__(self, database: Database, inbox: Inbox, speaks: Speaks) -> None:
        self.database, self.inbox, self.speaks = database, inbox, speaks
        self.hospital = database.hospital

    async def letters(self, before: datetime, at: datetime) -> Batch:
        """The next batch of letters received before a moment: their texts go, unless they are held. What waits to be handled stays, and so
        does what came after it, until it is."""
        async with self.database.write() as connection:
            await legal_holds.lock(connection, self.hospital)
            mark = await connection.fetchval(_SQL["mark"], self.hospital)
            last = await connection.fetchval(_LETTERS["ids_before"], self.hospital, before) or 0
            rows = await connection.fetch(_SQL["letters"], self.hospital, mark, last, BATCH)
            waits = next((place for place, row in enumerate(rows) if row["state"] == "received"), len(rows))
            rows, more = rows[:waits], waits == BATCH
            over = [row for row in rows if row["stands"] and row["received_at"] < before]
            held = await self._held(connection, over)
            gone = [row["id"] for row in over if row["id"] not in held]
            await connection.execute(_SQL["drop_texts"], self.hospital, gone, at)
            if rows:
                await connection.execute(_SQL["move_mark"], self.hospital, rows[-1]["id"])
        return Batch(len(gone), len(held), more)

    async def _held(self, connection: Connection, rows: Collection[asyncpg.Record]) -> set[int]:
        standing = await legal_holds.in_force(connection, self.hospital)
        if not standing.holds or not rows:
            return set()
        found = await connection.fetch(_SQL["visits_of"], self.hospital, list(standing.patients))
        visits = {row["entity_id"] for row in found}
        return {row["id"] for row in rows if standing.covers(row["received_at"]) or self._is_about(row, standing, visits)}

    def _is_about(self, row: asyncpg.Record, standing: InForce, visits: Collection[str]) -> bool:
        """Whether a letter speaks of somebody held; one that cannot be read may."""
        if not standing.patients or row["visit"] in visits:
            return bool(standing.patients)
        letter = self.inbox.opened(row)
        spoken_of = self.speaks(letter)
        return spoken_of is None or not standing.patients.isdisjoint(spoken_of)

    async def outgoing(self, before: datetime) -> int:
        """The next batch of letters sent to other systems; 0 once there is none. A hold on a period keeps those of it, one on a patient
        keeps all: whom they speak of is not known by then."""
        async with self.database.write() as connection:
            standing, before = await legal_holds.letting(connection, self.hospital, before)
            if standing.patients:
                return 0
            return _count(await connection.execute(_SQL["drop_outgoing"], self.hospital, before, BATCH))

    async def persons(self, before: datetime, after: str) -> tuple[int, str]:
        """The next batch of persons of whom no movement is kept: how many went, and after whom to go on ("" at the end)."""
        async with self.database.write() as connection:
            standing, before = await legal_holds.letting(connection, self.hospital, before)
            rows = await connection.fetch(_SQL["persons"], self.hospital, before, after, BATCH)
            patients = [row["patient"] for row in rows]
            gone = [patient for patient in patients if patient not in standing.patients]
            for name in ("drop_numbers", "drop_contacts", "drop_tongues", "drop_persons"):
                await connection.execute(_SQL[name], self.hospital, gone)
        return len(gone), patients[-1] if len(patients) == BATCH else ""

    async def put(self, run: Run) -> None:
        """Write a run down."""
        async with self.database.write() as connection:
            values = (run.began_at, run.ended_at, run.by, json.dumps(run.gone), list(run.kept))
            await connection.execute(_SQL["put_run"], self.hospital, *values)


async def due(database: Database, keeps: Keeps, now: datetime) -> dict[str, Due]:
    """What is over by kind, held or not."""
    async with database.read() as connection:
        rows = {
            name: await connection.fetchrow(_SQL[f"due_{name}"], database.hospital, span.before(now))
            for name, span in keeps.by_kind.items()
        }
    return {name: Due(row["due"], row["oldest"]) for name, row in rows.items() if row is not None}


async def runs(database: Database, most: int) -> list[Run]:
    """The last runs, newest first."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["runs"], database.hospital, most)
    return [Run(row["began_at"], row["ended_at"], row["by"], json.loads(row["gone"]), tuple(row["kept"])) for row in rows]


def _count(tag: str) -> int:
    """Of what Postgres answers to an update."""
    return int(tag.rpartition(" ")[2])
