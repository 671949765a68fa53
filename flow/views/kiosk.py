"""What every unattended display's page has beside its picture: the token with which its script says what it shows, its words and theme, or,
on a page that is drawn again from history, what the screen then said of itself. Drawn by templates/wall/base.html."""

from dataclasses import dataclass, field
from datetime import datetime

from flow.domain.showing import DEAD, LATE
from flow.views.times import clock_time
from flow.views.words import Words


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
    on white."""

    csrf: str = ""
    past: Past | None = None
    words: Words = field(default_factory=Words)
    light: bool = False

    @property
    def stale(self) -> bool:
        """Drawn in grey."""
        return self.past is not None and bool(self.past.banner)


PLAIN = Kiosk()
LIVE = ("live", "i-signal", "Live", "")
"""What a screen said whose picture was never old: to the second its age is not kept."""


def said_of_age(at: datetime, as_of: datetime, zone: str) -> tuple[str, str, str, str]:
    """What a screen said at `at` of a picture of `as_of`: state, icon, label, banner. The displays' script says the same."""
    old = max(0, int((at - as_of).total_seconds()))
    if old > DEAD:
        return "dead", "i-nosignal", "Not live", f"NOT LIVE · last update {clock_time(as_of.timestamp(), zone)} · {age_words(old)} ago"
    if old + 1 >= LATE:
        return "late", "i-nosignal", f"{age_words(old)} old", ""
    return "live", "i-signal", f"Live · {old} s", ""


def age_words(age: int) -> str:
    """`42 s`, `3 min 5 s`, `2 h 10 min`; static/js/age.js says the same."""
    if age < 60:
        return f"{age} s"
    return f"{age // 60} min {age % 60} s" if age < 3600 else f"{age // 3600} h {age % 3600 // 60} min"
