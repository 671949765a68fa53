"""Bytes in, pixels out: one letter moves the wall, the desk and the ward page; a server that freezes is called out and forgiven."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.browser import Cookies, peopled
from tests.acceptance.house import HouseProcess
from tests.acceptance.test_road import adt, send

pytestmark = pytest.mark.timeout(180)
SOON, DEAD, HEALED = 3_000, 35, 5
"""Milliseconds from a letter to its pixels; seconds to the banner of a frozen server; seconds from its return to live."""

OPEN = (("ravi", "/displays/ward/ward/4B"), ("ravi", "/wards/4B"), ("asha", "/admissions"))


def _now() -> str:
    """The hospital's time as HL7 writes it: of a bed whose news is old, the wall would say so."""
    return datetime.now(ZoneInfo("Asia/Kolkata")).strftime("%Y%m%d%H%M%S")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    with peopled(tmp_path_factory.mktemp("live"), ("ravi", "nurse", "4B"), ("asha", "admissions", "")) as found:
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, two: HouseProcess) -> Cookies:
    return Cookies(browser, two)


def test_a_letter_is_on_every_open_screen_within_three_seconds(two: HouseProcess, cookies: Cookies) -> None:
    with ExitStack() as screens:
        wall, ward, desk = (screens.enter_context(cookies.window(name, path)) for name, path in OPEN)
        assert send(two, adt("A01", "live1", "4B^A^4B-A-01", "VL1", _now())) == "AA"
        begun = time.monotonic()
        expect(wall.get_by_role("img", name="Bed A1, occupied")).to_be_visible(timeout=SOON)
        expect(ward.locator("[id='row-4B-A-01']")).to_have_attribute("data-state", "occupied", timeout=SOON)
        expect(desk.locator(".log")).to_contain_text("4B A1", timeout=SOON)
        assert time.monotonic() - begun < SOON / 1000


def test_a_frozen_server_is_called_out_on_every_screen_and_forgiven(two: HouseProcess, cookies: Cookies) -> None:
    """Stopped as a hung machine is: connections stay open, nothing comes. What happened meanwhile is shown on return."""
    assert two.process is not None
    with ExitStack() as screens:
        pages = [screens.enter_context(cookies.window(name, path)) for name, path in OPEN]
        os.kill(two.process.pid, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            for page in pages:
                expect(page.locator(".not-live")).to_be_visible(timeout=(DEAD + 5) * 1000)
                expect(page.locator(".not-live")).to_contain_text("NOT LIVE")
                expect(page.locator(".live")).not_to_contain_text("Live ·")
            assert time.monotonic() - begun <= DEAD
        finally:
            os.kill(two.process.pid, signal.SIGCONT)
        returned = time.monotonic()
        for page in pages:
            expect(page.locator(".not-live")).to_be_hidden(timeout=HEALED * 2000)
            expect(page.locator(".live[data-live=live]")).to_be_visible()
        assert time.monotonic() - returned <= HEALED
        assert send(two, adt("A01", "live2", "4B^A^4B-A-02", "VL2", _now())) == "AA"
        expect(pages[0].get_by_role("img", name="Bed A2, occupied")).to_be_visible(timeout=SOON)
        expect(pages[1].locator("[id='row-4B-A-02']")).to_have_attribute("data-state", "occupied", timeout=SOON)
