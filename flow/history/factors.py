"""Second factors beside the password: the secret of an authenticator app, sealed, and recovery codes, kept as keyed digests."""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime

from flow.domain import totp
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

_SQL = load("factors")
_PASSKEYS = load("passkeys")
RECOVERY_CODES = 10
_SECRET_BYTES = 20
_CODE_BYTES = 10


@dataclass(frozen=True, slots=True)
class Has:
    """What an account has: an app, how many passkeys, how many recovery codes that were not used."""

    app: bool = False
    passkeys: int = 0
    codes: int = 0

    @property
    def any(self) -> bool:
        """There is a second factor."""
        return self.app or self.passkeys > 0


class Factors:
    """Of the people of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.hospital = database.hospital
        self._vault = vault

    async def of(self, account: str) -> Has:
        """What an account has."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["of"], self.hospital, account)
        assert row is not None
        return Has(row["app"], row["passkeys"], row["codes"])

    async def held(self) -> frozenset[str]:
        """The accounts that have a second factor."""
        async with self.database.read() as connection:
            return frozenset(row["account"] for row in await connection.fetch(_SQL["held"], self.hospital))

    def offer(self, account: str, seat: bytes) -> tuple[bytes, str]:
        """A secret for an app, and the ticket by which this sign-in alone, the `seat`, can confirm it. Nothing is kept until then."""
        secret = secrets.token_bytes(_SECRET_BYTES)
        return secret, self._vault.seal(secret, self._offered(account, seat)).hex()

    def offered(self, account: str, seat: bytes, ticket: str) -> bytes | None:
        """The secret of a ticket; None for another's, or for none."""
        try:
            return self._vault.open(bytes.fromhex(ticket), self._offered(account, seat))
        except (Tampered, ValueError):
            return None

    async def confirm(self, account: str, secret: bytes, code: str, at: datetime) -> bool:
        """The app shows the right code: from now on it is asked, in place of any before."""
        step = totp.matching(secret, _plain(code), at)
        if step is None:
            return False
        async with self.database.write() as connection:
            await connection.execute(_SQL["put"], self.hospital, account, self._vault.seal(secret, self._aad(account)), step, at)
        return True

    async def use(self, account: str, code: str, at: datetime) -> bool:
        """Whether this is the app's code; true once for each."""
        async with self.database.write() as connection:
            sealed = await connection.fetchval(_SQL["secret"], self.hospital, account)
            step = totp.matching(self._vault.open(sealed, self._aad(account)), _plain(code), at) if sealed is not None else None
            return step is not None and await connection.fetchval(_SQL["use"], self.hospital, account, step) is not None

    async def drop_app(self, account: str) -> None:
        """No app any more."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["drop_app"], self.hospital, account)

    async def new_codes(self, account: str) -> list[str]:
        """Recovery codes in place of all before; this is the only time that they can be seen."""
        codes = [_grouped(b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()) for _ in range(RECOVERY_CODES)]
        async with self.database.write() as connection:
            await connection.execute(_SQL["drop_codes"], self.hospital, account)
            await connection.execute(_SQL["put_codes"], self.hospital, account, [self._digest(account, code) for code in codes])
        return codes

    async def use_code(self, account: str, code: str, at: datetime) -> bool:
        """Whether this is one of the recovery codes; true once for each."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["use_code"], self.hospital, account, self._digest(account, code), at) is not None

    async def reset(self, account: str) -> None:
        """No second factor of any kind: whoever lost telephone and codes begins anew."""
        async with self.database.write() as connection:
            for query in (_SQL["drop_app"], _SQL["drop_codes"], _PASSKEYS["drop_all"]):
                await connection.execute(query, self.hospital, account)

    def _digest(self, account: str, code: str) -> str:
        return self._vault.blind("recovery-code", f"{self.hospital}\0{account}\0{_plain(code)}")

    def _offered(self, account: str, seat: bytes) -> bytes:
        return self._aad(account) + b"/offered/" + seat

    def _aad(self, account: str) -> bytes:
        return f"authenticator.sealed/{self.hospital}/{account}".encode()


def _plain(code: str) -> str:
    """As it was made, however it was typed."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())


def _grouped(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))
