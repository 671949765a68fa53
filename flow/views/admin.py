"""Administration: paired devices and people. The letters of the feeds are on the integration engineer's screen."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan
from flow.domain.roles import BADGED, Role
from flow.views.backup import BackupPanel
from flow.views.display_sound import Heard
from flow.views.page import Chrome
from flow.views.request_form import Option


class DeviceLike(Protocol):
    """A paired device as the people's tables list it."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def shows(self) -> str: ...
    @property
    def ward(self) -> str | None: ...
    @property
    def clinics(self) -> Sequence[str]: ...
    @property
    def lang(self) -> str: ...
    @property
    def light(self) -> bool: ...
    @property
    def paired_by(self) -> str: ...
    @property
    def paired_at(self) -> datetime: ...
    @property
    def seen_at(self) -> datetime | None: ...
    @property
    def revoked_at(self) -> datetime | None: ...
    @property
    def locked_out(self) -> bool: ...


class AccountLike(Protocol):
    """An account as listed."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def ward(self) -> str | None: ...
    @property
    def disabled(self) -> bool: ...
    @property
    def provider(self) -> bool: ...
    @property
    def given(self) -> bool: ...


class BadgeLike(Protocol):
    """A badge for ward stations."""

    @property
    def has_pin(self) -> bool: ...
    @property
    def locked(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """`state` is live | silent | locked | revoked; only the first three can be revoked. Of a display `picture` is what it says it shows,
    `past` the address of what it has shown, `heard` what is not heard of it; all are empty of a phone."""

    id: str
    icon: str
    name: str
    shows: str
    paired: str
    seen: str
    state: str
    picture: str
    past: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class UserRow:
    """An account's line; `second`: it has a second factor; `badge`: how its badge stands, `badged`: its role may have one; `practitioners`
    are the doctor's codes it goes by, `is_doctor`: it may; `by` is the provider that answers for it, empty: it has a password here, which
    its owner has not changed yet where it was `given`."""

    id: str
    name: str
    role: str
    ward: str
    disabled: bool
    second: bool = False
    practitioners: str = ""
    is_doctor: bool = False
    badge: str = ""
    badged: bool = False
    by: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class BadgeSlip:
    """Somebody's badge to print, once: its QR code as a drawing."""

    chrome: Chrome
    name: str
    account: str
    ward: str
    qr: str


@dataclass(frozen=True, slots=True)
class AdminPage:
    """`may_pair` and `may_write` say whether buttons are shown, `sees_letters` and `sees_tokens` whether those screens are linked, `now`
    when the devices stood so, `codes` are the doctors that feeds name, with how many patients each has now; `backup` is None for those
    whom it does not concern."""

    chrome: Chrome
    devices: tuple[DeviceRow, ...]
    users: tuple[UserRow, ...]
    roles: tuple[Option, ...]
    wards: tuple[Option, ...]
    may_pair: bool
    may_write: bool
    sees_letters: bool
    now: str
    codes: tuple[str, ...] = ()
    sees_tokens: bool = False
    backup: BackupPanel | None = None

    @property
    def blocked(self) -> bool:
        """A display wants a press before it sounds."""
        return any(device.heard.blocked for device in self.devices)


def _by(user: AccountLike, provider: str) -> str:
    return (provider or "a provider that is not configured") if user.provider else ""


NOBODY: Mapping[str, Any] = {}
SILENT_AFTER = 60
"""Seconds without a sign of life after which a device counts as silent."""


def admin_page(
    chrome: Chrome,
    plan: Plan,
    at: datetime,
    *,
    devices: Iterable[DeviceLike] = (),
    users: Iterable[AccountLike] = (),
    second: Collection[str] = (),
    badges: Mapping[str, BadgeLike] | None = None,
    provider: str = "",
    practitioners: Mapping[str, Sequence[str]] = NOBODY,
    codes: Mapping[str, int] = NOBODY,
    may_pair: bool = True,
    may_write: bool = True,
    sees_letters: bool = True,
    sees_tokens: bool = False,
    pictures: Callable[[str], str] = lambda device: "",
    hearing: Callable[[str], Heard] = lambda device: Heard(),
    backup: BackupPanel | None = None,
) -> AdminPage:
    """The page of devices and accounts as their tables list them; `pictures` are what displays say they show, `hearing` what is not heard
    of them, `second` the accounts with a second factor, `badges` those with a badge, `provider` who answers for those without one,
    `practitioners` the doctors' codes of accounts, `codes` those that feeds name."""
    return AdminPage(
        chrome=chrome,
        devices=tuple(_device(device, plan, at, pictures, hearing) for device in devices),
        users=tuple(
            _user(user, second, (badges or {}).get(user.id), practitioners.get(user.id, ()), _by(user, provider)) for user in users
        ),
        roles=tuple(Option(role, role.replace("_", " ")) for role in Role if role is not Role.DISPLAY),
        wards=tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards),
        may_pair=may_pair,
        may_write=may_write,
        sees_letters=sees_letters,
        now=stamp(at, plan.zone),
        codes=tuple(f"{code} ({count})" for code, count in codes.items()),
        sees_tokens=sees_tokens,
        backup=backup,
    )


def _user(user: AccountLike, second: Collection[str], badge: BadgeLike | None, practitioners: Sequence[str], by: str) -> UserRow:
    stands = "" if badge is None else "locked" if badge.locked else "issued" if badge.has_pin else "no PIN yet"
    return UserRow(
        user.id,
        user.name,
        str(user.role),
        user.ward or "",
        user.disabled,
        user.id in second,
        ", ".join(practitioners),
        user.role == Role.DOCTOR,
        stands,
        user.role in BADGED and not user.disabled,
        by,
        user.given,
    )


def stamp(at: datetime, zone: str) -> str:
    """`21 Nov 14:05:07` in the hospital's zone."""
    return at.astimezone(ZoneInfo(zone)).strftime("%d %b %H:%M:%S")


def shows(device: DeviceLike) -> str:
    """What a device was let in for."""
    clinics = f"clinic{'s' if len(device.clinics) > 1 else ''} {' + '.join(device.clinics)}" if device.clinics else ""
    where = f"ward {device.ward}" if device.ward else clinics or "whole house"
    if device.kind != "display":
        return f"{where}, station for badges" if device.kind == "station" else where
    return ", ".join(filter(None, (device.audience, where, device.shows, device.lang, "light" if device.light else "")))


def _device(device: DeviceLike, plan: Plan, at: datetime, pictures: Callable[[str], str], hearing: Callable[[str], Heard]) -> DeviceRow:
    display = device.kind == "display"
    return DeviceRow(
        id=device.id,
        icon="i-phone" if device.kind == "phone" else "i-screen",
        name=device.name,
        shows=shows(device),
        paired=f"{stamp(device.paired_at, plan.zone)} by {device.paired_by}",
        seen=stamp(device.seen_at, plan.zone) if device.seen_at else "never",
        state=_state(device, at),
        picture=pictures(device.id) if display else "",
        past=f"/admin/displays?{urlencode({'device': device.id})}" if display else "",
        heard=hearing(device.id) if display and device.revoked_at is None else Heard(),
    )


def _state(device: DeviceLike, at: datetime) -> str:
    if device.revoked_at is not None:
        return "revoked"
    if device.locked_out:
        return "locked"
    heard = device.seen_at is not None and (at - device.seen_at).total_seconds() <= SILENT_AFTER
    return "live" if heard else "silent"
