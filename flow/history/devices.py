"""Wall displays, the phones of cleaners and porters, and ward stations: paired by a code shown on them, read-only or held to one trade,
revocable at once."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import asyncpg

from flow.domain.ids import ClinicId, WardId
from flow.domain.roles import Role
from flow.errors import Refused, Unavailable
from flow.history.pool import Database
from flow.history.queries import load
from flow.history.secret import digest, hash_of, matches, new_secret
from flow.vault import Vault

_SQL = load("devices")
CODE_LASTS = timedelta(minutes=10)
WRONG_PINS = 5
DeviceKind = Literal["display", "phone", "station"]
HOUSEKEEPING = "housekeeping"
"""What a display shows whose wards' beds in cleaning are all it is there for."""


class Station(NamedTuple):
    """A ward's own workstation, which several people use one after the other."""

    id: str
    name: str
    ward: WardId


@dataclass(frozen=True, slots=True)
class Grant:
    """What the one who pairs a device says of it; `audience` is public, ward or staff; `shows` the housekeeping board, or (empty) what its
    ward, clinics or house stand for; `lang` what it is written in (empty: as the hospital's screens are), `light` black on white."""

    name: str
    audience: str = "public"
    ward: WardId | None = None
    clinics: tuple[ClinicId, ...] = ()
    pin: str | None = None
    shows: str = ""
    lang: str = ""
    light: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A paired device as a request finds it; `trade` of whoever is on shift with a phone: the badge makes it a porter's."""

    id: str
    kind: DeviceKind
    name: str
    audience: str
    ward: WardId | None
    clinics: tuple[ClinicId, ...]
    has_pin: bool
    locked_out: bool
    unlocked_at: datetime
    trade: Role = Role.HOUSEKEEPING
    shows: str = ""
    lang: str = ""
    light: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A paired device as a list shows it."""

    id: str
    kind: DeviceKind
    name: str
    audience: str
    ward: WardId | None
    clinics: tuple[ClinicId, ...]
    paired_by: str
    paired_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None
    locked_out: bool
    shows: str = ""
    lang: str = ""
    light: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A code shown on a screen, and the secret by which that screen asks whether it was typed in."""

    code: str
    secret: str
    expires_at: datetime


class Devices:
    """Pairing, finding, locking and revoking devices."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    def _code(self, code: str) -> bytes:
        """Six digits are few, so they are kept keyed: the table alone does not tell them."""
        return bytes.fromhex(self.vault.blind("pairing", code))

    async def offer(self, kind: DeviceKind, at: datetime) -> Offer:
        """A fresh six-digit code for a screen; good for `CODE_LASTS`."""
        until, secret = at + CODE_LASTS, new_secret()
        async with self.database.write() as connection:
            await connection.execute(_SQL["clear_offers"], self.hospital, at)
            for _ in range(20):
                code = f"{secrets.randbelow(1_000_000):06d}"
                row = (self._code(code), digest(secret), kind, until)
                if await connection.fetchval(_SQL["offer"], self.hospital, *row) is not None:
                    return Offer(code, secret, until)
        raise Unavailable("Too many screens are being paired right now; try again in a few minutes.")

    async def offered(self, code: str, at: datetime) -> DeviceKind | None:
        """What kind of device shows this code; None when none does."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["offered"], self.hospital, self._code(code), at)
        return row["kind"] if row else None

    async def pair(self, code: str, grant: Grant, by: str, at: datetime) -> str:
        """Let the device that shows the code in; returns its id. Refused when the code is unknown, used or run out."""
        number = f"device-{secrets.token_hex(4)}"
        pin = await hash_of(grant.pin) if grant.pin else None
        async with self.database.write() as connection:
            row = await connection.fetchrow(_SQL["offered"], self.hospital, self._code(code), at)
            if row is not None and row["kind"] == "station" and grant.ward is None:
                raise Refused("Say in which ward the station stands.", code="missing")
            taken = row and await connection.fetchval(_SQL["take"], self.hospital, self._code(code), number, at)
            if row is None or taken is None:
                raise Refused("No screen shows this code. Codes run out after ten minutes: look at the screen again.", code="unknown-code")
            where = (grant.audience, grant.ward, grant.clinics, by, at, pin, grant.shows, grant.lang, grant.light)
            await connection.execute(_SQL["put"], self.hospital, number, row["kind"], grant.name, row["digest"], *where)
        return number

    async def is_paired(self, secret: str, at: datetime) -> bool | None:
        """How a screen's own code is doing: True when it was typed in, None when it has run out."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["waiting"], self.hospital, digest(secret), at)
        return None if row is None else row["device"] is not None

    async def find(self, cookie_digest: bytes) -> Device | None:
        """The device of a cookie, unless revoked."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["by_digest"], self.hospital, cookie_digest)
        return _device(row) if row else None

    async def all(self) -> list[Listed]:
        """Every device, those revoked last."""
        async with self.database.read() as connection:
            return [_listed(row) for row in await connection.fetch(_SQL["list"], self.hospital)]

    async def revoke(self, device: str, at: datetime) -> bytes | None:
        """Shut a device out; returns the digest of its cookie, None when there is none such."""
        async with self.database.read() as connection:
            found: bytes | None = await connection.fetchval(_SQL["revoke"], self.hospital, device, at)
        return found

    async def seen(self, cookie_digest: bytes, at: datetime, *, used: bool = False) -> None:
        """A sign of life; `used` when somebody tapped, which keeps a phone unlocked."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["used" if used else "seen"], self.hospital, cookie_digest, at)

    async def listen(self, digests: Collection[bytes], at: datetime) -> None:
        """A sign of life of many: they hold a stream open."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["listen"], self.hospital, list(digests), at)

    async def choose_pin(self, device: str, pin: str) -> bool:
        """Give a phone its PIN, once. False when it has one."""
        hashed = await hash_of(pin)
        async with self.database.read() as connection:
            return await connection.fetchval(_SQL["set_pin"], self.hospital, device, hashed) is not None

    async def unlock(self, device: str, pin: str, at: datetime) -> bool:
        """Try a PIN. Refused `locked-out` after `WRONG_PINS` wrong ones: a supervisor then pairs the phone again."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["wrong_pin"], self.hospital, device)
        if row is None or row["pin_wrong"] > WRONG_PINS:
            raise Refused("Too many wrong PINs. Ask a supervisor to pair this phone again.", code="locked-out")
        if not await matches(row["pin"], pin):
            return False
        async with self.database.read() as connection:
            await connection.execute(_SQL["right_pin"], self.hospital, device, at)
        return True

    async def lock(self, device: str) -> None:
        """Ask for a PIN at the next tap."""
        async with self.database.read() as connection:
            await connection.execute(_SQL["lock"], self.hospital, device)

    async def live(self, digests: list[bytes]) -> set[bytes]:
        """Those of the digests that still hold."""
        async with self.database.read() as connection:
            return {row["digest"] for row in await connection.fetch(_SQL["live"], self.hospital, digests)}


def _device(row: asyncpg.Record) -> Device:
    where = (row["id"], row["kind"], row["name"], row["audience"], row["ward"], tuple(row["clinics"]))
    trade = Role(row["trade"] or Role.HOUSEKEEPING)
    looks = (row["shows"], row["lang"], row["light"])
    return Device(*where, row["pin"] is not None, row["pin_wrong"] >= WRONG_PINS, row["unlocked_at"], trade, *looks)


def _listed(row: asyncpg.Record) -> Listed:
    known = dict(row)
    locked_out, clinics = known.pop("pin_wrong") >= WRONG_PINS, tuple(known.pop("clinics"))
    return Listed(**known, clinics=clinics, locked_out=locked_out)
