"""A desk's patients for the browser tests: who waits, what the house says of their requests and beds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

from tests.acceptance.house import HouseProcess


def ask_for_bed(found: HouseProcess, name: str, **more: Any) -> str:
    """A woman of forty waits for a general bed; the request's number."""
    person = {"mrn": f"MRN-{name.upper().replace(' ', '')}", "name": name, "sex": "F"}
    asked = {"type": "general", "patient": person, "sex": "F", "age": 40, "priority": 3, "specialty": "Medicine", **more}
    status, body = found.ask("POST", "/api/v1/bed-requests", asked)
    assert status == 201, body
    return str(body["id"])


@contextmanager
def waiting(found: HouseProcess, *names: str, **more: Any) -> Iterator[list[str]]:
    """These patients wait; afterwards they have left the list, and their beds are free again."""
    made = [ask_for_bed(found, name, **more) for name in names]
    try:
        yield made
    finally:
        for request in made:
            found.ask("DELETE", f"/api/v1/bed-requests/{request}/assignment")
            found.ask("DELETE", f"/api/v1/bed-requests/{request}")


def request_of(found: HouseProcess, request: str) -> dict[str, Any]:
    """A request over the API."""
    state: dict[str, Any] = found.get(f"/api/v1/bed-requests/{request}")
    return state


def promise(found: HouseProcess, request: str, bed: str, **more: Any) -> None:
    """Somebody else promises a bed."""
    status, body = found.ask("POST", f"/api/v1/bed-requests/{request}/assignment", {"bed": bed, **more})
    assert status == 200, body


def set_status(found: HouseProcess, bed: str, status: str, role: str = "admissions", **more: Any) -> None:
    """A bed goes out of use, or back; a supervisor has it cleaned."""
    code, body = found.ask("POST", f"/api/v1/beds/{bed}/status", {"status": status, **more}, role=role)
    assert code == 200, body


def listed(page: Page) -> list[str]:
    """The beds of the cards, in their order."""
    return [str(card.get_attribute("data-bed")) for card in page.locator("#ranking .suggestion").all()]


def lit(page: Page) -> list[str]:
    """The beds marked in the plan that is shown."""
    return [str(mark.get_attribute("data-mark")) for mark in page.locator(".candidate.on .mark.on").all()]
