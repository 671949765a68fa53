"""People at real browsers: Chromium as the tests start it, signing in, and axe over the debugger's own channel."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.acceptance.house import HouseProcess

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
"""The rules that look at colours."""
GAVE_UP = "htmx:sse:error: signal is aborted"
"""What a page says when a silent server has not answered its stream in time, before it asks again."""
REFUSED = "htmx:error: Failed to fetch"
"""The same of a server whose port is shut (ERR_CONNECTION_REFUSED says the browser)."""
ARTEFACTS = Path(__file__).parents[2] / "test-artifacts"


def whole_chromium() -> str | None:
    """The program of a whole Chromium: $CHROMIUM, else the machine's; None is playwright's own."""
    named = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return named if Path(named).exists() else None


def page_engine() -> str | None:
    """A Chromium without what stands around a page (a headless shell), which costs half: $CHROMIUM_SHELL, else the machine's, else a whole
    one. It draws, sounds, scans and keeps offline alike; it has no notifications."""
    return os.environ.get("CHROMIUM_SHELL") or shutil.which("chromium-headless-shell") or whole_chromium()


@contextmanager
def chromium(program: Callable[[], str | None] = page_engine) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program(), args=FLAGS.split())
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, width: int = 1440, height: int = 900, scheme: Any = "light", state: Any = None) -> Iterator[Page]:
    """A window of its own; `state` are the cookies of an earlier one. What its console complains of fails the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, storage_state=state)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    expected = (
        "409",
        "401",
        "403",
        "502 (Bad Gateway)",
        "ERR_INCOMPLETE_CHUNKED_ENCODING",
        "ERR_CONNECTION_REFUSED",
        "ERR_EMPTY_RESPONSE",
        GAVE_UP,
        REFUSED,
    )
    context.close()
    unexpected = [text for text in complaints if not any(code in text for code in expected)]
    assert not unexpected, unexpected


def sign_in(page: Page, found: HouseProcess, name: str, password: str) -> None:
    """Through the sign-in page, as a person does."""
    page.goto(f"{found.origin}/login")
    page.fill("input[name=account]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def axe_in_both(page: Page) -> list[str]:
    """Violations in the light scheme, and in the dark one of what a scheme may change: opening a page takes longer than looking it through,
    and every rule again longer than these three."""
    page.emulate_media(color_scheme="light")
    found = axe(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {violation}" for violation in axe(page, COLOURS)]


def axe(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Violations of the page as it stands, or of these rules alone. Its security policy rightly refuses injected scripts, so the debugger
    runs axe; only what is violated is worked out in full."""
    session = page.context.new_cdp_session(page)
    there = session.send("Runtime.evaluate", {"expression": "typeof axe", "returnByValue": True})["result"]["value"]
    if there == "undefined":
        session.send("Runtime.evaluate", {"expression": AXE})
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    told = (
        f"axe.run(document, {{runOnly: {json.dumps(only)}, resultTypes: ['violations']}})"
        ".then((r) => JSON.stringify(r.violations.map((v) => v.id + ' ' + v.nodes[0].html)))"
    )
    answer = session.send("Runtime.evaluate", {"expression": told, "awaitPromise": True, "returnByValue": True})
    found: list[str] = json.loads(answer["result"]["value"])
    return found
