"""Moves between wards in a browser: alternatives of which one is taken, a ward's page that hears of the question at once, the receiving
ward that sees who comes, and a flag that ends it on every screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import Cookies
from tests.acceptance.desk_people import waiting
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import axe
from tests.acceptance.test_joint_plan_browser import lies
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(240)
SOON = 8_000
"""Milliseconds; a ward's page asks by itself only every 30 s."""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    """Two wards with a telemetry bed each; the only free beds are in 5A, and there are no quiet hours."""
    folder = tmp_path_factory.mktemp("moves")
    text = hospital_file({"4B": {"T": 1, "U": 1}, "5A": {"A": 3}}, clinic=False)
    for bay in ("T", "U"):
        text = text.replace(f'name = "Bay {bay}"\n', f'name = "Bay {bay}"\nfeatures = ["telemetry"]\n')
    file = folder / "hospital.toml"
    file.write_text(f"{text}\n[moves]\nquiet_from = 00:00:00\nquiet_to = 00:00:00\n")
    with house(folder, file) as found:
        found.add("asha", "admissions")
        for name, ward in (("nila", "4B"), ("omar", "5A")):
            found.add(name, "nurse", ward)
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, one: HouseProcess) -> Cookies:
    return Cookies(browser, one)


def ask_for_one(page: Page) -> str:
    """Take one alternative, then the other: one is left, and asked for. Whom."""
    expect(page.locator(".either .move")).to_have_count(2)
    assert axe(page) == []
    boxes = page.locator(".either input[name=move]")
    for box in boxes.all():
        box.check()
    expect(page.locator(".either input:checked")).to_have_count(1)
    expect(page.locator("#chosen")).to_have_text("1")
    expect(boxes.last).to_be_checked()
    whom = page.locator(".either .move").last.locator("b").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#plan-answers")).to_contain_text("ward asked")
    return whom


def test_both_wards_are_told_and_a_flag_ends_it(one: HouseProcess, cookies: Cookies) -> None:
    lies(one, "Indira Nath", "4B-T-01")
    lies(one, "Usha Nair", "4B-U-01")
    with (
        waiting(one, "Tara Telem", needs=["telemetry"], priority=1),
        cookies.window("nila", "/wards/4B") as own,
        cookies.window("omar", "/wards/5A") as theirs,
    ):
        for page in (own, theirs):
            expect(page.locator("#live")).to_contain_text("Live")
        with cookies.window("asha", "/admissions/plan") as desk:
            whom = ask_for_one(desk)
            asked = own.locator(".asked-move[data-state=asked]")
            expect(asked).to_contain_text(whom, timeout=SOON)
            asked.locator("button[value=agree]").click()
            coming = theirs.locator(".asked-move[data-state=coming]")
            expect(coming).to_contain_text(whom, timeout=SOON)
            assert axe(theirs) == []
            row = own.locator(".bed-row", has_text=whom)
            row.get_by_text("More").click()
            row.get_by_text("Do not move").click()
            row.get_by_label("Dementia").check()
            row.get_by_role("button", name="Save").click()
            said = "The patient is flagged dementia and is never moved to make room for another."
            for page, place in ((own, ".asked-move"), (theirs, ".asked-move"), (desk, "#moves-title ~ .lines")):
                expect(page.locator(place)).to_contain_text(said, timeout=SOON)
            expect(row).to_contain_text("Never moved")
            assert axe(own) == []
