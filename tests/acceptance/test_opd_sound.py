"""The television's sound in a Chromium that lets no page sound before it was touched: the server's voice where the browser has none, and
one press in the morning it was hung up that holds over the nights."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from flow.locale import in_each
from flow.speech import command, whole
from flow.templating import Templates
from flow.views.kiosk import Kiosk
from flow.views.opd_screen import RoomTile, room_tiles
from flow.views.opd_spoken import called
from flow.views.opd_wall import opd_wall
from tests.acceptance.people import FLAGS, page_engine
from tests.acceptance.stage import Stage
from tests.acceptance.test_display_renewal import _at_one
from tests.acceptance.test_displays import IS_LIVE, stage, until
from tests.speaker import real_speaker, wav
from tests.unit.test_views import CLINIC, NOW, TOKENS, ZONE

__all__ = ["stage"]
pytestmark = pytest.mark.browser
STRICT = "--autoplay-policy=document-user-activation-required"
FREE = "--autoplay-policy=no-user-gesture-required"
CALL = "/api/v1/opd/halls/ENT/call"
SPOKEN = in_each(("en", "hi", "ta"))
HEARD = """
  window.tones = 0; window.heard = [];
  const tone = OscillatorNode.prototype.start, play = AudioBufferSourceNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { if (this.context.state === "running") tones++; return tone.apply(this, when); };
  AudioBufferSourceNode.prototype.start = function () { heard.push(Math.round(this.buffer.duration * 10)); return play.apply(this); };
  speechSynthesis.getVoices = () => [];
"""
"""Counts what really sounds, in a browser that has no voice (as Debian's)."""
CLOCK = """
  const kept = () => Number(localStorage.getItem("ahead") || 0), opened = kept();
  const passed = performance.now.bind(performance), date = Date.now, every = setInterval;
  performance.now = () => passed() + kept() - opened;
  Date.now = () => date() + kept();
  window.setInterval = (work, milliseconds) => every(work, Math.min(milliseconds, 250));
  Math.random = () => 0;
"""
"""A television's clocks, moved on by what the test lays down; the first minute of the night's is its own."""
Strict = Callable[[str], Page]


class Untouched:
    """A page that is asked over the debugger's own channel: what playwright evaluates counts as somebody's touch."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._channel = page.context.new_cdp_session(page)

    def asked(self, words: str) -> Any:
        """What the page says."""
        return self._channel.send("Runtime.evaluate", {"expression": words, "returnByValue": True})["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait for a condition; a page that loads itself anew just now has none."""
        self.wait(lambda: self.asked(condition), condition)

    def wait(self, holds: Callable[[], Any], what: str = "") -> None:
        """Wait until this holds."""
        deadline = time.monotonic() + 40
        while not self._tried(holds):
            assert time.monotonic() < deadline, what
            self.page.wait_for_timeout(50)

    def _tried(self, holds: Callable[[], Any]) -> bool:
        try:
            return bool(holds())
        except Error:
            return False


@pytest.fixture
def television(browser: Browser) -> Iterator[Strict]:
    """A television whose browser was started with a flag."""
    opened: list[Browser] = []

    def start(flag: str) -> Page:
        opened.append(browser.browser_type.launch(executable_path=page_engine(), args=[*FLAGS.split(), flag]))
        page = opened[-1].new_context(viewport={"width": 1920, "height": 1080}).new_page()
        page.add_init_script(HEARD)
        return page

    yield start
    for each in opened:
        each.close()


def hung(stage: Stage, *, served: tuple[str, ...] = (), zone: str = ZONE, **sounds: bytes) -> RoomTile:
    """The stage as a clinic's server that has a voice for some languages; the first room."""

    def words(query: dict[str, str]) -> tuple[int, str, bytes]:
        address = {lang: f"{CALL}.wav?lang={lang}" for lang in sounds}
        said = [
            {"lang": w.lang, "voice": w.voice, "text": called(w, query["token"], "Room 1"), "sound": address.get(w.lang)} for w in SPOKEN
        ]
        return 200, "application/json", json.dumps({"token": query["token"], "said": said}).encode()

    shown = opd_wall([CLINIC], TOKENS, {}, NOW, zone, real_clock=False, spoken=SPOKEN, served=served or tuple(sounds), kiosk=Kiosk("token"))
    stage.pages["/tv"] = Templates().render("opd/screen.html", shown)
    stage.answers = {CALL: words, f"{CALL}.wav": lambda query: (200, "audio/wav", sounds[query["lang"]])}
    stage.tiles = list(room_tiles(CLINIC, TOKENS, {}))
    return stage.tiles[0]


def call(stage: Stage, room: RoomTile, number: str, seq: int) -> None:
    stage.send(replace(room, token=number, called=True, calls=1, seq=seq))


def pressed(page: Page, stage: Stage) -> None:
    """Opened, and OK pressed on its remote."""
    page.goto(stage.address + "/tv")
    until(page, IS_LIVE)
    page.keyboard.press("Enter")
    until(page, "document.body.dataset.sound === 'on'")


def test_a_browser_without_a_voice_plays_the_servers(television: Strict, stage: Stage) -> None:
    """One language after another, each as long as it is; the one that the server does not speak is left out."""
    room, page = hung(stage, en=wav(0.5), ta=wav(0.9)), television(STRICT)
    pressed(page, stage)
    call(stage, room, "E-005", 101)
    until(page, "heard.length === 2")
    assert (page.evaluate("heard"), page.evaluate("tones")) == ([5, 9], 2)
    stage.answers[f"{CALL}.wav"] = lambda query: (404, "application/problem+json", b"{}")
    call(stage, room, "E-006", 102)
    until(page, "tones === 6")
    assert page.evaluate("heard.length") == 2, "no voice at all after all: the chime sounds twice"
    until(page, "document.body.dataset.sound === 'on'")


def spoken(lang: str, text: str) -> bytes:
    """By the real speaker, as the server calls it."""
    return whole(subprocess.run(command("espeak-ng", lang), input=text.encode(), capture_output=True, check=True).stdout)


@real_speaker
def test_a_browser_plays_what_the_real_speaker_says(television: Strict, stage: Stage) -> None:
    """Each call is some seconds long, in each language."""
    said = {words.lang: spoken(words.lang, called(words, "E-005", "Room 1")) for words in SPOKEN}
    room, page = hung(stage, **said), television(STRICT)
    pressed(page, stage)
    call(stage, room, "E-005", 101)
    deadline = time.monotonic() + 40
    while page.evaluate("heard.length") < len(SPOKEN):
        assert time.monotonic() < deadline
        page.wait_for_timeout(200)
    assert all(20 < tenths < 150 for tenths in page.evaluate("heard"))


def test_it_says_of_itself_what_is_not_heard(television: Strict, stage: Stage) -> None:
    """As after the television was switched off and on: the choice is kept, the browser's leave is not."""
    hung(stage, en=wav(0.5), hi=wav(0.5))
    screen = Untouched(television(STRICT))
    screen.page.add_init_script("localStorage.setItem('opd-sound', 'on')")
    screen.page.goto(stage.address + "/tv")
    screen.until(IS_LIVE)
    assert screen.asked("[document.body.dataset.sound, document.querySelector('.sound').textContent]") == ["blocked", "Press OK for sound"]
    screen.wait(lambda: stage.said, "it says what it shows")
    assert (stage.said[0]["sound"], stage.said[0]["mute"]) == ("blocked", "ta")
    screen.page.keyboard.press("ArrowUp")
    screen.until("document.body.dataset.sound === 'on'")


def test_one_press_holds_over_the_nights(television: Strict, stage: Stage) -> None:
    """Each night the page loads itself anew; Chromium keeps what a press allowed, from page to page of one server."""
    room, screen = hung(stage, en=wav(0.5), zone=_at_one()), Untouched(television(STRICT))
    screen.page.add_init_script(CLOCK)
    screen.page.goto(stage.address + "/tv")
    screen.until(IS_LIVE)
    assert screen.asked("document.body.dataset.sound") == "off"
    screen.page.keyboard.press("Enter")
    screen.until("document.body.dataset.sound === 'on'")
    for night in range(3):
        ahead = stage.ahead + (7_200 if night == 0 else 86_400)
        # the screen's first: a heartbeat between the two would put it ahead of its server, whose time never goes back on one connection
        screen.asked(f"window.evening = true; localStorage.setItem('ahead', {ahead * 1000})")
        stage.ahead = ahead
        screen.until("!window.evening")
        screen.until(IS_LIVE)
        screen.until("document.body.dataset.sound === 'on'")
    call(stage, room, "E-009", 900)
    screen.until("heard.length === 1 && tones === 2")


def test_a_kiosks_flag_needs_no_press(television: Strict, stage: Stage) -> None:
    hung(stage, en=wav(0.5))
    screen = Untouched(television(FREE))
    screen.page.add_init_script("localStorage.setItem('opd-sound', 'on')")
    screen.page.goto(stage.address + "/tv")
    screen.until("document.body.dataset.sound === 'on'")
