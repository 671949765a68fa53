"""Reading back what a page exports, and what it shows: tables of a page by their name, cells as words."""

import csv
import io
import re
from html.parser import HTMLParser

from flow.views.tables import Report
from flow.web.exports.comma import comma


def lines(report: Report, name: str = "") -> list[dict[str, str]]:
    """The rows of a table of a report as its CSV has them; the first where none is named."""
    found = next(each for each in report.tables if each.id == name or not name)
    return list(csv.DictReader(io.StringIO(comma(report, found).decode(), newline="")))


class Shown(HTMLParser):
    """The tables of a page that has files, by name: head and rows (of body and foot) as words; a list of figures has no head. A row that
    says why there is none (`data-none`) is no row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.heads: dict[str, list[str]] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self.unnamed = 0
        self._at: str | None = None
        self._rows: list[list[str]] | None = None
        self._cell = self._none = False
        self._cells: tuple[str, ...] = ()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "table" or (tag == "ul" and "data-export" in told):
            self._at = told.get("data-export")
            self.unnamed += self._at is None
            if self._at is not None:
                self.tables[self._at] = []
                self._rows = self.tables[self._at] if tag == "ul" else None
                self._cells = ("td", "th") if tag == "table" else ("h2", "b", "span")
        elif tag in ("thead", "tbody", "tfoot") and self._at is not None:
            head: list[list[str]] = []
            self._rows = head if tag == "thead" else self.tables[self._at]
            self._head = head
        elif tag in ("tr", "li") and self._rows is not None:
            self._none = "data-none" in told
            self._rows.append([])
        elif tag in self._cells and self._rows is not None:
            self._rows[-1].append("")
            self._cell = True
        elif self._cell and self._rows is not None:
            self._rows[-1][-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead" and self._at is not None:
            self.heads[self._at] = [words(cell) for cell in self._head[-1]]
        if tag in ("tr", "li") and self._rows and self._none:
            self._rows.pop()
            self._none = False
        if tag in ("thead", "tbody", "tfoot", "ul"):
            self._rows = None
        self._cell = self._cell and tag not in self._cells

    def handle_data(self, data: str) -> None:
        if self._cell and self._rows is not None:
            self._rows[-1][-1] += data

    def rows(self, name: str) -> list[list[str]]:
        """The rows of a table."""
        return [[words(cell) for cell in row] for row in self.tables[name]]


def words(text: str) -> str:
    """Without the spaces of the page's source."""
    return re.sub(r"\s+", " ", text).strip()
