"""Labels and the scanner: a printed sheet, the camera of a paired phone, a photo where there is no camera; and the bed it leads to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, bed, peopled, until
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe, sign_in, window
from tests.acceptance.phones import SLOWER, film_of, pair, phone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("labels"), ("root", "admin", ""), ("sunita", "supervisor", "")) as found:
        for name in ("4B-A-01", "4B-A-02", "4B-A-03", "5A-A-01"):
            assert found.ask("POST", f"/api/v1/beds/{name}/status", {"status": "cleaning"})[0] == 200
        yield found


@pytest.fixture(scope="module")
def paired(browser: Browser, small: HouseProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A phone before whose camera somebody holds the label of bed 4B-A-03."""
    folder = tmp_path_factory.mktemp("phone")
    film = film_of(f"https://beds.example/b/{'4B-A-03'}", folder / "label.y4m")
    with phone(browser, folder / "data", film, slower=SLOWER) as page:
        pair(page, browser, small, small.origin, "root", PASSWORD)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
        yield page
        assert said == []


def test_the_camera_reads_a_label_and_its_bed_lies_on_top(paired: Page, small: HouseProcess) -> None:
    paired.goto(f"{small.origin}/housekeeping")
    paired.locator("#card a[href='/housekeeping/scan']").click()
    paired.wait_for_url("**/housekeeping", timeout=30_000)
    expect(paired.locator("#card[data-chosen='4B-A-03'] #job-bed")).to_contain_text("A3")
    paired.evaluate("htmx.trigger('#board', 'refresh')")
    paired.wait_for_timeout(500)
    expect(paired.locator("#card[data-chosen='4B-A-03'] .big.start")).to_be_visible()
    paired.locator("#card .big.start").click()
    until(lambda: bed(small, "4B-A-03"), lambda state: state["stage"] == "in_progress")
    expect(paired.locator("#card:not([data-chosen]) .big.done")).to_be_visible()


def test_without_a_network_a_label_still_leads_to_what_the_phone_knows(paired: Page, small: HouseProcess, tmp_path: Path) -> None:
    paired.goto(f"{small.origin}/housekeeping")
    paired.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
    until(lambda: paired.evaluate("Outbox.kept('deck').then((deck) => Boolean(deck && deck.cards['4B-A-03']))"), bool)
    paired.context.set_offline(True)
    paired.goto(f"{small.origin}/housekeeping/scan")
    expect(paired.locator("#card[data-chosen='4B-A-03'] .big.done")).to_be_visible(timeout=30_000)
    expect(paired.locator("#kept")).to_be_visible()
    without_camera(paired, small)
    segno.make(f"{small.origin}/b/4B-A-06").save(str(tmp_path / "stranger.png"), scale=6)
    paired.set_input_files("#scan-photo", tmp_path / "stranger.png")
    expect(paired.locator("#card[data-chosen='4B-A-06']")).to_contain_text("does not know how the bed stands", timeout=30_000)
    assert axe(paired) == []
    paired.locator("#card .big", has_text="Found dirty").click()
    expect(paired.locator("#unsent b")).to_have_text("1")
    expect(paired.locator("#card[data-chosen]")).to_have_count(0)
    paired.context.set_offline(False)
    until(lambda: bed(small, "4B-A-06"), lambda state: state["status"] == "cleaning", within=40)


def test_the_sheets_own_code_is_read_from_a_photo(paired: Page, browser: Browser, small: HouseProcess, tmp_path: Path) -> None:
    with window(browser) as desk:
        sign_in(desk, small, "sunita", PASSWORD)
        desk.goto(f"{small.origin}/labels?ward=4B")
        expect(desk.locator(".label")).to_have_count(6)
        assert axe(desk) == []
        desk.emulate_media(media="print")
        expect(desk.locator(".labels-head")).to_be_hidden()
        desk.locator(".label").nth(1).screenshot(path=tmp_path / "label.png")
    without_camera(paired, small)
    paired.set_input_files("#scan-photo", tmp_path / "label.png")
    paired.wait_for_url("**/housekeeping", timeout=30_000)
    expect(paired.locator("#card[data-chosen='4B-A-02'] #job-bed")).to_contain_text("A2")
    paired.locator("[data-unchoose]").click()
    expect(paired.locator("#card[data-chosen]")).to_have_count(0)


def without_camera(page: Page, small: HouseProcess) -> None:
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none'))")
    page.goto(f"{small.origin}/housekeeping/scan")
    expect(page.locator("#scan[data-state=dark]")).to_be_visible()


def test_what_is_no_label_is_said_and_a_free_bed_may_be_dirty(paired: Page, small: HouseProcess, tmp_path: Path) -> None:
    without_camera(paired, small)
    segno.make("https://example.com/menu").save(str(tmp_path / "menu.png"), scale=6)
    paired.set_input_files("#scan-photo", tmp_path / "menu.png")
    expect(paired.locator("#scan[data-state=other]")).to_be_visible()
    assert axe(paired) == []
    segno.make(f"{small.origin}/b/4B-A-05").save(str(tmp_path / "free.png"), scale=6)
    paired.set_input_files("#scan-photo", tmp_path / "free.png")
    paired.wait_for_url("**/housekeeping", timeout=30_000)
    expect(paired.locator("#card[data-chosen='4B-A-05']")).to_contain_text("Free and clean")
    paired.locator("#card .big.start").click()
    until(lambda: bed(small, "4B-A-05"), lambda state: state["status"] == "cleaning")


def test_only_the_scanners_page_may_run_webassembly(paired: Page, small: HouseProcess) -> None:
    policies = [
        paired.request.get(small.origin + path).headers["content-security-policy"] for path in ("/housekeeping", "/housekeeping/scan")
    ]
    assert ["wasm-unsafe-eval" in policy for policy in policies] == [False, True]


def test_the_phones_own_camera_opens_the_address_of_a_label(browser: Browser, paired: Page, small: HouseProcess) -> None:
    paired.goto(f"{small.origin}/b/4B-A-02")
    expect(paired.locator("#card[data-chosen='4B-A-02']")).to_contain_text("A2")
