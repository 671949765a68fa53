"""A page's files opened again by csv, openpyxl and pyarrow, each held cell by cell against the table they were written from; and that
table against the screen."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pyarrow.parquet

from flow.views.tables import Cell, Column, Kind, Report, Table, Value, flat
from flow.web.exports.excel import ABOUT
from tests.exported import Shown, words


def assert_screen(found: Table, shown: Shown) -> None:
    """Each cell of the screen has the words of the table's, and each value is what the words say."""
    columns = [place for place, column in enumerate(found.columns) if not column.within]
    spans = [range(start, end) for start, end in zip(columns, [*columns[1:], len(found.columns)], strict=True)]
    if found.id in shown.heads:
        assert len(shown.heads[found.id]) == len(columns)
    said = [[words(" ".join(row[place].words for place in span)) for span in spans] for row in found.rows]
    assert shown.rows(found.id) == said
    for row in found.rows:
        for column, each in zip(found.columns, row, strict=True):
            assert_same(column, each)


def assert_same(column: Column, each: Cell) -> None:
    value, told = each.value, each.words
    if isinstance(value, datetime):
        assert f"{value:%H:%M}" in told and (column.id in IN_DAY or f"{value:%d %b}" in told)
    elif isinstance(value, date):
        assert f"{value:%d %b}" in told
    elif isinstance(value, int) and (lasted := LASTED.fullmatch(told)):
        days, hours, rest, minutes = (int(part or 0) for part in lasted.groups())
        assert value // 1440 == days if days else value == 60 * hours + rest + minutes
    elif isinstance(value, int | float):
        figure = re.search(r"[+−-]?\d+(\.\d+)?", told)
        assert figure is not None and float(figure[0].replace("−", "-")) == value
    else:
        assert not told or value is None or told.removeprefix("→ ") == value


LASTED = re.compile(r"(?:(\d+) d|(\d+) h (\d\d)|(\d+) min)")
"""A time that something took, as people read it."""
IN_DAY = ("from", "to")
"""Of the replay, whose page says the day above."""


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
