"""A bed that two systems tell otherwise about, on a real hospital: the nurse is asked within seconds, looks, taps once; walls show it."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.browser import TWO_WARDS, Cookies, until, until_status
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import axe

pytestmark = pytest.mark.timeout(240)
BED = "4B-A-01"
TEN_SECONDS = 10_000


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("checks")
    file = folder / "hospital.toml"
    file.write_text(f"{TWO_WARDS}\n[checks]\nhandover_minutes = 0\n")
    with house(folder, file) as found:
        found.add("asha", "nurse", "4B")
        found.add("meena", "housekeeping")
        yield found


def says(found: HouseProcess, code: str, control: str, bed: str = BED) -> None:
    """Another system's word on the bed (A20)."""
    now = datetime.now(UTC).strftime("%Y%m%d%H%M%S+0000")
    text = f"MSH|^~\\&|BMS|H|BED|H|{now}||ADT^A20|{control}|P|2.5\rEVN|A20|{now}\rNPU|^^{bed}|{code}\r"
    with socket.create_connection(("127.0.0.1", found.mllp), timeout=10) as connection:
        connection.sendall(b"\x0b" + text.encode() + b"\x1c\r")
        assert b"MSA|AA" in connection.recv(4096)


def admitted(found: HouseProcess, mrn: str, bed: str = BED) -> None:
    asked = {"bed": bed, "patient": {"mrn": mrn, "name": "Meera Iyer", "sex": "F"}}
    status, body = found.ask("POST", "/api/v1/visits", asked)
    assert status == 201, body
    until_status(found, bed, "occupied")


def test_a_nurse_is_asked_and_one_tap_tells_the_truth(two: HouseProcess, browser: Browser) -> None:
    cookies = Cookies(browser, two)
    admitted(two, "MRN-1")
    with cookies.window("asha", "/wards/4B") as ward, cookies.window("asha", "/displays/staff/ward/4B") as wall:
        tile = wall.locator(f"[id='bed:{BED}'] .meta")
        says(two, "U", "a1")
        card = ward.locator(".check", has_text="another system says available")
        expect(card).to_be_visible(timeout=TEN_SECONDS + 5_000)
        expect(ward.locator("#checks-title")).to_contain_text("Please look")
        expect(tile).to_have_text(re.compile("^hand [01] ?m.*doubt"))
        expect(ward.locator(f"[id='bed:{BED}'] .meta")).to_have_text(tile.text_content() or "")
        expect(ward.locator(f"[id='row-{BED}'] .trust b")).to_have_text("in doubt")
        assert axe(ward) == []
        card.get_by_role("button", name="Empty, not clean").click()
        assert until_status(two, BED, "cleaning")["stage"] == "waiting"
        expect(card).to_have_count(0)
        expect(tile).not_to_contain_text("doubt")
        expect(ward.locator(f"[id='row-{BED}'] .trust b")).to_have_text("sure")
        ward.keyboard.press("u")
        until_status(two, BED, "occupied")
        expect(card).to_be_visible(timeout=TEN_SECONDS + 5_000)


def test_it_goes_by_itself_when_the_systems_agree(two: HouseProcess, browser: Browser) -> None:
    until(lambda: two.get("/api/v1/checks")["items"], bool, within=20)
    with Cookies(browser, two).window("asha", "/wards/4B") as ward:
        expect(ward.locator(".check")).to_have_count(1)
        says(two, "O", "a2")
        expect(ward.locator(".check")).to_have_count(0, timeout=TEN_SECONDS + 5_000)
    assert two.get("/api/v1/checks")["items"] == []


def test_where_no_nurse_is_at_work_the_cleaner_is_asked(two: HouseProcess, browser: Browser) -> None:
    other = "5A-A-01"
    admitted(two, "MRN-2", other)
    says(two, "U", "a3", other)
    with Cookies(browser, two).window("meena", "/housekeeping", 360, 740) as phone:
        asked = phone.locator(".phone-check", has_text="A1")
        expect(asked).to_be_visible(timeout=TEN_SECONDS + 5_000)
        asked.get_by_role("button").nth(1).click()
        assert until_status(two, other, "cleaning")["stage"] == "waiting"
        expect(asked).to_have_count(0)
