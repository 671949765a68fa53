"""The managers' pages: every one is a click away from every other."""

import re

from flow.templating import CHECKOUT
from flow.web.routes import PAGES

TEMPLATES = CHECKOUT / "templates" / "manager"
PARTS = ("/board", ".json", ".csv", ".xlsx", ".parquet", "-behind")
"""Of pages: what they draw anew, what their scripts fetch, their tables as files, and the rows behind one of their figures."""


def test_every_page_stands_in_the_bar() -> None:
    shown = set(re.findall(r'\("(/?[a-z-]*)", _\(', (TEMPLATES / "_rooms.html").read_text("utf-8")))
    paths = {door.path.removeprefix("/manager") for door in PAGES if door.method == "GET" and door.path.startswith("/manager")}
    assert shown == {path for path in paths if "{" not in path and not path.endswith(PARTS)}


def test_every_page_has_the_bar_and_marks_itself() -> None:
    pages = [page for page in TEMPLATES.glob("[a-z]*.html") if "manager-bar" in page.read_text("utf-8")]
    marked = [re.search(r'with here = "([^"]*)" %}{% include "manager/_rooms.html" %}', page.read_text("utf-8")) for page in pages]
    assert [page.name for page, mark in zip(pages, marked, strict=True) if mark is None] == []
