"""A display in headless Chromium loads itself anew: by night, for beds that it does not draw, for a plan that was drawn since."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from tests.acceptance.browser import asked
from tests.acceptance.stage import Stage
from tests.acceptance.test_displays import IS_LIVE, page, stage, until, wall

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser


def _at_one() -> str:
    """A zone where it is past one o'clock at night: past three when the page has rested."""
    ahead = (1 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


def pass_seven_seconds(page: Page, stage: Stage) -> None:
    """For the page, by its clock, and for the server."""
    page.wait_for_timeout(120)
    stage.ahead += 7
    page.clock.run_for(7_000)


def renewed(page: Page, stage: Stage) -> bool:
    """Whether it loads itself anew within a little more than two minutes by its clock."""
    for _ in range(20):
        pass_seven_seconds(page, stage)
        if not asked(page, "window.first"):
            return True
    return False


def test_a_display_renews_itself_by_night_and_for_a_new_plan(page: Page, stage: Stage) -> None:
    """But never into an error: what cannot be fetched is not reloaded into."""
    stage.pages["/night"] = wall(36, zone=_at_one())
    page.add_init_script("Math.random = () => 0")  # the first minute of the night's is this screen's own
    page.clock.install()
    page.goto(stage.address + "/night")
    page.clock.run_for(1_000)
    until(page, IS_LIVE)
    page.evaluate("window.first = true")
    shown = stage.pages.pop("/night")
    page.clock.fast_forward(7_200_000)
    stage.ahead = 7_200
    for _ in range(10):
        pass_seven_seconds(page, stage)
    assert page.evaluate("window.first"), "the page is gone just now"
    stage.pages["/night"] = shown
    assert renewed(page, stage)
    page.evaluate("window.first = true")
    stage.tiles.append(replace(stage.tiles[0], key="bed:new"))
    page.clock.fast_forward(601_000)
    stage.ahead += 601
    assert renewed(page, stage)


def test_a_display_asked_to_renew_at_a_bad_moment_does_it_later(page: Page, stage: Stage) -> None:
    """The new bed is heard of while the page is still too young to load itself again, and is not told of twice."""
    page.clock.install()
    stage.tiles.append(replace(stage.tiles[0], key="bed:new"))
    page.goto(stage.address + "/wall/36")
    page.clock.run_for(1_000)
    until(page, IS_LIVE)
    stage.tiles.pop()
    page.evaluate("window.first = true")
    for _ in range(3):
        pass_seven_seconds(page, stage)
    assert page.evaluate("window.first")
    page.clock.fast_forward(601_000)
    stage.ahead += 601
    assert renewed(page, stage)


def test_a_wall_takes_up_the_plan_that_is_drawn_now(page: Page, stage: Stage) -> None:
    """It hangs for months; a plan that is published must reach it without a hand."""
    page.clock.install()
    page.goto(stage.address + "/wall/36")
    page.clock.run_for(1_000)
    until(page, IS_LIVE)
    page.evaluate("window.first = true")
    stage.pages[page.evaluate("document.body.dataset.drawing")] = '{"version": 4}'
    page.clock.fast_forward(601_000)
    stage.ahead += 601
    assert renewed(page, stage)


def test_a_display_drawn_by_an_older_hospital_file_takes_up_the_new_one(page: Page, stage: Stage) -> None:
    """Which it says itself (`/displays/shown`), and is answered: of a bed renamed no tile tells."""
    page.clock.install()
    page.goto(stage.address + "/wall/36")
    page.clock.run_for(1_000)
    until(page, IS_LIVE)
    page.evaluate("window.first = true")
    page.clock.fast_forward(601_000)
    stage.ahead += 601
    for _ in range(5):
        pass_seven_seconds(page, stage)
    assert page.evaluate("window.first") and {told["file"] for told in stage.said} == {0.0}
    stage.file = 2
    assert renewed(page, stage), "and again, since this stage knows but one file"
