"""What outpatients hear and hold, in headless Chromium: the television calls each number once, the slip fits its paper, and the
patient's own page keeps itself fresh and says when it cannot."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from flow.domain.opd import RoomState, Token, TokenStatus
from flow.locale import in_each, languages, words
from flow.templating import Templates
from flow.views.opd_own import Outlook, own_page
from flow.views.opd_screen import room_tiles
from flow.views.opd_slip import slip_page
from flow.views.opd_spoken import called
from flow.views.opd_wall import opd_wall
from flow.views.times import clock_time
from flow.web.pages.labels import code_of
from tests.acceptance.stage import Stage
from tests.acceptance.test_displays import IS_LIVE, page, stage, until
from tests.unit.test_views import CHROME, CLINIC, NOW, TOKENS, ZONE

__all__ = ["page", "stage"]
pytestmark = pytest.mark.browser
TEMPLATES = Templates()
SPOKEN = in_each(("en", "hi", "ta"))
ADDRESS = "https://bedflow.city-general.example/t/A_ShpyhZ9HohtpZDJw4wjg"
LAST = max((token for token in TOKENS if token.status is TokenStatus.WAITING), key=lambda token: token.rank)

VOICES = """
  window.spoken = []; window.tones = 0; window.allowed = false;
  const known = [{ lang: "en-IN" }, { lang: "hi_IN" }];
  const speak = (words) => { spoken.push([words.lang, words.text]); setTimeout(words.onend); };
  const synthesis = { getVoices: () => known, cancel() {}, speak };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
  const part = () => ({ frequency: {}, gain, connect: (to) => to, start() { tones++; }, stop() {} });
  window.AudioContext = class {
    constructor() { Object.assign(this, { state: "suspended", currentTime: 0, createOscillator: part, createGain: part }); }
    async resume() { if (window.allowed) { this.state = "running"; this.onstatechange(); } }
  };
"""
"""A browser with voices for two of the three languages, which lets a page sound once `allowed`."""


def words_of(query: dict[str, str]) -> tuple[int, str, bytes]:
    """What the server says of a call, without a sound."""
    said = [{"lang": w.lang, "voice": w.voice, "text": called(w, query["token"], "Room 1")} for w in SPOKEN]
    return 200, "application/json", json.dumps({"token": query["token"], "said": said}).encode()


def test_a_call_is_announced_on_the_television(page: Page, stage: Stage) -> None:
    stage.tiles = list(room_tiles(CLINIC, TOKENS, {}))
    page.goto(stage.address + "/tv")
    until(page, IS_LIVE)
    one = stage.tiles[0]
    stage.send(replace(one, token="E-005", called=True, calls=1, seq=50, next=("E-004",)))
    until(page, "document.querySelector('.token').textContent === 'E-005'")
    room = page.locator(f"[id='{one.key}']")
    assert room.get_attribute("data-show") == "now" and room.locator(".go").is_visible()
    back = int(stage.now().timestamp()) + 600
    stage.send(replace(one, token=None, called=False, seq=51, next=(), back_at=back))
    until(page, f"document.querySelector('.token').textContent === 'Back {clock_time(back, ZONE)}'")
    assert room.get_attribute("data-show") == "away"


def test_a_doctor_who_was_to_be_back_is_not_said_to_be_away(page: Page, stage: Stage) -> None:
    """Nothing is sent when the time has come: the script compares it with the server's."""
    back = stage.now() + timedelta(minutes=10)
    away = {"ENT/1": RoomState("ENT/1", CLINIC.id, "1", back)}
    stage.tiles = list(room_tiles(CLINIC, TOKENS, away))
    page.goto(stage.address + "/tv")
    room = page.locator("[id='room:ENT/1']")
    until(page, f"document.querySelector('.token').textContent === 'Back {clock_time(back.timestamp(), ZONE)}'")
    assert (room.get_attribute("data-show"), room.locator(".next b").text_content()) == ("away", "–")
    stage.ahead += 601
    until(page, "document.querySelector('.token').textContent === 'E-001'")
    assert (room.get_attribute("data-show"), room.locator(".next b").text_content()) == ("in", "E-005")
    assert page.locator("[id='room:ENT/2'] .next b").text_content() == "E-003"
    stage.ahead += 86_400
    page.reload()
    until(page, IS_LIVE)
    assert room.locator(".token").text_content() == "E-001"


def test_each_call_is_spoken_once_and_a_recall_again(page: Page, stage: Stage) -> None:
    page.add_init_script(VOICES)
    stage.pages["/tv"] = TEMPLATES.render("opd/screen.html", opd_wall([CLINIC], TOKENS, {}, NOW, ZONE, real_clock=False, spoken=SPOKEN))
    stage.answers["/api/v1/opd/halls/ENT/call"] = words_of
    stage.tiles = list(room_tiles(CLINIC, TOKENS, {}))
    page.goto(stage.address + "/tv")
    until(page, IS_LIVE)
    one, seq = stage.tiles[0], 100

    def call(number: str | None, calls: int = 1, key: str = one.key) -> None:
        nonlocal seq
        seq += 1
        stage.send(replace(one, key=key, token=number, called=number is not None, calls=calls, seq=seq))
        until(page, f"document.getElementById('{one.key}').dataset.token === '{number or ''}'") if key == one.key else None

    assert page.get_attribute("body", "data-sound") == "off" and page.evaluate("document.activeElement.className") == "sound"
    call("E-004")
    page.keyboard.press("Enter")
    until(page, "document.body.dataset.sound === 'blocked'")
    page.evaluate("allowed = true")
    page.keyboard.press("ArrowUp")
    until(page, "document.body.dataset.sound === 'on'")
    call("E-005")
    until(page, "spoken.length === 2")
    assert page.evaluate("spoken") == [
        ["en-IN", "Token E zero, zero, five. Please go to room one."],
        ["hi_IN", "टोकन E शून्य, शून्य, पाँच। कृपया कमरा नंबर एक में जाएँ।"],
    ]
    assert page.evaluate("tones") == 2, "a chime before the first language; the one call that came while it was off is not made up for"
    call("E-005")
    call("E-007", key="room:ENT/nobody-sits-here")
    call("E-005", calls=2)
    until(page, "spoken.length === 4")
    stage.tiles = [replace(one, token="E-006", called=True, calls=1, seq=seq + 1), *stage.tiles[1:]]
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, "spoken.length === 6")
    assert "six" in page.evaluate("spoken[4][1]"), "what was called while the stream was away"
    page.click(".sound")
    assert page.get_attribute("body", "data-sound") == "off"
    page.reload()
    until(page, IS_LIVE)
    assert page.get_attribute("body", "data-sound") == "off", "the choice is kept"
    page.click(".sound")
    page.evaluate("allowed = true")
    page.keyboard.press("Tab")
    until(page, "document.body.dataset.sound === 'on'")
    page.evaluate("speechSynthesis.getVoices().length = 0")
    call("E-008")
    until(page, "tones === 4")
    assert page.evaluate("spoken") == [], "a page that was just opened speaks no old call; without a voice the chime sounds twice"


def slip(mm: int) -> str:
    spoken = in_each(("en", "hi", "ta"))
    out = Outlook(3, "14:15", "14:05", "14:55")
    code = code_of(ADDRESS)
    view = slip_page(CHROME, CLINIC, LAST, zone=ZONE, mm=mm, address=ADDRESS, code=code, spoken=spoken, outlook=out)
    return TEMPLATES.render("opd/slip.html", view)


def own(token: Token) -> str:
    tokens = [token, *(each for each in TOKENS if each.id != token.id)]
    seen = dict(as_of=NOW, zone=ZONE, usual=8.0, words=words("hi"), languages=languages(), hospital="City", here="/own")  # noqa: C408
    return TEMPLATES.render("opd/own.html", own_page(token, CLINIC, tokens, {}, NOW, **seen))  # type: ignore[arg-type]


@pytest.mark.parametrize(("mm", "points"), [(58, 164), (80, 227)])
def test_a_slip_is_one_page_as_wide_as_its_paper(page: Page, stage: Stage, mm: int, points: int) -> None:
    stage.pages["/slip"] = slip(mm)
    page.goto(stage.address + "/slip")
    page.evaluate("document.fonts.ready")
    paper = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+)", paper)
    assert [round(float(width)) for width in sizes] == [points]
    page.emulate_media(media="print")
    assert page.locator(".slip-side, .top").evaluate_all("parts => parts.every(part => getComputedStyle(part).display === 'none')")
    widest = page.evaluate("Math.max(...[...document.querySelectorAll('.slip *')].map(part => part.getBoundingClientRect().right))")
    assert widest <= page.evaluate("document.querySelector('.slip').getBoundingClientRect().right") + 1


def test_the_own_page_keeps_itself_fresh_and_says_when_it_cannot(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.clock.install()
    stage.pages["/own"] = own(LAST)
    page.goto(stage.address + "/own")
    state = page.locator(".state")
    assert state.get_attribute("data-status") == "waiting"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    stage.pages["/own"] = own(replace(LAST, status=TokenStatus.CALLED, room="1"))
    page.clock.run_for(20_500)
    until(page, "document.querySelector('.state').dataset.status === 'called'")
    assert "अभी अंदर जाएँ" in (state.text_content() or "") and page.locator("dl .mine").count() == 1
    stage.mode = "refuse"
    page.clock.run_for(60_000)
    until(page, "document.body.classList.contains('lost')")
    assert "ताज़ा नहीं" in (page.text_content(".as-of") or "")
    stage.mode = "live"
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, "!document.body.classList.contains('lost')")
    assert "ताज़ा नहीं" not in (page.text_content(".as-of") or "")
