"""The audit trail in Postgres: adding to it, reading it; `seals` links it into a chain."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId
from flow.history.bundle import Part
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("audit")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which traces somebody looks for; empty fields are no condition. `before`: those below this number."""

    begin: datetime
    end: datetime
    kinds: Collection[Kind] = ()
    actor: str = ""
    patient: PatientId | None = None
    address: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A trace as it lies there."""

    id: int
    trace: Trace


def noted(hospital: str, traces: Sequence[Trace]) -> list[Part]:
    """What writes traces down, for a transaction of somebody else's."""
    rows = [
        (t.at, t.kind, t.actor, t.role, t.seat, t.address, t.view, t.place, " ".join(sorted(t.patients)), json.dumps(dict(t.detail)))
        for t in traces
    ]
    return [(_SQL["note"], (hospital, *map(list, zip(*rows, strict=True))))] if rows else []


class Audit:
    """The trail of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def note(self, traces: Sequence[Trace]) -> None:
        """Write traces down; returns after COMMIT. Raises Unavailable."""
        async with self.database.held() as connection:
            for text, arguments in noted(self.hospital, traces):
                await connection.execute(text, *arguments)

    async def find(self, asked: Asked, limit: int) -> list[Found]:
        """Traces, newest first."""
        kinds = [str(kind) for kind in asked.kinds] or None
        wanted = (asked.begin, asked.end, kinds, asked.actor or None, asked.patient, asked.address or None, asked.before, limit)
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["find"], self.hospital, *wanted)
        return [
            Found(
                row["id"],
                Trace(
                    row["at"],
                    Kind(row["kind"]),
                    row["actor"],
                    row["role"],
                    row["seat"],
                    row["address"],
                    row["view"],
                    row["place"],
                    tuple(map(PatientId, row["patients"])),
                    json.loads(row["detail"]),
                ),
            )
            for row in rows
        ]

    async def actors(self, since: datetime) -> list[str]:
        """Who stands in the trail since a time."""
        async with self.database.read() as connection:
            return [row["actor"] for row in await connection.fetch(_SQL["actors"], self.hospital, since) if row["actor"]]

    async def written(self, commands: Collection[int]) -> dict[int, list[tuple[str, str, str]]]:
        """What commands led to: (kind, entity, its id), by the command's number."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["written"], self.hospital, list(commands))
        found: dict[int, list[tuple[str, str, str]]] = {}
        for row in rows:
            found.setdefault(row["command"], []).append((row["kind"], row["entity"], row["entity_id"]))
        return found
