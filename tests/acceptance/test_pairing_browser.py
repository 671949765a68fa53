"""A television that waits to be let in needs none of the desks' scripts: one of 2021 may not even read them."""

import re

import pytest
from playwright.sync_api import Page

from flow.locale import languages, words
from flow.templating import Templates
from flow.views.page import Chrome
from flow.views.pairing import PairShow
from flow.views.phone import language_switch
from tests.acceptance.stage import Stage
from tests.acceptance.test_displays import page, stage, until

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser


def test_a_screen_without_the_vendored_scripts_is_let_in(page: Page, stage: Stage) -> None:
    chrome, switch = Chrome("Bedflow", "City", lang="ta"), language_switch("ta", languages())
    view = PairShow(chrome, "display", "123456", 600, "/pair/status?lang=ta", "city/admin/devices/new", words("ta"), switch)
    stage.pages["/pair"] = Templates().render("pair/show.html", view)
    answers = [(200, "application/json", b'{"href": "/tv"}'), (204, "text/plain", b"")]
    stage.answers["/pair/status"] = lambda query: answers.pop()
    page.route(re.compile("/static/vendor/"), lambda asked: asked.abort())
    page.goto(stage.address + "/pair?kind=display")
    assert page.text_content(".code") == "123 456" and page.evaluate("typeof htmx") == "undefined"
    until(page, "location.pathname === '/tv'")
