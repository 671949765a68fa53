"""A display in headless Chromium whose stream was refused or ended comes back, and sooner where it was told so."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from tests.acceptance.stage import Stage
from tests.acceptance.test_displays import IS_LIVE, NOW, live, page, stage, until

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("refusal", [503, 502])
def test_a_display_comes_back_after_any_answer(page: Page, stage: Stage, refusal: int) -> None:
    """EventSource stops for ever on a 503 or a proxy's 502; the display does not. What it then shows holds, though numbered lower."""
    page.clock.install()
    page.goto(stage.address + "/wall/36")
    page.clock.run_for(1_000)
    until(page, IS_LIVE)
    place = replace(stage.tiles[0], key="place:P1", label="Trolley", state="occupied", seq=30, since=int(NOW.timestamp()))
    stage.send(place)
    until(page, "!document.getElementById('places').hidden")
    assert page.evaluate("document.getElementById('place:P1').classList.contains('changed')"), "marked as a bed is"
    stage.mode, stage.refusal = "refuse", refusal
    opened = stage.opened
    for _ in range(4):
        page.wait_for_timeout(150)
        page.clock.run_for(4_000)
    assert stage.opened > opened + 1
    assert "Live" not in live(page)
    stage.tiles[0] = replace(stage.tiles[0], state="dirty", seq=1)
    stage.mode = "live"
    page.wait_for_timeout(150)
    page.clock.run_for(4_000)
    page.wait_for_timeout(300)
    page.clock.run_for(1_000)
    assert live(page).startswith("Live")
    assert page.evaluate(f"document.getElementById('{stage.tiles[0].key}').dataset.state") == "dirty"
    assert page.evaluate("document.getElementById('places').hidden"), "a place taken away meanwhile"


def test_a_display_asks_again_as_soon_as_a_server_that_stopped_told_it(page: Page, stage: Stage) -> None:
    """A restart on purpose costs a second or two; one that came without a word is given twice as long."""
    page.add_init_script("Math.random = () => 1")
    page.clock.install()
    page.goto(stage.address + "/wall/36")
    page.clock.run_for(1_000)
    until(page, IS_LIVE)
    for mode, soon in (("leaves", 1), ("refuse", 0)):
        opened = stage.opened
        stage.mode = mode
        page.wait_for_timeout(400)
        page.clock.run_for(500)
        assert stage.opened == opened, "not at once"
        stage.mode = "live"
        page.clock.run_for(1_500)
        page.wait_for_timeout(150)
        assert stage.opened == opened + soon
        page.clock.run_for(2_000)
        until(page, IS_LIVE)
        assert stage.opened == opened + 1
