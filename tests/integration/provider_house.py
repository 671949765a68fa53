"""A hospital whose people sign in by a real provider (oidc-provider, on loopback), and browsers that go to its pages and come back."""

import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin

import httpx
import pytest

from flow.domain.audit import Kind, Trace
from flow.domain.roles import Role
from flow.domain.sign_in_rules import Given, SignInRules
from flow.history.audit import Asked as Searched
from flow.main.providing import providing
from flow.settings import Settings
from tests.acceptance.house import free_port
from tests.integration.test_desk import open_house
from tests.integration.web_house import ORIGIN, Web, make_web
from tests.plans import small_plan

ROOT = Path(__file__).parents[2]
BACK = f"{ORIGIN}/login/provider/back"
GIVEN = (
    Given("chiefs", Role.ADMIN),
    Given("nurses", Role.NURSE, "4B"),
    Given("desk", Role.ADMISSIONS),
    Given("cleaners", Role.HOUSEKEEPING),
)  # type: ignore[arg-type]
PEOPLE = {
    "asha": {"name": "Asha Rao", "preferred_username": "asha", "groups": ["all", "desk"], "amr": ["pwd", "otp"]},
    "ravi": {"name": "Ravi", "preferred_username": "Ravi K@h.example", "groups": ["desk", "nurses"], "amr": ["pwd"]},
    "meena": {"name": "Meena", "preferred_username": "meena", "groups": ["cleaners"]},
    "chief": {"name": "Chief", "preferred_username": "chief", "groups": ["chiefs"], "amr": ["mfa"]},
    "lost": {"name": "Lost", "preferred_username": "lost", "groups": ["visitors"], "amr": ["mfa"]},
}


class Ears(BaseHTTPRequestHandler):
    """Hears what the provider says behind the browser's back."""

    heard: list[bytes] = []

    def do_POST(self) -> None:
        self.heard.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def ears() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Ears)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/out"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def provider(origin: str, port: int, ears: str = "") -> Iterator[str]:
    """The provider of a hospital at this address; the test is skipped with the reason where npm cannot fetch it."""
    put = subprocess.run([ROOT / ".ci" / "npm", "provider"], capture_output=True, text=True, check=False)
    if put.returncode:
        reason = f"oidc-provider could not be put into place: {put.stderr.strip().splitlines()[-1:]}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    node = put.stdout.strip()
    client = {
        "client_id": "bedflow",
        "client_secret": "a secret of tests",
        "redirect_uris": [f"{origin}/login/provider/back"],
        "post_logout_redirect_uris": [f"{origin}/login"],
        **({"backchannel_logout_uri": ears, "backchannel_logout_session_required": True} if ears else {}),
    }
    folder = str(Path(node).parent / "node_modules" / "oidc-provider")
    said = json.dumps({"clients": [client], "people": PEOPLE})
    command = [node, str(Path(__file__).with_name("provider.mjs")), folder, str(port), said]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            assert any(line == "listening\n" for line in process.stdout), "it ended before it listened"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def issuer(ears: str) -> Iterator[str]:
    with provider(ORIGIN, free_port(), ears) as found:
        yield found


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path, issuer: str) -> AsyncIterator[Web]:
    """A hospital that wants second factors, and has this provider; its clock is the provider's."""
    async with AsyncExitStack() as stack:
        plan = replace(small_plan(), sign_in=SignInRules("City General", groups=GIVEN))
        core = await open_house(stack, dsn, redis_url, tmp_path, plan)
        core.clock.set(datetime.now(UTC))
        said = {"BEDFLOW_OIDC_ISSUER": issuer, "BEDFLOW_OIDC_CLIENT_ID": "bedflow", "BEDFLOW_OIDC_CLIENT_SECRET": "a secret of tests"}
        found = providing(Settings.from_environ({**said, "BEDFLOW_PUBLIC_URL": ORIGIN}), plan.sign_in, core.clock)
        yield make_web(core, stack, tmp_path, second_factor="required", provider=found)


async def browser_of(web: Web, issuer: str) -> httpx.AsyncClient:
    """A browser that reaches the hospital and the provider."""
    ours = httpx.ASGITransport(app=web.app, raise_app_exceptions=False, client=("192.0.2.7", 4000))
    mounts = {ORIGIN: ours, issuer: httpx.AsyncHTTPTransport()}
    return await web.stack.enter_async_context(httpx.AsyncClient(mounts=mounts, base_url=ORIGIN))


async def away(web: Web, browser: httpx.AsyncClient, path: str = "/login/provider", **form: str) -> str:
    """Where the sign-in page's button leads."""
    web.core.clock.set(datetime.now(UTC))
    known = re.search(r'name="csrf" value="(\w+)"', (await browser.get("/login")).text)
    sent = await browser.post(path, data={"csrf": known[1] if known else "", **form})
    assert sent.status_code == 200, sent.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', sent.text)
    assert found, sent.text
    return unescape(found[1])


async def there(browser: httpx.AsyncClient, address: str, who: str) -> str:
    """Through the provider's pages as somebody whom it does not know yet; returns the address that it sends the browser back to, which is
    not visited yet."""
    for kept in [each for each in browser.cookies.jar if each.domain == "127.0.0.1"]:
        browser.cookies.jar.clear(kept.domain, kept.path, kept.name)
    for _ in range(12):
        if address.startswith(BACK):
            return address
        answer = await browser.get(address)
        if answer.status_code == 200:
            form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            assert form, answer.text
            fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', answer.text))
            typed = {"login": who, "password": "anything"} if fields.get("prompt") == "login" else {}
            answer = await browser.post(urljoin(address, form[1]), data={**fields, **typed})
        assert answer.status_code in (302, 303), answer.text
        address = urljoin(address, answer.headers["location"])
    raise AssertionError(f"the provider leads round in circles: {address}")


async def back_with(web: Web, browser: httpx.AsyncClient, who: str, after: str = "/") -> str:
    """The address that the provider sends a fresh sign-in back to."""
    return await there(browser, await away(web, browser, next=after), who)


async def sign_in(web: Web, issuer: str, who: str, after: str = "/") -> tuple[httpx.AsyncClient, httpx.Response]:
    """Somebody who has gone the whole road, and the answer at its end."""
    browser = await browser_of(web, issuer)
    return browser, await browser.get(await back_with(web, browser, who, after))


async def trail(web: Web, *kinds: Kind) -> list[Trace]:
    now = web.core.clock.now()
    asked = Searched(now - timedelta(days=1), now + timedelta(days=1), kinds)
    return [found.trace for found in reversed(await web.house.audit.find(asked, 1000))]


async def refused(web: Web) -> list[tuple[str, str]]:
    return [(trace.actor, str(trace.detail["why"])) for trace in await trail(web, Kind.NOT_SIGNED_IN)]


async def long_ago(web: Web) -> None:
    """Everybody's factor was shown an hour ago."""
    async with web.core.database.write() as connection:
        await connection.execute("update session set proven_at = proven_at - interval '1 hour'")
    web.house.doorkeeper._known.clear()
