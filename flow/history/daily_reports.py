"""The daily reports as they were made, in Postgres: each day's once, laid down together with the message that sends it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from flow.history.messages import post
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("daily_reports")
KIND, ADDRESSEE = "report", "reports"
LISTED = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """A report; without a PDF `no_pdf` says why."""

    day: date
    made_at: datetime
    summary: str
    html: str
    pdf: bytes | None = None
    no_pdf: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A report as it stands on the list, with what became of its message."""

    day: date
    made_at: datetime
    summary: str
    no_pdf: str
    sent_at: datetime | None
    given_up: str | None
    posted: bool


@asynccontextmanager
async def leading(database: Database) -> AsyncIterator[Connection | None]:
    """A transaction of the one process that makes a report; None where another one is at it."""
    async with database.write() as connection:
        yield connection if await connection.fetchval(_SQL["lead"], database.hospital) else None


async def is_made(connection: Connection, hospital: str, day: date) -> bool:
    """Whether a day has its report."""
    return bool(await connection.fetchval(_SQL["made"], hospital, day))


async def keep(connection: Connection, hospital: str, made: Kept, *, posts: bool) -> None:
    """Lay a report down, and the message that sends it, in the caller's transaction."""
    await connection.execute(_SQL["keep"], hospital, made.day, made.made_at, made.summary, made.html, made.pdf, made.no_pdf)
    if posts:
        await post(connection, hospital, KIND, [("", ADDRESSEE, made.day.isoformat(), made.summary)], made.made_at)


class DailyReports:
    """Those of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def listed(self) -> list[Listed]:
        """The newest first."""
        async with self.database.read() as connection:
            return [Listed(**dict(row)) for row in await connection.fetch(_SQL["list"], self.database.hospital, LISTED)]

    async def one(self, day: date) -> Kept | None:
        """That of a day."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.database.hospital, day)
        return Kept(**dict(row)) if row is not None else None

    async def of_message(self, number: int) -> Kept | None:
        """That which a message tells of."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["of_message"], self.database.hospital, number)
        return Kept(**dict(row)) if row is not None else None
