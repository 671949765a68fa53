"""The integration engineer's day in a real browser: a letter with an unknown bed is found, the place mapped, the patient seen in the bed;
a conflict is settled by one click; a letter is opened for a reason; every page is for everybody."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, bed, peopled, until, until_status
from tests.acceptance.house import HouseProcess
from tests.acceptance.people import ARTEFACTS, axe, sign_in, window

pytestmark = pytest.mark.timeout(180)
PARTS = (
    *("/integration", "/integration/feeds/his", "/integration/letters", "/integration/letters/1"),
    *("/integration/tray", "/integration/conflicts", "/integration/outbound"),
)
WINDOWS = ((720, 450), (390, 844))
"""A desk's at 200 %, and a phone's."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    people = (("root", "admin", ""), ("desk", "admissions", ""), ("ravi", "nurse", "4B"))
    with peopled(tmp_path_factory.mktemp("integration"), *people) as found:
        yield found


@pytest.fixture(scope="module")
def engineer(browser: Browser, two: HouseProcess) -> Any:
    """The cookies of somebody who signed in once."""
    with window(browser) as page:
        sign_in(page, two, "root", PASSWORD)
        return page.context.storage_state()


def tell(found: HouseProcess, number: int, body: str, trigger: str = "A01") -> None:
    """Send one message over MLLP and wait until it is settled."""
    at = f"{datetime.now(UTC) - timedelta(minutes=30 - number):%Y%m%d%H%M%S}+0000"
    text = f"MSH|^~\\&|HIS|H|BF|H|{at}||ADT^{trigger}|T{number}|P|2.5\rEVN|{trigger}|{at}\r{body}"
    with socket.create_connection(("127.0.0.1", found.mllp), timeout=10) as connection:
        connection.sendall(b"\x0b" + text.encode() + b"\x1c\r")
        assert b"MSA|AA" in connection.recv(4096)
    known = f"/api/v1/hl7/letters?control_id=T{number}"
    until(lambda: found.get(known, "admin")["items"], lambda items: items and items[0]["state"] != "received")


def patient(number: int, place: str) -> str:
    return f"PID|1||MRN{number}^^^H^MR||Canarita^Canaria{number}||19800101|F\rPV1|1|I|{place}||||||||||||||||V{number}"


def test_a_place_is_mapped_and_the_patient_arrives(browser: Browser, two: HouseProcess, engineer: Any) -> None:
    tell(two, 1, patient(1, "9Z^Q^9"))
    tell(two, 2, "NPU|8Y^P^8|H", "A20")
    assert bed(two, "4B-A-05")["status"] == "available"
    with window(browser, state=engineer) as page:
        page.goto(f"{two.origin}/")
        page.locator("a.tile[href='/integration']").click()
        expect(page.locator(".tabs a", has_text="Tray")).to_contain_text("1")
        page.locator(".tabs a", has_text="Letters").click()
        page.locator("select[name=state]").select_option("parked")
        page.get_by_role("button", name="Search").click()
        page.locator("tbody a").first.click()
        expect(page.locator("main")).to_contain_text("Bed 8Y^P^8 (no bed) reported H (housekeeping)")
        page.locator(".tabs a", has_text="Tray").click()
        picture(page, "tray")
        for place, wanted in (("9Z^Q^9", "4B-A-05"), ("8Y^P^8", "4B-A-06")):
            row = page.locator("li.word", has_text=place)
            row.locator("input[name=meaning]").fill(wanted)
            row.locator("input[name=meaning]").press("Enter")
            expect(page.locator("li.word", has_text=place)).to_have_count(0)
        expect(page.locator(".progress")).to_contain_text("1 of 1 handled")
    until_status(two, "4B-A-05", "occupied")
    until_status(two, "4B-A-06", "cleaning")
    with window(browser) as page:
        sign_in(page, two, "ravi", PASSWORD)
        page.goto(f"{two.origin}/wards/4B")
        expect(page.locator("[id='row-4B-A-05'] .occupant")).to_contain_text("Canaria1")


def test_a_conflict_is_settled_by_one_click(browser: Browser, two: HouseProcess, engineer: Any) -> None:
    tell(two, 3, patient(3, "4B^A^4B-A-01"))
    tell(two, 4, patient(4, "4B^A^4B-A-01"))
    with window(browser) as page:
        sign_in(page, two, "desk", PASSWORD)
        page.goto(f"{two.origin}/admissions")
        page.get_by_role("link", name="1 conflict to settle").click()
        expect(page.locator(".side")).to_have_count(2)
        expect(page.locator(".sides")).to_contain_text("Canaria3")
        picture(page, "conflicts")
        assert axe(page) == []
        page.get_by_role("button", name="V4 lies in").click()
        expect(page.locator("main")).to_contain_text("No visit contradicts another")
    assert two.get("/api/v1/visits/V4")["bed"] == "4B-A-01"
    assert two.get("/api/v1/visits/V3")["bed"] is None


def test_three_who_claim_one_bed_are_told_apart(browser: Browser, two: HouseProcess, engineer: Any) -> None:
    for number in (11, 12, 13):
        tell(two, number, patient(number, "4B^A^4B-A-04"))
    with window(browser, state=engineer) as page:
        page.goto(f"{two.origin}/integration/conflicts")
        expect(page.locator("section.conflict")).to_have_count(2)
        assert axe(page) == []


def test_a_letter_is_masked_until_it_is_opened_for_a_reason(browser: Browser, two: HouseProcess, engineer: Any) -> None:
    tell(two, 5, patient(5, "4B^A^4B-A-02"))
    number = two.get("/api/v1/hl7/letters?control_id=T5", "admin")["items"][0]["id"]
    with window(browser, state=engineer) as page:
        page.goto(f"{two.origin}/integration/letters/{number}")
        expect(page.locator("main")).to_contain_text("Admit visit V5 to 4B^A^4B-A-02 = bed 4B-A-02")
        expect(page.locator("main")).not_to_contain_text("Canari")
        picture(page, "letter")
        page.locator("summary", has_text="break-glass").click()
        page.locator("select[name=reason]").select_option(index=1)
        page.get_by_role("button", name="Show and record").click()
        expect(page.locator("main")).to_contain_text("Canaria5")
        assert "anari" not in page.url
        page.goto(f"{two.origin}/integration/letters/{number}")
        expect(page.locator("main")).not_to_contain_text("Canari")
        expect(page.locator("main ul.said", has_text="root")).to_contain_text("check a field's mapping")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PARTS)
def test_every_part_is_for_everybody(browser: Browser, two: HouseProcess, engineer: Any, path: str, scheme: str) -> None:
    with window(browser, scheme=scheme, state=engineer) as page:
        page.goto(f"{two.origin}{path}")
        picture(page, f"{path.rpartition('/')[2]}-{scheme}")
        assert axe(page) == []
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_page_that_is_not_refreshed_says_so(browser: Browser, two: HouseProcess, engineer: Any) -> None:
    with window(browser, state=engineer) as page:
        page.goto(f"{two.origin}/integration")
        page.route("**/integration/board", lambda route: route.fulfill(status=409))
        expect(page.locator("#late")).to_be_visible(timeout=20_000)


def picture(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"integration-{name}.png", full_page=True)
