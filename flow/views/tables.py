"""The one structure of every managers' table: what a page shows is what its files say.

A page of figures makes a `Report` of its tables from the words on the screen; `flow.web.exports` writes it as CSV, Excel and Parquet.
A cell keeps both: the words, and the value that a file has for them. A column's kind reads the value off the words, so that a figure in
a file is the figure on the screen, rounded as there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Value = str | int | float | date | datetime | None
NOTHING = ("", "–")
"""Words on the screen for which a file has an empty cell."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """`id` names it in files, `title` on the screen; `within`: the screen shows it in the cell of the column before; `notes`: a word in
    place of a figure (`n < 5`) goes to a column of its own, so that the figures stay numbers."""

    id: str
    title: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    within: bool = False
    notes: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its words on the screen."""

    value: Value
    words: str


@dataclass(frozen=True, slots=True)
class Table:
    """`on_screen` False: a file alone has it, finer than a screen could show."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    on_screen: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """The tables of a page, and what a file says of itself: period, filters, version of the definitions, source.
    `zone` is the hospital's."""

    id: str
    title: str
    hospital: str
    period: str
    filters: str
    version: str
    source: str
    zone: str
    tables: tuple[Table, ...]

    def about(self) -> tuple[tuple[str, str], ...]:
        """What stands on the second sheet, and in the head of a Parquet file."""
        said = (
            ("Report", self.title),
            ("Hospital", self.hospital),
            ("Period", self.period),
            ("Filters", self.filters),
            ("Definitions, version", self.version),
            ("Source", self.source),
            ("Times", self.zone),
        )
        return tuple((name, words) for name, words in said if words)


def table(id: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell | Value]], *, on_screen: bool = True) -> Table:  # noqa: A002  # the name of the field
    """A table of words and values; each is read as its column's kind says. Raises ValueError for a row of another length."""
    read = tuple(tuple(cell(column, item) for column, item in zip(columns, row, strict=True)) for row in rows)
    return Table(id, title, tuple(columns), read, on_screen)


_NUMBER = re.compile(r"(?:≤ )?([+−-]?\d+(?:\.\d+)?)(?: ?[^\d\s].*)?")


def cell(column: Column, item: Cell | Value) -> Cell:
    """`"83.4 %"` of a number is 83.4; `"n < 5"` is no number, and keeps its words."""
    if isinstance(item, Cell):
        return item
    if item is None:
        return Cell(None, "–")
    if not isinstance(item, str):
        return Cell(item, str(item))
    if item in NOTHING:
        return Cell(None, item)
    if column.kind is Kind.TEXT:
        return Cell(item, item)
    found = _NUMBER.fullmatch(item)
    if found is None or column.kind in (Kind.DAY, Kind.MOMENT):
        return Cell(None, item)
    digits = found[1].replace("−", "-")
    return Cell(int(digits) if column.kind is Kind.WHOLE else float(digits), item)


def flat(found: Table) -> tuple[tuple[Column, ...], tuple[tuple[Value, ...], ...]]:
    """Columns and values as a file has them: a column of notes beside each that may say why it has no figure."""
    columns: list[Column] = []
    for column in found.columns:
        columns += [column, Column(f"{column.id}_note", f"{column.title}, why none")] if column.notes else [column]
    return tuple(columns), tuple(tuple(_values(found.columns, row)) for row in found.rows)


def _values(columns: Sequence[Column], row: Sequence[Cell]) -> Iterable[Value]:
    for column, each in zip(columns, row, strict=True):
        yield each.value
        if column.notes:
            yield each.words if each.value is None and each.words not in NOTHING else None


@dataclass(frozen=True, slots=True)
class File:
    """A link to a file of a page."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Files:
    """What the Export menu of a page offers: one workbook, and each table by itself. `tables` are (title, files)."""

    workbook: File
    tables: tuple[tuple[str, tuple[File, ...]], ...]


def files(report: Report, query: str, root: str = "/manager") -> Files:
    """The menu of a report, whose files lie under `root`; `query` are the filters of the page's address."""

    def href(kind: str, one: str = "") -> str:
        asked = "&".join(part for part in (query, f"table={one}" if one else "") if part)
        return f"{root}/{report.id}.{kind}" + (f"?{asked}" if asked else "")

    return Files(
        File("Excel, all tables", href("xlsx")),
        tuple((each.title, (File("CSV", href("csv", each.id)), File("Parquet", href("parquet", each.id)))) for each in report.tables),
    )
