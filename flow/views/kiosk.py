"""What every unattended display's page has beside its picture: the token with which its script says what it shows, its words and theme, or,
on a page that is drawn again from history, what the screen then said of itself. Drawn by templates/wall/base.html."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flow.domain.showing import DEAD, LATE
from flow.views.times import clock_time
from flow.views.words import Words

SCRIPT = (
    "Live",
    "Stale",
    "Not live",
    "{age} old",
    "NOT LIVE · last update {time} · {age} ago",
    "NOT LIVE · no picture for {age}",
    "{feeds} silent · {age}",
    "empty",
    "somebody",
    "being cleaned",
    "to be looked at",
    "a problem",
    "paused",
    "offered to",
    "on the way",
    "nobody yet",
    "Back {time}",
    "Sound on",
    "Sound off",
    "Press OK for sound",
)
"""What the displays' scripts say by themselves (static/js/words.js). Units (s, min, h, d) are the same in all languages."""


@dataclass(frozen=True, slots=True)
class Past:
    """A page of the past. `state`, `label` and `banner` (empty: none) are what the screen said of its age, `title` which screen and when,
    `facts` how that is known; the rest are addresses: a minute `earlier` and `later` (empty: that has not come), and `back`."""

    state: str
    icon: str
    label: str
    banner: str
    title: str
    facts: tuple[str, ...]
    earlier: str
    later: str
    back: str


@dataclass(frozen=True, slots=True)
class Kiosk:
    """`csrf` is empty where nobody asks what the page shows: for people who look at it. `words` are those of its language, `light` is black
    on white, `file` the version of the hospital file it is drawn by (0: not known), `made_up`: nothing on it is real."""

    csrf: str = ""
    past: Past | None = None
    words: Words = field(default_factory=Words)
    light: bool = False
    file: int = 0
    made_up: bool = False

    def script(self, more: Iterable[str] = ()) -> str:
        """What the scripts say, by the English words (JSON), with what a page's own must say besides; empty in English."""
        told = {english: said for english in (*SCRIPT, *more) if (said := self.words.table.get(english))}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""

    @property
    def stale(self) -> bool:
        """Drawn in grey."""
        return self.past is not None and bool(self.past.banner)


PLAIN = Kiosk()


def said_live(words: Words) -> tuple[str, str, str, str]:
    """What a screen said whose picture was never old: to the second its age is not kept."""
    return "live", "i-signal", words.say("Live"), ""


def said_of_age(at: datetime, as_of: datetime, zone: str, words: Words) -> tuple[str, str, str, str]:
    """What a screen said at `at` of a picture of `as_of`: state, icon, label, banner. The displays' script says the same."""
    old = max(0, int((at - as_of).total_seconds()))
    if old > DEAD:
        banner = words.say("NOT LIVE · last update {time} · {age} ago", time=clock_time(as_of.timestamp(), zone), age=age_words(old))
        return "dead", "i-nosignal", words.say("Not live"), banner
    if old + 1 >= LATE:
        return "late", "i-nosignal", words.say("{age} old", age=age_words(old)), ""
    return "live", "i-signal", f"{words.say('Live')} · {old} s", ""


def age_words(age: int) -> str:
    """`42 s`, `3 min 5 s`, `2 h 10 min`; static/js/age.js says the same."""
    if age < 60:
        return f"{age} s"
    return f"{age // 60} min {age % 60} s" if age < 3600 else f"{age // 3600} h {age % 3600 // 60} min"
