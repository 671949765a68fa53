"""Which phones' browsers may be written to, and what they were told already. A subscription's address lets anybody write to the phone, so
it is sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from flow.domain.ids import WardId
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault
from flow.web_push import Subscription, key_of

_SQL = load("pushes")
_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Reached:
    """A phone that can be written to; `ward` is the phone's own (None: the whole house)."""

    device: str
    ward: WardId | None
    to: Subscription


class Pushes:
    """Subscriptions of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital
        self.key = key_of(bytes.fromhex(vault.blind("vapid", "1") + vault.blind("vapid", "2")))
        """The hospital's signing key: derived, so that every process has the same and none is stored."""

    async def subscribe(self, device: str, to: Subscription, at: datetime) -> None:
        """Write to this phone there from now on."""
        sealed = self.vault.seal(msgspec.json.encode(to), self._aad(device))
        async with self.database.write() as connection:
            await connection.execute(_SQL["subscribe"], self.hospital, device, sealed, at)

    async def all(self) -> list[Reached]:
        """Every phone that can be written to."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["list"], self.hospital)
        return [Reached(row["device"], row["ward"], self._opened(row["device"], row["sealed"])) for row in rows]

    async def forget(self, device: str) -> None:
        """The browser has taken its leave back."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget"], self.hospital, device)

    async def is_news(self, device: str, what: str, at: datetime) -> bool:
        """Whether this phone has not been told of it: true once, whoever asks and however often."""
        async with self.database.write() as connection:
            first = await connection.fetchval(_SQL["tell"], self.hospital, device, what, at) is not None
            if first:
                await connection.execute(_SQL["tidy"], self.hospital, at - _KEPT)
        return first

    def _opened(self, device: str, sealed: bytes) -> Subscription:
        return msgspec.json.decode(self.vault.open(sealed, self._aad(device)), type=Subscription)

    def _aad(self, device: str) -> bytes:
        return f"push_subscription.sealed/{self.hospital}/{device}".encode()
