"""The admissions desk by keyboard alone: a whole session without a mouse."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import Cookies, until
from tests.acceptance.desk_clinic import clinic, cookies, hospital, keyboard, type_in
from tests.acceptance.desk_people import ask_for_bed, request_of
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe

__all__ = ["clinic", "cookies", "hospital"]
pytestmark = pytest.mark.timeout(300)


def ask(page: Page, name: str, **more: str) -> str:
    """N, the fields in their order, Enter; the request's number."""
    before = page.get_attribute("#board", "data-request")
    page.keyboard.press("n")
    expect(page.locator("#new-request")).to_be_visible()
    page.keyboard.type(name)
    type_in(page, "mrn", f"MRN-{name[:4].upper()}")
    for field in ("sex", "age", "priority", "specialty", "origin", "organism"):
        if field in more:
            type_in(page, field, more[field])
    page.keyboard.press("Enter")
    expect(page.locator("#new-request")).to_be_hidden()
    found: str = until(lambda: page.get_attribute("#board", "data-request"), lambda now: now != before)
    return found


def names(page: Page) -> list[str]:
    return page.locator("li:not([hidden]) > .request .name > span:first-child").all_inner_texts()


def chosen(page: Page) -> str | None:
    return page.locator(".request[aria-current] .name > span:first-child").text_content()


def press_until(page: Page, key: str, said: Any, want: Any) -> Any:
    """A key that is deaf for a moment after an answer (Enter) is pressed until it is heard."""

    def once() -> Any:
        page.keyboard.press(key)
        return said()

    return until(once, want)


def test_a_whole_session_without_a_mouse(cookies: Cookies, clinic: HouseProcess) -> None:
    with keyboard(cookies, 1280, 800) as page:
        expect(page.locator(".desk-middle .empty")).to_contain_text("Nobody is waiting")
        over = lapsed(page)
        uma = ask(page, "Uma Urgent", sex="F", age="67", priority="P1", specialty="Medicine", origin="ED bay 6")
        lata = ask(page, "Lata Later", sex="F", age="41", priority="P3", specialty="Surgery")
        assert names(page) == ["Uma Urgent", "Lata Later"]
        assert request_of(clinic, uma)["from"] == "ED bay 6"
        change(page, lata)
        walk(page)
        narrow(page)
        place(page, clinic, uma)
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        assert axe(page) == []
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
        page.keyboard.press("x")
        expect(page.locator("#lapsed summary")).to_have_text(f"Lapsed in the last day · {over + 1}")
        page.keyboard.press("l")
        page.keyboard.press("Enter")
        until(lambda: names(page), lambda shown: shown == ["Lata Later"])


def lapsed(page: Page) -> int:
    """How many stand in the list of lapsed requests."""
    found = page.locator("#lapsed li").count()
    return int(found)


def change(page: Page, lata: str) -> None:
    """Edit, priority, ready."""
    row = page.locator(f"[id='request-{lata}']")
    page.keyboard.press("e")
    expect(page.locator("#edit-request")).to_be_visible()
    type_in(page, "origin", "OPD 4", "edit-request")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-request")).to_be_hidden()  # the stream may bring the change before the answer does
    expect(row.locator(".needs")).to_contain_text("OPD 4")
    page.keyboard.press("p")
    expect(page.locator("#priority")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#priority")).to_be_hidden()  # here too: a key pressed before it has gone is the dialog's
    expect(row.locator(".priority")).to_have_text("P2")
    page.keyboard.press("r")
    expect(row.locator(".can-go")).to_contain_text("ready to move")


def walk(page: Page) -> None:
    """Up and down the list."""
    page.keyboard.press("k")
    until(lambda: chosen(page), lambda name: name == "Uma Urgent")
    page.keyboard.press("ArrowDown")
    until(lambda: chosen(page), lambda name: name == "Lata Later")


def narrow(page: Page) -> None:
    """One ward, a search within it, all again."""
    page.keyboard.press("w")
    page.keyboard.type("Ward 4B")
    expect(page.locator("#count")).to_have_text("1 of 2")
    until(lambda: "ward=4B" in page.url, bool)
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.type("nobody")
    expect(page.locator("#count")).to_have_text("0 of 2")
    page.keyboard.press("Control+a")
    page.keyboard.type("P1 uma")
    expect(page.locator("#count")).to_have_text("1 of 2")
    page.keyboard.press("Escape")
    expect(page.locator("#count")).to_have_text("1 of 2")
    assert names(page) == ["Uma Urgent"]
    page.keyboard.press("c")
    expect(page.locator("#count")).to_have_text("2")
    until(lambda: "ward=" not in page.url, bool)
    until(lambda: chosen(page), lambda name: name == "Uma Urgent")


def place(page: Page, clinic: HouseProcess, uma: str) -> None:
    """Assign, take it back, assign again."""
    promised = press_until(page, "Enter", lambda: request_of(clinic, uma)["bed"], lambda bed: bed is not None)
    expect(page.locator("#promised")).to_contain_text("Uma Urgent")
    page.locator(".undo", has_text="promised").wait_for()
    page.keyboard.press("u")
    until(lambda: request_of(clinic, uma)["bed"], lambda bed: bed is None)
    until(lambda: chosen(page), lambda name: name is not None)
    press_until(page, "k", lambda: chosen(page), lambda name: name == "Uma Urgent")
    again = press_until(page, "Enter", lambda: request_of(clinic, uma)["bed"], lambda bed: bed is not None)
    assert again == promised, "the best is still the best"


def test_somebody_unknown_is_placed_in_two_steps_and_later_identified(cookies: Cookies, clinic: HouseProcess) -> None:
    with keyboard(cookies, 1280, 800) as page:
        page.keyboard.press("y")
        page.keyboard.type("Male")
        page.keyboard.press("Enter")
        until(lambda: chosen(page), lambda name: name == "Unknown male 1")
        press_until(page, "Enter", lambda: page.locator("#promised li").count(), lambda count: count == 1)
        expect(page.locator("#promised")).to_contain_text("Unknown male 1")
        page.locator(".undo", has_text="promised").wait_for()
        page.keyboard.press("u")
        until(lambda: chosen(page), lambda name: name == "Unknown male 1")
        page.keyboard.press("i")
        expect(page.locator("#identify")).to_be_visible()
        page.keyboard.type("MRN-4711")
        type_in(page, "name", "Ravi Kumar", "identify")
        page.keyboard.press("Enter")
        until(lambda: chosen(page), lambda name: name == "Ravi Kumar")


def test_an_edit_of_what_has_changed_since_is_refused_in_place(cookies: Cookies, clinic: HouseProcess) -> None:
    lata = ask_for_bed(clinic, "Lata Later")
    with keyboard(cookies, 1280, 800) as page:
        page.keyboard.press("e")
        expect(page.locator("#edit-request")).to_be_visible()
        seq = request_of(clinic, lata)["seq"]
        assert clinic.ask("POST", f"/api/v1/bed-requests/{lata}", {"if_seq": seq, "from": "OPD"})[0] == 200
        type_in(page, "specialty", "Surgery", "edit-request")
        page.keyboard.press("Enter")
        expect(page.locator("#edit-refusal")).to_contain_text("has changed since you looked")
        for _ in range(40):
            if page.evaluate("document.activeElement.hasAttribute('data-look-again')"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#edit-request [name=origin]")).to_have_value("OPD")
        expect(page.locator("#edit-refusal")).to_be_empty()
