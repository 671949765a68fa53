"""A call is told and read out while it stands, and only then: by the server's speaker, bounded in every way, without anybody's name."""

import asyncio
import io
import wave
from pathlib import Path
from typing import Any

import httpx
import pytest

from flow import speech
from flow.domain.roles import Role
from flow.errors import Unavailable
from flow.speech import Speech
from tests.integration.test_display_audit import screen_of
from tests.integration.test_opd_ways import the
from tests.integration.test_signin import pair, signed_in
from tests.integration.web_house import Web, web
from tests.speaker import StandIn, real_speaker, wav

__all__ = ["web"]
CLINIC, HALL = "/api/v1/opd/clinics/ENT", "/api/v1/opd/halls/ENT"
E_001: dict[str, Any] = {"room": "room:ENT/1", "token": "E-001"}
SENTENCE = "कृपया बताएँ कि टोकन E शून्य, शून्य, एक किस कमरे में जाए।"


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn(tmp_path, monkeypatch)


async def called(web: Web) -> httpx.AsyncClient:
    """Reception, with two tokens given and the first called into room 1."""
    opd = await web.as_role(Role.OPD)
    for _ in range(2):
        await opd.post(f"{CLINIC}/tokens", json={})
    assert (await opd.post(f"{CLINIC}/call-next", json={"room": "1"})).json()["number"] == "E-001"
    return opd


async def test_a_call_that_stands_is_told_and_read_out(web: Web, speaker: StandIn) -> None:
    """The television asks as the device it is; each language once, however many ask at the same time."""
    await called(web)
    screen = await pair(web, await signed_in(web, "chief", Role.ADMIN), "display", clinic="ENT")
    told = (await screen.get(f"{HALL}/call", params=E_001)).json()
    assert (told["token"], [(one["lang"], one["voice"]) for one in told["said"]]) == (
        "E-001",
        [("en", "en-IN"), ("hi", "hi-IN"), ("ta", "ta-IN")],
    )
    english, hindi, _ = told["said"]
    assert english["text"] == "Token E zero, zero, one. Please go to room one."
    answers = await asyncio.gather(*(screen.get(hindi["sound"]) for _ in range(5)))
    assert {(each.status_code, each.headers["content-type"]) for each in answers} == {(200, "audio/wav")}
    with wave.open(io.BytesIO(answers[0].content)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(0.8)
    assert speaker.calls() == [("-v hi -s 145 -b 1 --stdin --stdout", hindi["text"])]
    again = await screen.get(hindi["sound"], headers={"if-none-match": answers[0].headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    assert "served&#34;:true" in (await screen.get("/displays/public/opd/ENT")).text


@pytest.mark.parametrize(
    "asked",
    [E_001 | {"token": "E-002"}, E_001 | {"token": "x; rm"}, E_001 | {"room": "room:ENT/2"}, E_001 | {"room": "room:SKIN/1"}],
)
async def test_what_is_not_being_called_is_not_said(web: Web, speaker: StandIn, asked: dict[str, str]) -> None:
    opd = await called(web)
    for address, more in ((f"{HALL}/call", {}), (f"{HALL}/call.wav", {"lang": "en"})):
        answer = await opd.get(address, params={**asked, **more})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert (answer.json()["code"], answer.json()["detail"]) == ("not-called", "This token is not being called into that room now.")
    assert speaker.calls() == []


async def test_a_call_is_over_once_somebody_is_in(web: Web, speaker: StandIn) -> None:
    opd = await called(web)
    assert (await opd.get(f"{HALL}/call", params=E_001)).status_code == 200
    assert (await opd.get(f"{HALL}/call.wav", params={**E_001, "lang": "fr"})).json()["code"] == "unknown-language"
    assert (await opd.get(f"{HALL}/call.wav", params=E_001)).status_code == 422
    await opd.post(f"/api/v1/opd/tokens/{the(web, 'E-001').id}/start")
    assert (await opd.get(f"{HALL}/call.wav", params={**E_001, "lang": "hi"})).status_code == 404
    assert (await (await web.client()).get(f"{HALL}/call", params=E_001)).status_code == 401
    assert (await (await web.as_role(Role.HOUSEKEEPING)).get(f"{HALL}/call", params=E_001)).status_code == 403


async def test_nothing_of_the_patient_is_said(web: Web, speaker: StandIn) -> None:
    desk, opd = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.OPD)
    person = {"name": "Canaria Canarita", "mrn": "CANARY1", "sex": "F", "birth_date": "1950-02-03"}
    await desk.post("/api/v1/visits", json={"visit": "CANARYV", "patient": person, "bed": "4B-A-01"})
    await opd.post(f"{CLINIC}/tokens", json={"visit": "CANARYV"})
    await opd.post(f"{CLINIC}/call-next", json={"room": "1"})
    told = await opd.get(f"{HALL}/call", params=E_001)
    await opd.get(told.json()["said"][0]["sound"])
    assert "canar" not in (told.text + str(speaker.calls())).lower()


async def test_without_a_speaker_the_words_are_told_and_no_sound(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    opd = await called(web)
    monkeypatch.setattr(web.house.hall.speech, "name", "no-such-speaker")
    assert {one["sound"] for one in (await opd.get(f"{HALL}/call", params=E_001)).json()["said"]} == {None}
    answer = await opd.get(f"{HALL}/call.wav", params={**E_001, "lang": "hi"})
    assert (answer.status_code, answer.json()["code"]) == (503, "no-voice")


async def test_a_speaker_that_hangs_fails_or_goes_on_for_ever_is_ended(speaker: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "PATIENCE", 1.5)
    here = Speech()
    assert await here.voices() == {"en", "hi", "ta"}
    speaker.becomes(pause=60)
    with pytest.raises(Unavailable, match="does not answer"):
        await here.read_out("one", "en")
    speaker.becomes(code=1)
    with pytest.raises(Unavailable, match="does not answer"):
        await here.read_out("two", "en")
    monkeypatch.setattr(speech, "MOST_BYTES", 1000)
    speaker.becomes()
    with pytest.raises(Unavailable, match="does not answer"):
        await here.read_out("three", "en")
    monkeypatch.undo()
    assert not here._making, "nobody waits for what was given up"


async def test_few_speak_at_once_and_few_sentences_are_kept(speaker: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Speech()
    await here.voices()
    speaker.becomes(pause=0.2)
    monkeypatch.setattr(speech, "IN_LINE", 3)
    monkeypatch.setattr(speech, "KEPT_BYTES", 2 * len(wav(0.8)) + 10)
    done = await asyncio.gather(*(here.read_out(f"call {n}", "en") for n in range(6)), return_exceptions=True)
    refused = [each for each in done if isinstance(each, Unavailable)]
    assert {each.code for each in refused} == {"busy"} and len(speaker.calls()) == 6 - len(refused)
    for n in (7, 8, 9, 9):
        await here.read_out(f"call {n}", "en")
    assert [text for _, text in speaker.calls()][-3:] == ["call 7", "call 8", "call 9"], "the last is still known"
    assert len(here._kept) == 2


@real_speaker
@pytest.mark.parametrize(("lang", "text"), [("en", "Token E zero, zero, one."), ("hi", SENTENCE), ("ta", "டோக்கன் E பூஜ்யம், ஒன்று.")])
async def test_the_real_speaker_says_it(lang: str, text: str) -> None:
    here = Speech()
    assert {"en", "hi", "ta"} <= await here.voices()
    with wave.open(io.BytesIO(await here.read_out(text, lang))) as sound:
        frames = sound.readframes(sound.getnframes())
        assert sound.getnframes() / sound.getframerate() > 0.5
    assert len(set(frames)) > 50, "it is no silence"


async def test_the_list_of_displays_says_what_is_not_heard(web: Web) -> None:
    admin = await signed_in(web, "chief", Role.ADMIN)
    screen = await screen_of(web, admin, clinic="ENT")
    query = "topics=opd:ENT&audience=public"
    assert (await screen.says(query=query, sound="blocked", mute="ta,hi")).is_success
    page = (await admin.get("/admin")).text
    assert "sound blocked, no voice for Hindi and Tamil" in page and "--autoplay-policy=no-user-gesture-required" in page
    assert (await screen.says(query=query, sound="on", mute="")).is_success
    page = (await admin.get("/admin")).text
    assert "sound blocked" not in page and "no voice for" not in page and "--autoplay" not in page
    for looks in ({"sound": "loud"}, {"sound": "on", "mute": "xx"}, {"sound": "on", "mute": "ta,<b>"}):
        assert (await screen.says(query=query, **looks)).status_code == 422
    assert "--autoplay-policy=no-user-gesture-required" in (await admin.get("/admin/devices/new")).text
