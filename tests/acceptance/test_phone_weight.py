"""What a cleaner's or porter's first visit costs on the wire, all in, and that all languages open without a network afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, peopled
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe, sign_in
from tests.acceptance.phones import pair, phone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
MOST = 180_000
MISSING = """document.fonts.ready.then((fonts) => Array.from(fonts)
  .filter((font) => font.status === "error" && font.family.indexOf("Until Inter") < 0).map((font) => font.family))"""
"""Letters that did not come; "Until Inter" is the machine's own, where it has them, and is never fetched."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("weight"), ("root", "admin", ""), ("suresh", "porter", "")) as found:
        for name in ("4B-A-01", "4B-A-02", "4B-A-03", "4B-A-04", "4B-A-05", "5A-A-01", "5A-A-02"):
            assert found.ask("POST", f"/api/v1/beds/{name}/status", {"status": "cleaning"})[0] == 200
        yield found


def weighed(page: Page, address: str, language: str) -> float:
    """Open the page as if for the first time: how many bytes came."""
    came: list[float] = []
    page.goto(f"{address}?lang={language}")
    page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
    page.evaluate("navigator.serviceWorker.getRegistration(location.pathname).then((found) => found.unregister())")
    page.evaluate("caches.delete('phone')")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page.goto(address)
    page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
    expect(page.locator("html")).to_have_attribute("lang", language)
    print(f"{address} {language}: {sum(came):.0f} bytes in {len(came)} answers")
    return sum(came)


def test_a_porters_first_visit_is_as_light(browser: Browser, small: HouseProcess, tmp_path: Path) -> None:
    with phone(browser, tmp_path / "phone") as page:
        sign_in(page, small, "suresh", PASSWORD)
        assert 40_000 < weighed(page, f"{small.origin}/porter", "hi") <= MOST


@pytest.mark.parametrize("language", ["hi", "ta", "en"])
def test_a_first_visit_is_light_and_stays(browser: Browser, small: HouseProcess, tmp_path: Path, language: str) -> None:
    with phone(browser, tmp_path / "phone") as page:
        pair(page, browser, small, small.origin, "root", PASSWORD)
        assert 40_000 < weighed(page, f"{small.origin}/housekeeping", language) <= MOST
        assert axe(page) == []
        page.context.set_offline(True)
        page.reload()
        expect(page.locator("#kept")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.evaluate(MISSING) == [], "the letters came along"
        page.screenshot(path=tmp_path / f"offline-{language}.png")
