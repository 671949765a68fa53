"""The phone's jobs at a real browser: an isolation clean step by step, in three languages, on a small screen; daily cleans ticked off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import ARTEFACTS, axe, sign_in, window
from tests.acceptance.test_road import HOSPITAL, adt, send

PASSWORD = "correct-horse-battery-7"
RULES = '[cleaning]\nisolation_steps = ["linen", "wash", "disinfect", "curtains", "air"]\n'

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("phone-jobs")
    file = folder / "hospital.toml"
    file.write_text(f"{HOSPITAL}\n{RULES}")
    with house(folder, file) as found:
        found.add("meena", "housekeeping")
        yield found


@pytest.fixture
def phone(browser: Browser, small: HouseProcess) -> Iterator[Page]:
    with window(browser, 360, 740) as page:
        sign_in(page, small, "meena", PASSWORD)
        yield page


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_an_isolation_clean_goes_step_by_step_in_three_languages(phone: Page, small: HouseProcess) -> None:
    status, _ = small.ask("POST", "/api/v1/beds/4B-A-01/status", {"status": "cleaning", "clean": "isolation"}, role="supervisor")
    assert status == 200
    phone.goto(f"{small.origin}/housekeeping?lang=en")
    phone.locator("button.big.start").click()
    said = {"en": "Linen and waste out", "hi": "चादर और कचरा हटाएँ", "ta": "துணியும் குப்பையும் அகற்றவும்"}
    for lang, words in said.items():
        phone.goto(f"{small.origin}/housekeeping?lang={lang}")
        expect(phone.locator("button.big")).to_contain_text(words)
        assert fits(phone), lang
        for scheme in ("light", "dark"):
            phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert axe(phone) == [], (lang, scheme)
        ARTEFACTS.mkdir(exist_ok=True)
        phone.screenshot(path=ARTEFACTS / f"phone-isolation-{lang}.png")
    phone.goto(f"{small.origin}/housekeeping?lang=en")
    for words in ("Linen and waste out", "Wash all surfaces", "Disinfect, let it act", "Change the curtains", "Air the room"):
        button = phone.locator("button.big", has_text=words)
        box = button.bounding_box()
        assert box is not None and box["height"] >= 96, "20 mm and more"
        button.click()
        expect(button).to_have_count(0)
    phone.locator("button.big.done").click()
    expect(phone.locator("[data-bed='4B-A-01']")).to_have_count(0)
    assert small.get("/api/v1/beds/4B-A-01")["status"] == "available"


def test_a_daily_clean_is_ticked_off_and_the_bed_stays_occupied(phone: Page, small: HouseProcess) -> None:
    assert send(small, adt("A01", "d1", "4B^A^4B-A-05", "VD1")) == "AA"
    small.settled()
    phone.goto(f"{small.origin}/housekeeping?lang=en")
    row = phone.locator("#daily-4B-A-05")
    expect(row).to_be_visible(timeout=10_000)
    assert axe(phone) == [] and fits(phone)
    while_the_last_clean_is_being_sent(phone, small)
    expect(row).to_be_visible()
    row.get_by_role("button").click()
    expect(row).to_have_count(0)
    assert small.get("/api/v1/beds/4B-A-05")["status"] == "occupied"


def while_the_last_clean_is_being_sent(phone: Page, small: HouseProcess) -> None:
    """What the phone shows of itself after the last job: no bed to clean, and no daily clean in its place."""
    assert small.ask("POST", "/api/v1/beds/4B-A-02/status", {"status": "cleaning"}, role="supervisor")[0] == 200
    phone.locator("[data-bed='4B-A-02'] .big.start").click()
    held: list[Route] = []
    phone.route("**/done", lambda route: held.insert(0, route))
    phone.locator("#card:not([data-guess]) .big.done").click()
    expect(phone.locator("#card[data-guess]")).to_contain_text("No bed to clean")
    expect(phone.locator(".daily > li")).to_have_count(1)
    held[0].continue_()
    expect(phone.locator("#card:not([data-guess])")).to_contain_text("No bed to clean")
