"""Names opened for a reason (break-glass), on record before the first is shown; and who has looked at each since. What people say in their
own words is sealed: it may name somebody."""

from collections.abc import Collection
from datetime import datetime

import asyncpg

from flow.domain.ids import WardId
from flow.domain.opening import LASTS, Opened, Opening
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("openings")


class Openings:
    """Of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.hospital = database.hospital
        self._vault = vault

    async def begin(self, seat: str, actor: tuple[str, str], ward: WardId | None, why: tuple[str, str], at: datetime) -> Opened:
        """Open names for a seat of somebody (account and role), for a reason and its words; what it had open before ends. Returns after
        COMMIT."""
        reason, words = why
        async with self.database.write() as connection:
            await connection.execute(_SQL["end"], self.hospital, seat, at)
            number = await connection.fetchval(_SQL["number"])
            opened = Opened(number, ward, at + LASTS)
            sealed = self._vault.seal(words.encode(), self._aad("words", number))
            await connection.execute(_SQL["begin"], self.hospital, seat, *actor, ward, reason, at, opened.until, number, sealed)
        return opened

    async def end(self, seat: str, at: datetime) -> None:
        """No name is shown to this seat any more by what it has open."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["end"], self.hospital, seat, at)

    async def of_seat(self, seat: str, at: datetime) -> Opened | None:
        """What a seat has open."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["of_seat"], self.hospital, seat, at)
        return Opened(row["id"], row["ward"], row["until"]) if row is not None else None

    async def live(self, numbers: Collection[int], at: datetime) -> set[int]:
        """Those of the openings that still stand."""
        async with self.database.read() as connection:
            return {row["id"] for row in await connection.fetch(_SQL["live"], self.hospital, list(numbers), at)}

    async def unreviewed(self) -> int:
        """How many nobody has looked at."""
        async with self.database.read() as connection:
            return int(await connection.fetchval(_SQL["unreviewed"], self.hospital))

    async def between(self, begin: datetime, end: datetime, limit: int) -> list[Opening]:
        """Those of a time, newest first."""
        return await self._list(begin, end, False, limit)

    async def waiting(self, at: datetime, limit: int) -> list[Opening]:
        """Those that nobody has looked at, of any time, newest first."""
        return await self._list(at, at, True, limit)

    async def _list(self, begin: datetime, end: datetime, unreviewed: bool, limit: int) -> list[Opening]:
        async with self.database.read() as connection:
            return [self._opening(row) for row in await connection.fetch(_SQL["list"], self.hospital, begin, end, unreviewed, limit)]

    async def review(self, number: int, by: str, remark: str, at: datetime) -> bool:
        """Somebody has looked at it, once and for all. False for none, one's own, one that goes on or that was looked at."""
        sealed = self._vault.seal(remark.encode(), self._aad("remark", number))
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["review"], self.hospital, number, by, at, sealed) is not None

    def _opening(self, row: asyncpg.Record) -> Opening:
        number, remark = row["id"], row["remark"]
        return Opening(
            number,
            row["actor"],
            row["role"],
            row["ward"],
            row["reason"],
            self._vault.open(row["words"], self._aad("words", number)).decode(),
            row["at"],
            row["until"],
            row["ended_at"],
            row["names"],
            row["reviewed_by"] or "",
            row["reviewed_at"],
            self._vault.open(remark, self._aad("remark", number)).decode() if remark is not None else "",
        )

    def _aad(self, column: str, number: int) -> bytes:
        return f"opening.{column}/{self.hospital}/{number}".encode()
