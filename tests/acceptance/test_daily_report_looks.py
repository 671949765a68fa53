"""The daily report as it is opened and as it comes by mail: one document with nothing beside it, read by everybody, light and dark, on a
phone and at 200 %; on paper it is white."""

import pytest
from playwright.sync_api import Browser

from tests.acceptance.people import ARTEFACTS, axe_in_both, window
from tests.acceptance.zoomed import overflowing
from tests.unit.test_daily_report_view import drawn

pytestmark = pytest.mark.browser
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("empty", [False, True])
def test_the_daily_report_can_be_read_by_everybody(browser: Browser, empty: bool) -> None:
    with window(browser) as page:
        page.set_content(drawn(empty=empty))
        assert axe_in_both(page) == []
        grounds = []
        for scheme, media in (("light", "screen"), ("dark", "screen"), ("dark", "print")):
            page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]  # the two words of each
            grounds.append(page.evaluate(GROUND))
        assert grounds[0] == grounds[2] == "rgb(255, 255, 255)" != grounds[1]
        page.emulate_media(color_scheme="dark", media="screen")
        if not empty:
            page.screenshot(path=ARTEFACTS / "daily-report-dark.png", full_page=True)
        for width in (720, 360):
            page.set_viewport_size({"width": width, "height": 740})
            assert [one for one in overflowing(page) if one[0] != "T"] == [], "but for the cells of the table that scrolls"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
