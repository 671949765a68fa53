"""What the waiting hall's television says in each of its clinic's languages: the words beside a called number, and the call that a voice
reads out, digit by digit, be it the browser's or the server's (flow.speech). The sentences stand in the catalogues and are put together
here, and nowhere else.
"""

import json
import re
from collections.abc import Container, Iterable
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
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Voice:
    """One language of a television: `voice` is what a browser's speech is asked for (BCP 47), `served` that the server has one, too."""

    lang: str
    voice: str
    served: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """One language's words on the screen."""

    lang: str
    clinic: str
    go: str
    next: str
    slip: str


def voices(spoken: Iterable[Words], served: Container[str] = ()) -> str:
    """The languages in which calls are said, as JSON for the script; `served` are those the server has a voice for."""
    each = [asdict(Voice(words.lang, words.voice, words.lang in served)) for words in spoken]
    return json.dumps(each, ensure_ascii=False, separators=(",", ":"))


def called(words: Words, token: str, room: str, clinic: str = "") -> str:
    """A call as it is read out; `clinic` is its name where several share the screen."""
    digits = tuple(map(words.say, DIGITS))
    found = _ROOM.fullmatch(room.strip())
    where = words.say(ROOM, number=_spelt(found[1], digits)) if found else _spelt(room, digits)
    return words.say(CALL, token=_spelt(token, digits), room=f"{clinic}, {where}" if clinic else where)


def _spelt(text: str, digits: tuple[str, ...]) -> str:
    """Digits one by one: nobody mishears forty-two as forty, and a hall listens for its own three."""
    apart = _DIGIT.sub(lambda digit: f" {digits[int(digit[0])]},", text.replace("-", " "))
    return " ".join(apart.split()).removesuffix(",")


def signs(spoken: Iterable[Words]) -> tuple[Sign, ...]:
    """What is shown, in the order of the languages."""
    return tuple(Sign(words.lang, *map(words.say, (CLINIC, GO, NEXT, SLIP))) for words in spoken)


def door(name: str, words: Words) -> str:
    """A door's sign for a reader: `Room 3` in their language, any other name as it stands on the door."""
    found = _ROOM.fullmatch(name.strip())
    return words.say(ROOM, number=found[1]) if found and words.lang != "en" else name
