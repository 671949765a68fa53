"""The admissions desk by keyboard alone: a whole session without a mouse, at full size and at 200 % zoom, and every key of the overlay."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, Cookies, until
from tests.acceptance.desk_people import ask_for_bed, promise, request_of
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import axe
from tests.acceptance.test_integration_browser import patient, tell
from tests.acceptance.zoomed import overflowing, overlapping, reach_all
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(300)
NO_MOUSE = """
window.mouse = 0;
for (const kind of ["mousedown", "mouseup", "pointerdown", "touchstart"]) addEventListener(kind, () => { window.mouse += 1; }, true);
addEventListener("click", (event) => { if (event.isTrusted && event.detail > 0) window.mouse += 1; }, true);
"""
SURGERY = """
[[wards]]
id = "7S"
name = "Ward 7S"
specialty = "Surgery"
[[wards.rooms]]
id = "A"
name = "Bay A"
type = "general"
beds = 12
"""
DIALOGS = {"n": "new-request", "e": "edit-request", "p": "priority", "i": "identify", "o": "other-bed", "?": "keys"}
AWAY = {"s": "/integration/conflicts", "t": "/admissions/plan"}
"""Keys that lead to another page."""
FEATURES = 'features = ["oxygen", "telemetry"]\nbeds = 6'


@pytest.fixture
def clinic(tmp_path: Any) -> Iterator[HouseProcess]:
    """A hospital of its own for each test: medicine with oxygen, and surgery."""
    file = tmp_path / "hospital.toml"
    text = hospital_file({"4B": {"A": 6}}, clinic=False, name="One Desk Hospital").replace("beds = 6", FEATURES)
    file.write_text(text.replace("\n[[feeds]]", f"{SURGERY}\n[[feeds]]"))
    with house(tmp_path, file) as found:
        found.run("user", "add", "asha", "--role", "admissions", text=f"{PASSWORD}\n")
        yield found


@contextmanager
def keyboard(browser: Browser, found: HouseProcess, width: int, height: int) -> Iterator[Page]:
    """The desk, on which no mouse is ever used."""
    with Cookies(browser, found).window("asha", "/admissions", width, height) as page:
        page.evaluate(NO_MOUSE)
        yield page
        assert page.evaluate("window.mouse") == 0


def type_in(page: Page, name: str, words: str, dialog: str = "new-request") -> None:
    """Tab until the field has the focus, as a person does, and type."""
    for _ in range(60):
        if page.evaluate("[document.activeElement.name, document.activeElement.closest('dialog')?.id].join()") == f"{name},{dialog}":
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"the field {name} is not reached by Tab")
    page.keyboard.type(words)


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


def test_a_whole_session_without_a_mouse(browser: Browser, clinic: HouseProcess) -> None:
    with keyboard(browser, clinic, 1280, 800) as page:
        expect(page.locator(".desk-middle .empty")).to_contain_text("Nobody is waiting")
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
        expect(page.locator("#lapsed")).to_contain_text("Lapsed in the last day · 1")
        page.keyboard.press("l")
        page.keyboard.press("Enter")
        until(lambda: names(page), lambda shown: shown == ["Lata Later"])


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


def test_somebody_unknown_is_placed_in_two_steps_and_later_identified(browser: Browser, clinic: HouseProcess) -> None:
    with keyboard(browser, clinic, 1280, 800) as page:
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


def test_an_edit_of_what_has_changed_since_is_refused_in_place(browser: Browser, clinic: HouseProcess) -> None:
    lata = ask_for_bed(clinic, "Lata Later")
    with keyboard(browser, clinic, 1280, 800) as page:
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


SIGNATURE = """() => {
  const here = document.activeElement;
  return JSON.stringify([location.pathname + location.search, document.querySelector("#board").dataset.request,
    Array.from(document.querySelectorAll("dialog[open], details[open]"), (each) => each.id),
    here.tagName + here.id + here.name + here.getAttribute("aria-label") + here.textContent.slice(0, 40),
    document.querySelectorAll("[data-better]").length, document.querySelector("#count").textContent,
    document.querySelector("#refusal").textContent]);
}"""


def test_every_key_of_the_overlay_does_something_and_every_key_that_does_is_listed(browser: Browser, clinic: HouseProcess) -> None:
    fill(clinic)
    with keyboard(browser, clinic, 1280, 800) as page:
        page.keyboard.press("?")
        listed = page.eval_on_selector_all("#keys [data-keys]", "lines => lines.flatMap((line) => line.dataset.keys.split(' '))")
        page.keyboard.press("Escape")
        handled = page.evaluate("Array.from(Desk.keys.known.keys())")
        assert sorted(listed) == sorted(handled)
        deaf = [key for key in listed if not heard(page, clinic, key)]
        assert deaf == []


def fill(clinic: HouseProcess) -> None:
    """Somebody of every kind that a key speaks of."""
    for name in ("Ask One", "Ask Two", "Ask Three"):
        ask_for_bed(clinic, name)
    clinic.ask("POST", "/api/v1/bed-requests", {"type": "general", "patient": {"unknown": "F"}, "priority": 2})
    promise(clinic, ask_for_bed(clinic, "Promised Pia"), "4B-A-06")
    clinic.ask("DELETE", f"/api/v1/bed-requests/{ask_for_bed(clinic, 'Lapsed Lea')}")
    tell(clinic, 1, patient(1, "4B^A^4B-A-05"))
    tell(clinic, 2, patient(2, "4B^A^4B-A-05"))


def heard(page: Page, clinic: HouseProcess, key: str) -> bool:
    """Whether a key changes what is on the page or asks the house for something, from a page that stands ready for it."""
    sent: list[str] = []
    ask_for_bed(clinic, f"Ask {key}")
    page.goto(f"{clinic.origin}/admissions{'?priority=3' if key == 'c' else ''}")
    page.locator(".live[data-live=live]").wait_for(timeout=15_000)
    page.evaluate(NO_MOUSE)
    if key in ("k", "ArrowUp"):
        page.keyboard.press("j")
        until(lambda: page.evaluate("document.querySelectorAll('.request')[1].hasAttribute('aria-current')"), bool)
    if key == "u":
        page.keyboard.press("r")
        page.locator(".undo button").wait_for()
    if key in ("b", "ArrowLeft"):
        page.keyboard.press("ArrowRight")
    if key == "b":  # somebody else gets the best bed while the list is kept still
        best = page.locator("#ranking .suggestion").first.get_attribute("data-bed")
        promise(clinic, ask_for_bed(clinic, "Faster Fay"), str(best))
        page.locator("[data-better]").wait_for()
    if key == "Escape":
        page.keyboard.press("w")
        page.keyboard.press("Enter")
        page.evaluate("document.getElementById('refusal').textContent = 'no'")
    before = page.evaluate(SIGNATURE)
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.keyboard.press(key)
    if key in AWAY:
        page.wait_for_url(f"{clinic.origin}{AWAY[key]}", timeout=10_000)
        return True
    try:
        until(lambda: bool(sent) or page.evaluate(SIGNATURE) != before, bool, within=3)
    except AssertionError:
        return False
    return True


def test_at_twice_the_size_everything_is_there_and_reached(browser: Browser, clinic: HouseProcess) -> None:
    fill(clinic)
    with keyboard(browser, clinic, 640, 400) as page:
        assert overflowing(page) == []
        assert overlapping(page) == []
        reach_all(page)
        for key, dialog in (
            ("n", "new-request"),
            ("e", "edit-request"),
            ("p", "priority"),
            ("i", "identify"),
            ("o", "other-bed"),
            ("?", "keys"),
        ):
            page.keyboard.press(key)
            expect(page.locator(f"#{dialog}")).to_be_visible()
            assert overflowing(page, f"#{dialog}") == [], dialog
            reach_all(page, f"#{dialog}")
            page.keyboard.press("Escape")
            expect(page.locator(f"#{dialog}")).to_be_hidden()
        assert axe(page) == []
