"""Temporary places, a ward's own request and the report on overrides in a real browser: two taps make a trolley, the wall shows it at once,
somebody is laid on it and waits, and every page is legible to a screen reader, on a telephone and at twice the size."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import Cookies, peopled, until
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe

pytestmark = pytest.mark.timeout(180)
ZOOMED = (720, 450)
"""A window of 1440 by 900 at 200 %."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    people = (("ravi", "nurse", "4B"), ("asha", "admissions", ""), ("farah", "manager", ""))
    with peopled(tmp_path_factory.mktemp("places"), *people) as found:
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, two: HouseProcess) -> Cookies:
    return Cookies(browser, two)


def legible(page: Page) -> None:
    """No violation in either scheme, and nothing that runs off a narrow window."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe(page) == []
    for width, height in (ZOOMED, (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})


def test_two_taps_make_a_trolley_and_the_wall_shows_it(two: HouseProcess, cookies: Cookies) -> None:
    with cookies.window("ravi", "/wards/4B") as page, cookies.window("ravi", "/displays/ward/ward/4B", 1920, 1080) as wall:
        expect(wall.locator("#places")).to_be_hidden()
        page.locator("#make-place > summary").click()
        page.locator("#make-place button[value=trolley]").click()
        row = page.locator("[id='row-4B:trolley-1']")
        expect(row).to_be_visible()
        expect(wall.locator("#places .place")).to_have_text("Trolley 1 empty")
        row.locator("details > summary").click()
        row.locator("[name=mrn]").fill("MRN-4021")
        row.locator("[name=name]").fill("Meera Iyer")
        row.locator("[name=sex]").select_option("F")
        row.locator(".fields button").click()
        expect(row.locator(".occupant")).to_contain_text("Meera Iyer")
        expect(page.locator("h2", has_text="6 beds · 0 occupied + 1 in temporary places")).to_be_visible()
        expect(wall.locator("#places .place")).to_have_text("Trolley 1 0 min")
        assert wall.locator(".bed").count() == 6, "a trolley is no bed"
        counted = wall.locator("[data-count]").evaluate_all("nodes => nodes.map(node => Number(node.textContent))")
        assert sum(counted) == 6
        assert axe(wall) == []
        legible(page)


def test_the_nurse_asks_for_a_bed_and_the_desk_sees_where_the_patient_lies(two: HouseProcess, cookies: Cookies) -> None:
    with cookies.window("ravi", "/wards/4B") as page:
        page.locator("#ask-bed > summary").click()
        form = page.locator("#ask-bed form")
        expect(form.locator(".somebody-new")).to_be_visible()
        form.locator("[name=visit]").select_option(label="Trolley 1 · Meera Iyer · F")
        expect(form.locator(".somebody-new")).to_be_hidden()
        legible(page)
        form.locator("button.primary").click()
        expect(page.locator(".asked li")).to_contain_text("waiting · 0 h 00")
    with cookies.window("asha", "/admissions") as desk:
        expect(desk.locator("#board")).to_contain_text("4B trolley 1")
        expect(desk.locator("#totals")).to_contain_text("+ 1 in temporary places")


def test_an_override_stands_in_the_managers_report(two: HouseProcess, cookies: Cookies) -> None:
    (request,) = two.get("/api/v1/bed-requests")["items"]
    best = two.get(f"/api/v1/bed-requests/{request['id']}/suggestions")["items"]
    taken = {"bed": best[1]["bed"], "override_reason": "Meera asked for it"}
    assert two.ask("POST", f"/api/v1/bed-requests/{request['id']}/assignment", taken)[0] == 200
    with cookies.window("farah", "/manager") as page:
        page.locator("a", has_text="Overrides").click()
        page.wait_for_url("**/manager/overrides")
        page.locator("nav.segments a", has_text="7 days").click()
        page.wait_for_url("**range=7d")
        row = page.locator(".overrides-table tbody tr")
        expect(row).to_have_count(1)
        shown = row.inner_text()
        assert "••• asked for it" in shown
        assert f"{best[1]['score'] - best[0]['score']}".replace("-", "−") in shown
        legible(page)
        file = page.request.get(str(page.locator("a[download][href*='.csv'][href*='table=each']").evaluate("link => link.href"))).text()
        assert file.count("\r\n") == 2
        assert "Meera" not in file + page.content()
    with cookies.window("ravi", "/wards/4B") as ward:
        expect(ward.locator(".asked li")).to_contain_text("promised · ready")


def test_one_tap_takes_an_empty_place_away(two: HouseProcess, cookies: Cookies) -> None:
    with cookies.window("ravi", "/wards/4B") as page:
        page.locator("#make-place > summary").click()
        page.locator("#make-place button[value=chair]").click()
        page.locator("form[action='/wards/4B/places/4B:chair-1/close'] button").click()
        expect(page.locator("[id='row-4B:chair-1']")).to_have_count(0)
    places = "/api/v1/wards/4B/temporary-places"
    assert until(lambda: [place["id"] for place in two.get(places)["items"]], lambda ids: "4B:chair-1" not in ids) == ["4B:trolley-1"]
