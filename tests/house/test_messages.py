"""No script of ours heeds what another window or page says to it: only a phone's page hears its own worker, and that hears nobody."""

import re

from tests.house.tree import ROOT

SCRIPTS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "static" / "js").glob("*.js"))}
HEARS = re.compile(r"([\w.]+)\.(?:addEventListener\(\s*[\"']message[\"']|onmessage\b)")


def test_only_a_phones_page_hears_messages_and_only_its_own_workers() -> None:
    assert {(name, who) for name, text in SCRIPTS.items() for who in HEARS.findall(text)} == {("phone-taps.js", "navigator.serviceWorker")}


def test_no_script_speaks_to_a_window() -> None:
    """The worker speaks to its own clients, in one word."""
    assert {name for name, text in SCRIPTS.items() if "postMessage" in text} == {"phone-worker.js"}
    assert re.findall(r"(\w+)\.postMessage\(([^)]*)\)", SCRIPTS["phone-worker.js"]) == [("client", '"sent"')]


def test_a_listener_is_found() -> None:
    assert HEARS.findall("window.addEventListener('message', f); self.onmessage = g") == ["window", "self"]
