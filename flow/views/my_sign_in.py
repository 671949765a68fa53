"""My sign-in: one's own password, second factor, passkeys, and where one is signed in. Drawn by templates/my_sign_in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.views.page import Chrome


class PasskeyLike(Protocol):
    """A passkey as its owner knows it."""

    @property
    def id(self) -> bytes: ...
    @property
    def name(self) -> str: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def used_at(self) -> datetime | None: ...


class SeatLike(Protocol):
    """A place where somebody is signed in."""

    @property
    def digest(self) -> bytes: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def seen_at(self) -> datetime: ...
    @property
    def proof(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def agent(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """`number` names it in addresses."""

    number: str
    name: str
    made: str
    used: str


@dataclass(frozen=True, slots=True)
class SeatRow:
    """`seat` names it in addresses; `here`: this browser."""

    seat: str
    browser: str
    address: str
    by: str
    since: str
    used: str
    here: bool


@dataclass(frozen=True, slots=True)
class MySignIn:
    """`app`: codes of an app are asked; `codes` recovery codes are left; `must`: this role needs a second factor; `done` and `refused` are
    about what was just asked for; `least` letters a password has, `provider` is who asks for it instead of us; `badge` says how a badge
    stands (empty: this role has none)."""

    chrome: Chrome
    account: str
    app: bool
    codes: int
    passkeys: tuple[PasskeyRow, ...]
    seats: tuple[SeatRow, ...]
    must: bool
    least: int
    origin: str
    provider: str = ""
    done: str = ""
    refused: str = ""
    badge: str = ""

    @property
    def has_badge(self) -> bool:
        """A PIN can be chosen."""
        return self.badge not in ("", NO_BADGE)


_BY = {
    "password": "password",
    "code": "first step and code",
    "recovery": "first step and recovery code",
    "passkey": "passkey",
    "badge": "badge and PIN",
    "provider": "the hospital's provider",
    "provider-mfa": "the hospital's provider, second factor shown there",
}
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


class BadgeLike(Protocol):
    """A badge for ward stations."""

    @property
    def has_pin(self) -> bool: ...
    @property
    def locked(self) -> bool: ...


def badge_words(badge: BadgeLike | None) -> str:
    """How somebody's own badge stands."""
    if badge is None:
        return NO_BADGE
    if badge.locked:
        return "Locked after five wrong PINs. Sign out and in again with your second factor, or ask an administrator."
    return "It opens the stations of your ward." if badge.has_pin else "It opens nothing before you have chosen a PIN."


NO_BADGE = "None. An administrator issues one, to be scanned at the stations of your ward in place of name and password."


def passkey_rows(keys: Iterable[PasskeyLike], zone: str) -> tuple[PasskeyRow, ...]:
    """As they are listed."""
    return tuple(PasskeyRow(k.id.hex(), k.name, _when(k.made_at, zone), _when(k.used_at, zone) if k.used_at else "never") for k in keys)


def seat_row(seat: SeatLike, number: str, zone: str, *, here: bool) -> SeatRow:
    """A line of the list."""
    since, used = _when(seat.started_at, zone), _when(seat.seen_at, zone)
    return SeatRow(number, browser(seat.agent), seat.address or "not known", _BY[seat.proof], since, used, here)


def browser(agent: str) -> str:
    """`Firefox on Windows`, as far as what a browser calls itself tells."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if not name:
        return re.sub(r"[^\w./ -]", "", agent)[:40] or "not known"
    return f"{name} on {system}" if system else name


def _when(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%d %b %Y, %H:%M")
