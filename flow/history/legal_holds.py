"""Legal holds: what somebody has asked to be kept, whatever the settings say; everything of a patient, or of the whole house in a period.

Retention and erasure ask here first. Whoever throws away and whoever sets a hold take one lock, so that nothing goes that was held before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.domain.ids import PatientId
from flow.errors import Refused
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("legal_holds")


@dataclass(frozen=True, slots=True)
class Hold:
    """`patient`, or else `from_at` up to `to_at` (None: it goes on); in force until it is lifted."""

    id: int
    patient: PatientId | None
    from_at: datetime | None
    to_at: datetime | None
    reason: str
    asked_by: str
    set_by: str
    set_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lifted_reason: str | None = None

    @property
    def words(self) -> str:
        """Which, for a sentence; no patient."""
        return f"legal hold {self.id}, set by {self.set_by} on {self.set_at:%d %b %Y}, asked for by {self.asked_by}"

    def covers(self, at: datetime) -> bool:
        """Whether a moment lies in its period."""
        return self.from_at is not None and self.from_at <= at and (self.to_at is None or at < self.to_at)


@dataclass(frozen=True, slots=True)
class InForce:
    """Every hold that stands; `patients` are those held, under every pseudonym they were ever known by."""

    holds: tuple[Hold, ...]
    patients: frozenset[PatientId]

    @property
    def begin(self) -> datetime | None:
        """The beginning of the earliest period held."""
        return min((hold.from_at for hold in self.holds if hold.from_at is not None), default=None)

    def covers(self, at: datetime) -> bool:
        """Whether a moment of the whole house is held."""
        return any(hold.covers(at) for hold in self.holds)


class LegalHolds:
    """The holds of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def hold_patient(self, patient: PatientId, reason: str, asked_by: str, by: str, at: datetime) -> int:
        """Keep everything of a patient from now on; returns the hold's number."""
        return await self._set((patient, None, None, reason, asked_by, by, at))

    async def hold_period(self, start: datetime, end: datetime | None, reason: str, asked_by: str, by: str, at: datetime) -> int:
        """Keep everything of a period; returns the hold's number. Refused where it ends before it begins."""
        if end is not None and end <= start:
            raise Refused("The period ends before it begins.", code="empty-period")
        return await self._set((None, start, end, reason, asked_by, by, at))

    async def _set(self, values: tuple[object, ...]) -> int:
        async with self.database.write() as connection:
            await lock(connection, self.hospital)
            number: int = await connection.fetchval(_SQL["set"], self.hospital, *values)
        return number

    async def lift(self, number: int, reason: str, by: str, at: datetime) -> bool:
        """Let go of what was held; False where no such hold is in force."""
        async with self.database.write() as connection:
            await lock(connection, self.hospital)
            await connection.execute(_SQL["look_again"], self.hospital)
            return await connection.fetchval(_SQL["lift"], self.hospital, number, by, at, reason) is not None

    async def all(self) -> list[Hold]:
        """Those in force, then those lifted, each newest first."""
        async with self.database.read() as connection:
            return [_hold(row) for row in await connection.fetch(_SQL["all"], self.hospital)]


async def lock(connection: Connection, hospital: str) -> None:
    """No hold is set or lifted until this transaction is over. Whoever needs the append lock as well takes that one first."""
    await connection.execute(_SQL["lock"], hospital)


async def in_force(connection: Connection, hospital: str) -> InForce:
    """What is held now."""
    holds = tuple(_hold(row) for row in await connection.fetch(_SQL["in_force"], hospital))
    patients = [hold.patient for hold in holds if hold.patient is not None]
    return InForce(holds, await _same_persons(connection, hospital, patients) if patients else frozenset())


async def letting(connection: Connection, hospital: str, before: datetime) -> tuple[InForce, datetime]:
    """What is held, and of what came before a moment until when it may go: nothing from the earliest period held on. Takes the lock."""
    await lock(connection, hospital)
    standing = await in_force(connection, hospital)
    return standing, min(before, standing.begin or before)


async def held(connection: Connection, hospital: str, patients: Collection[PatientId]) -> Hold | None:
    """A hold that these patients, or a time when they were here, are under; None where they may go. Takes the lock, to the end of the
    transaction."""
    await lock(connection, hospital)
    standing = await in_force(connection, hospital)
    if not standing.holds:
        return None
    same = await _same_persons(connection, hospital, patients)
    for hold in standing.holds:
        if hold.patient in same:
            return hold
        period = (hold.from_at, hold.to_at)
        if hold.patient is None and await connection.fetchval(_SQL["of_period"], hospital, sorted(same), *period):
            return hold
    return None


async def _same_persons(connection: Connection, hospital: str, patients: Collection[PatientId]) -> frozenset[PatientId]:
    return frozenset(PatientId(row["patient"]) for row in await connection.fetch(_SQL["same_persons"], hospital, list(patients)))


def _hold(row: asyncpg.Record) -> Hold:
    return Hold(**dict(row.items()))
