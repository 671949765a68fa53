"""The managers' pages: every one is a click away from every other."""

import re

from flow.templating import CHECKOUT
from flow.web.routes import PAGES

TEMPLATES = CHECKOUT / "templates" / "manager"
PARTS = ("/board", ".json", ".csv", ".xlsx", ".parquet", "-behind")
"""Of pages: what they draw anew, what their scripts fetch, their tables as files, and the rows behind one of their figures."""
SHOWN = set(re.findall(r'\("(/?[a-z-]*)", _\(', (TEMPLATES / "_rooms.html").read_text("utf-8")))
"""The addresses in the bar."""


def test_every_page_stands_in_the_bar() -> None:
    paths = {door.path.removeprefix("/manager") for door in PAGES if door.method == "GET" and door.path.startswith("/manager")}
    assert {path for path in paths if "{" not in path and not path.endswith(PARTS)} == SHOWN


def test_every_page_has_the_frame_and_marks_itself() -> None:
    pages = [page for page in TEMPLATES.glob("[a-z]*.html") if page.name != "base.html"]
    marked = {
        page.name: re.match(r'{% extends "manager/base.html" %}\n{% set here = "([^"]*)" %}\n', page.read_text("utf-8")) for page in pages
    }
    assert [name for name, mark in marked.items() if mark is None] == []
    assert {mark[1] for mark in marked.values() if mark is not None} == SHOWN
