"""The admissions desk and the housekeeping phone in headless Chromium: the keyboard, a lost race, a lost network, half-typed words."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from flow.domain.bed import Stage as Cleaning
from flow.templating import Templates
from flow.views.desk.page import DeskPage
from flow.views.page import Refusal, Undo
from flow.views.phone import Praise
from tests.acceptance.stage import Stage, staged
from tests.unit import test_desk_view as desk
from tests.unit import test_phone_view as phone

pytestmark = pytest.mark.browser
TEMPLATES = Templates()
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
TWENTY_MM = 75.6
"""CSS pixels (96 an inch)."""


@dataclass
class Heard:
    """What the page asked of the server, and what the server is to say."""

    posts: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    """Paths: told by a clock and by no key, so they come between the posts at any moment."""
    boards: list[str] = field(default_factory=list)
    answer: Callable[[str], tuple[int, str]] = lambda path: (200, "")
    board: Callable[[str], str] = lambda query: ""

    def handle(self, route: Route, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path.endswith("/look"):
            self.looks.append(parts.path)
            route.fulfill(status=204)
        elif request.method == "POST":
            form = {key: values[0] for key, values in parse_qs(request.post_data or "").items()}
            self.posts.append((parts.path, form, request.headers))
            status, body = self.answer(parts.path)
            route.fulfill(status=status, body=body, content_type="text/html")
        elif parts.path.endswith("/board"):
            self.boards.append(parts.query)
            route.fulfill(body=self.board(parts.query), content_type="text/html")
        else:
            route.continue_()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        stage.pages = {
            "/admissions": TEMPLATES.render("desk/page.html", desk.page()),
            "/housekeeping": TEMPLATES.render("housekeeping/page.html", to_clean()),
        }
        yield stage


@pytest.fixture
def heard() -> Heard:
    found = Heard()
    found.board = lambda query: TEMPLATES.render("desk/board.html", desk.page(selected=parse_qs(query).get("request", [""])[0]))
    found.answer = lambda path: (200, TEMPLATES.render("desk/after.html", undoable(desk.page(selected="mid"))))
    return found


@pytest.fixture
def page(browser: Browser, heard: Heard, stage: Stage) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    page.route(stage.address + "/**", heard.handle)
    yield page
    context.close()
    assert errors == []


def undoable(view: DeskPage) -> DeskPage:
    return replace(view, chrome=replace(view.chrome, undo=Undo("A1 promised", "/undo/3", 10)))


def to_clean(*, begun: bool = False, undo: Undo | None = None) -> phone.PhonePage:
    stage = Cleaning.IN_PROGRESS if begun else Cleaning.WAITING
    return phone.page([phone.dirty("4B-A-01", 12, stage), phone.dirty("4B-A-02", 5)], [phone.asks("x", 190)], "hi", undo=undo)


def until(page: Page, true: Callable[[], bool]) -> None:
    """Wait for a condition without wait_for_function, whose eval the pages' security policy rightly refuses."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(30)


def opened(page: Page, stage: Stage, path: str) -> Page:
    page.goto(stage.address + path)
    page.locator("#live[data-live=live]").wait_for()
    return page


def chosen(page: Page) -> str | None:
    return page.get_attribute("#board", "data-request")


def test_one_key_chooses_one_assigns_and_one_takes_back(page: Page, stage: Stage, heard: Heard) -> None:
    opened(page, stage, "/admissions")
    assert chosen(page) == "new"
    page.keyboard.press("j")
    until(page, lambda: chosen(page) == "old")
    assert urlsplit(page.url).query == "request=old", "a reload comes back to the same patient"
    page.keyboard.press("Enter")
    page.locator("#undo .undo").wait_for()
    path, form, headers = heard.posts[0]
    assert path == "/admissions/requests/old/assign"
    assert (form["bed"], form["if_seq"]) == ("4B-A-01", "7")
    assert headers["x-csrf-token"] == "csrf"
    page.keyboard.press("u")
    until(page, lambda: len(heard.posts) == 2)
    assert heard.posts[1][0] == "/undo/3"


def test_the_digits_assign_the_other_suggestions(page: Page, stage: Stage, heard: Heard) -> None:
    opened(page, stage, "/admissions")
    page.keyboard.press("2")
    until(page, lambda: len(heard.posts) == 1)
    assert heard.posts[0][1]["bed"] == "4B-B-01"


SOON_AFTER = """() => document.addEventListener("htmx:after:swap", () => setTimeout(() => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  window.pressed = true;
}, 200), { once: true })"""
"""Presses Enter a fifth of a second after an answer, as the page itself counts: a busy machine may come to it later."""


def test_a_double_stroke_places_one_patient(page: Page, stage: Stage, heard: Heard) -> None:
    opened(page, stage, "/admissions")
    page.evaluate(SOON_AFTER)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    until(page, lambda: bool(page.evaluate("window.pressed")))
    page.wait_for_timeout(100)
    assert len(heard.posts) == 1


def test_a_lost_race_is_told_in_place(page: Page, stage: Stage, heard: Heard) -> None:
    heard.answer = lambda path: (409, TEMPLATES.render("_refusal.html", Refusal("Somebody was faster: bed 4B-A-01 is reserved.")))
    opened(page, stage, "/admissions")
    page.keyboard.press("Enter")
    page.locator("#refusal", has_text="Somebody was faster").wait_for()
    assert chosen(page) == "new", "the patient is still looked at"
    until(page, lambda: bool(heard.boards))
    page.keyboard.press("j")
    until(page, lambda: page.inner_text("#refusal") == "")


def test_words_half_typed_survive_what_happens_elsewhere(page: Page, stage: Stage, heard: Heard) -> None:
    opened(page, stage, "/admissions")
    until(page, lambda: bool(heard.boards))
    page.wait_for_timeout(700)
    heard.boards.clear()
    page.keyboard.press("/")
    page.keyboard.type("old")
    for _ in range(5):
        stage.frames.append(("bed-changed", {}))
    until(page, lambda: bool(heard.boards))
    page.wait_for_timeout(800)
    assert len(heard.boards) <= 2, "five events are at most two questions"
    assert page.input_value("#search") == "old"
    assert page.evaluate("document.activeElement.id") == "search"
    assert page.locator(".request:visible").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("Meera I")
    stage.frames.append(("bed-changed", {}))
    before = len(heard.boards)
    until(page, lambda: len(heard.boards) > before)
    assert page.locator("#new-request").is_visible()
    assert page.input_value("#new-request [name=name]") == "Meera I"


def test_a_late_refresh_does_not_bring_the_old_choice_back(page: Page, stage: Stage, heard: Heard) -> None:
    opened(page, stage, "/admissions")
    slow = heard.board
    late: list[tuple[Route, str]] = []
    page.route("**/admissions/board?request=new", lambda route: late.append((route, slow("request=new"))))
    stage.frames.append(("bed-changed", {}))
    until(page, lambda: bool(late))
    page.keyboard.press("j")
    until(page, lambda: chosen(page) == "old")
    late[0][0].fulfill(body=late[0][1], content_type="text/html")
    page.wait_for_timeout(200)
    assert chosen(page) == "old"


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_refresh_that_fails_leaves_the_page_as_it_is(page: Page, stage: Stage, heard: Heard, status: int) -> None:
    opened(page, stage, "/admissions")
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=status, body="<p>away</p>", content_type="text/html")

    page.route("**/admissions/board*", fail)
    stage.frames.append(("bed-changed", {}))
    until(page, lambda: bool(asked))
    page.wait_for_timeout(150)
    assert chosen(page) == "new"
    assert page.locator(".suggestion").count() == 2


def test_a_broken_rule_asks_for_its_reason(page: Page, stage: Stage, heard: Heard) -> None:
    refused = TEMPLATES.render("_refusal.html", Refusal("men's bay. Choose another bed, or give a reason to override."))
    heard.answer = lambda path: (409, refused)
    opened(page, stage, "/admissions")
    page.keyboard.press("o")
    assert page.locator("#override").is_hidden()
    page.keyboard.type("4B-B-01")
    page.keyboard.press("Enter")
    page.locator("#other-bed-refusal", has_text="men's bay").wait_for()
    until(page, lambda: page.evaluate("document.activeElement.name") == "override_reason")
    page.keyboard.type("consultant asked")
    heard.answer = lambda path: (200, TEMPLATES.render("desk/after.html", undoable(desk.page())))
    page.keyboard.press("Enter")
    page.locator("#other-bed").wait_for(state="hidden")
    assert heard.posts[-1][0] == "/admissions/requests/new/assign"
    assert heard.posts[-1][1]["override_reason"] == "consultant asked"


def test_a_tap_is_big_enough_for_a_glove(page: Page, stage: Stage, heard: Heard) -> None:
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", to_clean())
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, stage, "/housekeeping")
    box = page.locator(".big").bounding_box()
    assert box is not None
    assert box["height"] >= TWENTY_MM
    assert box["y"] + box["height"] <= 740, "the button is on the first screen"
    page.locator("[data-problem]").click()
    for button in page.locator("#problem .side").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= TWENTY_MM


def test_a_tap_that_fails_is_shown_and_tried_again_as_the_same_tap(page: Page, stage: Stage, heard: Heard) -> None:
    after = TEMPLATES.render("housekeeping/after.html", to_clean(begun=True, undo=Undo("", "/undo/9", 10)))
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", to_clean())
    heard.answer = lambda path: (503, "") if len(heard.posts) < 3 else (200, after)
    opened(page, stage, "/housekeeping")
    page.locator(".big.start").click()
    page.locator("#unsent").wait_for(state="visible")
    assert page.inner_text("#unsent b") == "1"
    page.locator(".big.done").wait_for()  # the phone draws the next step itself, whatever becomes of the tap
    page.locator("#unsent").wait_for(state="hidden")
    assert len(heard.posts) == 3
    assert len({headers["idempotency-key"] for _, _, headers in heard.posts}) == 1
    assert heard.posts[0][0] == "/housekeeping/beds/4B-A-01/start"
    page.locator(".undo button").click()
    until(page, lambda: heard.posts[-1][0] == "/undo/9")


def test_a_refused_tap_is_told_and_not_repeated(page: Page, stage: Stage, heard: Heard) -> None:
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", to_clean())
    heard.answer = lambda path: (409, TEMPLATES.render("_refusal.html", Refusal("Bed 4B-A-01 has changed since you looked; look again.")))
    opened(page, stage, "/housekeeping")
    page.locator(".big.start").click()
    page.locator("#refusal", has_text="look again").wait_for()
    until(page, lambda: bool(heard.boards))
    assert len(heard.posts) == 1


def test_a_problem_names_its_bed_and_survives_a_refresh(page: Page, stage: Stage, heard: Heard) -> None:
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", to_clean())
    heard.answer = lambda path: (200, TEMPLATES.render("housekeeping/after.html", to_clean()))
    opened(page, stage, "/housekeeping")
    page.locator("[data-problem]").click()
    stage.frames.append(("bed-changed", {}))
    until(page, lambda: bool(heard.boards))
    page.locator("#problem [value=repair]").click()
    until(page, lambda: bool(heard.posts))
    path, form, _ = heard.posts[0]
    assert path == "/housekeeping/beds/4B-A-01/problem"
    assert (form["reason"], form["if_seq"]) == ("repair", "5")


RINGS = """
window.shaken = [];
navigator.vibrate = (pattern) => { window.shaken.push([].concat(pattern)); return true; };
"""


def rings(page: Page) -> list[str]:
    patterns = {(250, 150, 250): "ack", (80, 60, 80): "praise", (400, 150, 400, 150, 400): "stat"}
    return [patterns[tuple(one)] for one in page.evaluate("window.shaken") if tuple(one) in patterns]


def test_a_job_that_was_given_to_this_phone_rings_until_it_is_answered(page: Page, stage: Stage, heard: Heard) -> None:
    view = to_clean()
    assert view.job is not None
    offered = replace(view, job=replace(view.job, offered=True, number="j1"))
    stage.pages["/housekeeping"] = TEMPLATES.render("housekeeping/page.html", offered)
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", offered)
    heard.answer = lambda path: (200, TEMPLATES.render("housekeeping/after.html", to_clean()))
    page.add_init_script(RINGS)
    page.clock.install(time=0)
    page.clock.pause_at(1)
    page.goto(stage.address + "/housekeeping")
    page.locator("#board h1").click()
    for rung in (1, 2, 3):
        page.clock.run_for(19_999)
        assert rings(page) == ["ack"] * (rung - 1), "a rest between two rings"
        page.clock.run_for(1)
        assert rings(page) == ["ack"] * rung, "and not a moment more"
    page.locator(".big").click()
    until(page, lambda: bool(heard.posts))
    assert heard.posts[0][0].endswith("/coming")
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", to_clean())
    answered = page.locator(".big.start", has_text="शुरू")
    until(page, lambda: page.clock.run_for(100) or answered.is_visible())  # type: ignore[func-returns-value]
    before = rings(page)
    page.clock.run_for(60_000)
    assert rings(page) == before


def test_a_patient_out_of_casualty_is_told_to_whoever_made_it_happen_once(page: Page, stage: Stage, heard: Heard) -> None:
    praised = replace(to_clean(), praise=Praise("j7", "Your clean of A4 got a patient out of ED"))
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", to_clean())
    page.add_init_script(RINGS)
    opened(page, stage, "/housekeeping")
    page.locator("#board h1").click()
    heard.board = lambda query: TEMPLATES.render("housekeeping/_board.html", praised)
    stage.frames.append(("bed-changed", {}))
    page.locator("[data-praise=j7]", has_text="out of ED").wait_for()
    until(page, lambda: rings(page) == ["praise"])
    before = len(heard.boards)
    stage.frames.append(("bed-changed", {}))
    until(page, lambda: len(heard.boards) > before)
    page.wait_for_timeout(300)
    assert rings(page) == ["praise"]
