"""The ward page and the housekeeping phone on a real hospital: the nurse's forms, undo, another's ward; a problem with a bed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import Cookies, bed, peopled, until, until_status
from tests.acceptance.house import HouseProcess

pytestmark = pytest.mark.timeout(180)
TWENTY_MM = 76
"""CSS pixels, 96 an inch."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("ward"), ("ravi", "nurse", "4B"), ("meena", "housekeeping", "")) as found:
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, two: HouseProcess) -> Cookies:
    return Cookies(browser, two)


@pytest.fixture
def ward(cookies: Cookies) -> Iterator[Page]:
    with cookies.window("ravi", "/wards/4B") as page:
        yield page


def unfold(page: Page, form: str, bed_id: str) -> None:
    page.locator(f"[id='{form}-{bed_id}'] > summary").click()
    expect(page.locator(f"[id='{form}-{bed_id}'] > .unfetched")).to_have_count(0)


def admit(page: Page, found: HouseProcess, bed_id: str, name: str) -> None:
    unfold(page, "admit", bed_id)
    form = page.locator(f"[id='admit-{bed_id}'] form")
    form.locator("[name=mrn]").fill(f"MRN-{bed_id}")
    form.locator("[name=name]").fill(name)
    form.locator("[name=sex]").select_option("F")
    form.locator("button").click()
    until_status(found, bed_id, "occupied")
    expect(page.locator(f"[id='row-{bed_id}'] .occupant")).to_contain_text(name)


def test_a_hospital_without_a_feed_admits_moves_and_discharges_by_hand(two: HouseProcess, ward: Page) -> None:
    admit(ward, two, "4B-A-01", "Meera Iyer")
    unfold(ward, "transfer", "4B-A-01")
    form = ward.locator("[id='transfer-4B-A-01'] form")
    form.locator("[name=to]").fill("4B-A-02")
    form.locator("button").click()
    until_status(two, "4B-A-02", "occupied")
    assert until_status(two, "4B-A-01", "cleaning")["stage"] == "waiting"
    expect(ward.locator("[id='row-4B-A-02'] .occupant")).to_contain_text("Meera Iyer")
    ward.locator("form[action='/wards/4B/beds/4B-A-02/discharge'] button").click()
    until_status(two, "4B-A-02", "cleaning")
    expect(ward.locator("[id='row-4B-A-02'] .occupant")).to_have_count(0)


def test_an_admission_by_hand_is_taken_back(two: HouseProcess, ward: Page) -> None:
    admit(ward, two, "4B-A-03", "Wrong Bed")
    ward.locator(".undo button").click()
    until_status(two, "4B-A-03", "available")
    expect(ward.locator("main")).not_to_contain_text("Wrong Bed")


def test_a_bed_goes_out_of_use_for_a_reason_and_comes_back(two: HouseProcess, ward: Page) -> None:
    unfold(ward, "block", "4B-A-04")
    form = ward.locator("[id='block-4B-A-04'] form")
    form.locator("[name=reason]").select_option("repair")
    form.locator("[name=note]").fill("oxygen outlet")
    form.locator("button").click()
    assert until_status(two, "4B-A-04", "maintenance")["reason"] == "repair"
    expect(ward.locator("[id='row-4B-A-04']")).to_have_attribute("data-state", "out")
    ward.keyboard.press("u")
    until_status(two, "4B-A-04", "available")


def test_a_form_comes_when_it_is_opened_and_outlives_the_news(two: HouseProcess, ward: Page) -> None:
    """By keyboard alone; and where no answer comes that is said, and asked again."""
    fold = ward.locator("[id='block-4B-A-04']")
    ward.route("**/beds/4B-A-04/row", lambda route: route.abort("connectionrefused"))
    fold.locator("summary").focus()
    ward.keyboard.press("Enter")
    expect(ward.locator("#refusal")).to_contain_text("could not be fetched")
    ward.unroute("**/beds/4B-A-04/row")
    expect(fold.get_by_role("link", name="Show the form")).to_be_visible()
    ward.keyboard.press("Tab")
    ward.keyboard.press("Enter")
    expect(fold.locator("form")).to_be_visible()
    expect(ward.locator("#refusal")).to_be_empty()
    fold.locator("[name=note]").press_sequentially("oxy")
    status, body = two.ask("POST", "/api/v1/beds/4B-A-06/status", {"status": "cleaning"})
    assert status == 200, body
    expect(ward.locator("[id='row-4B-A-06']")).to_have_attribute("data-state", "dirty")
    ward.keyboard.type("gen")
    expect(fold.locator("[name=note]")).to_have_value("oxygen")
    assert ward.locator(".bed-row .field").count() == ward.locator("[id='row-4B-A-04'] .field").count(), "no other bed's forms"
    ward.route("**/beds/4B-A-04/status", lambda route: route.abort("connectionrefused"))
    fold.locator("button").click()
    expect(ward.locator("#refusal")).to_contain_text("not known whether this was done")
    assert fold.locator("[name=note]").input_value() == "oxygen"
    status, body = two.ask("POST", "/api/v1/beds/4B-A-06/status", {"status": "available"}, "supervisor")
    assert status == 200, body


def test_a_nurse_asks_for_a_clean_and_two_taps_are_one(two: HouseProcess, ward: Page) -> None:
    sent: list[str] = []
    ward.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    ward.locator("form[action='/wards/4B/beds/4B-A-05/status']:has([name=status][value=cleaning]) button").first.dblclick()
    assert until_status(two, "4B-A-05", "cleaning")["stage"] == "waiting"
    expect(ward.locator("[id='row-4B-A-05']")).to_have_attribute("data-state", "dirty")
    assert (len(sent), ward.locator("#refusal").inner_text()) == (1, ""), sent


def test_a_stale_page_changes_nothing_and_says_so(two: HouseProcess, ward: Page) -> None:
    """The page saw the bed before somebody else took it out of use; the form is gone with it before the refusal comes."""
    ward.route("**/wards/4B/board", lambda route: route.fulfill(status=204))
    unfold(ward, "block", "4B-A-06")
    status, body = two.ask("POST", "/api/v1/beds/4B-A-06/status", {"status": "maintenance", "reason": "staffing"})
    assert status == 200, body
    form = ward.locator("[id='block-4B-A-06'] form")
    form.locator("[name=reason]").select_option("repair")
    ward.evaluate("document.addEventListener('htmx:before:request', (event) => event.target.closest('details')?.remove())")
    with ward.expect_response(lambda answer: answer.url.endswith("/status")) as answered:
        form.locator("button").click()
    assert answered.value.status == 409
    expect(ward.locator("#refusal .notice")).to_be_visible()
    expect(ward.locator("#board .ward-map")).to_be_visible()
    assert bed(two, "4B-A-06")["reason"] == "staffing"


def test_another_ward_is_closed_to_a_wards_nurse(two: HouseProcess, cookies: Cookies) -> None:
    """Its page, its stream and its beds, though the nurse's own sign-in and CSRF token are good."""
    with cookies.window("ravi", "/wards/4B") as page:
        csrf = page.locator("[name=csrf]").first.get_attribute("value")
        asked = {"csrf": str(csrf), "status": "maintenance", "reason": "repair"}
        own = page.request.post(f"{two.origin}/wards/4B/beds/4B-A-99/status", form=asked, headers={"origin": two.origin})
        other = page.request.post(f"{two.origin}/wards/5A/beds/5A-A-02/status", form=asked, headers={"origin": two.origin})
        assert (own.status, other.status) == (404, 403)
        assert page.request.get(f"{two.origin}/api/v1/stream?topics=ward:5A").status == 403
        answer = page.goto(f"{two.origin}/wards/5A")
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("body")).to_contain_text("outside the ward")
    assert bed(two, "5A-A-02")["status"] == "available"


def test_nobody_listens_without_a_grant(two: HouseProcess, cookies: Cookies) -> None:
    with cookies.window("meena", "/housekeeping", 360, 740) as page:
        assert page.request.get(f"{two.origin}/api/v1/stream?topics=desk").status == 403
        page.context.clear_cookies()
        assert page.request.get(f"{two.origin}/api/v1/stream?topics=housekeeping").status == 401


def test_a_cleaner_reports_a_problem_with_two_large_buttons(two: HouseProcess, cookies: Cookies) -> None:
    status, body = two.ask("POST", "/api/v1/beds/5A-A-03/status", {"status": "cleaning"})
    assert status == 200, body
    with cookies.window("meena", "/housekeeping", 360, 740) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for button in page.locator("button.big:visible, button.side:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["height"], box["width"]) >= TWENTY_MM
        reported = page.locator("[data-problem]").get_attribute("data-problem")
        page.locator("[data-problem]").click()
        page.locator("#problem button[value=repair]").click()
        state = until(lambda: bed(two, str(reported)), lambda state: state["stage"] == "suspended")
        assert state["status"] == "cleaning", "a cleaner proposes; the ward or the supervisor takes the bed out of use"
        page.locator(".undo button").click()
        until(lambda: bed(two, str(reported)), lambda state: state["stage"] == "waiting")
