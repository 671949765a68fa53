"""The admissions desk by keyboard alone: a whole session without a mouse, at full size and at 200 % zoom, and every key of the overlay."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
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


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    """Medicine with oxygen, and surgery: started once, for that takes longer than a test."""
    folder = tmp_path_factory.mktemp("session")
    file = folder / "hospital.toml"
    text = hospital_file({"4B": {"A": 6}}, clinic=False, name="One Desk Hospital").replace("beds = 6", FEATURES)
    file.write_text(text.replace("\n[[feeds]]", f"{SURGERY}\n[[feeds]]"))
    with house(folder, file) as found:
        found.run("user", "add", "asha", "--role", "admissions", text=f"{PASSWORD}\n")
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, hospital: HouseProcess) -> Cookies:
    return Cookies(browser, hospital)


@pytest.fixture
def clinic(hospital: HouseProcess) -> Iterator[HouseProcess]:
    """Nobody waits and no bed is promised: what a test left behind is taken away."""
    yield hospital
    for request in hospital.every("/api/v1/bed-requests"):
        hospital.ask("DELETE", f"/api/v1/bed-requests/{request['id']}")


@contextmanager
def keyboard(cookies: Cookies, width: int, height: int) -> Iterator[Page]:
    """The desk, on which no mouse is ever used."""
    with cookies.window("asha", "/admissions", width, height) as page:
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


SIGNATURE = """() => {
  const here = document.activeElement;
  return JSON.stringify([location.pathname + location.search, document.querySelector("#board").dataset.request,
    Array.from(document.querySelectorAll("dialog[open], details[open]"), (each) => each.id),
    here.tagName + here.id + here.name + here.getAttribute("aria-label") + here.textContent.slice(0, 40),
    document.querySelectorAll("[data-better]").length, document.querySelector("#count").textContent,
    document.querySelector("#refusal").textContent]);
}"""


def test_every_key_of_the_overlay_does_something_and_every_key_that_does_is_listed(cookies: Cookies, clinic: HouseProcess) -> None:
    fill(clinic)
    with keyboard(cookies, 1280, 800) as page:
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
    for number in (7, 8, 9):
        hold(clinic, f"Held Hana {number}", f"7S-A-{number:02d}", specialty="Surgery")
    clinic.ask("DELETE", f"/api/v1/bed-requests/{ask_for_bed(clinic, 'Lapsed Lea')}")
    tell(clinic, 1, patient(1, "4B^A^4B-A-05"))
    tell(clinic, 2, patient(2, "4B^A^4B-A-05"))


QUIET = {"j", "ArrowDown", "/", "w", "f", "g", "d", "l", "m", "n", "y", "e", "p", "i", "o", "?", "ArrowRight"}
"""Keys that change nothing of the hospital, and whose dialog or focus Escape takes away again: the page need not be made anew for them."""


def heard(page: Page, clinic: HouseProcess, key: str) -> bool:
    """Whether a key changes what is on the page or asks the house for something, from a page that stands ready for it."""
    sent: list[str] = []
    if key in QUIET:
        at_rest(page)
    else:
        afresh(page, clinic, key)
    make_ready(page, clinic, key)
    before = page.evaluate(SIGNATURE)
    listen = sent.append
    page.on("request", lambda asked: listen(asked.url) if asked.method == "POST" and not asked.url.endswith("/look") else None)
    page.keyboard.press(key)
    if key in AWAY:
        page.wait_for_url(f"{clinic.origin}{AWAY[key]}", timeout=10_000)
        page.goto(f"{clinic.origin}/admissions")
        return True
    try:
        until(lambda: bool(sent) or page.evaluate(SIGNATURE) != before, bool, within=3)
    except AssertionError:
        return False
    return True


def at_rest(page: Page) -> None:
    """No dialog open, nothing with the focus, nothing unfolded."""
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.evaluate("document.querySelectorAll('.lapsed[open]').forEach((each) => each.open = false); document.activeElement.blur()")


def afresh(page: Page, clinic: HouseProcess, key: str) -> None:
    """The desk opened anew, with one more who waits."""
    ask_for_bed(clinic, f"Ask {key}")
    page.goto(f"{clinic.origin}/admissions{'?priority=3' if key == 'c' else ''}")
    page.locator(".live[data-live=live]").wait_for(timeout=15_000)
    page.evaluate(NO_MOUSE)


def make_ready(page: Page, clinic: HouseProcess, key: str) -> None:
    """What some keys need before they can do anything."""
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
    if key in ("a", "z"):
        page.keyboard.press("d")
    if key == "Escape":
        page.keyboard.press("w")
        page.keyboard.press("Enter")
        page.evaluate("document.getElementById('refusal').textContent = 'no'")


def hold(clinic: HouseProcess, name: str, bed: str, **more: Any) -> str:
    """Somebody for whom this bed is held; the request's number."""
    request = ask_for_bed(clinic, name, **more)
    until_at = datetime.now(UTC) + timedelta(minutes=14)
    promise(clinic, request, bed, hold=True, until=until_at.isoformat())
    return request


def test_held_beds_have_keys_of_their_own(cookies: Cookies, clinic: HouseProcess) -> None:
    one, other = hold(clinic, "Held Hana", "4B-A-01"), hold(clinic, "Held Hema", "4B-A-02")
    with keyboard(cookies, 1280, 800) as page:
        page.keyboard.press("a")  # several, none of them chosen: it only goes there
        until(lambda: at_hand(page), lambda here: here == f"held-{one}")
        page.keyboard.press("d")
        assert at_hand(page) == f"held-{other}"
        page.keyboard.press("z")
        until(lambda: request_of(clinic, other)["bed"], lambda bed: bed is None)
        expect(page.locator("#held > li")).to_have_count(1)
        page.keyboard.press("d")
        page.keyboard.press("a")
        until(lambda: request_of(clinic, one)["held_until"], lambda end: end is None)
        assert request_of(clinic, one)["bed"] == "4B-A-01"
        expect(page.locator("#promised")).to_contain_text("Held Hana")


def at_hand(page: Page) -> str | None:
    """The held bed with the focus."""
    found: str | None = page.evaluate("document.activeElement.closest('#held > li')?.id")
    return found


COVERED = """() => {
  const bar = document.querySelector(".undo").getBoundingClientRect(), found = new Set();
  for (let x = bar.left + 4; x < bar.right; x += 16) for (let y = bar.top + 2; y < bar.bottom; y += 8) {
    const under = document.elementsFromPoint(x, y).filter((each) => !each.closest(".undo") && !each.matches("html, body"));
    under.forEach((each) => found.add(each.outerHTML.slice(0, 80)));
  }
  return [bar.bottom <= innerHeight && bar.top >= 0, Array.from(found)];
}"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800), (640, 400)])
def test_the_undo_bar_covers_nothing_and_the_best_bed_is_seen_at_once(
    cookies: Cookies, clinic: HouseProcess, width: int, height: int
) -> None:
    for number in range(9):
        ask_for_bed(clinic, f"Waiting {number}")
    with keyboard(cookies, width, height) as page:
        for seen in (".chosen h1", "#ranking .suggestion .bed-label", "#ranking [data-assign]"):
            expect(page.locator(seen).first).to_be_in_viewport(ratio=1)
        page.keyboard.press("r")
        page.locator(".undo button").wait_for()
        assert page.evaluate(COVERED) == [True, []]
        last = page.locator(".keys button")
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport(ratio=1)
        assert page.evaluate(COVERED) == [True, []], "nor at the foot of the page"


def test_at_twice_the_size_everything_is_there_and_reached(cookies: Cookies, clinic: HouseProcess) -> None:
    fill(clinic)
    with keyboard(cookies, 640, 400) as page:
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
