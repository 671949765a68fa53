"""The joint plan in a browser, by keyboard: all accepted and taken back, a stale row refused in place, choices that survive news, and a
move that a ward agrees to so that the patient who waits gets the bed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.acceptance.browser import Cookies, bed, until
from tests.acceptance.desk_people import ask_for_bed, promise, request_of, set_status, waiting
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import axe
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(240)
T1 = "4B-T-01"


def file(folder: Path) -> Path:
    """Two wards without quiet hours; the one bed of bay T has telemetry."""
    text = hospital_file({"4B": {"A": 4, "T": 1}, "5A": {"A": 3}}, clinic=False, name="Planned Hospital")
    text = text.replace('name = "Bay T"\n', 'name = "Bay T"\nfeatures = ["telemetry"]\n')
    found = folder / "hospital.toml"
    found.write_text(f"{text}\n[moves]\nquiet_from = 00:00:00\nquiet_to = 00:00:00\n")
    return found


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("plan")
    with house(folder, file(folder)) as found:
        found.add("asha", "admissions")
        found.add("nila", "nurse", "4B")
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, one: HouseProcess) -> Cookies:
    return Cookies(browser, one)


def beds_of(found: HouseProcess, requests: list[str]) -> list[str | None]:
    return [request_of(found, request)["bed"] for request in requests]


def hold_back(page: Page) -> None:
    """This desk hears of nothing for a while."""
    page.route("**/admissions/plan/board*", lambda route: route.fulfill(status=204))


def test_all_is_accepted_by_one_key_and_taken_back_by_another(one: HouseProcess, cookies: Cookies) -> None:
    with waiting(one, "Asha Rao", "Bina Das", "Chitra Sen") as made, cookies.window("asha", "/admissions") as page:
        page.keyboard.press("t")
        expect(page.locator("input[name=placement]")).to_have_count(3)
        planned = {str(box.get_attribute("value")).split("|")[0]: str(box.get_attribute("value")).split("|")[2] for box in boxes(page)}
        page.keyboard.press("a")
        expect(page.locator("#plan-answers")).to_contain_text("3 accepted")
        assert beds_of(one, made) == [planned[request] for request in made]
        page.keyboard.press("u")
        until(lambda: beds_of(one, made), lambda beds: beds == [None] * 3)
        expect(page.locator("input[name=placement]")).to_have_count(3)
        page.keyboard.press("d")
        page.wait_for_url("**/admissions")


def boxes(page: Page) -> list[Locator]:
    return page.locator("input[name=placement]").all()


def test_a_stale_row_is_refused_and_the_others_are_done(one: HouseProcess, cookies: Cookies) -> None:
    with waiting(one, "Asha Rao", "Bina Das", "Chitra Sen") as made, cookies.window("asha", "/admissions/plan") as page:
        expect(page.locator("input[name=placement]")).to_have_count(3)
        hold_back(page)
        stale = str(page.locator(f"#take-{made[0]}").get_attribute("value")).split("|")[2]
        with waiting(one, "Faster Fay") as faster:
            promise(one, faster[0], stale)
            page.keyboard.press("Enter")
            answers = page.locator("#plan-answers")
            expect(answers).to_contain_text("2 accepted, 1 refused")
            expect(answers.locator("li.bad")).to_contain_text("Asha Rao")
            expect(answers.locator("li.bad")).to_contain_text("has changed since you looked")
            assert [place is None for place in beds_of(one, made)] == [True, False, False]
            expect(page.locator("input[name=placement]")).to_have_count(1)
            expect(page.locator(f"#take-{made[0]}")).not_to_have_value(f"|{stale}|")


def test_choices_survive_news(one: HouseProcess, cookies: Cookies) -> None:
    with waiting(one, "Asha Rao", "Bina Das") as made, cookies.window("asha", "/admissions/plan") as page:
        expect(page.locator("input[name=placement]")).to_have_count(2)
        page.keyboard.press("j")
        page.keyboard.press("Space")
        expect(page.locator("#chosen")).to_have_text("1")
        left = str(page.evaluate("document.activeElement.id"))
        seq = page.get_attribute("#board", "data-seq")
        set_status(one, "5A-A-03", "maintenance", reason="repair")
        until(lambda: page.get_attribute("#board", "data-seq"), lambda now: now != seq)
        expect(page.locator(f"[id='{left}']")).not_to_be_checked()
        assert page.evaluate("document.activeElement.id") == left, "the reader is where they were"
        page.keyboard.press("Enter")
        expect(page.locator("#plan-answers")).to_contain_text("1 accepted")
        assert sum(place is None for place in beds_of(one, made)) == 1
        set_status(one, "5A-A-03", "available")


def lies(found: HouseProcess, name: str, place: str) -> str:
    """Came by a request that needed nothing in particular, and lies there; the visit."""
    request = ask_for_bed(found, name)
    promise(found, request, place)
    person = {"mrn": f"MRN-{name.upper().replace(' ', '')}", "name": name, "sex": "F"}
    status, body = found.ask("POST", "/api/v1/visits", {"patient": person, "bed": place})
    assert status == 201, body
    return str(body["number"])


def test_a_ward_agrees_to_a_move_and_who_waits_gets_the_bed(one: HouseProcess, cookies: Cookies) -> None:
    visit = lies(one, "Indira Nath", T1)
    with waiting(one, "Tara Telem", needs=["telemetry"], priority=1) as made:
        with cookies.window("asha", "/admissions/plan") as page:
            move = page.locator(".move")
            expect(move).to_contain_text("Indira Nath")
            expect(move).to_contain_text("Has telemetry with no need of it on record; helps 1 who would get none")
            expect(page.locator("#without-title + ul")).to_contain_text("Tara Telem")
            assert axe(page) == []
            page.keyboard.press("j")
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
            expect(page.locator("#plan-answers")).to_contain_text("ward asked")
            expect(page.locator("#moves-title ~ .lines")).to_contain_text("the ward is asked")
        with cookies.window("nila", "/wards/4B") as page:
            asked = page.locator(".asked-move")
            expect(asked).to_contain_text("Indira Nath")
            assert axe(page) == []
            asked.locator("button[value=agree]").press("Enter")
            expect(page.locator(".asked-move .notice.good")).to_be_visible()
        assert bed(one, T1)["expected_free_at"] is not None
        with cookies.window("asha", "/admissions/plan") as page:
            expect(page.locator(f"#row-{made[0]} .bed")).to_contain_text("Patient leaving")
            page.keyboard.press("Enter")
            expect(page.locator("#plan-answers")).to_contain_text("1 accepted")
        assert beds_of(one, made) == [T1]
        target = next(each["id"] for each in one.get("/api/v1/beds")["items"] if (each["reserved_for"] or "").startswith("request:M-"))
        status, body = one.ask("POST", f"/api/v1/visits/{visit}/transfer", {"bed": target})
        assert (status, bed(one, T1)["status"], bed(one, T1)["reserved_for"]) == (200, "cleaning", f"request:{made[0]}"), body
