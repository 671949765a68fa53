"""The rows behind a figure of the minute ledger as a page: each bed's stretch, its cause, and the visits it lies between.

flow.web hands in the rows (`flow.domain.ledger_behind`); templates/manager/ledger_behind.html draws them, `report` exports them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.ledger import Owner
from flow.domain.ledger_behind import GHOST, Behind, Wanted
from flow.domain.ledger_sums import LEDGER_VERSION
from flow.domain.plan import Plan
from flow.views.ledger_words import OWNERS, STRETCHES
from flow.views.page import Chrome
from flow.views.period import Period
from flow.views.tables import Cell, Column, Files, Kind, Report, table
from flow.views.times import day_time

MOST = 300
"""Rows on the page; a file has them all."""
GHOST_WORDS = "Ghost bed-hours"


@dataclass(frozen=True, slots=True)
class BehindRow:
    """A row as shown; `left` and `came` are visits' numbers, "" where the row does not touch one."""

    bed: str
    ward: str
    stretch: str
    cause: str
    start: str
    end: str
    minutes: str
    left: str
    came: str


@dataclass(frozen=True, slots=True)
class BehindPage:
    """`said` names the figure, `total` is what its rows add up to; `more` rows beside those shown."""

    chrome: Chrome
    said: str
    scope: str
    total: str
    count: int
    back: str
    rows: tuple[BehindRow, ...]
    more: int
    files: Files | None = None


def behind_page(chrome: Chrome, plan: Plan, found: Sequence[Behind], wanted: Wanted, period: Period) -> BehindPage:
    """The page of a figure of a period."""
    hours = sum((row.time for row in found), timedelta()) / timedelta(hours=1)
    ward = {"ward": wanted.ward} if wanted.ward is not None else {}
    return BehindPage(
        chrome=chrome,
        said=said(wanted),
        scope=period.words,
        total=f"{hours:.1f}",
        count=len(found),
        back=f"/manager/ledger?{urlencode({**period.asked, **ward})}",
        rows=tuple(_row(row, plan) for row in found[:MOST]),
        more=max(0, len(found) - MOST),
    )


def said(wanted: Wanted) -> str:
    """`Pharmacy · Leaving · ward 4B · Sat 21 Nov`."""
    cause = GHOST_WORDS if wanted.owner == GHOST else OWNERS[Owner(wanted.owner)] if wanted.owner is not None else "All causes"
    parts = [
        cause,
        STRETCHES[wanted.stretch][0] if wanted.stretch is not None else "",
        f"ward {wanted.ward}" if wanted.ward is not None else "",
        f"{wanted.day:%a %d %b}" if wanted.day is not None else "",
    ]
    return " · ".join(part for part in parts if part)


COLUMNS = (
    Column("bed", "Bed"),
    Column("ward", "Ward"),
    Column("stretch", "Stretch"),
    Column("cause", "Cause"),
    Column("from", "From", Kind.MOMENT),
    Column("until", "Until", Kind.MOMENT),
    Column("minutes", "Minutes", Kind.NUMBER, "min"),
    Column("left", "Left before"),
    Column("came", "Came after"),
)


def report(page: BehindPage, found: Sequence[Behind], plan: Plan) -> Report:
    """Every row."""
    zone = ZoneInfo(plan.zone)
    rows = []
    for each in found:
        row = _row(each, plan)
        moments = (Cell(each.start.astimezone(zone), row.start), Cell(each.end.astimezone(zone), row.end))
        rows.append((row.bed, row.ward, row.stretch, row.cause, *moments, row.minutes, row.left, row.came))
    return Report(
        id="ledger-behind",
        title="Behind the minute ledger",
        hospital=page.chrome.hospital,
        period=page.scope,
        filters=page.said,
        version=str(LEDGER_VERSION),
        source="the hospital's log: each idle minute of a bed, with its one owner",
        zone=plan.zone,
        tables=(table("rows", "The rows behind it", COLUMNS, rows, on_screen=0 < len(rows) <= MOST),),
    )


def _row(row: Behind, plan: Plan) -> BehindRow:
    return BehindRow(
        bed=plan.bed_name(row.bed),
        ward=row.ward,
        stretch=STRETCHES[row.stretch][0] if row.stretch is not None else "",
        cause=GHOST_WORDS if row.owner == GHOST else OWNERS[Owner(row.owner)],
        start=day_time(row.start.timestamp(), plan.zone),
        end=day_time(row.end.timestamp(), plan.zone),
        minutes=f"{row.time / timedelta(minutes=1):.1f}",
        left=row.left or "",
        came=row.came or "",
    )
