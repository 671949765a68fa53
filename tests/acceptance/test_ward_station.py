"""The nurse's day at a real browser: swap, isolate, watch, confirm who has come, close a room; the station's lists; axe in both schemes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import Cookies, until
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import ARTEFACTS, axe
from tests.acceptance.test_ward_browser import admit, unfold
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(180)
A1, A2 = "4B-A-01", "4B-A-02"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("station")
    text = hospital_file({"4B": {"A": 6}, "ICU": {"I": 2}}, clinic=False)
    (folder / "hospital.toml").write_text(text.replace('name = "Bay I"\ntype = "general"', 'name = "Bay I"\ntype = "icu"'))
    with house(folder, folder / "hospital.toml") as started:
        started.add("ravi", "nurse", "4B")
        yield started


@pytest.fixture(scope="module")
def cookies(browser: Browser, found: HouseProcess) -> Cookies:
    return Cookies(browser, found)


@pytest.fixture
def ward(cookies: Cookies) -> Iterator[Page]:
    with cookies.window("ravi", "/wards/4B") as page:
        yield page


def is_fine(page: Page, name: str) -> None:
    """Axe finds nothing in either scheme, at any width."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe(page) == [], scheme
    page.emulate_media(color_scheme="light")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"))
    page.set_viewport_size({"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_nurse_does_her_day(found: HouseProcess, ward: Page) -> None:
    admit(ward, found, A1, "Meera Iyer")
    admit(ward, found, A2, "Asha Rao")
    unfold(ward, "swap", A1)
    form = ward.locator(f"[id='swap-{A1}'] form")
    form.locator("[name=with]").fill(A2)
    form.locator("button").click()
    expect(ward.locator(f"[id='row-{A1}'] .occupant")).to_contain_text("Asha Rao")
    expect(ward.locator(f"[id='row-{A2}'] .occupant")).to_contain_text("Meera Iyer")

    unfold(ward, "more", A1)
    unfold(ward, "isolation", A1)
    form = ward.locator(f"[id='isolation-{A1}'] form")
    form.locator("[name=isolation]").select_option("contact")
    form.locator("[name=organism]").fill("MRSA")
    form.locator("button").click()
    expect(ward.locator(f"[id='row-{A1}'] .chip.must")).to_contain_text("MRSA")
    expect(ward.locator(f"[id='swap-{A1}'][open], [id='more-{A1}'][open]")).to_have_count(0)  # what was done folds up

    unfold(ward, "watch", A2)
    ward.locator(f"[id='watch-{A2}'] button[value=high]").click()
    expect(ward.locator(f"[id='row-{A2}'] .chip.acuity")).to_contain_text("high")
    expect(ward.locator(f"[id='bed:{A2}'] .meta")).to_have_text("!!")

    ward.locator("#close-room > summary").click()
    ward.locator("#close-room form button").last.click()
    expect(ward.locator(".shut-room")).to_have_count(1)
    unfold(ward, "more", A1)
    is_fine(ward, "ward-station")


def test_the_lists_of_the_station(found: HouseProcess, ward: Page) -> None:
    ward.goto(f"{found.origin}/step-up-down")
    expect(ward.locator(".step")).to_have_count(1)
    is_fine(ward, "step-lists")
    ward.locator(".step button").first.click()
    expect(ward.locator(".step .notice")).to_contain_text("bed asked for")
    expect(ward.get_by_role("button", name="Undo")).to_be_visible()
    until(lambda: ward.locator(".step button").count(), lambda count: count == 0)
