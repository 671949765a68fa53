"""Names that were opened for a reason, for whoever reviews it: who, when, of which ward, why, how many names, and who has looked at it
since. Drawn by templates/audit/openings.html."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.opening import Opening
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, PeriodBar, Rules
from flow.views.tables import Files

RULES = Rules(("24h", "7d", "28d"), "28d")
PAGE = 300
"""Openings of a page."""


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One: `minutes` how long it lasted, `going_on`: names are still shown by it, `reviewed` when somebody looked at it, `trail` where its
    reads are."""

    id: int
    at: datetime
    time: str
    who: str
    role: str
    place: str
    reason: str
    words: str
    minutes: int
    going_on: bool
    names: int
    reviewed: str
    reviewed_by: str
    reviewed_at: datetime | None
    remark: str
    trail: str


@dataclass(frozen=True, slots=True)
class OpeningsPage:
    """`new`: only those that nobody has looked at, of any time; `unreviewed` how many these are."""

    chrome: Chrome
    when: PeriodBar
    rows: tuple[OpeningRow, ...]
    new: bool
    unreviewed: int
    files: Files | None = None


def openings_page(
    chrome: Chrome, found: Iterable[Opening], when: AskedPeriod, at: datetime, zone: str, *, new: bool, unreviewed: int
) -> OpeningsPage:
    """The page."""
    filters = {"new": "yes"} if new else {}
    return OpeningsPage(chrome, when.bar("/openings", filters), tuple(opening_row(each, at, zone) for each in found), new, unreviewed)


def opening_row(opening: Opening, at: datetime, zone: str) -> OpeningRow:
    """One in words."""
    end = min(opening.ended_at or opening.until, opening.until, max(at, opening.at))
    local = ZoneInfo(zone)
    day = f"{opening.at.astimezone(local):%Y-%m-%d}"
    return OpeningRow(
        opening.id,
        opening.at.astimezone(local),
        _moment(opening.at, zone),
        opening.actor,
        opening.role,
        f"ward {opening.ward}" if opening.ward else "waiting for a bed",
        opening.reason,
        opening.words,
        round((end - opening.at).total_seconds() / 60),
        not opening.over(at),
        opening.names,
        _moment(opening.reviewed_at, zone) if opening.reviewed_at is not None else "",
        opening.reviewed_by,
        opening.reviewed_at.astimezone(local) if opening.reviewed_at is not None else None,
        opening.remark,
        f"/audit?from={day}&to={day}&who={opening.actor}&kind=read",
    )


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M}"
