"""What a display has shown: the stretches of time for which it said so itself, the connections it had, and what follows for one moment.

A screen says every `SAYS` which Seq it has drawn, how old its picture is and was since it last said so (static/js/display.js). Words
in a row are one stretch. Written down by `flow.history.displays`, drawn again by `flow.web.pages.displays`. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LATE = 12
"""Seconds after which a picture is not called live; the walls' script says the same (DEAD is its banner)."""
DEAD = 30
SAYS = timedelta(seconds=20)
"""How often a screen says what it shows."""
SILENT = timedelta(seconds=50)
"""Without a word for so long a screen says nothing any more: two words in a row were lost."""
ROW = timedelta(minutes=1)
"""A screen that is not live gets a new row as often at most."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a screen says of itself: the Seq it has drawn, when that picture was true, its age now and its greatest age since the word
    before, in seconds; in which language and whether black on white. A page that has just been loaded knows nothing of before, and says a
    great age. `file` is the version of the hospital file by which its page was drawn, 0 where it does not say."""

    seq: int
    as_of: datetime
    age: float
    oldest: float
    lang: str = ""
    light: bool = False
    file: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words in a row. Of a live one the picture was never older than `LATE`; `from_seq` and `from_as_of` are those of its first word."""

    topics: str
    audience: str
    from_at: datetime
    until_at: datetime
    from_seq: int
    seq: int
    from_as_of: datetime
    as_of: datetime
    live: bool
    lang: str = ""
    light: bool = False
    file: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A stream that a display held open; `heard_at` when it was last known to be, `closed_at` None while it is or where the process that
    held it died; `why` it ended: left, or shut-out."""

    id: str
    topics: str
    audience: str
    opened_at: datetime
    heard_at: datetime
    closed_at: datetime | None = None
    why: str = ""

    def held(self, at: datetime, now: datetime) -> bool:
        """Whether it was open at a time, as far as anybody knows by `now`. One that is not heard of any more ended when it last was."""
        lost = now - self.heard_at > SILENT
        return self.opened_at <= at <= (self.closed_at or (self.heard_at if lost else now))


def begun(topics: str, audience: str, word: Word, at: datetime) -> Stretch:
    """The first word of a stretch."""
    return Stretch(topics, audience, at, at, word.seq, word.seq, word.as_of, word.as_of, word.age <= LATE, word.lang, word.light, word.file)


def goes_on(stretch: Stretch, word: Word, at: datetime) -> Stretch | None:
    """The stretch with one more word; None where that begins another: after a silence, when it was not live in between, when it is live
    again, when it looks different, or (not live) once a minute."""
    if not timedelta(0) <= at - stretch.until_at <= SILENT or _looks(word) != _looks(stretch):
        return None
    live = max(word.age, word.oldest) <= LATE
    if live != stretch.live or (not live and at - stretch.from_at > ROW):
        return None
    return replace(stretch, until_at=at, seq=word.seq, as_of=word.as_of)


def _looks(told: Word | Stretch) -> tuple[str, bool, int]:
    return told.lang, told.light, told.file


class How(StrEnum):
    """How it is known what a screen showed."""

    SAID = "said"
    """The screen said so itself, before and after: what was true at that moment, at most `LATE` seconds old."""
    SENT = "sent"
    """It was connected and never said a word: what it was sent."""
    OLD = "old"
    """It had said what it showed, and said nothing new: its last picture, not live any more."""
    UNKNOWN = "unknown"
    """It was not connected and had shown nothing before."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What a screen showed at a moment: `topics` and `audience` as it had asked for them; `seq` and `as_of` of an old picture, None of the
    newest; `linked` whether it held a stream; `stretch` its last words by then."""

    how: How
    topics: str = ""
    audience: str = ""
    seq: int | None = None
    as_of: datetime | None = None
    linked: bool = False
    stretch: Stretch | None = None


def showing(stretches: Iterable[Stretch], links: Iterable[Link], at: datetime, now: datetime) -> Showing:
    """What a screen showed at `at`, from what is known by `now` of the time before and around it."""
    before = [stretch for stretch in stretches if stretch.from_at <= at]
    link = max((link for link in links if link.held(at, now)), key=lambda link: link.opened_at, default=None)
    covering = [stretch for stretch in before if _covers(stretch, at, now, linked=link is not None)]
    if covering:
        return _said(max(covering, key=lambda stretch: stretch.from_at), linked=link is not None)
    last = max(before, key=lambda stretch: stretch.until_at, default=None)
    if link is not None and (last is None or last.until_at < link.opened_at):
        return Showing(How.SENT, link.topics, link.audience, linked=True, stretch=last)
    if last is not None:
        return _old(last, last.seq, last.as_of, linked=link is not None)
    return Showing(How.UNKNOWN)


def _covers(last: Stretch, at: datetime, now: datetime, *, linked: bool) -> bool:
    """Up to its last word; now, where its stream is open, for as long as the next is not overdue."""
    running = linked and now - last.until_at <= SILENT
    return at <= last.until_at + (SAYS if running else timedelta(0))


def _said(last: Stretch, *, linked: bool) -> Showing:
    if last.live:
        return Showing(How.SAID, last.topics, last.audience, linked=linked, stretch=last)
    return _old(last, last.from_seq, last.from_as_of, linked=linked)


def _old(last: Stretch, seq: int, as_of: datetime, *, linked: bool) -> Showing:
    return Showing(How.OLD, last.topics, last.audience, seq, as_of, linked, last)
