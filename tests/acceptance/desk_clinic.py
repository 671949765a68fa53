"""One desk in a hospital of two wards, used by keyboard alone: the house, its window, and who waits there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.browser import Cookies
from tests.acceptance.desk_people import ask_for_bed, promise
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.test_integration_browser import patient, tell
from tests.hospital_file import hospital_file

NO_MOUSE = """
window.mouse = 0;
for (const kind of ["mousedown", "mouseup", "pointerdown", "touchstart"]) addEventListener(kind, () => { window.mouse += 1; }, true);
addEventListener("click", (event) => { if (event.isTrusted && event.detail > 0) window.mouse += 1; }, true);
"""
SURGERY = """
[[wards]]
id = "7S"
name = "Ward 7S"
specialty = "Surgery"
[[wards.rooms]]
id = "A"
name = "Bay A"
type = "general"
beds = 12
"""
FEATURES = 'features = ["oxygen", "telemetry"]\nbeds = 6'


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    """Medicine with oxygen, and surgery: started once, for that takes longer than a test."""
    folder = tmp_path_factory.mktemp("session")
    file = folder / "hospital.toml"
    text = hospital_file({"4B": {"A": 6}}, clinic=False, name="One Desk Hospital").replace("beds = 6", FEATURES)
    file.write_text(text.replace("\n[[feeds]]", f"{SURGERY}\n[[feeds]]"))
    with house(folder, file) as found:
        found.add("asha", "admissions")
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, hospital: HouseProcess) -> Cookies:
    return Cookies(browser, hospital)


@pytest.fixture
def clinic(hospital: HouseProcess) -> Iterator[HouseProcess]:
    """Nobody waits and no bed is promised: what a test left behind is taken away."""
    yield hospital
    for request in hospital.every("/api/v1/bed-requests"):
        hospital.ask("DELETE", f"/api/v1/bed-requests/{request['id']}")


@contextmanager
def keyboard(cookies: Cookies, width: int, height: int) -> Iterator[Page]:
    """The desk, on which no mouse is ever used."""
    with cookies.window("asha", "/admissions", width, height) as page:
        page.evaluate(NO_MOUSE)
        yield page
        assert page.evaluate("window.mouse") == 0


def type_in(page: Page, name: str, words: str, dialog: str = "new-request") -> None:
    """Tab until the field has the focus, as a person does, and type."""
    for _ in range(60):
        if page.evaluate("[document.activeElement.name, document.activeElement.closest('dialog')?.id].join()") == f"{name},{dialog}":
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"the field {name} is not reached by Tab")
    page.keyboard.type(words)


def fill(clinic: HouseProcess) -> None:
    """Somebody of every kind that a key speaks of."""
    for name in ("Ask One", "Ask Two", "Ask Three"):
        ask_for_bed(clinic, name)
    clinic.ask("POST", "/api/v1/bed-requests", {"type": "general", "patient": {"unknown": "F"}, "priority": 2})
    promise(clinic, ask_for_bed(clinic, "Promised Pia"), "4B-A-06")
    for number in (7, 8, 9):
        hold(clinic, f"Held Hana {number}", f"7S-A-{number:02d}", specialty="Surgery")
    clinic.ask("DELETE", f"/api/v1/bed-requests/{ask_for_bed(clinic, 'Lapsed Lea')}")
    tell(clinic, 1, patient(1, "4B^A^4B-A-05"))
    tell(clinic, 2, patient(2, "4B^A^4B-A-05"))


def hold(clinic: HouseProcess, name: str, bed: str, **more: Any) -> str:
    """Somebody for whom this bed is held; the request's number."""
    request = ask_for_bed(clinic, name, **more)
    until_at = datetime.now(UTC) + timedelta(minutes=14)
    promise(clinic, request, bed, hold=True, until=until_at.isoformat())
    return request
