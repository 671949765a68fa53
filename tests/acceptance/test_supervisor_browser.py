"""The cleaners' supervisor at a real browser: people and badges, a job given by two taps, a cleaner's photo, a bed taken out of use."""

import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import axe, sign_in, window
from tests.acceptance.test_road import HOSPITAL, adt, send

PASSWORD = "correct-horse-battery-7"
PEOPLE = (("lata", "supervisor"), ("meena", "housekeeping"))
STEPS = '[cleaning]\ninspect_percent = 100\n[[cleaning.zones]]\nid = "a"\nname = "Tower A"\nwards = ["4B"]\n'

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("supervisor")
    file = folder / "hospital.toml"
    file.write_text(f"{HOSPITAL}\n{STEPS}")
    with house(folder, file) as found:
        for name, role in PEOPLE:
            found.add(name, role)
        yield found


@pytest.fixture
def lata(browser: Browser, small: HouseProcess) -> Iterator[Page]:
    with window(browser, 1440, 1000) as page:
        sign_in(page, small, "lata", PASSWORD)
        yield page


def emptied(found: HouseProcess, number: str) -> None:
    """A patient came to a bed and left it."""
    place, visit = f"4B^A^4B-A-0{number}", f"VS{number}"
    assert send(found, adt("A01", f"s{number}a", place, visit)) == "AA"
    assert send(found, adt("A03", f"s{number}b", place, visit)) == "AA"


def becomes(found: HouseProcess, number: str, **said: str) -> None:
    deadline = time.monotonic() + 10
    while any(found.get(f"/api/v1/beds/4B-A-0{number}")[name] != value for name, value in said.items()):
        assert time.monotonic() < deadline, found.get(f"/api/v1/beds/4B-A-0{number}")
        time.sleep(0.05)


def png(side: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x80" * side for _ in range(side)))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_job_comes_by_itself_and_two_taps_give_it_to_somebody(lata: Page, small: HouseProcess) -> None:
    lata.goto(f"{small.origin}/supervisor")
    lata.get_by_role("link", name="People and badges").click()
    new = lata.locator("form[action='/supervisor/cleaners']")
    new.get_by_label("Called").fill("Meena")
    new.get_by_label("Zone").select_option("a")
    new.get_by_label("trained").check()
    new.get_by_role("button").click()
    badge = lata.locator(".badge-code svg")
    expect(badge).to_be_visible()
    box = badge.bounding_box()
    assert box is not None and box["width"] > 200, "large enough to be scanned from paper"
    assert axe(lata) == []
    lata.get_by_role("button", name="On shift, Meena").click()
    expect(lata.locator(".badge-code")).to_have_count(0)
    lata.goto(f"{small.origin}/supervisor")
    expect(lata.locator(".person")).to_contain_text("Meena")
    emptied(small, "1")
    row = lata.locator("#job-4B-A-01")
    expect(row).to_be_visible(timeout=10_000)
    row.click()
    lata.locator(".person", has_text="Meena").click()
    expect(row).to_contain_text("On the way · Meena")
    expect(lata.locator(".person", has_text="Meena")).to_contain_text("A1")
    expect(lata.locator(".undo")).to_contain_text("A1: given to Meena")
    lata.keyboard.press("u")
    expect(row).to_contain_text("Waiting")
    assert axe(lata) == []


def test_a_photo_from_the_phone_is_seen_and_the_bed_goes_out_of_use(browser: Browser, lata: Page, small: HouseProcess) -> None:
    emptied(small, "2")
    becomes(small, "2", status="cleaning")
    lata.goto(f"{small.origin}/supervisor")
    with window(browser, 360, 740) as phone:
        sign_in(phone, small, "meena", PASSWORD)
        phone.goto(f"{small.origin}/housekeeping")
        bed = phone.locator("#board").get_attribute("data-bed")
        phone.locator("[data-problem]").click()
        phone.set_input_files("#problem input[type=file]", {"name": "bed.png", "mimeType": "image/png", "buffer": png(900)})
        phone.locator("#problem button[value=repair]").click()
        expect(phone.locator("#refusal")).to_contain_text("The supervisor looks at bed")
        assert bed is not None
        card = lata.locator("article[id^=problem-]")
        expect(card).to_contain_text("Broken", timeout=10_000)
        picture = card.locator("img")
        expect(picture).to_be_visible(timeout=35_000)
        assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0
        assert axe(lata) == []
        assert small.get(f"/api/v1/beds/{bed}")["status"] == "cleaning", "proposed, not done"
        card.get_by_role("button", name="Out of use").click()
        expect(card).to_have_count(0)
        becomes(small, bed[-1], status="maintenance")


def test_a_clean_is_looked_at_before_the_bed_is_free(browser: Browser, lata: Page, small: HouseProcess) -> None:
    emptied(small, "3")
    becomes(small, "3", status="cleaning")
    with window(browser, 360, 740) as phone:
        sign_in(phone, small, "meena", PASSWORD)
        phone.goto(f"{small.origin}/housekeeping")
        bed = phone.locator("#board").get_attribute("data-bed") or ""
        phone.locator("button.big.start").click()
        expect(phone.locator("button.big.done")).to_be_visible()
        phone.locator("button.big.done").click()
        expect(phone.locator(f"[data-bed='{bed}']")).to_have_count(0)
    assert small.get(f"/api/v1/beds/{bed}")["status"] == "cleaning"
    lata.goto(f"{small.origin}/supervisor")
    look = lata.locator(f"#look-{bed}")
    expect(look).to_be_visible()
    look.get_by_role("button", name="Good").click()
    expect(look).to_have_count(0)
    becomes(small, bed[-1], status="available")
    expect(lata.locator(".figures")).to_contain_text("Looked at / not good")


def test_the_board_fits_a_small_screen(browser: Browser, small: HouseProcess) -> None:
    with window(browser, 390, 800, scheme="dark") as page:
        sign_in(page, small, "lata", PASSWORD)
        for path in ("/supervisor", "/supervisor/cleaners"):
            page.goto(f"{small.origin}{path}")
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
            assert axe(page) == []


def test_what_was_built_is_shown(lata: Page, small: HouseProcess) -> None:
    """A picture for whoever looks at the artefacts."""
    emptied(small, "4")
    lata.goto(f"{small.origin}/supervisor")
    expect(lata.locator("#job-4B-A-04")).to_be_visible(timeout=10_000)
    folder = Path(__file__).parents[2] / "test-artifacts"
    folder.mkdir(exist_ok=True)
    lata.screenshot(path=folder / "supervisor.png")
    assert (folder / "supervisor.png").stat().st_size > 20_000
