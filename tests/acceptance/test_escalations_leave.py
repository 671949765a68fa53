"""An urgent clean that waits, on a running hospital whose clock runs fast: the bell rings and a message leaves through apprise, once, over
a kill and a restart."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest

from tests.acceptance.browser import TWO_WARDS, until
from tests.acceptance.house import HouseProcess, house

pytestmark = pytest.mark.timeout(180)
FAST = "60"


@contextmanager
def gateway() -> Iterator[tuple[int, list[str]]]:
    """What apprise posts to, and what it said."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["message"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
            """Nothing on the test's screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()


def bell(found: HouseProcess, role: str) -> int:
    asked = Request(f"{found.origin}/escalations/bell", headers={"authorization": f"Bearer {found.token(role)}"})
    with urlopen(asked, timeout=20) as answer:
        hit = re.search(r"<b>(\d+)</b>", answer.read().decode())
    return int(hit[1]) if hit else 0


def test_a_message_leaves_once_and_the_bell_rings_until_the_bed_is_cleaned(tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    file.write_text(TWO_WARDS)
    with gateway() as (port, heard):
        notify = f"supervisor=json://127.0.0.1:{port}/"
        with house(tmp_path, file, BEDFLOW_CLOCK_SPEED=FAST, BEDFLOW_NOTIFY=notify) as found:
            status, told = found.ask("POST", "/api/v1/beds/4B-A-01/status", {"status": "cleaning", "clean": "stat"})
            assert status == 200, told
            until(lambda: list(heard), lambda said: len(said) == 1, within=60)
            assert re.fullmatch(r"Ward 4B: 1 urgent clean waits \(longest \d+ min past the aim\)", heard[0])
            assert bell(found, "supervisor") == 1
            found.kill()
            found.start()
            until(lambda: bell(found, "manager"), lambda count: count == 1, within=30)
            status, told = found.ask("POST", "/api/v1/beds/4B-A-01/status", {"status": "cleaning", "stage": "in_progress"}, "housekeeping")
            assert status == 200, told
            until(lambda: bell(found, "supervisor"), lambda count: count == 0, within=40)
        assert len(heard) == 1
