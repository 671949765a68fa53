"""Badges of accounts, and the PINs that go with them: issued by an administrator, the PIN chosen by the owner, five wrong ones lock.

A badge opens something at a ward's own workstation alone, so that its lock holds there alone: whoever is locked out signs in as ever, with
password and second factor, and that unlocks the badge as well.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import asyncpg

from flow.domain import badge
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.accounts import Account
from flow.history.pool import Database
from flow.history.queries import load
from flow.history.secret import digest, hash_of, matches

_SQL = load("badges")
WRONG_PINS = 5
VOUCHED_FOR = timedelta(hours=24)


class Tried(StrEnum):
    """What came of a PIN. `LOCKING`: wrong, and the last that was free."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKING = "locking"
    LOCKED = "locked"
    NONE_CHOSEN = "none-chosen"


@dataclass(frozen=True, slots=True)
class Held:
    """How somebody's badge stands."""

    issued_at: datetime
    has_pin: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose badge it is; `vouched`: their provider, where they have one, has let them in lately. Who was closed there stays closed here."""

    account: Account
    vouched: bool


class Badges:
    """Of the people of one hospital; `vouched_for`: how long a provider's word for somebody holds."""

    def __init__(self, database: Database, vouched_for: timedelta = VOUCHED_FOR) -> None:
        self.database = database
        self.vouched_for = vouched_for
        self.hospital = database.hospital

    async def issue(self, account: str, by: str, at: datetime) -> str:
        """Another badge; the one before opens nothing from now on. Returns its code, which can be seen this once."""
        code = badge.MARK + "".join(secrets.choice(badge.LETTERS) for _ in range(badge.LENGTH))
        async with self.database.write() as connection:
            await connection.execute(_SQL["issue"], self.hospital, account, digest(code), by, at)
        return code

    async def revoke(self, account: str) -> bool:
        """No badge any more, and no PIN. False when there was none."""
        return await self._done("revoke", account)

    async def clear(self, account: str) -> bool:
        """Let a locked badge open again. False when there is none."""
        return await self._done("clear", account)

    async def held(self) -> Mapping[str, Held]:
        """Who has a badge, and how it stands."""
        async with self.database.read() as connection:
            return {row["account"]: _held(row) for row in await connection.fetch(_SQL["held"], self.hospital)}

    async def of(self, account: str) -> Held | None:
        """One person's badge."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["of"], self.hospital, account)
        return _held(row) if row else None

    async def whose(self, code: str, at: datetime) -> Owner | None:
        """Whose badge this is; None for no one's, or a replaced one."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["whose"], self.hospital, digest(code), at - self.vouched_for)
        return (
            Owner(Account(row["id"], row["name"], Role(row["role"]), row["ward"], provider=row["provider"]), row["vouched"])
            if row
            else None
        )

    async def choose_pin(self, account: str, pin: str, *names: str) -> None:
        """Another PIN. Raises Refused for one that is guessed first, and where there is no badge."""
        if reason := badge.why_not(pin, account, *names):
            raise Refused(reason, code="weak-pin")
        hashed = await hash_of(pin)
        async with self.database.write() as connection:
            if await connection.fetchval(_SQL["set_pin"], self.hospital, account, hashed) is None:
                raise Refused("You have no badge yet. An administrator issues it.", code="no-badge")

    async def try_pin(self, account: str, pin: str) -> Tried:
        """Whether the PIN is right; after `WRONG_PINS` wrong ones none is."""
        async with self.database.write() as connection:
            row = await connection.fetchrow(_SQL["wrong_pin"], self.hospital, account)
        if row is None:
            return Tried.NONE_CHOSEN
        if row["pin_wrong"] > WRONG_PINS:
            return Tried.LOCKED
        if not await matches(row["pin"], pin):
            return Tried.LOCKING if row["pin_wrong"] == WRONG_PINS else Tried.WRONG
        await self.clear(account)
        return Tried.RIGHT

    async def _done(self, what: str, account: str) -> bool:
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL[what], self.hospital, account) is not None


def _held(row: asyncpg.Record) -> Held:
    return Held(row["issued_at"], row["has_pin"], row["pin_wrong"] >= WRONG_PINS)
