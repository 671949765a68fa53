"""What a phone's first visit costs on the wire, all in, and that all its languages open without a network afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.browser import PASSWORD, peopled
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe
from tests.acceptance.phones import pair, phone

pytestmark = pytest.mark.browser
MOST = 180_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[HouseProcess]:
    with peopled(tmp_path, ("root", "admin", "")) as found:
        for name in ("4B-A-01", "4B-A-02", "4B-A-03", "4B-A-04", "4B-A-05", "5A-A-01", "5A-A-02"):
            assert found.ask("POST", f"/api/v1/beds/{name}/status", {"status": "cleaning"})[0] == 200
        yield found


@pytest.mark.parametrize("language", ["hi", "ta", "en"])
def test_a_first_visit_is_light_and_stays(browser: Browser, small: HouseProcess, tmp_path: Path, language: str) -> None:
    came: list[float] = []
    with phone(browser, tmp_path / "phone") as page:
        pair(page, browser, small, small.origin, "root", PASSWORD)
        page.goto(f"{small.origin}/housekeeping?lang={language}")
        page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
        page.evaluate("navigator.serviceWorker.getRegistration('/housekeeping').then((found) => found.unregister())")
        page.evaluate("caches.delete('phone')")
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")
        session.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
        page.goto(f"{small.origin}/housekeeping")
        page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert axe(page) == []
        assert 40_000 < sum(came) <= MOST, f"{sum(came):.0f} bytes in {len(came)} answers"
        page.context.set_offline(True)
        page.reload()
        expect(page.locator("#kept")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", language)
        fonts = page.evaluate(
            "document.fonts.ready.then(() => Array.from(document.fonts).filter((font) => font.status === 'error').length)"
        )
        assert fonts == 0, "the letters came along"
        page.screenshot(path=tmp_path / f"offline-{language}.png")
