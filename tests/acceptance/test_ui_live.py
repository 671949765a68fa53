"""Bytes in, pixels out: one letter moves the wall, the desk and the ward page; a server that freezes is called out and forgiven."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from shutil import which
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.browser import TWO_WARDS, Cookies, peopled, until
from tests.acceptance.house import HouseProcess, free_port, house
from tests.acceptance.inside import count_habits
from tests.acceptance.test_road import adt, send

pytestmark = pytest.mark.timeout(180)
SOON, GONE, DEAD, HEALED = 3_000, 15, 35, 5
"""Milliseconds from a letter to its pixels; seconds until a frozen server is live no more, until its banner, from its return to live."""

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
                expect(page.locator(".live")).not_to_contain_text("Live ·", timeout=GONE * 1000)
            assert time.monotonic() - begun <= GONE
            for page in pages:
                expect(page.locator(".not-live")).to_be_visible(timeout=(DEAD + 5) * 1000)
                expect(page.locator(".not-live")).to_contain_text("NOT LIVE")
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


NGINX = """worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log error;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; proxy_set_header Host $host:$server_port; }}
  }}
}}
"""


@contextmanager
def proxied(folder: Path, behind: int) -> Iterator[str]:
    """nginx as an administrator sets it up, in front of a port; its address."""
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, port=port, behind=behind))
    with subprocess.Popen(["nginx", "-e", "stderr", "-c", str(file), "-p", str(folder)], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _listens(port), bool)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(
    which("nginx") is None and "CI" not in os.environ,
    reason="no nginx here: .ci/nginx (as root) or apt-get install nginx; CI does not skip it",
)
def test_a_wall_behind_nginx_comes_back_from_its_502(two: HouseProcess, cookies: Cookies, tmp_path: Path) -> None:
    """Killed, the server leaves the proxy to answer with a page of its own, which ends an EventSource for good."""
    with cookies.window("ravi", "/displays/ward/ward/4B") as wall, proxied(tmp_path, two.http) as origin:
        wall.goto(f"{origin}/displays/ward/ward/4B")
        expect(wall.locator(".live[data-live=live]")).to_be_visible(timeout=15_000)
        two.kill()
        wall.wait_for_event("response", lambda answer: answer.status == 502, timeout=15_000)
        two.start()
        returned = time.monotonic()
        assert send(two, adt("A01", "live3", "4B^A^4B-A-03", "VL3", _now())) == "AA"
        expect(wall.get_by_role("img", name="Bed A3, occupied")).to_be_visible(timeout=HEALED * 2000)
        expect(wall.locator(".live[data-live=live]")).to_be_visible()
        expect(wall.locator(".not-live")).to_be_hidden()
        assert time.monotonic() - returned <= HEALED, "live alone says nothing: for twelve seconds it is true of an old picture"


def test_a_feed_that_falls_silent_is_said_apart_from_the_stream(tmp_path: Path, browser: Browser) -> None:
    """On a clock that runs sixty times as fast: the limit of ten minutes is over in ten seconds. The picture is live all along; what is
    silent is the other system, by name and with its time; and when it is heard again, the ward's own line is back."""
    with house(tmp_path, _file(tmp_path), BEDFLOW_CLOCK_SPEED="60") as found:
        found.add("ravi", "nurse", "4B")
        for number in range(25):
            assert send(found, adt("A08", f"habit{number}", "", "VF1")) == "AA"
        found.settled()
        count_habits(found.environ)
        with Cookies(browser, found).window("ravi", "/displays/ward/ward/4B") as wall:
            limit = json.loads(wall.locator("body").get_attribute("data-feeds") or "{}")["his"]
            feed, live = wall.locator(".feed"), wall.locator(".live")
            assert send(found, adt("A01", "silent1", "4B^A^4B-A-01", "VF2")) == "AA"
            expect(feed).to_be_hidden()
            expect(feed).to_be_visible(timeout=1000 * (limit / 60 + 20))
            expect(feed).to_have_text(re.compile(r"^HIS silent · \d\d min$"))
            expect(wall.locator(".sub")).to_be_hidden()
            expect(live).to_have_attribute("data-live", "live")
            expect(live).to_contain_text("Live · ")
            expect(wall.locator(".not-live")).to_be_hidden()
            assert send(found, adt("A01", "silent2", "4B^A^4B-A-02", "VF3")) == "AA"
            expect(feed).to_be_hidden(timeout=10_000)
            expect(wall.locator(".sub")).to_be_visible()
            expect(live).to_have_attribute("data-live", "live")


def _file(folder: Path) -> Path:
    file = folder / "hospital.toml"
    file.write_text(TWO_WARDS)
    return file
