"""Every managers' table as a file: CSV, Excel and Parquet open again, and each cell is the screen's."""

import asyncio
import csv
import html
import io
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pyarrow.parquet
import pytest

from allocation.engine import Engine
from flow.domain.roles import Role
from flow.history.messages import Messages
from flow.main.choosing import choosing
from flow.main.forecasting import Forecasting
from flow.main.levelling import Levelling
from flow.main.looking_back import LookingBack
from flow.main.replaying import Replaying
from flow.views.tables import Column, Kind, Report, Table, Value, table
from flow.web.exports import FORMATS
from flow.web.exports.comma import comma
from flow.web.exports.excel import excel
from flow.web.exports.parquet import parquet
from flow.web.rooms import Managers
from flow.web.routes import PAGES
from tests.exported import Shown
from tests.integration.test_daily_report import printed, reporting
from tests.integration.test_desk import open_house
from tests.integration.test_forecast import weeks
from tests.integration.test_hindsight import _a_day as lying
from tests.integration.test_hindsight import _comes as comes
from tests.integration.test_kpis import live
from tests.integration.test_policies import a_day
from tests.integration.test_regret import _asked, _promise
from tests.integration.test_replay import ONE, moved_late
from tests.integration.web_house import Web, make_web
from tests.opened import assert_comma, assert_excel, assert_parquet, assert_screen
from tests.plans import small_plan

Before = Callable[[Web], Awaitable[None]]


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """A house with both wings that a manager reads of."""
    engine = Engine(small_plan())
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        replaying = Replaying(core.desk.plan)
        stack.push_async_callback(replaying.close)
        yield make_web(
            core,
            stack,
            tmp_path,
            managers=Managers(
                forecast=Forecasting(core.desk.plan, core.database, core.clock),
                look_back=LookingBack(core.desk.plan, 0.05),
                replay=replaying,
            ),
            admissions=choosing(engine, core.desk, core.clock),
        )


async def forecast(web: Web) -> None:
    await weeks(web, 60)
    await Forecasting(small_plan(), web.core.database, web.core.clock).judge()


async def pressed(web: Web) -> None:
    await live(web)
    await Levelling(web.core.desk, web.core.database, web.core.clock).look()


async def overrides(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    for number, reason in enumerate(("=cmd()", "no other room", "+ of a family", "")):
        await _promise(desk, await _asked(desk, f"MRN-{number}"), f"4B-{'AABB'[number]}-0{number % 2 + 1}", reason)
    web.core.clock.advance(timedelta(minutes=1))


async def a_path(web: Web) -> None:
    await moved_late(web)


async def with_hindsight(web: Web) -> None:
    await lying(web)
    await comes(web, 5, "4B-B-01", "general")
    web.core.clock.advance(timedelta(days=1, hours=1))


async def compared(web: Web) -> None:
    """Wait until every policy is worked out."""
    await a_day(web)
    manager = await web.as_role(Role.MANAGER)
    async with asyncio.timeout(90):
        while "hx-trigger" in (await manager.get("/manager/policies/board?day=2026-11-21")).text:
            await asyncio.sleep(0.2)


async def a_month_later(web: Web) -> None:
    """The day is in a month that is over."""
    await live(web)
    web.core.clock.advance(timedelta(days=10))


async def reported(web: Web) -> None:
    """One report with a PDF that is sent, one without."""
    await live(web)
    await reporting(web, printed).look()
    message = await Messages(web.core.database).take(web.core.clock.now())
    assert message is not None
    await Messages(web.core.database).sent(message, web.core.clock.now())
    web.core.clock.advance(timedelta(days=1))
    await reporting(web, posts=False).look()


ADDRESSES: tuple[tuple[str, str, Before], ...] = (
    ("/manager", "range=24h", live),
    ("/manager", "range=7d&ward=4B", live),
    ("/manager", "range=90d&specialty=Medicine&type=general", live),
    ("/manager/nabh", "month=2026-11", live),
    ("/manager/anonymised", "month=2026-11", a_month_later),
    ("/manager/midnights", "by=specialty", live),
    ("/manager/kpis", "range=24h", live),
    ("/manager/kpis", "range=24h&by=hour", live),
    ("/manager/kpis", "range=24h&ward=4B&type=general&by=weekday", live),
    ("/manager/kpis", "range=365d&by=none", live),
    ("/manager/ledger", "range=24h", live),
    ("/manager/ledger", "range=7d&ward=4B", live),
    ("/manager/forecast", "of=ward:4B&hours=4", forecast),
    ("/manager/forecast", "if_ward=4B&if_beds=-3&delay=8", forecast),
    ("/manager/overrides", "range=7d", overrides),
    ("/manager/ledger-behind", "range=24h&owner=cleaning", live),
    ("/manager/data-quality", "range=24h", live),
    ("/manager/huddle", "at=", live),
    ("/manager/level", "range=24h", pressed),
    ("/manager/replay", "day=2026-11-21&ward=4B&at=14:55&known=since", a_path),
    ("/manager/replay", "day=2026-11-21&at=14:55", a_path),
    ("/manager/beds/{bed}", "days=1", a_path),
    ("/manager/visits/{visit}", "", a_path),
    ("/manager/policies", "day=2026-11-21", compared),
    ("/manager/hindsight", "day=2026-11-21", with_hindsight),
    ("/manager/reports", "", reported),
)
"""A page of the route table, what is asked of it, and what happened before."""
PARTS = {"bed": ONE, "visit": "V1"}


def managers_pages() -> set[str]:
    """Every page for managers in the route table; less parts of pages and files."""
    return {
        door.path
        for door in PAGES
        if door.method == "GET" and door.path.startswith("/manager") and "." not in door.path and not door.path.endswith("/board")
    }


@pytest.mark.parametrize("path", sorted(managers_pages()))
def test_every_page_of_the_route_table_is_held_to_its_files(path: str) -> None:
    assert path in {each for each, _, _ in ADDRESSES}, "a page for managers has files, and an address here"


def test_every_file_belongs_to_a_page_and_comes_in_all_three_forms() -> None:
    files = [door.path.rpartition(".") for door in PAGES if door.path.startswith("/manager/") and door.path.endswith(tuple(FORMATS))]
    stems = {stem for stem, _, _ in files}
    assert {(stem, kind) for stem, _, kind in files} == {(stem, kind) for stem in stems for kind in FORMATS}
    assert len(stems) == len(managers_pages())


@pytest.mark.parametrize(("path", "query", "before"), ADDRESSES, ids=[f"{path}?{query}" for path, query, _ in ADDRESSES])
async def test_every_file_opens_again_and_is_the_screen(
    web: Web, path: str, query: str, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    await before(web)
    manager = await web.as_role(Role.MANAGER)
    page = await manager.get(f"{path.format(**PARTS)}?{query}")
    assert page.status_code == 200, page.text[-800:]
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)" download', page.text)]
    report = await report_of(manager, next(link for link in links if ".csv" in link), monkeypatch)
    shown = Shown(page.text)
    assert shown.tables and not shown.unnamed, "every table of the page has a name, and so its files"
    assert set(shown.tables) == {each.id for each in report.tables if each.on_screen}
    assert any(each.rows for each in report.tables), "a table without a row proves nothing"
    wanted = [("xlsx", "")] + [(kind, each.id) for each in report.tables for kind in ("csv", "parquet")]
    assert [parts_of(link) for link in links] == wanted, "the menu leads to each, and to nothing else"
    for each in report.tables:
        if each.on_screen:
            assert_screen(each, shown)
    for link, (kind, name) in zip(links, wanted, strict=True):
        content = await get(manager, link)
        if kind == "xlsx":
            assert_excel(report, content)
            continue
        found = next(each for each in report.tables if each.id == name)
        if kind == "csv":
            assert_comma(found, content)
        else:
            assert_parquet(report, found, content)


def parts_of(link: str) -> tuple[str, str]:
    """The kind of file that a link leads to, and the table it names."""
    asked = urlsplit(link)
    return asked.path.rpartition(".")[2], dict(parse_qsl(asked.query)).get("table", "")


async def get(browser: httpx.AsyncClient, address: str) -> bytes:
    answer = await browser.get(address)
    assert answer.status_code == 200, (address, answer.text[:300])
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    return answer.content


async def report_of(browser: httpx.AsyncClient, link: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What the files of an address are written from."""
    kept: list[Report] = []

    def keep(report: Report, _: Table) -> bytes:
        kept.append(report)
        return b""

    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, "csv", replace(FORMATS["csv"], write=keep))  # type: ignore[arg-type]  # a Mapping to readers, a dict here
        await get(browser, link)
    return kept[0]


HOSTILE = ("=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx", 'a "quoted", word', "two\r\nlines", "अ", "\x0bbell")


def hostile() -> Report:
    zone = ZoneInfo("Asia/Kolkata")
    columns = (Column("text", "Text"), Column("at", "At", Kind.MOMENT), Column("n", "N", Kind.NUMBER, notes=True))
    at = datetime(2026, 11, 21, 14, 15, tzinfo=zone)
    rows: list[tuple[Value, ...]] = [(text, at, "−7.5") for text in HOSTILE]
    return Report("x", "X", "H", "p", "f", "1", "s", "Asia/Kolkata", (table("x", "a/b: [c]?*", columns, [*rows, (None, None, "n < 5")]),))


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    report = hostile()
    lines = comma(report, report.tables[0]).decode()
    assert [row[0] for row in csv.reader(io.StringIO(lines, newline=""))][1:7] == [f"'{text}" for text in HOSTILE[:6]]
    sheet = openpyxl.load_workbook(io.BytesIO(excel(report))).worksheets[0]
    assert {cell.data_type for cell in sheet["A"][1:-1]} == {"s"}
    assert [cell.value for cell in sheet["A"][1:5]] == list(HOSTILE[:4])
    assert all(cell.quotePrefix for cell in sheet["A"][1:5]), "nor is it computed once somebody edits it"
    assert [cell.value for cell in sheet["C"][1:]] == [-7.5] * len(HOSTILE) + [None]
    assert sheet["D"][-1].value == "n < 5"
    leaf = pyarrow.parquet.read_table(io.BytesIO(parquet(report, report.tables[0])))
    assert leaf["text"].to_pylist()[:10] == list(HOSTILE)
    assert str(leaf.schema.field("at").type) == "timestamp[s, tz=Asia/Kolkata]" or "Asia/Kolkata" in str(leaf.schema.field("at").type)


async def test_files_are_written_beside_the_loop(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def write(_: Report, __: Table) -> bytes:
        seen.append(threading.get_ident())
        return b"x"

    manager = await web.as_role(Role.MANAGER)
    for kind, form in list(FORMATS.items()):
        monkeypatch.setitem(FORMATS, kind, replace(form, write=write))  # type: ignore[arg-type]  # a Mapping to readers, a dict here
        await get(manager, f"/manager/kpis.{kind}")
    assert len(seen) == 3 and threading.get_ident() not in seen


async def test_a_table_that_is_not_there_is_named_with_those_that_are(web: Web) -> None:
    answer = await (await web.as_role(Role.MANAGER)).get("/manager/occupancy.csv?table=nothing")
    assert (answer.status_code, "samples, week, wards" in answer.text) == (404, True)
