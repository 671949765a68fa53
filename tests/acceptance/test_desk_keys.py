"""The admissions desk's keys: every one of the overlay does something, held beds have theirs; and what the page shows at 200 % zoom."""

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser import Cookies, until
from tests.acceptance.desk_clinic import NO_MOUSE, clinic, cookies, fill, hold, hospital, keyboard
from tests.acceptance.desk_people import ask_for_bed, promise, request_of
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe
from tests.acceptance.zoomed import overflowing, overlapping, reach_all

__all__ = ["clinic", "cookies", "hospital"]
pytestmark = pytest.mark.timeout(300)
AWAY = {"s": "/integration/conflicts", "t": "/admissions/plan"}
"""Keys that lead to another page."""
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


QUIET = {*"jk/wfgdlmnyepio?", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Escape"}
"""Keys that change nothing of the hospital, and whose dialog or focus Escape takes away again: the page need not be made anew for them."""
TAKES = {"Enter", "2", "3", "4", "5", "h", "x"}
"""Keys that take somebody off the list."""


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
    """The desk opened anew, with one more who waits for a key that takes one off."""
    if key in TAKES:
        ask_for_bed(clinic, f"Ask {key}")
    page.goto(f"{clinic.origin}/admissions{'?priority=3' if key == 'c' else ''}")
    page.locator(".live[data-live=live]").wait_for(timeout=15_000)
    page.evaluate(NO_MOUSE)


def make_ready(page: Page, clinic: HouseProcess, key: str) -> None:
    """What some keys need before they can do anything."""
    if key in ("k", "ArrowUp") and at_the_head(page):
        page.keyboard.press("j")
        until(lambda: at_the_head(page), lambda head: not head)
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


def at_the_head(page: Page) -> bool:
    """Whether the first of the list is looked at."""
    return bool(page.evaluate("document.querySelector('.request').hasAttribute('aria-current')"))


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
        assert width < 1280 or page.locator(".top").evaluate("(top) => top.offsetHeight") < 60, "the menu takes one line"
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
