"""The housekeeping phone without a network: taps outlive the browser and the server, are counted once, and conflicts are told kindly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, bed, peopled, until
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import whole_chromium
from tests.acceptance.phones import SLOWER, Wire, pair, phone, wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[HouseProcess]:
    with peopled(tmp_path, ("root", "admin", "")) as found:
        yield found


@pytest.fixture
def line(small: HouseProcess) -> Iterator[Wire]:
    with wire(small) as made:
        yield made


def dirty(found: HouseProcess, *beds: str) -> None:
    """Beds to clean, the first first."""
    for name in beds:
        status, told = found.ask("POST", f"/api/v1/beds/{name}/status", {"status": "cleaning"})
        assert status == 200, told


def story(found: HouseProcess, name: str) -> list[tuple[str, str | None]]:
    """What happened to a bed, oldest first."""
    told = found.get(f"/api/v1/history/beds/{name}", "manager")["items"]
    return [(one["status"], one.get("stage")) for one in sorted(told, key=lambda one: one["seq"])]


CLEANED = [("cleaning", "waiting"), ("cleaning", "in_progress"), ("available", None)]


def label(page: Page) -> str:
    return page.locator("#job-bed").inner_text().split()[-1]


def ready_for_the_basement(page: Page) -> None:
    """The worker has the page, the deck is dealt."""
    page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
    until(lambda: page.evaluate("Outbox.kept('deck').then((deck) => deck ? Object.keys(deck.cards).length : 0)"), lambda n: n >= 2)


def test_three_taps_outlive_browser_and_server_and_are_counted_once(
    browser: Browser, small: HouseProcess, line: Wire, tmp_path: Path
) -> None:
    dirty(small, "4B-A-01", "4B-A-02")
    at = f"http://127.0.0.1:{line.port}"
    with phone(browser, tmp_path / "phone", program=whole_chromium, slower=SLOWER) as page:
        pair(page, browser, small, at, "root", PASSWORD)
        page.goto(f"{at}/housekeeping")
        ready_for_the_basement(page)
        first = label(page)
        line.cut()
        assert small.process is not None
        small.kill()
        page.locator(".big.start").click()
        page.locator("#card[data-guess] .big.done").click()
        expect(page.locator("#unsent b")).to_have_text("2")
        expect(page.locator("#job-bed")).not_to_contain_text(first)
        second = label(page)
        assert {first, second} == {"A1", "A2"}, "the next bed is dealt without a network"
        page.locator("#card[data-guess] .big.start").click()
        expect(page.locator("#unsent b")).to_have_text("3")
    with phone(browser, tmp_path / "phone", program=whole_chromium, slower=SLOWER) as page:
        page.goto(f"{at}/housekeeping")
        expect(page.locator("#kept")).to_be_visible()
        expect(page.locator("#unsent b")).to_have_text("3")
        expect(page.locator("#card[data-guess] .big.done")).to_be_visible()
        assert label(page) == second, "what was tapped before the restart still stands"
        small.start()
        line.lose, line.up = 1, True
        until(lambda: bed(small, f"4B-A-0{first[1]}"), lambda state: state["status"] == "available", within=40)
        until(lambda: bed(small, f"4B-A-0{second[1]}"), lambda state: state["stage"] == "in_progress", within=40)
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
        expect(page.locator("#card:not([data-guess]) .big.done")).to_be_visible(timeout=20_000)
        assert label(page) == second
    assert line.lost == 1
    assert story(small, f"4B-A-0{first[1]}")[-3:] == CLEANED
    assert story(small, f"4B-A-0{second[1]}")[-2:] == CLEANED[:2]


def kept_taps(page: Page) -> int:
    count: int = page.evaluate("Outbox.all().then((taps) => taps.length)")
    return count


def test_a_colleague_was_faster_and_that_is_said_kindly_in_the_phones_language(
    browser: Browser, small: HouseProcess, line: Wire, tmp_path: Path
) -> None:
    """Two cleaners finish one bed, a patient is admitted to it, and then the basement's taps arrive: nothing moves, nobody is blamed."""
    dirty(small, "4B-A-01", "4B-A-02")
    at = f"http://127.0.0.1:{line.port}"
    with phone(browser, tmp_path / "phone") as page:
        pair(page, browser, small, at, "root", PASSWORD)
        page.goto(f"{at}/housekeeping?lang=hi")
        expect(page.locator("html")).to_have_attribute("lang", "hi")
        ready_for_the_basement(page)
        name = f"4B-A-0{label(page)[1]}"
        line.cut()
        page.locator(".big.start").click()
        page.locator("#card[data-guess] .big.done").click()
        expect(page.locator("#unsent b")).to_have_text("2")
        for step in ("start", "finish"):
            assert small.ask("POST", f"/api/v1/cleaning-jobs/{name}/{step}", {}, "supervisor")[0] == 200
        visit = {"patient": {"mrn": "OFF-1", "name": "Asha Nair"}, "bed": name}
        status, told = small.ask("POST", "/api/v1/visits", visit)
        assert status == 201, told
        before = story(small, name)
        line.up = True
        until(lambda: kept_taps(page), lambda taps: taps == 0, within=40)
        said = page.locator(".told .told-why, .kind")
        expect(said.first).to_be_visible()
        assert all("ऀ" <= letter <= "ॿ" or not letter.isalpha() or letter.isascii() for letter in said.first.inner_text())
        assert any("ऀ" <= letter <= "ॿ" for letter in said.first.inner_text()), "in the phone's language"
        assert bed(small, name)["status"] == "occupied"
        assert story(small, name) == before
        assert "Nair" not in page.content()
        page.reload()
        expect(page.locator(".told").first).to_be_visible()
        while page.locator(".told").count():
            left = page.locator(".told").count()
            page.locator(".told [data-forget]").first.click()
            expect(page.locator(".told")).to_have_count(left - 1)
        page.reload()
        page.locator("html[data-stocked]").wait_for(state="attached")
        expect(page.locator(".told")).to_have_count(0)


def test_a_locked_phone_keeps_its_taps_until_its_pin_is_typed(browser: Browser, small: HouseProcess, line: Wire, tmp_path: Path) -> None:
    dirty(small, "4B-A-01", "4B-A-02")
    at = f"http://127.0.0.1:{line.port}"
    with phone(browser, tmp_path / "phone") as page:
        pair(page, browser, small, at, "root", PASSWORD)
        page.goto(f"{at}/housekeeping")
        ready_for_the_basement(page)
        name = f"4B-A-0{label(page)[1]}"
        page.context.set_offline(True)
        page.locator(".big.start").click()
        page.locator("#card[data-guess] [data-take-back]").click()
        expect(page.locator("#card:not([data-guess]) .big.start")).to_be_visible()
        assert kept_taps(page) == 0, "a tap that never left the phone is simply taken back"
        page.locator(".big.start").click()
        expect(page.locator("#card[data-guess] .big.done")).to_be_visible()
        answer = page.context.request.post(
            f"{at}/housekeeping/shift-over", headers={"x-csrf-token": page.input_value("[name=csrf] >> nth=0")}
        )
        assert answer.url.endswith("/unlock"), "somebody has locked it"
        page.context.set_offline(False)
        page.wait_for_url("**/unlock", timeout=30_000)
        page.fill("#pin", "4711")
        page.keyboard.press("Enter")
        until(lambda: bed(small, name), lambda state: state["stage"] == "in_progress", within=30)
        expect(page.locator("#card:not([data-guess]) .big.done")).to_be_visible()
        assert story(small, name)[-2:] == CLEANED[:2]
