"""A cheap phone for the browser tests: 360 x 740, as slow as a test wants it, its data kept over restarts, and between it and
the hospital a wire that can be cut, or lose the answer to a tap after the hospital has counted it."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import segno
from playwright.sync_api import Browser, Page

from tests.acceptance.house import HouseProcess, free_port
from tests.acceptance.people import FLAGS, page_engine, sign_in, window

TAP = b"POST /housekeeping/"
SLOWER = 4
"""A cheap phone beside this machine. Chromium burns the time by which it holds a page back: only where that is part of the story."""


@dataclass
class Wire:
    """A TCP proxy. `up`: connections pass; `lose`: of how many more taps the answer is swallowed."""

    to: int
    port: int = field(default_factory=free_port)
    up: bool = True
    lose: int = 0
    lost: int = 0
    sockets: list[socket.socket] = field(default_factory=list)

    def cut(self) -> None:
        """No way through, and whatever was open breaks."""
        self.up = False
        open_ends, self.sockets = self.sockets, []
        for end in open_ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve(self, listening: socket.socket) -> None:
        """Take connections until the listening socket is closed."""
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            if not self.up:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                near.close()
                continue
            self.sockets += [near, far]
            silent = [False]
            Thread(target=self._up, args=(near, far, silent), daemon=True).start()
            Thread(target=self._down, args=(far, near, silent), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket, silent: list[bool]) -> None:
        with near, suppress(OSError):
            while some := near.recv(65536):
                if TAP in some and self.lose:
                    self.lose -= 1
                    silent[0] = True
                far.sendall(some)
            far.shutdown(socket.SHUT_RDWR)

    def _down(self, far: socket.socket, near: socket.socket, silent: list[bool]) -> None:
        with far, suppress(OSError):
            while some := far.recv(65536):
                if silent[0]:
                    self.lost += 1
                    break
                near.sendall(some)
            near.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire(found: HouseProcess) -> Iterator[Wire]:
    """A wire to the hospital, as long as the block lasts."""
    made = Wire(found.http)
    listening = socket.create_server(("127.0.0.1", made.port))
    Thread(target=made.serve, args=(listening,), daemon=True).start()
    try:
        yield made
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        made.cut()


@contextmanager
def phone(
    browser: Browser,
    folder: Path,
    camera: Path | None = None,
    program: Callable[[], str | None] = page_engine,
    slower: float = 1,
    **more: Any,
) -> Iterator[Page]:
    """The phone switched on; its data is in `folder`, so that the next one goes on where this one ended. `camera`: the film it sees."""
    filmed = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
    size: Any = {"width": 360, "height": 740}
    start = browser.browser_type.launch_persistent_context
    context = start(str(folder), executable_path=program(), args=FLAGS.split() + (filmed if camera else []), viewport=size, **more)
    page = context.pages[0]
    if slower > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    try:
        yield page
    finally:
        context.close()


def pair(page: Page, browser: Browser, found: HouseProcess, at: str, admin: str, password: str, pin: str = "4711") -> None:
    """The phone shows six digits, the administrator types them in."""
    page.goto(f"{at}/pair?kind=phone")
    code = re.sub(r"\D", "", page.locator(".code").inner_text())
    with window(browser) as desk:
        sign_in(desk, found, admin, password)
        desk.goto(f"{found.origin}/admin/devices/new")
        desk.fill("[name=code]", code)
        desk.fill("[name=name]", "Phone 1")
        desk.fill("[name=pin]", pin)
        desk.locator("form[action='/admin/devices/new'] button").last.click()
        page.wait_for_url("**/housekeeping**", timeout=30_000)


def film_of(text: str, path: Path) -> Path:
    """A film (YUV4MPEG2) of a QR code held before the camera."""
    rows = [bytes(35 if dark else 220 for dark in row) for row in segno.make(text, error="q", micro=False).matrix_iter(scale=8, border=6)]
    wide, high = 640, 480
    left, top = (wide - len(rows[0])) // 2, (high - len(rows)) // 2
    blank = bytes([160]) * wide
    picture = b"".join([blank * top, *(blank[:left] + row + blank[left + len(row) :] for row in rows), blank * (high - top - len(rows))])
    frame = b"FRAME\n" + picture + bytes([128]) * (wide * high // 2)
    path.write_bytes(f"YUV4MPEG2 W{wide} H{high} F10:1 Ip A0:0 C420jpeg\n".encode() + frame * 10)
    return path
