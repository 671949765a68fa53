"""Lapsing: openings of names (break-glass), and which doctors a visit that is over had named, go once their time is over.

As with `cutting`, only whoever owns the tables takes them away, in batches that each stand by themselves and say so in the trail. What a
legal hold is on stays."""

from datetime import datetime

from flow.domain.audit import Kind, Trace
from flow.history import legal_holds
from flow.history.audit import noted
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL, _MEAN_IT = load("lapsing"), load("cut")["mean_it"]
BATCH = 5_000


class Lapsing:
    """Of one hospital; `owner` connects as whoever owns the tables."""

    def __init__(self, owner: Database) -> None:
        self.owner = owner
        self.hospital = owner.hospital

    async def openings(self, before: datetime, at: datetime) -> int:
        """The next batch of openings; 0 once there is none. A hold on a period keeps those from its beginning on, one on a patient keeps
        all: whom they showed may not be known by then."""
        async with self.owner.write() as connection:
            standing, limit = await legal_holds.letting(connection, self.hospital, before)
            if standing.patients:
                return 0
            return await self._gone(connection, "openings", (limit, BATCH), at)

    async def doctors(self, before: datetime, at: datetime) -> int:
        """The next batch of doctors of visits that are over; 0 once there is none. Those of patients who are held stay."""
        async with self.owner.write() as connection:
            standing, limit = await legal_holds.letting(connection, self.hospital, before)
            return await self._gone(connection, "doctors", (limit, BATCH, sorted(standing.patients)), at)

    async def runs(self, before: datetime) -> None:
        """What is on record of runs of the retention; each is in the trail as well, for as long."""
        async with self.owner.write() as connection:
            await connection.execute(_MEAN_IT)
            await connection.execute(_SQL["runs"], self.hospital, before)

    async def _gone(self, connection: Connection, what: str, asked: tuple[object, ...], at: datetime) -> int:
        await connection.execute(_MEAN_IT)
        row = await connection.fetchrow(_SQL[what], self.hospital, *asked)
        assert row is not None
        if row["gone"]:
            detail = {what: row["gone"], "up to": row["last"].isoformat()}
            trace = Trace(at, Kind.WRITTEN, "retention", view=f"retention, {what} taken away", detail=detail)
            for text, arguments in noted(self.hospital, [trace]):
                await connection.execute(text, *arguments)
        return int(row["gone"])
