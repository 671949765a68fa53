"""What the television says and shows: each language's sentence and digits, the door in the reader's words, whose session it is."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from flow.domain.ids import ClinicId
from flow.domain.opd import RoomState, Session
from flow.domain.plan import ClinicRoom
from flow.locale import in_each, words
from flow.templating import Templates
from flow.views.kiosk import Kiosk
from flow.views.opd_spoken import CALL, CLINIC, DIGITS, GO, NEXT, ROOM, SLIP, called, door, voices
from flow.views.opd_wall import OpdWall, opd_wall, too_many
from tests.unit.test_templates import CLINIC as ENT
from tests.unit.test_views import NOW, TOKENS, ZONE

THREE = in_each(("en", "hi", "ta"))
HOUR = timedelta(hours=1)


def wall(**fields: object) -> OpdWall:
    rooms = {
        "ENT/1": RoomState("ENT/1", ENT.id, "1", sessions=(Session("Dr Das", NOW - 3 * HOUR, NOW), Session("Dr Rao", NOW, NOW + HOUR)))
    }
    return opd_wall([ENT], TOKENS, rooms, NOW, ZONE, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["hi", "ta"])
def test_every_language_has_its_words(lang: str) -> None:
    assert [said for said in (CALL, ROOM, GO, CLINIC, NEXT, SLIP, *DIGITS) if said not in words(lang).table] == []
    assert len({words(lang).say(digit) for digit in DIGITS}) == 10
    assert json.loads(voices([words(lang)], {lang})) == [{"lang": lang, "voice": f"{lang}-IN", "served": True}]
    assert json.loads(voices([words(lang)]))[0]["served"] is False


@pytest.mark.parametrize(
    ("lang", "room", "clinic", "said"),
    [
        ("en", "Room 1", "", "Token GM zero, four, two. Please go to room one."),
        ("en", "Room 1", "Surgery", "Token GM zero, four, two. Please go to Surgery, room one."),
        ("hi", "Room 12", "", "टोकन GM शून्य, चार, दो। कृपया कमरा नंबर एक, दो में जाएँ।"),
        ("hi", "Plaster room", "", "टोकन GM शून्य, चार, दो। कृपया Plaster room में जाएँ।"),
        ("en", "Counter 3-B {x}", "", "Token GM zero, four, two. Please go to Counter three, B {x}."),
    ],
)
def test_a_call_is_one_sentence_digit_by_digit(lang: str, room: str, clinic: str, said: str) -> None:
    assert called(words(lang), "GM-042", room, clinic) == said


def test_doors_are_said_in_the_readers_words() -> None:
    assert (door("Room 3", words("en")), door("Room 3", words("hi")), door("Room 3", words("ta"))) == ("Room 3", "कमरा नंबर 3", "அறை எண் 3")
    assert door("Plaster room", words("hi")) == "Plaster room"


def test_the_television_shows_the_clinics_languages_and_whose_session_it_is() -> None:
    html = Templates().render("opd/screen.html", wall(spoken=in_each(("ta", "en"))))
    assert "இப்போது உள்ளே செல்லவும்" in html and "अभी" not in html
    assert re.findall(r'class="who">([^<]*)<', html) == ["Dr Rao", ""], "each room that stands in the house, the second without a session"
    past = Templates().render("opd/screen.html", wall(spoken=THREE, kiosk=Kiosk(light=True)))
    assert "wall-light.css" in past and 'class="opd-wall light"' in past


def test_clinics_of_a_floor_share_a_television_a_row_each() -> None:
    surgery = replace(ENT, id=ClinicId("SUR"), name="Surgery", floor="0", rooms=tuple(ClinicRoom(str(n), f"Room {n}") for n in range(1, 4)))
    shown = opd_wall([ENT, surgery], TOKENS, {}, NOW, ZONE, kiosk=Kiosk(words=words("hi")))
    assert (shown.name, shown.stream) == ("ओपीडी · मंज़िल 0", "/api/v1/stream?topics=opd:ENT,opd:SUR&audience=public")
    assert (shown.rooms, shown.columns, shown.rows) == (5, 3, 2)
    html = Templates().render("opd/screen.html", shown)
    assert re.findall(r'class="room( first)?" id="room:(\w+)/[^>]*>\s*<h2>[^<]*<small>(\w+)', html) == [
        (" first", "ENT", "ENT"),
        ("", "ENT", "ENT"),
        (" first", "SUR", "Surgery"),
        ("", "SUR", "Surgery"),
        ("", "SUR", "Surgery"),
    ]
    crowd = replace(surgery, rooms=tuple(ClinicRoom(str(n), f"Room {n}") for n in range(16)))
    assert (too_many([ENT, surgery]), too_many([crowd]), too_many([ENT, crowd])) == (False, False, True)


def test_without_a_session_the_specialty_stands_at_the_door() -> None:
    surgery = replace(ENT, name="Ear, nose and throat", specialty="ENT")
    shown = opd_wall([surgery], TOKENS, {}, NOW, ZONE)
    assert [shown.doctor(hall, room) for hall in shown.halls for room in hall.rooms] == ["ENT"] * shown.rooms
