"""Choosing a bed at the desk: the list keeps still under the eyes, two desks see each other, whoever is later is offered the next best."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.acceptance.browser import Cookies, bed, until
from tests.acceptance.desk_people import listed, lit, promise, request_of, set_status, waiting
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import axe
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(240)
SMALL = hospital_file({"4B": {"A": 6}, "5A": {"B": 4}}, clinic=False, name="Two Desks Hospital")
BAY = '\n[[wards.rooms]]\nid = "M"\nname = "Men"\ntype = "general"\nsex = "male"\nbeds = 3\n'
OTHER_SPECIALTY = 'specialty = "Surgery"\n\n[[wards.rooms]]\nid = "B"'
TWO_DESKS = SMALL.replace('\n[[wards]]\nid = "5A"', f'{BAY}\n[[wards]]\nid = "5A"').replace(
    OTHER_SPECIALTY.replace("Surgery", "Medicine"), OTHER_SPECIALTY
)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("choice")
    file = folder / "hospital.toml"
    file.write_text(TWO_DESKS)
    with house(folder, file) as found:
        for name in ("desk1", "desk2"):
            found.add(name, "admissions")
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, two: HouseProcess) -> Cookies:
    return Cookies(browser, two)


def at(request: str) -> str:
    return f"/admissions?request={request}"


STEADY = 1_000
"""Milliseconds (and some) in which a card that has just changed takes no press: the desk says so, and a person looks again."""


def press(page: Page, key: str) -> None:
    """As a person does: where the desk says that the card under the key has just changed, look again and press once more."""
    page.keyboard.press(key)
    if "has just changed" in page.locator("#refusal").inner_text():
        page.wait_for_timeout(STEADY)
        page.keyboard.press(key)


def settled(page: Page, two: HouseProcess) -> list[str]:
    """The cards once they are what the house would suggest."""
    wanted = page.get_attribute("#board", "data-request")
    ranked = [item["bed"] for item in two.get(f"/api/v1/bed-requests/{wanted}/suggestions?limit=5")["items"]]
    found: list[str] = until(lambda: listed(page), lambda beds: beds == ranked)
    return found


def test_two_desks_race_for_one_bed_and_the_later_gets_the_next_best(two: HouseProcess, cookies: Cookies) -> None:
    """The later desk hears nothing of it in time: its refreshes are held back, as on a slow network."""
    with (
        waiting(two, "Faster Fatima", "Later Lata") as (faster, later),
        cookies.window("desk1", at(faster)) as one,
        cookies.window("desk2", at(later)) as other,
    ):
        first, second = settled(one, two)[:2]
        assert settled(other, two)[0] == first, "both see the same best bed"
        other.route("**/admissions/board*", lambda route: route.fulfill(status=204))
        one.keyboard.press("Enter")
        until(lambda: request_of(two, faster)["bed"], lambda got: got == first)
        with other.expect_response(lambda answer: "/assign" in answer.url) as answered:
            press(other, "Enter")
        assert answered.value.status == 409
        expect(other.locator("#refusal")).to_contain_text("desk1 was faster: 4B")
        assert other.get_attribute("#board", "data-request") == later, "the page stays"
        expect(other.locator("[data-next]")).to_be_focused()
        assert request_of(two, later)["bed"] is None
        other.wait_for_timeout(800)  # a double stroke would not have taken it
        other.keyboard.press("Enter")
        assert until(lambda: request_of(two, later)["bed"], bool) == second
        other.unroute("**/admissions/board*")
        assert bed(two, first)["reserved_for"] == f"request:{faster}"


def test_a_double_stroke_on_a_lost_bed_takes_nothing(two: HouseProcess, cookies: Cookies) -> None:
    with waiting(two, "Faster Fatima", "Later Lata") as (faster, later), cookies.window("desk2", at(later)) as other:
        best = settled(other, two)[0]
        other.route("**/admissions/board*", lambda route: route.fulfill(status=204))
        promise(two, faster, best)
        press(other, "Enter")
        other.locator("[data-next]").wait_for()
        other.keyboard.press("Enter")
        other.keyboard.press("Enter")
        other.wait_for_timeout(600)  # time in which it would have been assigned
        expect(other.locator("[data-next]")).to_be_visible()
        assert request_of(two, later)["bed"] is None


def test_a_change_under_the_fingers_assigns_nothing(two: HouseProcess, cookies: Cookies) -> None:
    """The stream brings another best bed, and Enter comes in the same moment: it was meant for the bed that stood there."""
    press = """() => new Promise((done) => new MutationObserver((_, seen) => {
      if (document.querySelector("#ranking .suggestion").dataset.bed === first) return;
      seen.disconnect();
      setTimeout(() => { document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })); done(); }, 50);
    }).observe(document.body, { childList: true, subtree: true, attributes: true }))"""
    with waiting(two, "Faster Fatima", "Later Lata") as (faster, later), cookies.window("desk2", at(later)) as page:
        first, second = settled(page, two)[:2]
        page.evaluate(f"() => {{ window.first = {json.dumps(first)}; window.pressed = ({press})(); }}")
        promise(two, faster, first)
        page.evaluate("() => window.pressed")
        expect(page.locator("#refusal")).to_contain_text("has just changed. Look again")
        assert request_of(two, later)["bed"] is None
        page.wait_for_timeout(1000)
        page.keyboard.press("Enter")
        assert until(lambda: request_of(two, later)["bed"], bool) == second


def test_the_list_keeps_still_while_somebody_chooses_in_it(two: HouseProcess, cookies: Cookies) -> None:
    with waiting(two, "Faster Fatima", "Later Lata") as (faster, later), cookies.window("desk1", at(later)) as page:
        best = settled(page, two)[0]
        set_status(two, best, "maintenance", reason="repair")
        try:
            before = until(lambda: settled(page, two), lambda beds: best not in beds)
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowDown")
            expect(page.locator(f"[id='suggestion-{before[1]}'] [data-assign]")).to_be_focused()
            set_status(two, best, "available")
            expect(page.locator("[data-better]")).to_contain_text("A better bed")
            assert listed(page) == before, "no card moves while somebody chooses"
            stood = page.locator(f"[id='suggestion-{before[3]}']").bounding_box()
            promise(two, faster, before[2])
            gone, below = (page.locator(f"[id='suggestion-{name}']") for name in before[2:4])
            expect(gone).to_contain_text("not free any more")
            expect(gone.locator("[data-assign]")).to_be_disabled()
            assert listed(page) == before, "it is marked in its place"
            assert below.bounding_box() == stood, "and nothing moves under the pointer"
            assert axe(page) == []
            page.keyboard.press("3")
            expect(page.locator("#refusal")).to_contain_text("not free any more")
            expect(page.locator(f"[id='suggestion-{before[1]}'] [data-assign]")).to_be_focused()
            page.keyboard.press("b")
            until(lambda: listed(page)[0], lambda bed: bed == best)
            expect(page.locator("[data-better]")).to_have_count(0)
            expect(page.locator(f"[id='suggestion-{best}'] [data-assign]")).to_be_focused()
        finally:
            set_status(two, best, "available")


def test_the_desk_shows_all_that_the_answer_says(two: HouseProcess, cookies: Cookies) -> None:
    with waiting(two, "Later Lata") as (request,), cookies.window("desk1", at(request)) as page:
        home = [f"4B-A-{number:02d}" for number in range(1, 7)]
        for name in home:
            set_status(two, name, "cleaning", "supervisor")
        try:
            said = two.get(f"/api/v1/bed-requests/{request}/suggestions?limit=20")
            wait, dirty = said["wait"], next(item for item in said["items"] if item["bed"] in home)
            assert (wait["now"][:2], wait["bed"]) == ("5A", dirty["bed"])
            assert dirty["ready"]["p10"] < dirty["ready"]["p50"] == dirty["ready_at"] < dirty["ready"]["p90"]
            lead = page.locator(".lead")
            expect(lead).to_contain_text(f"{said['legal']} beds fit.")
            expect(lead).to_contain_text(f"or wait about {wait['minutes']} min ({wait['late']} at worst)")
            expect(lead).to_contain_text(f"{wait['gain']} points better.")
            (blocked,) = said["unblock"]
            assert (said["blocked"], said["sole"]) == ({"men's bay": 3}, {"men's bay": 3})
            expect(page.locator("#why-not .unblock li")).to_contain_text(f"{blocked['reason']} {blocked['remedy']}")
            expect(page.locator(".fit")).to_contain_text(f"weights {said['weights']}")
        finally:
            for name in home:
                set_status(two, name, "available", "supervisor")


def test_the_plan_shows_the_bed_that_is_looked_at(two: HouseProcess, cookies: Cookies) -> None:
    with waiting(two, "Later Lata") as (request,), cookies.window("desk1", at(request)) as page:
        beds = settled(page, two)
        assert lit(page) == beds[:1]
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        assert lit(page) == beds[1:2]
        page.locator(f"[id='suggestion-{beds[2]}']").hover()
        assert lit(page) == beds[2:3]
        page.locator(f"[id='suggestion-{beds[3]}'] [data-assign]").focus()
        assert lit(page) == beds[3:4]
        page.keyboard.press("ArrowLeft")
        page.mouse.move(5, 5)
        until(lambda: lit(page), lambda marks: marks == beds[:1])


def test_a_bed_of_another_ward_is_shown_in_its_own_plan(two: HouseProcess, cookies: Cookies) -> None:
    with waiting(two, *(f"Taken Tara{n}" for n in range(4))) as taken, waiting(two, "Later Lata") as (request,):
        for number, each in enumerate(taken, start=1):
            promise(two, each, f"4B-A-{number:02d}")
        with cookies.window("desk1", at(request)) as page:
            beds = settled(page, two)
            away = next(name for name in beds if name.startswith("5A"))
            expect(page.locator(".candidate.on")).to_have_attribute("data-map", "4B")
            page.locator(f"[id='suggestion-{away}'] [data-assign]").focus()
            expect(page.locator(".candidate.on")).to_have_attribute("data-map", "5A")
            assert lit(page) == [away]
            expect(page.locator(".candidate:visible")).to_have_count(1)


def looks_at(answer: Response, bed: str) -> bool:
    """The desk has said that it looks at this bed."""
    return answer.url.endswith("/look") and answer.request.post_data_json == {"bed": bed, "looking": True}


def test_another_desk_sees_who_looks_at_a_bed_and_when_they_look_away(two: HouseProcess, cookies: Cookies) -> None:
    with (
        waiting(two, "Faster Fatima", "Later Lata") as (faster, later),
        cookies.window("desk1", at(faster)) as one,
        cookies.window("desk2", at(later)) as other,
    ):
        beds = settled(one, two)
        with one.expect_response(lambda answer: looks_at(answer, beds[1])):
            one.keyboard.press("ArrowRight")
            one.keyboard.press("ArrowDown")
        card, tile = other.locator(f"[id='suggestion-{beds[1]}'] .watched"), other.locator(".map .watched")
        expect(card).to_contain_text("desk1 is looking at this bed", timeout=4000)
        expect(tile.filter(has_text="desk1")).not_to_have_count(0)
        expect(one.locator(".watched", has_text="desk1")).to_have_count(0)
        one.keyboard.press("ArrowDown")
        expect(other.locator(f"[id='suggestion-{beds[2]}'] .watched")).to_be_visible(timeout=4000)
        expect(card).to_have_count(0)
        press(other, "2")
        assert until(lambda: request_of(two, later)["bed"], bool) == beds[1], "a look refuses nobody"


def test_a_held_bed_is_seen_by_others_and_promised_or_let_go(two: HouseProcess, cookies: Cookies) -> None:
    with (
        waiting(two, "Faster Fatima", "Later Lata") as (faster, later),
        cookies.window("desk1", at(faster)) as one,
        cookies.window("desk2", at(later)) as other,
    ):
        best = settled(one, two)[0]
        press(one, "h")
        held = one.locator(f"[id='held-{faster}']")
        expect(held).to_contain_text("until")
        assert bed(two, best)["reserved_until"] is not None
        expect(other.locator("#why-not")).to_contain_text("1 held by desk1")
        expect(other.locator("#why-not .unblock")).to_contain_text("Held by desk1")
        held.get_by_role("button", name="Assign").click()
        expect(held).to_have_count(0)
        until(lambda: bed(two, best), lambda state: state["reserved_until"] is None and state["reserved_for"] == f"request:{faster}")
        settled(other, two)
        press(other, "h")
        mine = other.locator(f"[id='held-{later}']")
        mine.get_by_role("button", name="Let go").click()
        expect(mine).to_have_count(0)
        until(lambda: request_of(two, later), lambda state: state["bed"] is None)


def test_a_blocked_bed_is_chosen_with_a_reason_that_is_kept(two: HouseProcess, cookies: Cookies) -> None:
    with waiting(two, "Later Lata") as (request,), cookies.window("desk1", at(request)) as page:
        expect(page.locator("#why-not .rules")).to_contain_text("3 men's bay")
        page.locator("[data-override]").first.click()
        dialog = page.locator("#other-bed")
        reason = dialog.locator("[name=override_reason]")
        expect(reason).to_be_focused()
        expect(page.locator("#other-beds option[value='4B-A-01']")).to_have_count(1)
        page.keyboard.press("Enter")
        assert request_of(two, request)["bed"] is None, "not without a reason"
        reason.fill("Husband and wife")
        page.keyboard.press("Enter")
        got = until(lambda: request_of(two, request), lambda state: state["bed"] is not None)
        assert (got["bed"][:4], got["override_reason"]) == ("4B-M", "Husband and wife")
        expect(dialog).to_be_hidden()


def test_at_twice_the_size_the_page_stays_where_the_eyes_are(two: HouseProcess, cookies: Cookies) -> None:
    """1280 px at 200 %: one column. Choosing a patient goes to the beds, and news leave the page where it is."""
    people = [f"Waiting Wilma{number}" for number in range(4)]
    with waiting(two, *people) as (first, *rest), cookies.window("desk1", at(first), 640, 400) as page:
        settled(page, two)
        page.keyboard.press("j")
        until(lambda: page.get_attribute("#board", "data-request"), lambda now: now == rest[0])
        expect(page.locator(".chosen h1")).to_be_in_viewport()
        page.keyboard.press("ArrowRight")
        card = page.locator("#ranking .suggestion").first
        where = card.bounding_box()
        promise(two, rest[2], listed(page)[4])
        expect(page.locator("#ranking .gone")).to_have_count(1)
        stands = card.bounding_box()
        assert where is not None
        assert stands is not None
        assert abs(stands["y"] - where["y"]) < 30, "the list above may grow by a line"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (640, 400)])
def test_the_desk_is_for_everybody(two: HouseProcess, browser: Browser, cookies: Cookies, width: int, height: int, scheme: str) -> None:
    with waiting(two, "Faster Fatima", "Later Lata") as (faster, later), cookies.window("desk2", at(later), width, height) as page:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        best = settled(page, two)[0]
        page.route("**/admissions/board*", lambda route: route.fulfill(status=204))
        promise(two, faster, best)
        press(page, "Enter")
        page.locator("[data-next]").wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
