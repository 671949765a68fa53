"""Sessions of signed-in people, and the answers kept for Idempotency-Keys. A session is found by the digest of its cookie."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import asyncpg

from flow.domain.roles import SESSION_LIMITS, STATION_IDLE, Role
from flow.history.accounts import Account
from flow.history.devices import Station
from flow.history.pool import Database
from flow.history.queries import load
from flow.history.secret import digest, new_secret
from flow.vault import Vault

_SQL = load("sessions")
REPEATED_WITHIN = timedelta(days=2)


Proof = Literal["password", "code", "recovery", "passkey", "badge", "provider", "provider-mfa"]
"""How somebody showed who they are: by the password alone, by it and a code, by a passkey, by badge and PIN at a ward station, by the
hospital's provider, which may have asked for more than one factor."""
_AGENT = 300
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody who came by badge and PIN last showed what is dangerous asks for."""


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that holds; `proven_at` is when a factor was last shown, `has_second` whether the account has another than its password;
    `station` the ward station that it began at, and holds at alone; `sid` what the provider of sign-ins calls it."""

    account: Account
    started_at: datetime
    seen_at: datetime
    proof: Proof = "password"
    proven_at: datetime | None = None
    has_second: bool = False
    station: Station | None = None
    sid: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """By what a session is opened: `proven_at` where that was before now, `sid` the provider's number for it; and from where, with the ward
    station where it is one."""

    proof: Proof = "password"
    proven_at: datetime | None = None
    sid: str = ""
    address: str = ""
    agent: str = ""
    station: str | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the places where somebody is signed in; `agent` is what its browser calls itself."""

    digest: bytes
    started_at: datetime
    seen_at: datetime
    proof: Proof
    address: str
    agent: str


class Sessions:
    """Starting, finding and ending sessions; `station_idle`: how long one at a ward station holds without a deed."""

    def __init__(self, database: Database, station_idle: timedelta = STATION_IDLE) -> None:
        self.database = database
        self.hospital = database.hospital
        self.station_idle = station_idle

    async def start(self, account: Account, at: datetime, shown: Shown | None = None) -> str:
        """Sign an account in, at a ward station or elsewhere; returns the cookie's value."""
        secret, by = new_secret(), shown or Shown()
        proven_at = _NEVER if by.proof == "badge" else by.proven_at or at
        row = (digest(secret), account.id, at, by.proof, by.address, by.agent[:_AGENT], proven_at, by.station, by.sid)
        async with self.database.write() as connection:
            longest = max(limits.absolute for limits in SESSION_LIMITS.values())
            await connection.execute(_SQL["forget"], self.hospital, at - longest)
            await connection.execute(_SQL["start"], self.hospital, *row)
        return secret

    async def find(self, cookie_digest: bytes, at: datetime) -> Session | None:
        """The session of a cookie, unless ended, idle for too long or too old."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, cookie_digest)
        if row is None or not self._holds(row, at):
            return None
        account = Account(row["account"], row["name"], Role(row["role"]), row["ward"], provider=row["provider"], given=row["given"])
        station = Station(row["station"], row["station_name"], row["station_ward"]) if row["station"] is not None else None
        times = (row["started_at"], row["seen_at"], row["proof"], row["proven_at"])
        return Session(account, *times, row["has_second"], station, row["oidc_sid"])

    async def touch(self, cookie_digest: bytes, at: datetime) -> None:
        """A sign of life."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["touch"], self.hospital, cookie_digest, at)

    async def prove(self, cookie_digest: bytes, at: datetime) -> None:
        """A factor was shown again."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["prove"], self.hospital, cookie_digest, at)

    async def of(self, account: str, at: datetime) -> list[Seat]:
        """Where an account is signed in, the last used first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["of"], self.hospital, account)
        names = ("digest", "started_at", "seen_at", "proof", "address", "agent")
        return [Seat(*(row[name] for name in names)) for row in rows if self._holds(row, at)]

    async def end(self, cookie_digest: bytes) -> None:
        """Sign out."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["end"], self.hospital, cookie_digest)

    async def end_all(self, account: str) -> list[bytes]:
        """Sign out everywhere; returns the cookies' digests."""
        async with self.database.read() as connection:
            return [row["digest"] for row in await connection.fetch(_SQL["end_all"], self.hospital, account)]

    async def end_at(self, station: str) -> list[bytes]:
        """Whoever is at a ward station is there no more; returns the cookies' digests."""
        async with self.database.read() as connection:
            return [row["digest"] for row in await connection.fetch(_SQL["end_at"], self.hospital, station)]

    async def live(self, digests: list[bytes], at: datetime) -> set[bytes]:
        """Those of the digests that still hold."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["live"], self.hospital, digests)
        return {row["digest"] for row in rows if self._holds(row, at)}

    def _holds(self, row: asyncpg.Record, at: datetime) -> bool:
        limits = SESSION_LIMITS[Role(row["role"])]
        idle = limits.idle if row["station"] is None else min(limits.idle, self.station_idle)
        return bool(at - row["seen_at"] <= idle and at - row["started_at"] <= limits.absolute)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer given; `digest` is what was asked."""

    digest: bytes
    status: int
    body: bytes


class Replies:
    """Answers by actor and Idempotency-Key."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def find(self, actor: str, key: str) -> Reply | None:
        """The answer a key got before."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["reply"], self.hospital, actor, key)
        return Reply(row["digest"], row["status"], self.vault.open(row["body"], _aad(actor, key))) if row else None

    async def keep(self, actor: str, key: str, reply: Reply, at: datetime) -> None:
        """Remember an answer (the first one stays), and let go of those older than anybody repeats a request."""
        sealed = self.vault.seal(reply.body, _aad(actor, key))
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget_replies"], self.hospital, at - REPEATED_WITHIN)
            await connection.execute(_SQL["keep_reply"], self.hospital, actor, key, reply.digest, reply.status, sealed, at)


def _aad(actor: str, key: str) -> bytes:
    return f"reply|{actor}|{key}".encode()
