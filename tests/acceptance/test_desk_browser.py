"""The admissions desk on a real hospital: the list's order, the keyboard, reasons, and another desk that was faster."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import Cookies, bed, peopled, until
from tests.acceptance.house import HouseProcess

pytestmark = pytest.mark.timeout(180)
URGENT, LONGEST, LATEST = "Urgent Uma", "Longest Lata", "Latest Lina"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("desk"), ("asha", "admissions", "")) as found:
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, two: HouseProcess) -> Cookies:
    return Cookies(browser, two)


@pytest.fixture
def waiting(two: HouseProcess) -> Iterator[dict[str, str]]:
    """Three patients wait, entered in another order than the desk must show; id by name."""
    people = ((LONGEST, 3), (LATEST, 3), (URGENT, 1))
    found = {name: ask_for_bed(two, name, priority) for name, priority in people}
    yield found
    for request in found.values():
        two.ask("DELETE", f"/api/v1/bed-requests/{request}/assignment")
        two.ask("DELETE", f"/api/v1/bed-requests/{request}")


def ask_for_bed(found: HouseProcess, name: str, priority: int) -> str:
    person = {"mrn": f"MRN-{name[:5].upper()}", "name": name, "sex": "F"}
    asked = {"type": "general", "patient": person, "sex": "F", "age": 40, "priority": priority, "specialty": "Medicine"}
    status, body = found.ask("POST", "/api/v1/bed-requests", asked)
    assert status == 201, body
    return str(body["id"])


def request_of(found: HouseProcess, request: str) -> dict[str, Any]:
    state: dict[str, Any] = found.get(f"/api/v1/bed-requests/{request}")
    return state


def chosen(page: Page) -> str | None:
    return page.get_attribute("#board", "data-request")


def test_urgent_first_then_who_has_waited_longest(cookies: Cookies, waiting: dict[str, str]) -> None:
    with cookies.window("asha", "/admissions") as page:
        expect(page.locator(".request .name > span:first-child")).to_have_text([URGENT, LONGEST, LATEST])
        assert chosen(page) == waiting[URGENT]


def test_the_page_shows_the_suggestions_of_the_api_with_their_reasons(two: HouseProcess, cookies: Cookies, waiting: dict[str, str]) -> None:
    with cookies.window("asha", f"/admissions?request={waiting[URGENT]}") as page:
        ranked = two.get(f"/api/v1/bed-requests/{waiting[URGENT]}/suggestions?limit=5")["items"]
        shown = page.locator(".suggestion")
        expect(shown).to_have_count(len(ranked))
        for card, suggestion in zip(shown.all(), ranked, strict=True):
            assert card.get_attribute("id") == f"suggestion-{suggestion['bed']}"
            assert f"score {suggestion['score']}" in card.inner_text()
            assert card.locator(".reasons li").count() >= 1
        assert ranked[0]["bed"].startswith("4B"), "medicine's own ward comes first"


def test_j_and_k_walk_the_list_and_2_assigns_the_second_suggestion(two: HouseProcess, cookies: Cookies, waiting: dict[str, str]) -> None:
    with cookies.window("asha", "/admissions") as page:
        until(lambda: chosen(page), lambda now: now == waiting[URGENT])
        page.keyboard.press("j")
        until(lambda: chosen(page), lambda now: now == waiting[LONGEST])
        page.keyboard.press("k")
        until(lambda: chosen(page), lambda now: now == waiting[URGENT])
        second = page.locator("[data-assign='2'] >> xpath=ancestor::article").get_attribute("id")
        page.keyboard.press("2")
        promised = until(lambda: request_of(two, waiting[URGENT]), lambda state: state["bed"] is not None)
        assert f"suggestion-{promised['bed']}" == second
        expect(page.locator(".undo")).to_be_visible()


def test_another_desk_was_faster_and_the_page_says_so_in_place(two: HouseProcess, cookies: Cookies, waiting: dict[str, str]) -> None:
    """This desk hears nothing of it in time: its refreshes are held back, as on a slow network."""
    with cookies.window("asha", f"/admissions?request={waiting[LATEST]}") as page:
        page.route("**/admissions/board*", lambda route: route.fulfill(status=204))
        best = page.locator("[data-assign='1'] >> xpath=ancestor::form//input[@name='bed']").get_attribute("value")
        status, body = two.ask("POST", f"/api/v1/bed-requests/{waiting[LONGEST]}/assignment", {"bed": best})
        assert status == 200, body
        page.wait_for_timeout(1_200)  # a refresh on its way may have changed the list, and a list that just changed assigns nothing
        with page.expect_response(lambda answer: "/assign" in answer.url) as answered:
            page.keyboard.press("Enter")
        assert answered.value.status == 409
        expect(page.locator("#refusal")).to_contain_text("was faster: 4B")
        assert chosen(page) == waiting[LATEST], "the desk still looks at its patient"
        page.unroute("**/admissions/board*")
        assert request_of(two, waiting[LATEST])["bed"] is None
        assert bed(two, str(best))["reserved_for"] == f"request:{waiting[LONGEST]}", "a bed is promised once"
        page.reload()
        expect(page.locator(f"[id='suggestion-{best}']")).to_have_count(0)
        expect(page.locator("[data-assign='1']")).to_be_visible()
