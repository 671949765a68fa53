"""Figures kept beside what they are counted from: how far each kind is kept, and who keeps it at the moment.

`flow.main.keeping` has them kept; whoever reads adds what the log has told since, so that a figure is never older than the log.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("kept")
HOURS, TURNS, CASES, CONDITIONS = "hours", "turns", "cases", "conditions"


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept by the log up to `seq`, of the time before `until`, as `rules` have it ("" where nothing is kept)."""

    seq: int = 0
    until: datetime | None = None
    rules: str = ""


async def state(connection: Connection, hospital: str, figures: str, rules: str) -> Kept:
    """How far some figures are kept by these rules."""
    row = await connection.fetchrow(_SQL["state"], hospital, figures)
    return Kept(**row) if row is not None and row["rules"] == rules else Kept()


async def log_head(connection: Connection, hospital: str) -> int:
    """The last Seq."""
    found: int = await connection.fetchval(_SQL["head"], hospital)
    return found


@asynccontextmanager
async def keeping(database: Database, figures: str) -> AsyncIterator[tuple[Connection, Kept]]:
    """A transaction in which nobody else keeps these figures, and how far they are kept."""
    async with database.write() as connection:
        await connection.execute(_SQL["begin"], database.hospital, figures)
        row = await connection.fetchrow(_SQL["claim"], database.hospital, figures)
        assert row is not None
        yield connection, Kept(**row)


async def move(connection: Connection, hospital: str, figures: str, kept: Kept) -> None:
    """They are kept so far now."""
    await connection.execute(_SQL["move"], hospital, figures, kept.seq, kept.until, kept.rules)


async def stand(connection: Connection, hospital: str, figures: str, kept: Kept) -> None:
    """They were laid so far, and not counted."""
    await connection.execute(_SQL["begin"], hospital, figures)
    await move(connection, hospital, figures, kept)


async def forget(connection: Connection, hospital: str) -> None:
    """Everything is to be counted anew."""
    await connection.execute(_SQL["forget"], hospital)


@asynccontextmanager
async def one_moment(database: Database) -> AsyncIterator[Connection]:
    """A connection whose questions all see the same moment: what is kept, and what came after it. Each is planned for its own period and
    its own distance from the log: of no period in particular a year looks as good as a day, and takes ten times as long."""
    async with database.read() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("set local plan_cache_mode = force_custom_plan")
        yield connection
