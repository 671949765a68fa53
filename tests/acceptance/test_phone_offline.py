"""The housekeeping phone without a network: taps outlive the browser and the server, are counted once, and conflicts are told kindly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, bed, peopled, until
from tests.acceptance.house import HouseProcess
from tests.acceptance.phones import Wire, pair, phone, wire

pytestmark = pytest.mark.browser


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
    with phone(browser, tmp_path / "phone") as page:
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
    with phone(browser, tmp_path / "phone") as page:
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
