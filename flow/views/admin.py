"""Administration: paired devices, people, and the tray of letters that could not be handled. Bodies of letters are not shown here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan
from flow.domain.roles import Role
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
    def ward(self) -> str | None: ...
    @property
    def clinic(self) -> str | None: ...
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


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """`state` is live | silent | locked | revoked; only the first three can be revoked."""

    id: str
    icon: str
    name: str
    shows: str
    paired: str
    seen: str
    state: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """An account's line."""

    id: str
    name: str
    role: str
    ward: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter's line: what came, when, and why it lies in the tray."""

    id: int
    feed: str
    trigger: str
    control_id: str
    received: str
    state: str
    reason: str
    warnings: tuple[str, ...]
    parked: bool


@dataclass(frozen=True, slots=True)
class AdminPage:
    """`showing` is parked | all, `before` the id to page on with, `counts` letters by state; `writes` whether buttons are shown."""

    chrome: Chrome
    devices: tuple[DeviceRow, ...]
    users: tuple[UserRow, ...]
    letters: tuple[LetterRow, ...]
    counts: tuple[Option, ...]
    showing: str
    before: int | None
    roles: tuple[Option, ...]
    wards: tuple[Option, ...]
    may_pair: bool
    may_write: bool
    may_replay: bool


SILENT_AFTER = 60
"""Seconds without a sign of life after which a device counts as silent."""


def admin_page(
    chrome: Chrome,
    plan: Plan,
    at: datetime,
    *,
    devices: Iterable[DeviceLike] = (),
    users: Iterable[AccountLike] = (),
    letters: Iterable[Mapping[str, Any]] = (),
    counts: Mapping[str, int] | None = None,
    showing: str = "parked",
    before: int | None = None,
    may_pair: bool = True,
    may_write: bool = True,
    may_replay: bool = True,
) -> AdminPage:
    """The page; `letters` are rows of `Inbox.page`, the others as their tables list them."""
    return AdminPage(
        chrome=chrome,
        devices=tuple(_device(device, plan, at) for device in devices),
        users=tuple(UserRow(u.id, u.name, str(u.role), u.ward or "", u.disabled) for u in users),
        letters=tuple(_letter(row, plan) for row in letters),
        counts=tuple(Option(state, str(number)) for state, number in (counts or {}).items()),
        showing=showing,
        before=before,
        roles=tuple(Option(role, role.replace("_", " ")) for role in Role if role is not Role.DISPLAY),
        wards=tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards),
        may_pair=may_pair,
        may_write=may_write,
        may_replay=may_replay,
    )


def stamp(at: datetime, zone: str) -> str:
    """`21 Nov 14:05:07` in the hospital's zone."""
    return at.astimezone(ZoneInfo(zone)).strftime("%d %b %H:%M:%S")


def _device(device: DeviceLike, plan: Plan, at: datetime) -> DeviceRow:
    shows = f"ward {device.ward}" if device.ward else f"clinic {device.clinic}" if device.clinic else "whole house"
    return DeviceRow(
        id=device.id,
        icon="i-phone" if device.kind == "phone" else "i-screen",
        name=device.name,
        shows=f"{device.audience}, {shows}" if device.kind == "display" else shows,
        paired=f"{stamp(device.paired_at, plan.zone)} by {device.paired_by}",
        seen=stamp(device.seen_at, plan.zone) if device.seen_at else "never",
        state=_state(device, at),
    )


def _state(device: DeviceLike, at: datetime) -> str:
    if device.revoked_at is not None:
        return "revoked"
    if device.locked_out:
        return "locked"
    heard = device.seen_at is not None and (at - device.seen_at).total_seconds() <= SILENT_AFTER
    return "live" if heard else "silent"


def _letter(row: Mapping[str, Any], plan: Plan) -> LetterRow:
    return LetterRow(
        id=row["id"],
        feed=row["feed"],
        trigger=row["trigger"],
        control_id=row["control_id"],
        received=stamp(row["received_at"], plan.zone),
        state=row["state"],
        reason=row["reason"] or "",
        warnings=tuple(row["warnings"] or ()),
        parked=row["state"] == "parked",
    )
