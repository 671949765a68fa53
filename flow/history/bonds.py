"""Accounts that are bound to the hospital's own provider of sign-ins, by what it calls somebody (issuer and subject) and never by a name;
and what a browser carries while somebody is away there, sealed, so that it opens with its own state alone."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.history.accounts import Account, account_of_row
from flow.history.pool import Database
from flow.history.queries import load
from flow.oidc.asked import Asked
from flow.vault import Tampered, Vault

_SQL = load("bonds")
AWAY = timedelta(minutes=10)
"""How long somebody may take at the provider."""
_LONGEST_NAME = 34
_NAMESAKES = 20


class Try(msgspec.Struct, frozen=True):
    """A sign-in under way: what the provider must answer with, where to go on to, and which session is to be proven (empty: a new one)."""

    nonce: str
    verifier: str
    next: str
    begun: datetime
    seat: str = ""

    def asked(self, state: str) -> Asked:
        """As the provider is asked, and its answer is checked."""
        return Asked(state, self.nonce, self.verifier, self.begun, again=bool(self.seat))


@dataclass(frozen=True, slots=True)
class Bond:
    """What a provider calls somebody, and how that person would be called here."""

    issuer: str
    subject: str
    username: str
    shown_as: str


class Bonds:
    """Those of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.hospital = database.hospital
        self._vault = vault

    async def find(self, issuer: str, subject: str) -> Account | None:
        """The account that is bound to this, also a closed one."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["bound"], self.hospital, issuer, subject)
        return None if row is None else account_of_row(row)

    async def account(self, bond: Bond, role: Role, ward: WardId | None, at: datetime) -> Account:
        """The account of a bond, made at the first sign-in under a name that nobody has; role and ward follow the provider. A closed one
        stays closed."""
        known = await self.find(bond.issuer, bond.subject)
        for name in _names(bond.username) if known is None else ():
            row = (name, bond.shown_as, role, ward, at, bond.issuer, bond.subject)
            async with self.database.write() as connection:
                await connection.execute(_SQL["bind"], self.hospital, *row)
            if (known := await self.find(bond.issuer, bond.subject)) is not None:
                break
        assert known is not None, "a name of random digits is free"
        async with self.database.write() as connection:
            await connection.execute(_SQL["follow"], self.hospital, known.id, bond.shown_as, role, ward, at)
        return known if known.disabled else Account(known.id, bond.shown_as, role, ward, provider=True)

    async def vouch(self, account: str, at: datetime) -> None:
        """The provider has said once more who this is."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["vouch"], self.hospital, account, at)

    async def end(self, issuer: str, sid: str) -> list[tuple[bytes, str]]:
        """End the sessions that the provider knows by a number; returns their digests and whose they were."""
        async with self.database.write() as connection:
            return [(row["digest"], row["account"]) for row in await connection.fetch(_SQL["end_sid"], self.hospital, issuer, sid)]

    def carried(self, tried: Try, state: str) -> str:
        """What the browser keeps until it comes back with this state."""
        return self._vault.seal(msgspec.json.encode(tried), self._aad(state)).hex()

    def brought(self, carried: str, state: str) -> Try | None:
        """What it kept; None for another's, or for none."""
        try:
            return msgspec.json.decode(self._vault.open(bytes.fromhex(carried), self._aad(state)), type=Try)
        except (Tampered, ValueError, msgspec.MsgspecError):
            return None

    def _aad(self, state: str) -> bytes:
        return f"provider.try/{self.hospital}/{state}".encode()


def _names(username: str) -> Iterator[str]:
    """What the account may be called: as at the provider, else with a number, so that nobody comes into a namesake's account."""
    plain = unicodedata.normalize("NFKD", username.partition("@")[0]).encode("ascii", "ignore").decode().casefold()
    name = re.sub(r"[^a-z0-9._-]+", "-", plain).strip("._-")[:_LONGEST_NAME] or "person"
    yield name
    yield from (f"{name}-{number}" for number in range(2, _NAMESAKES))
    yield f"person-{secrets.token_hex(8)}"
