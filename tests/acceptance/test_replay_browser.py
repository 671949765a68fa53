"""The replay in headless Chromium: the scrubber by keyboard, play and the address that follows, readable by everybody."""

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from flow.views.replay_page import Reading, day_json
from flow.views.tables import File, Files
from tests.acceptance.boards import page, stage
from tests.acceptance.people import axe_in_both
from tests.acceptance.stage import Stage
from tests.acceptance.zoomed import overflowing, overlapping, reach_all
from tests.unit.test_bed_page import bed_drawn, visit_drawn
from tests.unit.test_policies_view import drawn as policies_drawn
from tests.unit.test_policies_view import page as policies
from tests.unit.test_replay_view import ONE, PLAN, TWO, a_day, drawn
from tests.unit.test_replay_view import page as view

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser


def opened(page: Page, stage: Stage) -> str:
    """The page at 14:30 as known then, its script ready; returns its address."""
    told = json.dumps(day_json(a_day(), [bed.id for bed in PLAN.beds.values()])).encode()
    menu = Files(File("Excel, all tables", "/manager/replay.xlsx?day=2026-11-21&at=14%3A30&known=then"), ())
    stage.pages = {"/manager/replay": drawn(replace(view(Reading.THEN), files=menu))}
    stage.answers = {"/manager/replay.json": lambda query: (200, "application/json", told)}
    page.goto(f"{stage.address}/manager/replay?day=2026-11-21&ward=4B&at=14:30&known=then")
    expect(page.locator("#replay[data-ready='1']")).to_be_visible()
    return page.url


def state(page: Page, bed: str) -> str | None:
    return page.locator(f"g[data-bed='{bed}']").get_attribute("data-state")


def test_the_scrubber_goes_by_keyboard_plays_and_keeps_its_address(page: Page, stage: Stage) -> None:
    opened(page, stage)
    slider, time = page.locator("#replay-minute"), page.locator("#replay-time")
    assert (state(page, ONE), state(page, TWO)) == ("occupied", "free")
    for key, shown in (("ArrowRight", "14:31"), ("PageUp", "13:31"), ("PageDown", "14:31"), ("ArrowLeft", "14:30")):
        slider.press(key)
        expect(time).to_have_text(shown)
        assert f"at={shown.replace(':', '%3A')}" in page.url and slider.get_attribute("aria-valuetext") == shown
    page.get_by_role("link", name="As corrected since").click()
    assert (state(page, ONE), state(page, TWO)) == ("cleaning", "occupied") and "known=since" in page.url
    expect(page.locator("#replay-rows tr[data-start]:visible")).to_have_count(2)
    expect(page.locator(".files a")).to_have_attribute("href", re.compile(r"\?day=2026-11-21&at=14%3A30&known=since$"))
    assert "corrected since" in (page.locator(f"g[data-bed='{ONE}']").get_attribute("aria-label") or "")
    page.get_by_role("combobox", name="Speed").select_option("3600")
    slider.press(" ")
    expect(page.locator("#replay-play")).to_have_text("Pause")
    expect(page.locator("#replay-none")).to_be_visible()
    slider.press(" ")
    expect(page.locator("#replay-play")).to_have_text("Play")
    assert state(page, TWO) == "occupied" and (time.text_content() or "").replace(":", "%3A") in page.url
    assert page.locator("g[data-differs]").count() == 0


def test_the_replay_can_be_read_by_everybody_and_printed(page: Page, stage: Stage) -> None:
    opened(page, stage)
    assert axe_in_both(page) == []
    page.set_viewport_size({"width": 720, "height": 450})
    assert overflowing(page) == []
    assert [one for one in overlapping(page) if "data-bed" not in one] == [], "but for the small plan's bays, which lie over one another"
    reach_all(page)
    page.emulate_media(media="print")
    expect(page.locator("#replay-play")).to_be_hidden()
    expect(page.locator(f"g[data-bed='{ONE}']")).to_be_visible()


def test_beds_visits_and_policies_can_be_read_by_everybody(page: Page, stage: Stage) -> None:
    stage.pages = {"/bed": bed_drawn(), "/visit": visit_drawn(), "/policies": policies_drawn(policies())}
    for path in stage.pages:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(stage.address + path)
        assert axe_in_both(page) == [], path
        page.set_viewport_size({"width": 720, "height": 450})
        assert overflowing(page) == [] and overlapping(page) == [], path
        reach_all(page)
