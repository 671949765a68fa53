"""Every page of the route table, on a demo hospital as it ships: it answers, axe finds nothing in either scheme, it fits at 200 %;
and the pictures of the README."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from flow.web.routes import PAGES
from tests.acceptance.browser import until
from tests.acceptance.drawn_ward import drawn_ward
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import ARTEFACTS, axe_in_both, sign_in, window

pytestmark = pytest.mark.timeout(300)

PICTURES = Path(__file__).parent / "pictures"
WHO = {
    "/displays": "desk",
    "/wards": "nurse",
    "/opd": "clinic",
    "/admissions": "desk",
    "/step-up-down": "desk",
    "/porter": "porter",
    "/transports": "manager",
    "/escalations": "manager",
    "/discharges": "desk",
    "/command-centre": "manager",
    "/manager": "manager",
    "/audit": "auditor",
    "/openings": "auditor",
    "/names": "manager",
    "/housekeeping": "cleaner",
    "/supervisor": "supervisor",
    "/labels": "supervisor",
    "/t/": "",
    "/census": "desk",
    "/back-entry": "desk",
    "/admin": "admin",
    "/integration": "admin",
    "/login": "",
    "/pair": "",
    "/b/": "nurse",
    "/": "desk",
}
NO_PAGES = (
    "/board",
    "/row",
    "/push",
    "/edit",
    ".csv",
    ".xlsx",
    ".parquet",
    ".html",
    ".pdf",
    "/photo",
    "/badge",
    "/card",
    "/call",
    "/deck",
    ".js",
    ".json",
    "/{visit}",
    "/{patient}",
    "/{request}/privacy",
    "/provider/back",
    "/housekeeping/unlock",
    "/unlock/scan",
    "/bell",
    "/drawing",
    "/other-beds",
    "/feed-silence",
    "/registered",
    "/station/scan",
    "/station/state",
)
"""Parts of pages, files, and what only a locked phone sees (tests/acceptance/test_signed_in_pages.py draws that)
or a ward's workstation (test_shared_station.py)."""
PARAMETERS = {
    "ward": "4B",
    "clinic": "GM",
    "clinics": "GM+SUR",
    "bed": "4B-A-01",
    "letter": "1",
    "feed": "his",
    "token": "A-001",
    "slip": "SLIP",
}


def addresses() -> list[str]:
    """Every GET of the route table that answers a page; displays once for each audience."""
    found = []
    for door in PAGES:
        if door.method == "GET" and not door.path.endswith(NO_PAGES):
            path = door.path.format(**PARAMETERS, audience="{audience}")
            found += [path.replace("{audience}", audience) for audience in ("public", "ward", "staff")] if "{audience}" in path else [path]
    return sorted(set(found))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with house(tmp_path_factory.mktemp("demo"), command="demo", BEDFLOW_HISTORY_DAYS="8") as found:
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, demo: HouseProcess) -> dict[str, Any]:
    """Each of the demo's people, signed in once: a person who signs in every second is locked out, and rightly."""
    kept = demo.folder / "data" / "demo-sign-ins.json"
    until(kept.exists, bool, within=30)
    passwords = json.loads(kept.read_text())
    found: dict[str, Any] = {"": None}
    for who in set(WHO.values()) - {""}:
        with window(browser) as page:
            sign_in(page, demo, who, passwords[who])
            found[who] = page.context.storage_state()
    return found


def person(path: str) -> str:
    """Whose page it is."""
    return next(who for start, who in WHO.items() if path.startswith(start))


def enter(page: Page, demo: HouseProcess, path: str) -> None:
    """Open a page; it must answer."""
    answer = page.goto(f"{demo.origin}{path}")
    assert answer is not None
    assert answer.status == 200, path


def own_page(browser: Browser, demo: HouseProcess, cookies: dict[str, Any]) -> str:
    """The patient's own page of a token of today: its address stands on the slip alone."""
    with window(browser, state=cookies["clinic"]) as page:
        enter(page, demo, "/opd/GM/tokens/A-001/slip")
        found = page.locator(".slip-side a[href*='/t/']").get_attribute("href")
    assert found is not None
    return urlsplit(found).path


def test_the_table_has_the_pages_of_the_issue() -> None:
    named = set(addresses())
    assert {"/", "/admissions", "/housekeeping", "/manager", "/admin", "/wards/4B", "/opd/GM", "/displays/public/ward/4B"} <= named
    assert "/displays/public/opd/GM+SUR" in named


@pytest.mark.parametrize("path", addresses())
def test_the_page_is_for_everybody(browser: Browser, demo: HouseProcess, cookies: dict[str, Any], path: str) -> None:
    wall = path.startswith("/displays")
    size = (1920, 1080) if wall else (1440, 900)
    path = own_page(browser, demo, cookies) if path == "/t/SLIP" else path
    with window(browser, *size, state=cookies[person(path)]) as page:
        enter(page, demo, path)
        assert axe_in_both(page) == []
        if not wall:
            page.set_viewport_size({"width": 720, "height": 450})
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize(
    ("name", "path", "width", "height"),
    [
        ("wall", "/displays/ward/ward/4B", 1920, 1080),
        ("desk", "/admissions", 1440, 900),
        ("phone", "/housekeeping?lang=hi", 360, 740),
        ("manager", "/manager", 1440, 1027),
    ],
)
def test_the_pictures_are_taken(
    browser: Browser,
    demo: HouseProcess,
    cookies: dict[str, Any],
    request: pytest.FixtureRequest,
    name: str,
    path: str,
    width: int,
    height: int,
) -> None:
    """Into test-artifacts; `--pictures` renews those that the README shows."""
    with window(browser, width, height, state=cookies[person(path)]) as page:
        enter(page, demo, path)
        page.locator(".live[data-live=live]").wait_for(timeout=15_000)  # in whichever language it says so
        page.wait_for_timeout(1500)
        if name == "desk":
            assert [height_of_top(page, each) for each in (1280, width)] == [52, 52], "one line: a second costs a patient of the list"
            choose_somebody_with_beds(page)
        folder = PICTURES if request.config.getoption("--pictures") else ARTEFACTS
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")
        assert (folder / f"{name}.png").stat().st_size > 20_000
    assert (PICTURES / f"{name}.png").exists(), "run this test once with --pictures"


def height_of_top(page: Page, width: int) -> float:
    """How high the bar at the top is in a window as wide as this."""
    page.set_viewport_size({"width": width, "height": 900})
    return float(page.evaluate("document.querySelector('.top').getBoundingClientRect().height"))


def choose_somebody_with_beds(page: Page) -> None:
    """Down the list to a patient whom several beds fit; the head of the list may just be one whom none does."""
    for _ in range(page.locator(".request").count() - 1):
        if page.locator("#ranking .suggestion").count() >= 4:
            return
        before = page.get_attribute("#board", "data-request")
        page.keyboard.press("j")
        until(lambda before=before: page.get_attribute("#board", "data-request"), lambda now, before=before: now != before)  # type: ignore[misc]
    page.wait_for_timeout(300)


def test_a_drawing_becomes_the_wards_plan(browser: Browser, demo: HouseProcess, cookies: dict[str, Any]) -> None:
    """From the administrator's page: upload, bind the bed that has no name by keyboard, look, show; wall and ward page draw it."""
    labels = [f"{room}{n}" for room in "AB" for n in range(1, 9)]
    with window(browser, state=cookies["admin"]) as page:
        enter(page, demo, "/admin")
        page.click("a[href='/admin/floor-plans']")
        page.click("a[href='/admin/floor-plans/HDU']")
        page.set_input_files("[data-upload] input", {"name": "hdu.svg", "mimeType": "image/svg+xml", "buffer": b"<svg>"})
        page.click("[data-upload] button")
        expect(page.locator("#refusal")).to_contain_text("not well-formed")
        page.set_input_files("[data-upload] input", {"name": "hdu.svg", "mimeType": "image/svg+xml", "buffer": drawn_ward(labels)})
        page.click("[data-upload] button")
        expect(page.locator(".faults")).to_have_text("Bed B8 has no shape.")
        expect(page.locator("#preview")).to_have_count(0)
        page.locator(".shape").last.press("Enter")
        page.locator("select[name=bed]").select_option("HDU-B-08")
        assert axe_in_both(page) == []
        page.screenshot(path=ARTEFACTS / "floor-plan-editor.png", full_page=True)
        page.click("text=Bind")
        expect(page.locator(".faults")).to_have_count(0)
        expect(page.locator("#preview .bed")).to_have_count(16)
        assert axe_in_both(page) == []
        page.click("text=Show this plan")
        expect(page.locator("#drawing h2")).to_contain_text("on the screens")
    for path, name in (("/displays/public/ward/HDU", "drawn-wall"), ("/wards/HDU", "drawn-ward")):
        with window(browser, 1920, 1080, state=cookies["desk"]) as page:
            enter(page, demo, path)
            expect(page.locator(".bed path.tile")).to_have_count(3)
            expect(page.locator(".plan")).to_contain_text("Nurse station")
            expect(page.locator("body")).to_contain_text("Live · ", timeout=15_000)
            page.screenshot(path=ARTEFACTS / f"{name}.png")
