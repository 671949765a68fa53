"""Reception presses "Give the number": the list and the queue are drawn again in one answer, and the rest of the page stays."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from flow.templating import Templates
from flow.views.opd_page import OpdPage, opd_page
from flow.views.page import Undo
from flow.views.walk_ins import RegisteredRow
from tests.acceptance.stage import Stage, staged
from tests.unit.test_views import CHROME, CLINIC, NOW, TOKENS, ZONE

pytestmark = pytest.mark.browser
TEMPLATES = Templates()
MEERA = RegisteredRow("V1", "10:05", "Meera Rao", "36 F", "MRN 1", "OPD · SKIN", "No clinic is known by this name", "Give the number.")
UNA = replace(MEERA, visit="V2", name="", who="", numbers="")


def view(*rows: RegisteredRow) -> OpdPage:
    return replace(opd_page(replace(CHROME, topics="opd:ENT"), CLINIC, TOKENS, {}, NOW, ZONE, writes=True), registered=rows)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        stage.pages = {
            "/clinic": TEMPLATES.render("opd/page.html", view(MEERA, UNA)),
            "/opd/ENT/board": TEMPLATES.render("opd/_board.html", view()),
        }
        yield stage


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("width", [1280, 800])
def test_the_number_given_leaves_the_list(page: Page, stage: Stage, width: int) -> None:
    asked: list[str] = []

    def given(route: Route) -> None:
        asked.append(route.request.post_data or "")
        after = view(UNA)
        after = replace(after, chrome=replace(after.chrome, undo=Undo("Token E-009 given", "/undo/7", 10)))
        route.fulfill(content_type="text/html; charset=utf-8", body=TEMPLATES.render("opd/after.html", after))

    page.route("**/opd/ENT/registered", given)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{stage.address}/clinic")
    expect(page.get_by_role("heading", name="Registered, without a number · 2")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Give the number, Meera Rao").click()
    expect(page.get_by_role("heading", name="Registered, without a number · 1")).to_be_visible()
    assert len(asked) == 1 and "visit=V1" in asked[0]
    assert page.locator("#registered").count() == page.locator("#board").count() == 1
    expect(page.get_by_text("Token E-009 given")).to_be_visible()
    expect(page.get_by_text("Meera Rao")).to_have_count(0)
