"""A hospital of two wards with its people, for the browser tests; and what those tests wait for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests.acceptance.house import PASSWORD, HouseProcess, house
from tests.acceptance.people import ARTEFACTS, sign_in, window
from tests.hospital_file import hospital_file

TWO_WARDS = hospital_file({"4B": {"A": 6}, "5A": {"A": 4}}, clinic=False, name="Two Wards Hospital")


@contextmanager
def peopled(folder: Path, *people: tuple[str, str, str]) -> Iterator[HouseProcess]:
    """The two wards, served, with accounts of (name, role, ward)."""
    file = folder / "hospital.toml"
    file.write_text(TWO_WARDS)
    with house(folder, file) as found:
        for name, role, ward in people:
            found.add(name, role, ward)
        yield found


class Cookies:
    """People sign in once; a window of theirs later starts with the cookies. A window whose test fails leaves its picture."""

    def __init__(self, browser: Browser, found: HouseProcess) -> None:
        self.browser, self.house = browser, found
        self._kept: dict[str, Any] = {}

    @contextmanager
    def window(self, name: str, path: str, width: int = 1440, height: int = 900) -> Iterator[Page]:
        """A window of this person on a page that listens to its stream."""
        if name not in self._kept:
            with window(self.browser) as page:
                sign_in(page, self.house, name, PASSWORD)
                self._kept[name] = page.context.storage_state()
        with window(self.browser, width, height, state=self._kept[name]) as page:
            page.goto(f"{self.house.origin}{path}")
            try:
                page.locator(".live[data-live=live]").wait_for(timeout=15_000)
                yield page
            except BaseException:
                ARTEFACTS.mkdir(exist_ok=True)
                page.screenshot(path=ARTEFACTS / f"failed-{name}-{path.strip('/').replace('/', '-')}.png")
                raise


def until(ask: Callable[[], Any], want: Callable[[Any], bool], within: float = 20) -> Any:
    """Ask again and again until the answer is the one wanted."""
    deadline = time.monotonic() + within
    while not want(answer := ask()):
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)
    return answer


def asked(page: Page, words: str) -> Any:
    """What the page says; of one that reloads just now, its successor, which may do so itself."""
    for _ in range(5):
        try:
            return page.evaluate(words)
        except Error:
            page.wait_for_load_state()
    return page.evaluate(words)


def bed(found: HouseProcess, bed_id: str) -> dict[str, Any]:
    """A bed over the API."""
    state: dict[str, Any] = found.get(f"/api/v1/beds/{bed_id}")
    return state


def until_status(found: HouseProcess, bed_id: str, status: str) -> dict[str, Any]:
    """The bed once it has the status."""
    state: dict[str, Any] = until(lambda: bed(found, bed_id), lambda state: state["status"] == status)
    return state
