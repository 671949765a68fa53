"""A promise made and taken back at the desk: the HIS hears nothing of it, and of one that stands only when it can no longer be undone."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect

from adt_feed.framing import MllpReader, wrap
from adt_feed.message import Message
from tests.acceptance.browser import Cookies, until
from tests.acceptance.desk_people import request_of, waiting
from tests.acceptance.house import house
from tests.acceptance.people import chromium
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(180)
SECONDS = 4


@dataclass
class His:
    """Hears letters and says AA; each with the moment at which it came."""

    port: int = 0
    heard: list[tuple[float, Message]] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with peer:
                self._hear(peer)

    def _hear(self, peer: socket.socket) -> None:
        reader = MllpReader(1_000_000)
        while data := peer.recv(65536):
            for body in (each for each in reader.feed(data) if isinstance(each, bytes)):
                message = Message.parse(body)
                self.heard.append((time.monotonic(), message))
                peer.sendall(wrap(f"MSH|^~\\&|HIS|H|||20260101||ACK|1|P|2.5\rMSA|AA|{message.control_id}\r".encode()))


@contextmanager
def listening() -> Iterator[His]:
    his, door = His(), socket.create_server(("127.0.0.1", 0))
    his.port = door.getsockname()[1]
    thread = threading.Thread(target=his.serve, args=(door,), daemon=True)
    thread.start()
    try:
        yield his
    finally:
        door.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        door.close()


def test_the_his_is_told_when_it_can_no_longer_be_undone_and_never_of_what_was(tmp_path: Path) -> None:
    with listening() as his, chromium() as browser:
        file = tmp_path / "hospital.toml"
        plan = hospital_file({"4B": {"A": 4}}, clinic=False, outbound=f"127.0.0.1:{his.port}")
        file.write_text(f'{plan}sends = ["A14"]\n')
        with house(tmp_path, file, BEDFLOW_UNDO_SECONDS=str(SECONDS)) as found:
            found.add("asha", "admissions")
            cookies = Cookies(browser, found)
            with waiting(found, "Meera Rao") as (request,), cookies.window("asha", "/admissions") as page:
                expect(page.locator("[data-assign='1']")).to_be_visible()
                page.keyboard.press("Enter")
                expect(page.locator(".undo")).to_be_visible()
                page.keyboard.press("u")
                until(lambda: request_of(found, request)["bed"], lambda bed: bed is None)
                page.wait_for_timeout(1000 * (SECONDS + 6))  # the courier has looked at its queue since it would have been due
                assert his.heard == []
                page.keyboard.press("2")
                promised = time.monotonic()
                bed = until(lambda: request_of(found, request)["bed"], bool)
                (came, letter) = until(lambda: his.heard, bool, within=SECONDS + 8)[0]
                assert came - promised >= SECONDS - 1, "while it can be undone it is not told"
                pv1 = letter.first("PV1")
                assert pv1 is not None
                assert (letter.trigger, pv1.raw(42).endswith(bed)) == ("A14", True)
                until(lambda: request_of(found, request)["notice"], lambda notice: notice == "sent")
