"""A ward's workstation as nurses use it: a scanner types the badge, the PIN opens, names are there, and gone when nobody does anything."""

import re
from pathlib import Path

import segno
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import TWO_WARDS
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.inside import let_in, make_badge
from tests.acceptance.people import ARTEFACTS, axe_in_both, window

PIN = "271828"
PATIENT = {"mrn": "MRN-77001", "name": "Meera Iyer", "birth_date": "1971-02-03", "sex": "F"}
LIVE = ".live[data-live=live]"


def paired(page: Page, found: HouseProcess) -> None:
    """The workstation shows its digits, an administrator lets it in."""
    page.goto(f"{found.origin}/pair?kind=station")
    digits = (page.text_content(".code") or "").replace(" ", "")
    let_in(found.environ, digits, "Nurses' station 4B", "4B")
    page.wait_for_url(re.compile("/wards/4B$"))


def scan(page: Page, code: str) -> None:
    """Wherever the keyboard is; Enter is the scanner's own."""
    page.locator("h1").click()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#badge-form input[name=pin]")).to_be_focused()


def looked_at(page: Page, name: str) -> None:
    """Kept as a picture; axe finds nothing in it, and it fits at 200 %."""
    assert axe_in_both(page) == [], name
    page.screenshot(path=ARTEFACTS / f"{name}-dark.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name
    page.screenshot(path=ARTEFACTS / f"{name}-zoomed.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_badge_shows_names_until_nobody_does_anything(browser: Browser, tmp_path: Path) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    file = tmp_path / "hospital.toml"
    file.write_text(TWO_WARDS)
    with house(tmp_path, file, BEDFLOW_STATION_IDLE="3") as found, window(browser) as page:
        found.add("asha", "nurse", "4B")
        code = make_badge(found.environ, "asha", PIN)
        assert found.ask("POST", "/api/v1/visits", {"patient": PATIENT, "bed": "4B-A-01"})[0] == 201
        paired(page, found)
        page.locator(LIVE).wait_for()
        expect(page.locator("#row-4B-A-01")).to_contain_text("M. I.")
        assert "Meera" not in page.content() and "7001" not in page.content()
        looked_at(page, "station-hidden")
        scan(page, code)
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        expect(page.locator("#row-4B-A-01")).to_contain_text("Meera Iyer")
        page.locator(LIVE).wait_for()
        expect(page.locator("#station")).to_contain_text("Names are hidden", timeout=10_000)
        assert "Meera" not in page.content() and "7001" not in page.content() and "asha" not in page.content()
        page.locator(LIVE).wait_for()
        assert found.ask("POST", "/api/v1/beds/4B-A-02/status", {"status": "cleaning"})[0] == 200
        expect(page.locator("#row-4B-A-02")).to_have_attribute("data-state", re.compile("dirty|cleaning"))
        page.go_back()
        expect(page.locator("#station")).to_contain_text("Names are hidden")
        assert "Meera" not in page.content(), "the browser's own memory holds none either"
        scan(page, code)
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        expect(page.locator("#row-4B-A-01")).to_contain_text("Meera Iyer")
        page.route("**/*", lambda asked: asked.abort("connectionrefused"))
        expect(page.locator(".veiled")).to_contain_text("The server does not answer", timeout=10_000)
        assert "Meera" not in page.content() and "77001" not in page.content(), "who cannot be asked shows nobody"
        page.unroute("**/*")
        expect(page.locator("#station")).to_contain_text("Names are hidden", timeout=10_000)
        segno.make(code).save(str(tmp_path / "badge.png"), scale=6)
        page.goto(f"{found.origin}/station/scan")
        page.set_input_files("#scan-photo", tmp_path / "badge.png")
        expect(page.locator("#badge-form input[name=pin]")).to_be_focused()
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        expect(page.locator("#row-4B-A-01")).to_contain_text("Meera Iyer")
