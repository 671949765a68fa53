"""The feeds' health from the journal: when each was heard, how fast, what waits, what failed, and the alarms that follow.

Every process asks for itself: the worker logs an alarm once, the pages and the metrics show those that stand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flow.domain.alerts import Alarm, Gaps, Queue, alarms
from flow.domain.ids import FeedId
from flow.domain.plan import Plan
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("letters")
HABITS_OF = timedelta(days=7)
ALARMS_KEPT = timedelta(seconds=1)
"""How long a look at the queues is used again."""
NAMELESS = FeedId("adt")
"""The feed of a hospital whose file names none."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rate:
    """Letters of the last minute and hour, and from receipt to handling in seconds (None: nothing handled)."""

    minute: int = 0
    hour: int = 0
    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class Errors:
    """Letters of the last day that lie in the tray for one reason."""

    feed: str
    code: str
    letters: int


class Feeds:
    """The feeds of one hospital."""

    def __init__(self, database: Database, plan: Plan) -> None:
        self.database = database
        self.plan = plan
        self._alarms: tuple[datetime, tuple[Alarm, ...]] = (LONG_AGO, ())

    async def heard(self) -> dict[str, datetime]:
        """When each feed of the hospital's file was last heard."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["heard"], self.database.hospital, [feed.id for feed in self.plan.feeds] or [NAMELESS])
        return {row["feed"]: row["last_at"] for row in rows if row["last_at"] is not None}

    async def rates(self, now: datetime) -> dict[str, Rate]:
        """How fast letters come and are handled."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["rates"], self.database.hospital, now)
        return {row["feed"]: Rate(row["minute"], row["hour"], row["p50"], row["p95"]) for row in rows}

    async def queues(self) -> list[Queue]:
        """What waits to be handled."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["unhandled"], self.database.hospital)
        return [Queue(row["feed"], row["letters"], row["oldest"]) for row in rows]

    async def errors(self, now: datetime) -> list[Errors]:
        """What failed within a day."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["errors"], self.database.hospital, now)
        return [Errors(row["feed"], row["code"], row["letters"]) for row in rows]

    async def count_habits(self, now: datetime) -> None:
        """Count the usual silences of the last week; takes seconds for a million letters, so the worker does it by the clock."""
        async with self.database.write() as connection:
            await connection.execute("set local work_mem = '64MB'")
            await connection.execute(_SQL["count_habits"], self.database.hospital, now - HABITS_OF, self.plan.zone, now)

    async def gaps(self) -> tuple[Gaps, ...]:
        """The usual silences as last counted."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["habits"], self.database.hospital)
        return tuple(Gaps(row["feed"], row["day"], row["gaps"], row["usual"]) for row in rows)

    async def of(self, triggers: Iterable[str]) -> frozenset[str]:
        """Which feeds sent letters of these triggers lately."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["feeds_of"], self.database.hospital, list(triggers))
        return frozenset(row["feed"] for row in rows)

    async def alarms(self, now: datetime, live: Mapping[FeedId, datetime] | None = None) -> tuple[Alarm, ...]:
        """The alarms that stand; `live` is when feeds were heard as the live picture has it, duplicates included."""
        looked, found = self._alarms
        if now - looked >= ALARMS_KEPT:
            heard = await self.heard()
            for feed, at in (live or {}).items():
                if feed in heard:
                    heard[feed] = max(heard[feed], at)
            found = alarms(heard, await self.gaps(), await self.queues(), now, self.plan.zone)
            self._alarms = (now, found)
        return found
