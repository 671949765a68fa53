"""Every managers' table as a file: CSV, Excel and Parquet open again, and each cell is the screen's."""

import csv
import html
import io
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pyarrow.parquet
import pytest

from allocation.engine import Engine
from flow.domain.roles import Role
from flow.main.choosing import choosing
from flow.main.forecasting import Forecasting
from flow.main.levelling import Levelling
from flow.views.tables import Cell, Column, Kind, Report, Table, Value, flat, table
from flow.web.exports import FORMATS
from flow.web.exports.comma import comma
from flow.web.exports.excel import ABOUT, excel
from flow.web.exports.parquet import parquet
from flow.web.rooms import Managers
from flow.web.routes import PAGES
from tests.exported import Shown, words
from tests.integration.test_desk import open_house
from tests.integration.test_forecast import weeks
from tests.integration.test_kpis import live
from tests.integration.test_regret import _asked, _promise
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan

Before = Callable[[Web], Awaitable[None]]


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """A house with both wings that a manager reads of."""
    engine = Engine(small_plan())
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(
            core,
            stack,
            tmp_path,
            managers=Managers(forecast=Forecasting(core.desk.plan, core.database, core.clock)),
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


ADDRESSES: tuple[tuple[str, str, Before], ...] = (
    ("occupancy", "/manager?range=24h", live),
    ("occupancy", "/manager?range=7d&ward=4B", live),
    ("nabh", "/manager/nabh?month=2026-11", live),
    ("anonymised", "/manager/anonymised?month=2026-11", live),
    ("occupancy", "/manager?range=90d&specialty=Medicine&type=general", live),
    ("midnights", "/manager/midnights?by=specialty", live),
    ("kpis", "/manager/kpis?range=24h", live),
    ("kpis", "/manager/kpis?range=24h&by=hour", live),
    ("kpis", "/manager/kpis?range=24h&ward=4B&type=general&by=weekday", live),
    ("kpis", "/manager/kpis?range=365d&by=none", live),
    ("ledger", "/manager/ledger?range=24h", live),
    ("ledger", "/manager/ledger?range=7d&ward=4B", live),
    ("forecast", "/manager/forecast?of=ward:4B&hours=4", forecast),
    ("forecast", "/manager/forecast?if_ward=4B&if_beds=-3&delay=8", forecast),
    ("overrides", "/manager/overrides?range=7d", overrides),
    ("ledger-behind", "/manager/ledger-behind?range=24h&owner=cleaning", live),
    ("data-quality", "/manager/data-quality?range=24h", live),
    ("huddle", "/manager/huddle?at=", live),
    ("level", "/manager/level?range=24h", pressed),
)
"""A page, an address of it, and what happened before."""


@pytest.mark.parametrize(("name", "address", "before"), ADDRESSES, ids=[address for _, address, _ in ADDRESSES])
async def test_every_file_opens_again_and_is_the_screen(
    web: Web, name: str, address: str, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    await before(web)
    manager = await web.as_role(Role.MANAGER)
    page = await manager.get(address)
    assert page.status_code == 200, page.text[-800:]
    query = address.partition("?")[2]
    report = await report_of(manager, name, query, monkeypatch)
    shown = Shown(page.text)
    assert shown.tables and not shown.unnamed, "every table of the page has a name, and so its files"
    assert set(shown.tables) == {each.id for each in report.tables if each.on_screen}
    for each in report.tables:
        if each.on_screen:
            assert_screen(each, shown)
        assert html.escape(f"/manager/{name}.parquet?{query}&table={each.id}") in page.text, "the menu leads to it"
        opened = [await get(manager, f"/manager/{name}.{kind}?{query}&table={each.id}") for kind in ("csv", "parquet")]
        assert_comma(each, opened[0])
        assert_parquet(report, each, opened[1])
    assert_excel(report, await get(manager, f"/manager/{name}.xlsx?{query}"))


async def get(browser: httpx.AsyncClient, address: str) -> bytes:
    answer = await browser.get(address)
    assert answer.status_code == 200, (address, answer.text[:300])
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    return answer.content


async def report_of(browser: httpx.AsyncClient, name: str, query: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What the files of an address are written from."""
    kept: list[Report] = []

    def keep(report: Report, _: Table) -> bytes:
        kept.append(report)
        return b""

    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, "csv", replace(FORMATS["csv"], write=keep))  # type: ignore[arg-type]  # a Mapping to readers, a dict here
        await get(browser, f"/manager/{name}.csv?{query}")
    return kept[0]


def assert_screen(found: Table, shown: Shown) -> None:
    """Each cell of the screen has the words of the table's, and each value is what the words say."""
    columns = [place for place, column in enumerate(found.columns) if not column.within]
    spans = [range(start, end) for start, end in zip(columns, [*columns[1:], len(found.columns)], strict=True)]
    assert len(shown.heads[found.id]) == len(columns)
    said = [[words(" ".join(row[place].words for place in span)) for span in spans] for row in found.rows]
    assert shown.rows(found.id) == said
    for row in found.rows:
        for each in row:
            assert_same(each)


def assert_same(each: Cell) -> None:
    value, told = each.value, each.words
    if isinstance(value, datetime):
        assert told.endswith(f"{value:%d %b %H:%M}")
    elif isinstance(value, date):
        assert f"{value:%d %b}" in told
    elif isinstance(value, int | float):
        figure = re.search(r"[+−-]?\d+(\.\d+)?", told)
        assert figure is not None and float(figure[0].replace("−", "-")) == value
    else:
        assert not told or value is None or told.removeprefix("→ ") == value


def assert_comma(found: Table, content: bytes) -> None:
    columns, rows = flat(found)
    head, *lines = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert head == [column.id for column in columns]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        for column, text, value in zip(columns, line, row, strict=True):
            assert _read(column.kind, text) == value


def _read(kind: Kind, text: str) -> Value:
    if not text:
        return None
    if kind is Kind.TEXT:
        return text[1:] if text[0] == "'" else text
    readers: dict[Kind, Callable[[str], Value]] = {
        Kind.WHOLE: int,
        Kind.NUMBER: float,
        Kind.DAY: date.fromisoformat,
        Kind.MOMENT: datetime.fromisoformat,
    }
    return readers[kind](text)


def assert_parquet(report: Report, found: Table, content: bytes) -> None:
    columns, rows = flat(found)
    leaf = pyarrow.parquet.read_table(io.BytesIO(content))
    assert leaf.schema.names == [column.id for column in columns]
    assert [tuple(row.values()) for row in leaf.to_pylist()] == list(rows)
    said = {key.decode(): value.decode() for key, value in leaf.schema.metadata.items()}
    assert (said["Period"], said["Filters"], said["Table"]) == (report.period, report.filters, found.title)
    for column in columns:
        about = leaf.schema.field(column.id).metadata
        assert (about[b"title"].decode(), about[b"unit"].decode()) == (column.title, column.unit)


def assert_excel(report: Report, content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[1] == ABOUT
    assert [(row[0].value, row[1].value) for row in book[ABOUT].iter_rows()] == list(report.about())
    sheets = [book[name] for name in book.sheetnames if name != ABOUT]
    for sheet, found in zip(sheets, report.tables, strict=True):
        columns, rows = flat(found)
        assert sheet.freeze_panes == "A2"
        assert [cell.value for cell in sheet[1]] == [f"{c.title} ({c.unit})" if c.unit else c.title for c in columns]
        assert all(cell.font.b for cell in sheet[1])
        assert [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)] == [tuple(map(_for_excel, row)) for row in rows]
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row), "no text is computed"


def _for_excel(value: Value) -> Value:
    """Excel has no zones, no days without an hour, and no difference between 3 and 3.0."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value  # noqa: DTZ001  # as openpyxl reads it


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


def test_every_page_with_files_has_all_three() -> None:
    paths = {door.path for door in PAGES if door.method == "GET"}
    for path in paths:
        stem, dot, kind = path.rpartition(".")
        if dot and kind in FORMATS and path.startswith("/manager/"):
            assert {f"{stem}.{each}" for each in FORMATS} <= paths
    covered = {f"/manager/{name}.csv" for name, _, _ in ADDRESSES}
    pages = {path for path in paths if path.startswith("/manager/") and path.endswith(".csv") and path.removesuffix(".csv") in paths}
    assert pages <= covered, "add an address of it above"
