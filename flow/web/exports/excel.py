"""A report as a workbook: a sheet for the first table, a sheet that says what it is, then the other tables. Written row by row."""

import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flow.views.tables import Kind, Report, Table, Value, flat
from flow.web.exports.comma import FORMULA

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

ABOUT = "About"
_SHAPES = {Kind.MOMENT: "yyyy-mm-dd hh:mm", Kind.DAY: "yyyy-mm-dd"}


def excel(report: Report) -> bytes:
    """The bytes of the file. A text is always text, whatever it begins with; times are the hospital's own, for Excel knows no zones."""
    from openpyxl import Workbook  # only who exports pays for its import

    book = Workbook(write_only=True)
    taken = {ABOUT.lower()}
    for place, table in enumerate(report.tables):
        _sheet(book, _name(table.title, taken), table)
        if place == 0:
            _about(book, report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: "Workbook", name: str, table: Table) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    columns, rows = flat(table)
    sheet: Any = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[_letter(place)].width = 34 if place == 1 else 17 if column.kind in _SHAPES else 14
    head = [_text(sheet, f"{column.title} ({column.unit})" if column.unit else column.title) for column in columns]
    for each in head:
        each.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        cells = []
        for column, value in zip(columns, row, strict=True):
            made = _text(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, _naive(value))
            if column.kind in _SHAPES and value is not None:
                made.number_format = _SHAPES[column.kind]
            cells.append(made)
        sheet.append(cells)


def _about(book: "Workbook", report: Report) -> None:
    sheet: Any = book.create_sheet(ABOUT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90
    for name, words in report.about():
        sheet.append([_text(sheet, name), _text(sheet, words)])


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _text(sheet: Any, words: str) -> Any:
    """A cell that is text, also where it begins like a formula; letters that a workbook cannot hold are left out."""
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, _CONTROL.sub("", words)[:32767])
    made.data_type = "s"
    if words.startswith(FORMULA):
        made.quotePrefix = True
    return made


def _naive(value: Value) -> Value:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def _name(title: str, taken: set[str]) -> str:
    """A sheet's name: 31 letters at most, none of those that Excel forbids, no two alike."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31] or "Table"
    return next(name for name in _tries(plain) if name.lower() not in taken and not taken.add(name.lower()))  # type: ignore[func-returns-value]


def _tries(plain: str) -> Iterable[str]:
    yield plain
    yield from (f"{plain[:27]} {number}" for number in range(2, 1000))
