"""What the waiting hall's television says in each of its clinic's languages: the words beside a called number, and what its browser's voice
reads out, digit by digit. The sentences stand in the catalogues; static/js/opd-voice.js puts number and room in.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from flow.views.words import Words

CALL = "Token {token}. Please go to {room}."
ROOM = "room {number}"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
GO = "Go in now"
CLINIC = "OPD"
NEXT = "Next"
SLIP = "Your token is on your slip. No names are shown on this screen."
_ROOM = re.compile(r"room (\w{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Voice:
    """One language's call: `voice` is what a browser's speech is asked for (BCP 47), `digits` the ten words."""

    voice: str
    call: str
    room: str
    digits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """One language's words on the screen."""

    lang: str
    clinic: str
    go: str
    next: str
    slip: str


def voices(spoken: Iterable[Words]) -> str:
    """The calls, as JSON for the script."""
    return json.dumps([asdict(_voice(words)) for words in spoken], ensure_ascii=False, separators=(",", ":"))


def _voice(words: Words) -> Voice:
    return Voice(words.voice, words.say(CALL), words.say(ROOM), tuple(map(words.say, DIGITS)))


def signs(spoken: Iterable[Words]) -> tuple[Sign, ...]:
    """What is shown, in the order of the languages."""
    return tuple(Sign(words.lang, *map(words.say, (CLINIC, GO, NEXT, SLIP))) for words in spoken)


def door(name: str, words: Words) -> str:
    """A door's sign for a reader: `Room 3` in their language, any other name as it stands on the door."""
    found = _ROOM.fullmatch(name.strip())
    return words.say(ROOM, number=found[1]) if found and words.lang != "en" else name
