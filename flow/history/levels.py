"""The changes of the house's level, kept, and where the looks stand: one process looks at a time, any can take over.

`flow.domain.level_history` says what a look changes, `flow.main.levelling` looks, `flow.views.level_page` shows.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from flow.domain.alert_level import Fired, Measured
from flow.domain.alert_rules import AlertLevel, AlertRules
from flow.domain.level_history import LevelChange, Pressed, Watch
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("levels")


@dataclass(frozen=True, slots=True)
class KeptRules:
    """The rules of a version, and when they first held."""

    version: str
    first_at: datetime
    rules: AlertRules


@asynccontextmanager
async def leading(database: Database) -> AsyncIterator[Connection | None]:
    """A transaction of the one process that looks; None where another one is looking."""
    async with database.write() as connection:
        yield connection if await connection.fetchval(_SQL["lead"], database.hospital) else None


async def stand(connection: Connection, hospital: str, at: datetime) -> tuple[LevelChange | None, Watch | None]:
    """The newest change up to a moment, and where the looks stand."""
    change = await connection.fetchrow(_SQL["standing_at"], hospital, at)
    watch = await connection.fetchrow(_SQL["watch"], hospital)
    return _change(change) if change is not None else None, Watch(**dict(watch)) if watch is not None else None


async def keep(connection: Connection, hospital: str, change: LevelChange | None, watch: Watch, rules: AlertRules) -> None:
    """Write a look down: the change it made, with the rules it went by, and where the looks stand now."""
    if change is not None:
        levels = msgspec.json.encode(rules.levels).decode()
        await connection.execute(_SQL["rules"], hospital, rules.version, change.at, rules.hold_minutes, levels)
        await connection.execute(_SQL["change"], hospital, *_columns(change))
    await connection.execute(_SQL["look"], hospital, watch.looked_at, watch.lower, watch.lower_since, watch.expected)


class Levels:
    """What pages and screens read of them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def pressed(self, at: datetime) -> Pressed | None:
        """The level kept now; None where nobody has looked yet."""
        async with self.database.read() as connection:
            change, watch = await stand(connection, self.database.hospital, at)
        return Pressed(change, watch.expected if watch is not None else None) if change is not None else None

    async def then(self, at: datetime) -> Pressed | None:
        """The level kept at a past moment, with what the forecast said at its change."""
        found = await self.pressed(at)
        return Pressed(found.change, found.change.measured.expected) if found is not None else None

    async def looked_at(self) -> datetime | None:
        """When the last look was."""
        async with self.database.read() as connection:
            watch = await connection.fetchrow(_SQL["watch"], self.database.hospital)
        return watch["looked_at"] if watch is not None else None

    async def changes(self, start: datetime, end: datetime) -> list[LevelChange]:
        """Those of a period, after the one that its beginning goes back to."""
        async with self.database.read() as connection:
            before = await connection.fetchrow(_SQL["standing_at"], self.database.hospital, start)
            rows = await connection.fetch(_SQL["changes"], self.database.hospital, start, end)
        first = [before] if before is not None and before["at"] < start else []
        return [_change(row) for row in [*first, *rows]]

    async def rules(self, versions: Collection[str]) -> list[KeptRules]:
        """What some versions of the rules said, the newest first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["known_rules"], self.database.hospital, list(versions))
        return [KeptRules(row["version"], row["first_at"], _rules(row)) for row in rows]


def _rules(row: asyncpg.Record) -> AlertRules:
    return AlertRules(msgspec.json.decode(row["levels"], type=tuple[AlertLevel, ...]), row["hold_minutes"])


def _columns(change: LevelChange) -> tuple[object, ...]:
    head = (change.at, change.before, change.before_name, change.number, change.name, change.levels)
    figures = change.measured
    measured = (figures.occupancy, figures.boarders, figures.dirty, figures.expected)
    return (*head, msgspec.json.encode(change.fired).decode(), *measured, change.version, change.unseen_since)


def _change(row: asyncpg.Record) -> LevelChange:
    return LevelChange(
        at=row["at"],
        before=row["before"],
        before_name=row["before_name"],
        number=row["number"],
        name=row["name"],
        levels=row["levels"],
        fired=msgspec.json.decode(row["fired"], type=tuple[Fired, ...]),
        measured=Measured(row["occupancy"], row["boarders"], row["dirty"], row["expected"]),
        version=row["version"],
        unseen_since=row["unseen_since"],
    )
