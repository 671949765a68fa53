"""The list of daily reports, each to be opened again as it was made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan
from flow.views.page import Chrome
from flow.views.tables import Files


class ListedLike(Protocol):
    """A report as it is kept."""

    @property
    def day(self) -> date: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def summary(self) -> str: ...
    @property
    def no_pdf(self) -> str: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def given_up(self) -> str | None: ...
    @property
    def posted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report of the list; without a PDF `no_pdf` says why."""

    day: str
    words: str
    summary: str
    made: str
    sent: str
    no_pdf: str
    made_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """`when` says when a report is made and to whom it goes."""

    chrome: Chrome
    when: str
    rows: tuple[ReportRow, ...]
    files: Files | None = None


def reports_page(chrome: Chrome, plan: Plan, found: Iterable[ListedLike], *, addressed: int, prints: bool) -> ReportsPage:
    """The list, the newest first."""
    zone = ZoneInfo(plan.zone)
    return ReportsPage(chrome, _when(plan.reports.daily, addressed, prints=prints), tuple(_row(each, zone) for each in found))


def _when(daily: time | None, addressed: int, *, prints: bool) -> str:
    if daily is None:
        return "No daily report is made: the hospital file says daily = false under [reports]."
    to = (
        f"sent to {addressed} address{'es' if addressed > 1 else ''}"
        if addressed
        else "sent to nobody: BEDFLOW_NOTIFY has no reports= address"
    )
    paper = "as HTML and PDF" if prints else "as HTML; for a PDF, BEDFLOW_CHROMIUM names a Chromium"
    return f"Made each day at {daily:%H:%M} for the day before, {paper}; {to}."


def _row(each: ListedLike, zone: ZoneInfo) -> ReportRow:
    made, sent_at = each.made_at.astimezone(zone), each.sent_at.astimezone(zone) if each.sent_at is not None else None
    sent = f"{sent_at:%d %b %H:%M}" if sent_at is not None else each.given_up or ("waiting" if each.posted else "–")
    return ReportRow(each.day.isoformat(), f"{each.day:%a %d %b %Y}", each.summary, f"{made:%d %b %H:%M}", sent, each.no_pdf, made, sent_at)
