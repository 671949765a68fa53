"""Profiles that patients shared by scanning (ABDM): kept, sealed, before the gateway hears "accepted", and forgotten once each has its
token."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog

from flow.domain.abdm import Profile
from flow.domain.ids import TokenId
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

log = structlog.get_logger()
_SQL = load("shares")
KEPT = timedelta(days=7)
"""How long a request's id is known after its answer."""
A_ROUND = 50


@dataclass(frozen=True, slots=True)
class Share:
    """A share without an answer; `profile` is None where it does not open."""

    request: str
    profile: Profile | None
    received_at: datetime


class Shares:
    """The shares of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def keep(self, request: str, profile: Profile, at: datetime) -> bool:
        """Write a share down; returns after COMMIT, false where this request is known already. Raises Unavailable."""
        sealed = self.vault.seal(msgspec.json.encode(profile), self._aad(request))
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["keep"], self.hospital, request, at, sealed) is not None

    async def received(self) -> list[Share]:
        """Those that wait for their answer, the oldest first."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["received"], self.hospital, A_ROUND)
        return [Share(row["request"], self._opened(row["request"], row["sealed"]), row["received_at"]) for row in rows]

    async def settle(self, request: str, token: TokenId | None, at: datetime) -> None:
        """It is answered, with a token or without."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["settle"], self.hospital, request, "answered" if token else "declined", token, at)
            await connection.execute(_SQL["tidy"], self.hospital, at - KEPT)

    def _opened(self, request: str, sealed: bytes) -> Profile | None:
        try:
            return msgspec.json.decode(self.vault.open(sealed, self._aad(request)), type=Profile)
        except Tampered:
            log.error("share.tampered", request=request)
            return None

    def _aad(self, request: str) -> bytes:
        return f"share.sealed/{self.hospital}/{request}".encode()
