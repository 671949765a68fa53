"""An urgent bed on its way to a sleeping phone: from the click to the push service, and from there to a notification on the phone."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import PASSWORD, TWO_WARDS, until
from tests.acceptance.house import HouseProcess, house
from tests.acceptance.people import whole_chromium
from tests.acceptance.phones import pair, phone
from tests.integration.test_pushing import Browser as Receiver
from tests.integration.test_pushing import point

pytestmark = pytest.mark.browser
SUBSCRIBE = """([endpoint, p256dh, auth]) => fetch('/housekeeping/push', { method: 'POST',
  headers: { 'X-CSRF-Token': document.querySelector('[name=csrf]').value },
  body: new URLSearchParams({ endpoint, p256dh, auth }) }).then((answer) => answer.status)"""


class Service(BaseHTTPRequestHandler):
    """A push service that keeps what comes."""

    came: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.came.append((self.headers["authorization"], body))
        self.send_response(201)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    came: list[tuple[str, bytes]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Kept", (Service,), {"came": came}))
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", came
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def small(tmp_path: Path, service: tuple[str, list[tuple[str, bytes]]]) -> Iterator[HouseProcess]:
    file = tmp_path / "hospital.toml"
    file.write_text(TWO_WARDS)
    with house(tmp_path, file, BEDFLOW_PUSH=f"mailto:it@example.org {service[0]}") as found:
        found.add("root", "admin")
        yield found


def text(some: bytes) -> str:
    return urlsafe_b64encode(some).rstrip(b"=").decode()


def test_an_urgent_bed_wakes_a_sleeping_phone(
    browser: Browser, small: HouseProcess, service: tuple[str, list[tuple[str, bytes]]], tmp_path: Path
) -> None:
    at, came = service
    receiver = Receiver("one")
    with phone(browser, tmp_path / "phone", program=whole_chromium) as page:
        page.context.grant_permissions(["notifications"], origin=small.origin)
        pair(page, browser, small, small.origin, "root", PASSWORD)
        page.goto(f"{small.origin}/housekeeping?lang=hi")
        page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
        keys = [text(point(receiver.key)), text(receiver.auth)]
        assert page.evaluate(SUBSCRIBE, ["http://127.0.0.1:9/steal", *keys]) == 409, "another service than those allowed"
        assert page.evaluate(SUBSCRIBE, [f"{at}/one", "x", "y"]) == 422
        assert page.evaluate(SUBSCRIBE, [f"{at}/one", *keys]) == 204
        assert small.ask("POST", "/api/v1/beds/4B-A-02/status", {"status": "cleaning", "clean": "stat"})[0] == 200
        until(lambda: came, bool, within=20)
        told = receiver.read(came[0][1])
        assert (told["kind"], told["label"]) == ("stat", "A2")
        failed = delivered(page, small, json.dumps(told))
        shown = "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map((each) => each.title))"
        until(lambda: (page.evaluate(shown), failed), lambda seen: len(seen[0]) == 1, within=15)
        assert page.evaluate(shown)[0].endswith("A2")
        assert any("ऀ" <= letter <= "ॿ" for letter in page.evaluate(shown)[0]), "in the phone's language"
        assert len(came) == 1


def delivered(page: Page, small: HouseProcess, data: str) -> list[str]:
    """What the push service hands to the browser, which has opened it; returns what its worker complains of."""
    registered: list[dict[str, Any]] = []
    failed: list[str] = []
    session = page.context.new_cdp_session(page)
    session.on("ServiceWorker.workerErrorReported", lambda event: failed.append(event["errorMessage"]["errorMessage"]))
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registered.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    until(lambda: page.wait_for_timeout(50) or registered, bool)
    number = next(one["registrationId"] for one in registered if one["scopeURL"].endswith("/housekeeping"))
    session.send("ServiceWorker.deliverPushMessage", {"origin": small.origin, "registrationId": number, "data": data})
    return failed


def test_a_hospital_that_set_nothing_up_asks_nobody(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    file.write_text(TWO_WARDS)
    with house(tmp_path, file) as quiet, phone(browser, tmp_path / "phone", program=whole_chromium) as page:
        quiet.add("root", "admin")
        pair(page, browser, quiet, quiet.origin, "root", PASSWORD)
        page.goto(f"{quiet.origin}/housekeeping")
        page.locator("html[data-stocked]").wait_for(state="attached", timeout=30_000)
        assert page.evaluate("fetch('/housekeeping/push').then((answer) => answer.status)") == 204
        expect(page.locator("#push")).to_be_hidden()
