"""The daily report: gathered, drawn, printed where there is a Chromium, kept, and laid down to be sent; each day's once.

Every worker looks once a minute whether yesterday's is there. Whoever finds it missing makes it under a lock of Postgres, and keeps it in
the transaction that lays its message down: two workers, a crash and a restart at that minute make one report and send one message.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from flow.addressees import REPORTS
from flow.clock import Clock
from flow.domain.kpis.cases import Asked
from flow.domain.plan import Plan
from flow.domain.report_rules import day_of
from flow.history import daily_reports
from flow.history.daily_reports import DailyReports, Kept
from flow.history.forecasts import Forecasts
from flow.history.kpis import kpi_figures
from flow.history.ledger import minute_ledger
from flow.history.levels import Levels
from flow.history.messages import Waiting
from flow.history.pool import Database
from flow.history.reports import occupancy_report
from flow.main.house import House
from flow.pdf import NotPrinted, pdf_of
from flow.templating import CHECKOUT, Templates
from flow.timed import Timed
from flow.views.daily_report import Day, daily_report

log = structlog.get_logger()
LOOK_EVERY, LOOK_AFTER = 60, 40
"""Seconds; there is enough to do in the first ones after a start."""
NO_CHROMIUM = "BEDFLOW_CHROMIUM names no Chromium"
Print = Callable[[str], Awaitable[bytes]]
"""HTML to PDF. Raises NotPrinted."""


class Reporting:
    """The daily reports of one hospital; `prints` is None without a Chromium, `posts` says whether somebody is to get them."""

    def __init__(self, plan: Plan, database: Database, clock: Clock, *, prints: Print | None = None, posts: bool = False) -> None:
        self.plan, self.database, self.clock, self.prints, self.posts = plan, database, clock, prints, posts
        self.templates = Templates()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for as long as the block lasts."""
        timed = Timed("report.waits")
        timed.every(LOOK_EVERY, self.look, first=LOOK_AFTER)
        async with timed.running():
            yield

    async def look(self) -> bool:
        """Make yesterday's report, once its time has come. False where it is there, or another process is at it."""
        day = self.plan.reports.due(self.clock.now(), self.plan.zone)
        if day is None:
            return False
        async with daily_reports.leading(self.database) as connection:
            if connection is None or await daily_reports.is_made(connection, self.plan.id, day):
                return False
            made = await self.make(day)
            await daily_reports.keep(connection, self.plan.id, made, posts=self.posts)
        log.info("report.made", day=str(day), pdf=made.pdf is not None)
        return True

    async def make(self, day: date, *, printed: bool = True) -> Kept:
        """The report of a day as it is known now; nothing is kept."""
        now = self.clock.now()
        found = await self._gather(day, now)
        style = (CHECKOUT / "static" / "css" / "daily-report.css").read_text("utf-8")
        page = daily_report(self.plan, found, f"<style>{style}</style>")
        text = self.templates.render("daily_report/report.html", page)
        pdf, why = await self._print(text) if printed else (None, "not asked for")
        return Kept(day, now, page.summary, text, pdf, why)

    async def _print(self, text: str) -> tuple[bytes | None, str]:
        if self.prints is None:
            return None, NO_CHROMIUM
        try:
            return await self.prints(text), ""
        except NotPrinted as error:
            log.warning("report.not_printed", reason=error.reason)
            return None, error.reason

    async def _gather(self, day: date, now: datetime) -> Day:
        start, end = day_of(day, self.plan.zone)
        forecasts = Forecasts(self.database)
        forecast = await forecasts.newest()
        _, verdicts = await forecasts.judged()
        return Day(
            day=day,
            at=now,
            occupancy=await occupancy_report(self.database, self.plan, start, end, timedelta(hours=1)),
            kpis=await kpi_figures(self.database, self.plan, start, end, now, Asked()),
            ledger=await minute_ledger(self.database, start, end, self.plan.zone),
            levels=await Levels(self.database).changes(start, end),
            forecast=forecast if forecast is not None and now - forecast.at < timedelta(days=1) else None,
            verdicts=verdicts,
        )


def reporting(house: House) -> Reporting:
    """That of an open house."""
    return Reporting(
        house.plan,
        house.database,
        house.clock,
        prints=printer(house.settings.chromium),
        posts=bool(house.settings.notify.of(REPORTS)),
    )


def printer(chromium: Path | None) -> Print | None:
    """What prints, with this Chromium."""
    if chromium is None:
        return None

    async def prints(text: str) -> bytes:
        return await pdf_of(text, chromium)

    return prints


def files_of(house: House) -> Callable[[Waiting], Awaitable[Mapping[str, bytes]]]:
    """What a report's message carries: the HTML, and the PDF where there is one."""
    reports = DailyReports(house.database)

    async def files(message: Waiting) -> Mapping[str, bytes]:
        day = await reports.of_message(message.id)
        return dict(named(day)) if day is not None else {}

    return files


def named(made: Kept) -> list[tuple[str, bytes]]:
    """The files of a report."""
    pdf = [(f"bedflow-{made.day}.pdf", made.pdf)] if made.pdf is not None else []
    return [(f"bedflow-{made.day}.html", made.html.encode()), *pdf]
