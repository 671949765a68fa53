"""The people who clean, and the porters: found by their badge, let in by their PIN, on shift with one phone at a time.

Neither has an account: `id` (`cleaner-3f9a`, `porter-c41e`) is what every Cause and job names, the nick is shown to colleagues alone
and stays in this table. A badge is a random secret printed as a QR code; whoever loses it gets another, and the old one opens nothing.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.history.secret import digest, hash_of, matches, new_secret

_SQL = load("cleaners")
WRONG_PINS = 5
BADGE = "bedflow-badge:"
"""What the QR code of a badge begins with; its secret follows. No address: a camera alone opens nothing with it."""
_LONGEST_NICK = 30
TRADES: Mapping[Role, str] = {Role.HOUSEKEEPING: "cleaner", Role.PORTER: "porter"}
"""Who has a badge, and what they are called."""


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Somebody with a badge. `trade`: cleans (`housekeeping`) or is a `porter`; `trained`: may do isolation cleans; `zone` and `shift` are
    ids of the hospital file's `[cleaning]` (None: the whole house, any hour); `on_since`: on shift since then, with the phone `device`
    (None: put on shift by a supervisor, without one)."""

    id: str
    nick: str
    trained: bool = False
    zone: str | None = None
    shift: str | None = None
    has_pin: bool = False
    locked_out: bool = False
    on_since: datetime | None = None
    device: str | None = None
    trade: Role = Role.HOUSEKEEPING

    @property
    def on_shift(self) -> bool:
        """At work now."""
        return self.on_since is not None

    @property
    def cleans(self) -> bool:
        """No porter."""
        return self.trade is Role.HOUSEKEEPING


@dataclass(frozen=True, slots=True)
class Described:
    """What a supervisor says of somebody; the trade is said once, when they are added."""

    nick: str
    trained: bool = False
    zone: str | None = None
    shift: str | None = None
    trade: Role = Role.HOUSEKEEPING


class Cleaners:
    """Adding and finding cleaners, their badges, PINs and shifts."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def add(self, said: Described, by: str, at: datetime, pin: str | None = None) -> tuple[Cleaner, str]:
        """Somebody new and the secret of the badge, which can be seen this once. Refused without a nick."""
        nick = _nick(said)
        number, badge = f"{TRADES[said.trade]}-{secrets.token_hex(3)}", new_secret()
        hashed = await hash_of(pin) if pin else None
        row = (number, nick, said.trained, said.zone, said.shift, digest(badge), hashed, by, at, said.trade)
        async with self.database.write() as connection:
            await connection.execute(_SQL["add"], self.hospital, *row)
        return Cleaner(number, nick, said.trained, said.zone, said.shift, hashed is not None, trade=said.trade), badge

    async def change(self, cleaner: str, said: Described) -> bool:
        """Say anew what somebody is called, trained for, and where and when they work. False when there is none such."""
        row = (_nick(said), said.trained, said.zone, said.shift)
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["change"], self.hospital, cleaner, *row) is not None

    async def all(self, trade: Role = Role.HOUSEKEEPING) -> list[Cleaner]:
        """Everybody of a trade who has not left, by nick."""
        async with self.database.read() as connection:
            return [_cleaner(row) for row in await connection.fetch(_SQL["list"], self.hospital, trade)]

    async def on_shift(self, trade: Role = Role.HOUSEKEEPING) -> list[Cleaner]:
        """Whoever of a trade is at work now."""
        return [cleaner for cleaner in await self.all(trade) if cleaner.on_shift]

    async def find(self, cleaner: str) -> Cleaner | None:
        """One cleaner by id."""
        return await self._one("one", cleaner)

    async def by_badge(self, badge: str) -> Cleaner | None:
        """Whose badge this is; None for no one's, or a replaced one."""
        return await self._one("by_badge", digest(badge))

    async def of_device(self, device: str) -> Cleaner | None:
        """Who works with a phone now."""
        return await self._one("of_device", device)

    async def was_on(self, cleaner: str, device: str, since: datetime) -> Cleaner | None:
        """A cleaner who worked with a phone at some time since then."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["was_on"], self.hospital, cleaner, device, since)
        return _cleaner(row) if row else None

    async def new_badge(self, cleaner: str) -> str | None:
        """Another badge; the former one opens nothing from now on. None when there is no such cleaner."""
        badge = new_secret()
        async with self.database.write() as connection:
            changed = await connection.fetchval(_SQL["new_badge"], self.hospital, cleaner, digest(badge))
        return badge if changed is not None else None

    async def leave(self, cleaner: str, at: datetime) -> bool:
        """Somebody works here no longer: the badge opens nothing and the shift ends. False when there is none such."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["shift_over"], self.hospital, cleaner, None, at)
            return await connection.fetchval(_SQL["leave"], self.hospital, cleaner, at) is not None

    async def choose_pin(self, cleaner: str, pin: str) -> bool:
        """Give a cleaner the first PIN. False when there is one."""
        hashed = await hash_of(pin)
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["first_pin"], self.hospital, cleaner, hashed) is not None

    async def forget_pin(self, cleaner: str) -> bool:
        """Let somebody who forgot the PIN, or was locked out, choose again."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["forget_pin"], self.hospital, cleaner) is not None

    async def unlock(self, cleaner: str, pin: str) -> bool:
        """Try a PIN. Refused `locked-out` after `WRONG_PINS` wrong ones: a supervisor then has it forgotten."""
        async with self.database.write() as connection:
            row = await connection.fetchrow(_SQL["wrong_pin"], self.hospital, cleaner)
        if row is None or row["pin_wrong"] > WRONG_PINS:
            raise Refused("Too many wrong PINs. Ask a supervisor for a new one.", code="locked-out")
        if not await matches(row["pin"], pin):
            return False
        async with self.database.write() as connection:
            await connection.execute(_SQL["right_pin"], self.hospital, cleaner)
        return True

    async def come_on(self, cleaner: str, device: str | None, at: datetime) -> None:
        """Begin a shift, with a phone or without; ends the former shift of either."""
        async with self.database.write() as connection:
            if await connection.fetchval(_SQL["hold"], self.hospital, cleaner) is None:
                raise Refused("This badge is no longer valid. Ask a supervisor.", code="unknown-cleaner")
            await self._end(connection, cleaner, device, at)
            await connection.execute(_SQL["shift_begins"], self.hospital, cleaner, device, at)

    async def go_off(self, cleaner: str, at: datetime) -> bool:
        """End a shift. False when there was none."""
        async with self.database.write() as connection:
            return bool(await self._end(connection, cleaner, None, at))

    async def _end(self, connection: Connection, cleaner: str, device: str | None, at: datetime) -> list[asyncpg.Record]:
        return list(await connection.fetch(_SQL["shift_over"], self.hospital, cleaner, device, at))

    async def _one(self, how: str, key: str | bytes) -> Cleaner | None:
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL[how], self.hospital, key)
        return _cleaner(row) if row else None


def _nick(said: Described) -> str:
    nick = " ".join(said.nick.split())[:_LONGEST_NICK]
    if not nick:
        raise Refused("Say what they are called.", code="no-nick")
    return nick


def _cleaner(row: asyncpg.Record) -> Cleaner:
    known = dict(row)
    locked_out, trade = known.pop("pin_wrong") >= WRONG_PINS, Role(known.pop("trade"))
    return Cleaner(**known, locked_out=locked_out, trade=trade)
