"""A discharge from the ward to the door on a real hospital: the nurse, the pharmacy and billing each at their own screen, the clock on
the tile, and none of it on the wall where visitors walk."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import Cookies, bed, peopled, until_status
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import axe

pytestmark = pytest.mark.timeout(180)
PEOPLE = (("ravi", "nurse", "4B"), ("iqbal", "pharmacy", ""), ("sunita", "billing", ""), ("asha", "admissions", ""))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("leaving"), *PEOPLE) as house:
        yield house


@pytest.fixture(scope="module")
def cookies(browser: Browser, found: HouseProcess) -> Cookies:
    return Cookies(browser, found)


def lying(found: HouseProcess, bed_id: str, name: str) -> str:
    """A patient in a bed; the visit's number."""
    patient = {"mrn": f"MRN-{bed_id}", "name": name, "sex": "F"}
    status, made = found.ask("POST", "/api/v1/visits", {"patient": patient, "bed": bed_id})
    assert status == 201
    return str(made["number"])


def tap(page: Page, visit: str, step: str) -> None:
    page.locator(f"[id='leaving-{visit}'] form:has([name=step][value={step}]) button").click()


def done(page: Page, visit: str, words: str) -> None:
    """The step stands as done, whoever said so, without a reload."""
    expect(page.locator(f"[id='leaving-{visit}'] [data-step=done]", has_text=words)).to_have_count(1, timeout=10_000)


def test_three_people_bring_a_patient_to_the_door(found: HouseProcess, cookies: Cookies) -> None:
    visit = lying(found, "4B-A-01", "Meera Iyer")
    with (
        cookies.window("ravi", "/wards/4B") as ward,
        cookies.window("iqbal", "/discharges") as pharmacy,
        cookies.window("sunita", "/discharges") as billing,
    ):
        ward.locator("#begin-discharge > summary").click()
        ward.select_option("#begin-discharge [name=visit]", visit)
        ward.select_option("#begin-discharge [name=way]", "cashless")
        ward.locator("#begin-discharge button.primary").click()
        expect(ward.locator(f"[id='leaving-{visit}'] .held")).to_contain_text("waits for Doctor: Summary")
        tap(ward, visit, "summary")
        expect(pharmacy.locator(f"[id='leaving-{visit}']")).to_be_visible(timeout=10_000)
        tap(pharmacy, visit, "pharmacy")
        done(ward, visit, "Pharmacy")
        expect(billing.locator(f"[id='leaving-{visit}'] .held")).to_contain_text("waits for Billing: Bill", timeout=10_000)
        tap(billing, visit, "billing")
        expect(billing.locator(f"[id='leaving-{visit}'] .clock")).to_contain_text("2 h 59 left")
        assert "Meera" not in billing.content() and "Meera" in ward.content()
        assert axe(billing) == axe(ward) == []
        tap(billing, visit, "tpa")
        done(ward, visit, "TPA approval")
        tap(ward, visit, "transport")
        assert bed(found, "4B-A-01")["status"] == "occupied", "no step frees the bed"
        ward.locator(f"[id='leaving-{visit}'] button", has_text="Has left").click()
        until_status(found, "4B-A-01", "cleaning")
        expect(ward.locator(f"[id='leaving-{visit}']")).to_have_count(0)
        expect(billing.locator(f"[id='leaving-{visit}']")).to_have_count(0, timeout=10_000)


def test_a_tap_too_many_is_taken_back(found: HouseProcess, cookies: Cookies) -> None:
    visit = lying(found, "4B-A-02", "Usha Rao")
    assert found.ask("POST", f"/api/v1/visits/{visit}/preauth", {})[0] == 200
    with cookies.window("ravi", "/wards/4B") as ward:
        ward.locator(f"[id='leaving-{visit}'] .step", has_text="Order").click()
        done(ward, visit, "Order")
        tap(ward, visit, "summary")
        done(ward, visit, "Summary")
        ward.locator(".undo button").click()
        expect(ward.locator(f"[id='leaving-{visit}'] [data-step=open]", has_text="Summary")).to_have_count(1)


def test_the_clock_is_on_the_wards_wall_and_not_on_the_visitors(found: HouseProcess, cookies: Cookies) -> None:
    visit = lying(found, "4B-A-03", "Lata Das")
    with cookies.window("asha", "/displays/ward/ward/4B") as ward, cookies.window("asha", "/displays/public/ward/4B") as public:
        tile = "[id='bed:4B-A-03'] .meta"
        expect(ward.locator("[id='bed:4B-A-03']")).to_have_attribute("data-state", "occupied", timeout=10_000)
        found.ask("POST", f"/api/v1/visits/{visit}/preauth", {})
        expect(ward.locator(tile)).to_have_text("TPA 0:59", timeout=10_000)
        found.ask("POST", f"/api/v1/visits/{visit}/milestones", {"way": "cashless"}, authorization=f"Bearer {found.token('nurse', '4B')}")
        found.ask("POST", f"/api/v1/visits/{visit}/preauth", {"answered": True})
        expect(ward.locator("[id='bed:4B-A-03']")).to_have_attribute("data-due", "", timeout=10_000)
        expect(public.locator("[id='bed:4B-A-03']")).to_have_attribute("data-state", "leaving", timeout=10_000)
        assert "TPA" not in public.content() and 'data-due=""' in public.content()
