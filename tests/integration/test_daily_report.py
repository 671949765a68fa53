"""The daily report: made once a day whoever looks, kept, sent with its files, opened again as it was; and printed by a real Chromium."""

import asyncio
import os
import re
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from flow.addressees import addressees
from flow.domain.report_rules import ReportRules, day_of
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history.daily_reports import DailyReports
from flow.history.messages import Messages
from flow.main.notifying import Outcome, sender
from flow.main.reporting import NO_CHROMIUM, Print, Reporting, files_of
from flow.pdf import NotPrinted, pdf_of
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file
from tests.integration.test_kpis import live
from tests.integration.web_house import Web, web

__all__ = ["web"]
CHROMIUM = os.environ.get("CHROMIUM", "")
DAY = date(2026, 11, 21)
"""Of the hospital's clock; `live` ends at 14:30 of the next."""


def reporting(web: Web, prints: Print | None = None, *, posts: bool = True) -> Reporting:
    plan = replace(web.core.desk.plan, reports=ReportRules(time(7)))
    return Reporting(plan, web.core.database, web.core.clock, prints=prints, posts=posts)


async def printed(text: str) -> bytes:
    return b"%PDF-of " + str(len(text)).encode()


@pytest.mark.parametrize(
    ("local", "due"),
    [("06:59", None), ("07:00", date(2026, 11, 21)), ("23:59", date(2026, 11, 21)), ("00:00", None)],
)
def test_a_report_is_due_from_its_time_on(local: str, due: date | None) -> None:
    now = datetime.fromisoformat(f"2026-11-22T{local}+05:30").astimezone(UTC)
    assert ReportRules(time(7)).due(now, "Asia/Kolkata") == due
    assert ReportRules(None).due(now, "Asia/Kolkata") is None


def test_a_day_has_the_hours_of_its_clock() -> None:
    lengths = [end - start for start, end in (day_of(date(2026, 3, 29), "Europe/Berlin"), day_of(DAY, "Asia/Kolkata"))]
    assert lengths == [timedelta(hours=23), timedelta(hours=24)]


def test_the_hospital_file_says_when() -> None:
    small = hospital_file({"A": {"1": 2}})
    assert parse_plan(small, "x.toml").reports == ReportRules(time(7), 5)
    assert parse_plan(f"{small}\n[reports]\ndaily = 06:30:00\nfew = 10\n", "x.toml").reports == ReportRules(time(6, 30), 10)
    assert parse_plan(f"{small}\n[reports]\ndaily = false\n", "x.toml").reports.daily is None
    with pytest.raises(Misconfigured, match="few"):
        parse_plan(f"{small}\n[reports]\nfew = 1\n", "x.toml")


async def test_two_workers_and_a_restart_make_one_report_and_one_message(web: Web) -> None:
    await live(web)
    workers = [reporting(web, printed) for _ in range(3)]
    done = await asyncio.gather(*(worker.look() for worker in workers))
    assert sum(done) == 1
    assert await reporting(web, printed).look() is False, "a restart finds it made"
    (listed,) = await DailyReports(web.core.database).listed()
    assert (listed.day, listed.posted, listed.sent_at, listed.no_pdf) == (DAY, True, None, "")
    messages = Messages(web.core.database)
    assert await messages.take(web.core.clock.now()) is not None
    assert await messages.take(web.core.clock.now()) is None
    web.core.clock.advance(timedelta(days=1))
    assert await reporting(web).look() is True, "the next day has its own"
    assert [each.day for each in await DailyReports(web.core.database).listed()] == [date(2026, 11, 22), DAY]


async def test_a_crash_before_the_end_leaves_nothing_and_the_next_look_makes_it(web: Web) -> None:
    async def crashes(text: str) -> bytes:
        raise RuntimeError("the process is gone")

    with pytest.raises(RuntimeError):
        await reporting(web, crashes).look()
    assert await DailyReports(web.core.database).listed() == []
    assert await reporting(web, printed).look() is True


async def test_it_says_the_day_without_a_name(web: Web) -> None:
    await live(web)
    made = await reporting(web).make(DAY)
    assert made.no_pdf == NO_CHROMIUM
    assert "Saturday 21 November 2026" in made.html and "Midnight census" in made.html
    assert re.search(r"Midnight census</h2><b>5</b><span>of 9 staffed beds", made.html), "as by hand in the KPIs' own test"
    assert "Waiting for cleaning" in made.html and "EVS" not in made.summary
    assert "midnight census 5" in made.summary
    people = [f"p{n}" for n in range(1, 7)] + [f"V{n}" for n in range(1, 7)]
    assert not any(re.search(rf"\b{name}\b", made.html) for name in people)
    assert not re.search(r"<script|\sstyle=|<link|<img|https?://(?!www.w3.org)", made.html), "it carries all it needs"


async def test_it_goes_to_its_addressees_with_its_files(web: Web) -> None:
    await live(web)
    await reporting(web, printed).look()
    sent: list[tuple[Any, ...]] = []

    def notify(*told: Any) -> Outcome:
        sent.append(told)
        return Outcome.SENT

    house: Any = web.core
    found = addressees("reports=json://reports supervisor=json://other")
    send = sender(found, notify, report=files_of(house))
    message = await Messages(web.core.database).take(web.core.clock.now())
    assert send is not None and message is not None
    assert await send(message) is Outcome.SENT
    ((addresses, text, files),) = sent
    assert addresses == ("json://reports",)
    assert text.startswith("Test Hospital, Sat 21 Nov: mean occupancy")
    assert list(files) == ["bedflow-2026-11-21.html", "bedflow-2026-11-21.pdf"]
    assert files["bedflow-2026-11-21.pdf"].startswith(b"%PDF-")


async def test_managers_open_each_again_as_it_was_made(web: Web) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    assert "None was made yet" in (await manager.get("/manager/reports")).text
    await reporting(web, printed).look()
    web.core.clock.advance(timedelta(days=1))
    await reporting(web, posts=False).look()
    page = (await manager.get("/manager/reports")).text
    assert page.count('href="/manager/reports/2026-11-21.') == 2
    assert NO_CHROMIUM in page and "waiting" in page
    kept = await DailyReports(web.core.database).one(DAY)
    answer = await manager.get("/manager/reports/2026-11-21.html")
    assert kept is not None and answer.text == kept.html
    policy = answer.headers["content-security-policy"]
    assert "style-src 'sha256-" in policy and "default-src 'none'" in policy and "script-src" not in policy
    paper = await manager.get("/manager/reports/2026-11-21.pdf")
    assert (paper.headers["content-type"], paper.content) == ("application/pdf", kept.pdf)
    assert (await manager.get("/manager/reports/2026-11-22.pdf")).status_code == 404
    assert (await manager.get("/manager/reports/2020-01-01.html")).status_code == 404
    assert (await manager.get("/manager/reports/nonsense.html")).status_code == 404
    assert (await (await web.as_role(Role.NURSE, "4B")).get("/manager/reports")).status_code == 403


@pytest.mark.skipif(not CHROMIUM, reason="CHROMIUM names no Chromium to print with")
async def test_a_real_chromium_prints_it_on_one_page(web: Web) -> None:
    await live(web)
    made = await reporting(web, lambda text: pdf_of(text, Path(CHROMIUM))).make(DAY)
    assert made.no_pdf == ""
    assert made.pdf is not None and made.pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", made.pdf)) == 1
    assert b"Skia/PDF" in made.pdf


async def test_what_cannot_print_is_told_and_ended(tmp_path: Path) -> None:
    slow, wrong = tmp_path / "slow", tmp_path / "wrong"
    started = tmp_path / "started"
    slow.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {started}\nwait\n")
    wrong.write_text("#!/bin/sh\nexit 0\n")
    slow.chmod(0o755)
    wrong.chmod(0o755)
    with pytest.raises(NotPrinted, match="longer than 1 seconds"):
        await pdf_of("<p>", slow, patience=1)
    async with AsyncExitStack():
        child = int(started.read_text())
        for _ in range(100):
            if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("what it started goes on")
    with pytest.raises(NotPrinted, match="made no PDF"):
        await pdf_of("<p>", wrong)
    with pytest.raises(NotPrinted, match="cannot be started"):
        await pdf_of("<p>", tmp_path / "none")
