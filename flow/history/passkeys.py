"""Passkeys (WebAuthn): the public key of each, and challenges, which are taken once within five minutes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import asyncpg

from flow.domain.roles import Role
from flow.history.accounts import Account
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("passkeys")
CHALLENGE_LASTS = timedelta(minutes=5)
_CHALLENGE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Passkey:
    """As its owner knows it."""

    id: bytes
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """As a sign-in is checked against it; `uses` is the key's own counter (0: it counts none)."""

    account: Account
    public_key: bytes
    uses: int


class Passkeys:
    """Of the people of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.hospital = database.hospital
        self._vault = vault

    def handle(self, account: str) -> bytes:
        """What an account is called towards authenticators: always the same, and it tells nobody the name."""
        return bytes.fromhex(self._vault.blind("passkey-user", f"{self.hospital}\0{account}"))

    async def add(self, account: str, key: bytes, public_key: bytes, uses: int, name: str, at: datetime) -> bool:
        """Keep a passkey; False when it is known already."""
        async with self.database.write() as connection:
            row = (key, account, public_key, uses, name, at)
            return await connection.fetchval(_SQL["put"], self.hospital, *row) is not None

    async def find(self, key: bytes) -> Held | None:
        """A passkey with whose it is, unless that account is closed."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, key)
        return None if row is None else Held(_account(row), row["public_key"], row["uses"])

    async def of(self, account: str) -> list[Passkey]:
        """Those of an account."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["list"], self.hospital, account)
        return [Passkey(row["id"], row["name"], row["made_at"], row["used_at"]) for row in rows]

    async def used(self, key: bytes, uses: int, at: datetime) -> None:
        """It was shown."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["used"], self.hospital, key, uses, at)

    async def rename(self, account: str, key: bytes, name: str) -> bool:
        """Call it otherwise; False when it is not this account's."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["rename"], self.hospital, account, key, name) is not None

    async def drop(self, account: str, key: bytes) -> bool:
        """Take it away; False when it is not this account's."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["drop"], self.hospital, account, key) is not None

    async def challenge(self, purpose: str, at: datetime, lasts: timedelta = CHALLENGE_LASTS) -> bytes:
        """What a browser is to sign, or to bring back, for one purpose."""
        found = secrets.token_bytes(_CHALLENGE_BYTES)
        async with self.database.write() as connection:
            await connection.execute(_SQL["tidy"], self.hospital, at)
            await connection.execute(_SQL["challenge"], self.hospital, sha256(found).digest(), purpose, at + lasts)
        return found

    async def take(self, challenge: bytes, purpose: str, at: datetime) -> bool:
        """Whether a challenge was given for this and not answered yet; it is not any more."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["take"], self.hospital, sha256(challenge).digest(), purpose, at) is not None


def _account(row: asyncpg.Record) -> Account:
    return Account(row["account"], row["person"], Role(row["role"]), row["ward"], provider=row["provider"], given=row["given"])
