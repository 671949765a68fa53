"""The huddle sheet of a full house of 500 beds, with every kind of action there is, is one page of A4."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

import flow
from flow.domain.bed import OutOfUse
from flow.domain.discharge import Milestone
from flow.domain.forecast import Judged, Level
from flow.domain.huddle import Action, Basis, Deed, Line, Sheet, Short
from flow.plan_file.read import load_plan
from flow.templating import Templates
from flow.views.huddle_page import huddle_page
from flow.views.huddle_words import PAGES
from flow.views.page import Chrome
from tests.acceptance.boards import page, stage
from tests.acceptance.stage import Stage

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser
AT = datetime(2026, 11, 21, 2, 15, tzinfo=UTC)
PLAN = load_plan(Path(flow.__file__).parent / "sample" / "city_general.toml")
MISSED = Judged(Level.HOUSE, "", 8, 84, 60, 0.61, 0.7, 1, 2, 3, 1, 2, 3, 0, 0)
DEEDS = (
    *((Deed.STEP, step) for step in Milestone if step is not Milestone.EXIT),
    *((Deed.RETURN, reason) for reason in OutOfUse if reason is not OutOfUse.STAFFING),
    *((deed, "") for deed in (Deed.CLEAN, Deed.INSPECT, Deed.STAFF, Deed.LEND)),
)


def rows() -> Iterator[Line]:
    """Each specialty, and its wards where there are several, with three figures before the point where there may be."""
    for specialty in dict.fromkeys(ward.specialty or ward.name for ward in PLAN.wards if ward.beds):
        yield Line(specialty, 88, 88, 128.8, False, 88, 128.8, 128.8, Short(88, 128, 188))
        wards = [str(ward.id) for ward in PLAN.wards if (ward.specialty or ward.name) == specialty]
        yield from (Line(ward, 88, 88, 128.8, ward=True) for ward in wards if len(wards) > 1)


def full_house() -> Sheet:
    """Every action frees thirty beds of all wards."""
    beds, wards = list(PLAN.beds)[:480:16], tuple((ward.id, 2) for ward in PLAN.wards if ward.beds)
    actions = [Action(deed, cause, tuple(beds), (), wards, AT + timedelta(hours=8)) for deed, cause in DEEDS]
    until = AT + timedelta(hours=9, minutes=15)
    found = Sheet(AT, until, Basis.FORECAST, Short(188, 288, 388), 188, tuple(rows()), tuple(actions), 30, 60)
    return replace(found, huddle=AT + timedelta(minutes=15), judged=MISSED)


def printed(page: Page, stage: Stage, sheet: Sheet) -> list[tuple[int, int]]:
    """The sizes of the pages, in points."""
    view = huddle_page(Chrome("Huddle sheet", PLAN.name, "Mia", "manager", "csrf"), PLAN, sheet, AT, (), [*PAGES.values()], "")
    stage.pages["/huddle"] = Templates().render("manager/huddle.html", view)
    page.goto(stage.address + "/huddle")
    page.evaluate("document.fonts.ready")
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)", paper)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == len(boxes)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def test_the_sheet_of_a_full_house_is_one_page_of_a4(page: Page, stage: Stage) -> None:
    sheet = full_house()
    assert printed(page, stage, sheet) in ([(595, 842)], [(596, 842)])
    assert len(printed(page, stage, replace(sheet, lines=sheet.lines * 4))) > 1, "what does not fit goes over: the count can fail"
