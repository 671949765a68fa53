"""Local accounts and the tokens of programmes: who they are and what they may be, never their secrets in the clear."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.pool import Database
from flow.history.queries import load
from flow.history.secret import digest, hash_of, is_outdated, matches, new_secret
from flow.passwords import Passwords

_SQL = load("accounts")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
TOKEN_LASTS, LONGEST_TOKEN = timedelta(days=365), timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in; `id` is what they type and what every Cause names as its actor. `provider`: by the hospital's own provider
    of sign-ins (`flow.history.bonds`), and so without a password here; `given`: somebody else has chosen the password."""

    id: str
    name: str
    role: Role
    ward: WardId | None = None
    disabled: bool = False
    provider: bool = False
    given: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A programme's way in, sent as `Authorization: Bearer`, until it runs out."""

    id: str
    role: Role
    ward: WardId | None = None
    created_at: datetime | None = None
    revoked: bool = False
    expires_at: datetime | None = None


class Accounts:
    """People who sign in with a password; `passwords` says which are taken."""

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self.database = database
        self.passwords = passwords or Passwords()
        self.hospital = database.hospital

    async def add(self, account: Account, password: str, at: datetime | None = None) -> None:
        """Make an account, or give an existing one this password, role and ward; `account.given`: its owner is to choose another.

        Raises Refused on a name that is none or a password that is not taken.
        """
        if not _NAME.fullmatch(account.id):
            raise Refused("A sign-in name is 1 to 40 small letters, digits, dots, dashes or underscores.", code="bad-name")
        hashed = await self._hashed(password, account.id, account.name)
        row = (account.id, account.name, account.role, account.ward, hashed, at or datetime.now(UTC), account.given)
        async with self.database.write() as connection:
            made = await connection.fetchval(_SQL["put"], self.hospital, *row)
        if made is None:
            raise Refused(f"{account.id} signs in by the hospital's own provider and has no password here.", code="account-exists")

    async def sign_in(self, name: str, password: str) -> Account | None:
        """The account whose name and password these are; None for any other, after the same time."""
        key = name.strip().casefold()
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, key)
        if row is not None and row["disabled_at"] is not None:
            row = None
        if not await matches(row["password"] if row else None, password) or row is None:
            return None
        if is_outdated(row["password"]):
            await self._rehash(key, password)
        return account_of_row(row)

    async def change(self, account: Account, old: str, new: str) -> bool:
        """Give an account another password; False when `old` is not the one it has. Raises Refused for one that is not taken."""
        if await self.sign_in(account.id, old) is None:
            return False
        if old == new:
            raise Refused("That is the password you have already.", code="weak-password")
        hashed = await self._hashed(new, account.id, account.name)
        async with self.database.write() as connection:
            await connection.execute(_SQL["choose"], self.hospital, account.id, hashed)
        return True

    async def choose(self, account: Account, new: str) -> None:
        """A password of somebody's own in place of the one that was given. Raises Refused for one that is not taken, or the same."""
        if await self.sign_in(account.id, new) is not None:
            raise Refused("That is the password you were given. Choose another.", code="weak-password")
        hashed = await self._hashed(new, account.id, account.name)
        async with self.database.write() as connection:
            await connection.execute(_SQL["choose"], self.hospital, account.id, hashed)

    async def _hashed(self, password: str, *names: str) -> str:
        if reason := await self.passwords.why_not(password, *names):
            raise Refused(reason, code="weak-password")
        return await hash_of(password)

    async def named(self, name: str) -> str:
        """The account that goes by what somebody typed; nothing where none does, for it may be a password in the wrong field."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, name.strip().casefold())
        return str(row["id"]) if row is not None else ""

    async def _rehash(self, name: str, password: str) -> None:
        hashed = await hash_of(password)
        async with self.database.read() as connection:
            await connection.execute(_SQL["rehash"], self.hospital, name, hashed)

    async def all(self) -> list[Account]:
        """Every account by name."""
        async with self.database.read() as connection:
            return [account_of_row(row) for row in await connection.fetch(_SQL["list"], self.hospital)]

    async def open_again(self, name: str) -> bool:
        """Take a closing back: the password or the provider's word that there was holds again. False when there is none closed."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["open_again"], self.hospital, name) is not None

    async def disable(self, name: str, at: datetime) -> bool:
        """Close an account; its sessions end with it. False when there is none open."""
        async with self.database.read() as connection:
            return await connection.fetchval(_SQL["disable"], self.hospital, name, at) is not None


def account_of_row(row: asyncpg.Record) -> Account:
    """An account as its table has it."""
    return Account(row["id"], row["name"], Role(row["role"]), row["ward"], row["disabled_at"] is not None, row["provider"], row["given"])


class Tokens:
    """Tokens of programmes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def create(self, role: Role | str, ward: str | None = None, at: datetime | None = None, lasts: timedelta = TOKEN_LASTS) -> str:
        """Make a token and return it; this is the only time it can be seen. Refused for a role there is not, or for too long."""
        if role not in list(Role):
            raise Refused(f"There is no role {role}; one of {', '.join(Role)}.", code="unknown-role")
        if not timedelta(0) < lasts <= LONGEST_TOKEN:
            raise Refused(f"A token is good for 1 to {LONGEST_TOKEN.days} days.", code="bad-days")
        token, number, now = f"bf_{new_secret()}", f"token-{secrets.token_hex(4)}", at or datetime.now(UTC)
        async with self.database.read() as connection:
            await connection.execute(_SQL["put_token"], self.hospital, number, digest(token), Role(role), ward, now, now + lasts)
        return token

    async def find(self, token_digest: bytes) -> Token | None:
        """The token of a digest, unless revoked; also one that has run out, which is to be told so."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["token"], self.hospital, token_digest)
        return Token(row["id"], Role(row["role"]), row["ward"], expires_at=row["expires_at"]) if row else None

    async def all(self) -> list[Token]:
        """Every token, newest first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["tokens"], self.hospital)
        return [Token(r["id"], Role(r["role"]), r["ward"], r["created_at"], r["revoked_at"] is not None, r["expires_at"]) for r in rows]

    async def revoke(self, token_id: str, at: datetime) -> bool:
        """Close a token's way in. False when there is none open."""
        async with self.database.read() as connection:
            return await connection.fetchval(_SQL["revoke_token"], self.hospital, token_id, at) is not None

    async def live(self, digests: list[bytes], at: datetime) -> set[bytes]:
        """Those of the digests that still hold."""
        async with self.database.read() as connection:
            return {row["digest"] for row in await connection.fetch(_SQL["live_tokens"], self.hospital, digests, at)}
