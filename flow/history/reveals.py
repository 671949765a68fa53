"""Letters whose masked parts were opened (break-glass), on record before they are shown; and who has looked at each since. What people say
in their own words is sealed: it may name somebody."""

from datetime import datetime

import asyncpg

from flow.domain.opening import Revealed
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("reveals")


class Reveals:
    """Of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.hospital = database.hospital
        self._vault = vault

    async def note(self, letter: int, actor: str, why: tuple[str, str], at: datetime) -> int:
        """Write down who opens a letter, for a reason and in their own words, before it is shown. Returns its number."""
        reason, words = why
        async with self.database.write() as connection:
            number: int = await connection.fetchval(_SQL["note"], self.hospital, letter, actor, reason, at)
            sealed = self._vault.seal(words.encode(), self._aad("words", number)) if words else None
            await connection.execute(_SQL["words"], self.hospital, number, sealed)
        return number

    async def of_letter(self, letter: int, limit: int) -> list[Revealed]:
        """Who opened a letter, newest first."""
        async with self.database.read() as connection:
            return [self._revealed(row) for row in await connection.fetch(_SQL["of_letter"], self.hospital, letter, limit)]

    async def between(self, begin: datetime, end: datetime, limit: int) -> list[Revealed]:
        """Those of a time, newest first."""
        return await self._list(begin, end, False, limit)

    async def waiting(self, at: datetime, limit: int) -> list[Revealed]:
        """Those that nobody has looked at, of any time, newest first."""
        return await self._list(at, at, True, limit)

    async def _list(self, begin: datetime, end: datetime, unreviewed: bool, limit: int) -> list[Revealed]:
        async with self.database.read() as connection:
            return [self._revealed(row) for row in await connection.fetch(_SQL["list"], self.hospital, begin, end, unreviewed, limit)]

    async def unreviewed(self) -> int:
        """How many nobody has looked at."""
        async with self.database.read() as connection:
            return int(await connection.fetchval(_SQL["unreviewed"], self.hospital))

    async def review(self, number: int, by: str, remark: str, at: datetime) -> bool:
        """Somebody has looked at it, once and for all. False for none, one's own, or one that was looked at."""
        sealed = self._vault.seal(remark.encode(), self._aad("remark", number))
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["review"], self.hospital, number, by, at, sealed) is not None

    def _revealed(self, row: asyncpg.Record) -> Revealed:
        words, remark = (self._said(column, row["id"], row[column]) for column in ("words", "remark"))
        number, letter, actor, reason, at = (row[name] for name in ("id", "letter", "actor", "reason", "at"))
        return Revealed(number, letter, actor, reason, words, at, row["reviewed_by"] or "", row["reviewed_at"], remark)

    def _said(self, column: str, number: int, sealed: bytes | None) -> str:
        return self._vault.open(sealed, self._aad(column, number)).decode() if sealed is not None else ""

    def _aad(self, column: str, number: int) -> bytes:
        return f"reveal_review.{column}/{self.hospital}/{number}".encode()
