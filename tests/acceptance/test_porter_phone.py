"""The porter's phone from the nurse's tap to the door: one big button, without a network too, two porters at once, in three languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, Cookies, peopled
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import ARTEFACTS, axe, whole_chromium
from tests.acceptance.phones import phone, wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PEOPLE = (("nina", "nurse", "4B"), ("suresh", "porter", ""), ("kumar", "porter", ""), ("root", "admin", ""))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[HouseProcess]:
    with peopled(tmp_path, *PEOPLE) as found:
        for number in (1, 2):
            status, told = found.ask(
                "POST", "/api/v1/visits", {"patient": {"mrn": f"M{number}", "name": "Meera Iyer"}, "bed": f"4B-A-0{number}"}
            )
            assert status == 201, told
        yield found


@pytest.fixture
def people(browser: Browser, small: HouseProcess) -> Cookies:
    return Cookies(browser, small)


def asks(page: Page, bed: str, to: str, **more: str) -> None:
    """The nurse opens the form and asks for a porter."""
    page.locator("#ask-porter summary").click()
    page.locator("#ask-porter [name=bed]").select_option(bed)
    page.locator("#ask-porter [name=to]").select_option(label=to)
    for name, value in more.items():
        page.locator(f"#ask-porter [name={name}]").select_option(value)
    page.locator("#ask-porter button").click()
    expect(page.locator("ul.asked", has_text=f"→ {to}")).to_be_visible()


def sign_in_on(page: Page, at: str, name: str) -> None:
    page.goto(f"{at}/login?next=/porter")
    page.fill("input[name=account]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.locator("#board").wait_for()


def stands_still(page: Page) -> None:
    """What is tapped stands where it stood before the script of the urgent call had run; without a call no place is kept."""
    call, top = page.locator("#call"), "document.getElementById('board').getBoundingClientRect().top"
    expect(call).to_be_visible()
    shown = page.evaluate(top)
    page.evaluate("delete document.documentElement.dataset.listens; document.getElementById('call').hidden = true")
    assert page.evaluate(top) == shown
    page.evaluate("document.documentElement.dataset.listens = ''; document.getElementById('call').hidden = false")
    call.get_by_role("button").click()
    assert page.evaluate(top) < shown


def test_from_the_nurses_tap_to_the_door_and_back_to_the_screen(people: Cookies) -> None:
    with people.window("nina", "/wards/4B") as nurse, people.window("suresh", "/porter", 360, 740) as porter:
        asks(nurse, "4B-A-01", "X-ray", carried="trolley", priority="1")
        expect(porter.locator("#card .route")).to_contain_text("4B A1", timeout=10_000)
        expect(porter.locator(".unblocks.urgent")).to_contain_text("Urgent")
        assert "Meera" not in porter.content()
        for scheme in ("light", "dark"):
            porter.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert axe(porter) == [], scheme
        assert porter.locator(".big").evaluate("(big) => big.getBoundingClientRect().height") >= 96
        assert porter.evaluate("document.documentElement.scrollWidth") <= 360
        ARTEFACTS.mkdir(exist_ok=True)
        porter.screenshot(path=ARTEFACTS / "porter-asked.png")
        stands_still(porter)
        porter.locator(".big").click()
        expect(nurse.locator("ul.asked", has_text="porter is coming")).to_be_visible(timeout=10_000)
        expect(porter.locator(".big")).to_contain_text("Picked up")
        porter.locator(".big").click()
        expect(porter.locator(".big")).to_contain_text("Delivered")
        porter.locator(".big").click()
        expect(porter.locator("#card")).to_contain_text("No transport")
        expect(nurse.locator("#transport-title + p")).to_contain_text("No porter is asked for", timeout=10_000)
        assert axe(nurse) == []


def test_the_porter_speaks_three_languages_and_fits(people: Cookies) -> None:
    with people.window("nina", "/wards/4B") as nurse:
        asks(nurse, "4B-A-01", "Physiotherapy", carried="trolley", priority="1")
    with people.window("suresh", "/porter", 360, 740) as porter:
        for lang, word in (("hi", "मैं लेता हूँ"), ("ta", "நான் எடுக்கிறேன்"), ("en", "I take it")):
            porter.goto(f"{people.house.origin}/porter?lang={lang}")
            expect(porter.locator("html")).to_have_attribute("lang", lang)
            expect(porter.locator(".big")).to_contain_text(word)
            assert porter.evaluate("document.documentElement.scrollWidth") <= 360, lang
            expect(porter.locator("#call")).to_be_visible()
            assert porter.locator(".big").evaluate("(big) => big.getBoundingClientRect().bottom") <= 740, f"{lang}: to be scrolled for"
            assert porter.locator(".route span").last.bounding_box()["height"] < 80, f"{lang}: a word is broken"  # type: ignore[index]
            assert axe(porter) == [], lang
            porter.screenshot(path=ARTEFACTS / f"porter-{lang}.png")


def test_two_porters_tap_one_job_and_the_slower_is_told_kindly(people: Cookies) -> None:
    with people.window("nina", "/wards/4B") as nurse:
        asks(nurse, "4B-A-01", "X-ray", priority="1")
        asks(nurse, "4B-A-02", "CT")
    with people.window("suresh", "/porter", 360, 740) as first, people.window("kumar", "/porter", 360, 740) as second:
        second.route("**/porter/board", lambda route: route.fulfill(status=204))
        second.evaluate("document.getElementById('stream').remove()")
        first.locator(".big").click()
        expect(first.locator(".big")).to_contain_text("Picked up")
        second.locator(".big").click()
        expect(second.locator("#refusal .told")).to_contain_text("A colleague has this job already. The next one is yours.")
        second.unroute("**/porter/board")
        second.locator("[data-forget]").click()
        second.reload()
        expect(second.locator("#card .route")).to_contain_text("4B A2")


def test_taps_made_without_a_network_outlive_the_browser_and_count_once(
    browser: Browser, small: HouseProcess, people: Cookies, tmp_path: Path
) -> None:
    """The browser forgets an account's sign-in when it is closed; the taps wait until the porter has signed in again."""
    with people.window("nina", "/wards/4B") as nurse:
        asks(nurse, "4B-A-01", "X-ray")
        asks(nurse, "4B-A-02", "CT")
    with wire(small) as line:
        at = f"http://127.0.0.1:{line.port}"
        with phone(browser, tmp_path / "phone", program=whole_chromium) as page:
            sign_in_on(page, at, "suresh")
            page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
            line.cut()
            page.locator(".big").click()
            expect(page.locator("#unsent b")).to_have_text("1")
            page.locator("#card[data-guess] .big", has_text="Picked up").click()
            expect(page.locator("#unsent b")).to_have_text("2")
            page.locator("#card[data-guess] .big", has_text="Delivered").click()
            expect(page.locator("#card[data-guess] .route")).to_contain_text("4B A2")
            for said in ("I take it", "Picked up", "Delivered"):
                page.locator("#card[data-guess] .big", has_text=said).click()
            expect(page.locator("#card[data-guess]")).to_contain_text("No transport")
        with phone(browser, tmp_path / "phone", program=whole_chromium) as page:
            page.goto(f"{at}/porter")
            expect(page.locator("#kept")).to_be_visible()
            expect(page.locator("#unsent b")).to_have_text("6")
            expect(page.locator("#card[data-guess]")).to_contain_text("No transport")
            line.up = True
            page.wait_for_url("**/login?next=/porter", timeout=40_000)
            sign_in_on(page, at, "suresh")
            expect(page.locator("#unsent")).to_be_hidden(timeout=30_000)
            expect(page.locator("#card:not([data-guess])")).to_contain_text("No transport", timeout=20_000)
    assert small.get("/api/v1/transports", "manager")["items"] == [], "both were carried, and each once"
