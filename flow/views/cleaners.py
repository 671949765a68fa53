"""The page of the people who clean, and of the porters: added, changed, given a badge or a new PIN, put on shift and off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.plan import Plan
from flow.domain.roles import Role
from flow.views.cleaning_staff import CleanerLike
from flow.views.page import Chrome
from flow.views.times import when


@dataclass(frozen=True, slots=True)
class Named:
    """A choice of a list."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class CleanerRow:
    """Somebody as the supervisor keeps them; `porter`: else they clean; `about` is where and when they work, `on` since
    when they are on shift, `pin` how their PIN stands."""

    id: str
    nick: str
    trained: bool
    zone: str
    shift: str
    about: str
    on: str
    pin: str
    porter: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge to print, once: whose it is and its QR code as a drawing."""

    nick: str
    qr: str


@dataclass(frozen=True, slots=True)
class CleanersPage:
    """The page; `badge` right after one was made: it cannot be shown again."""

    chrome: Chrome
    rows: tuple[CleanerRow, ...]
    zones: tuple[Named, ...]
    shifts: tuple[Named, ...]
    badge: Badge | None = None


def cleaners_page(chrome: Chrome, plan: Plan, cleaners: Sequence[CleanerLike], at: datetime, badge: Badge | None = None) -> CleanersPage:
    """Everybody in the order given."""
    rules = plan.cleaning
    rows = (
        CleanerRow(
            each.id,
            each.nick,
            each.trained,
            each.zone or "",
            each.shift or "",
            _about(each, plan),
            when(each.on_since, at, plan.zone) if each.on_since is not None else "",
            "locked out" if each.locked_out else "set" if each.has_pin else "none yet",
            each.trade is Role.PORTER,
        )
        for each in cleaners
    )
    zones = tuple(Named(zone.id, zone.name) for zone in rules.zones)
    return CleanersPage(chrome, tuple(rows), zones, tuple(Named(shift.id, shift.name) for shift in rules.shifts), badge)


def _about(cleaner: CleanerLike, plan: Plan) -> str:
    zone = plan.cleaning.zone.get(cleaner.zone or "")
    shift = next((each.name for each in plan.cleaning.shifts if each.id == cleaner.shift), "")
    return " · ".join(part for part in (zone.name if zone is not None else "", shift) if part)
