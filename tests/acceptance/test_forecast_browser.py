"""The page of the forecast in headless Chromium: nothing for axe to find in either scheme, readable at 200 %, everything reached by Tab."""

import pytest
from playwright.sync_api import Page, expect

from flow.domain.forecast import WhatIf
from flow.domain.ids import WardId
from flow.views.forecast_page import Asked
from tests.acceptance.boards import page, stage
from tests.acceptance.people import axe_in_both
from tests.acceptance.stage import Stage
from tests.acceptance.zoomed import overflowing, overlapping, reach_all
from tests.unit.test_forecast_view import drawn, told
from tests.unit.test_forecast_view import page as view

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser


def test_the_forecast_can_be_read_by_everybody(page: Page, stage: Stage) -> None:
    stage.pages = {
        "/plain": drawn(view(Asked("ward:X", 24))),
        "/if": drawn(view(Asked(what_if=WhatIf({WardId("W"): -6}, 8)), told(6))),
    }
    for path in stage.pages:
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(stage.address + path)
        assert axe_in_both(page) == []
        page.set_viewport_size({"width": 720, "height": 500})
        assert overflowing(page) == [], path
        assert overlapping(page) == []
        reach_all(page)


def test_on_paper_the_form_is_gone_and_the_figures_stay(page: Page, stage: Stage) -> None:
    stage.pages = {"/plain": drawn(view())}
    page.goto(stage.address + "/plain")
    page.emulate_media(media="print")
    expect(page.locator(".what-if")).to_be_hidden()
    expect(page.locator("#judged")).to_be_visible()
