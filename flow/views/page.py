"""What stands round every signed-in page: the bar at the top, the stream behind it, the undo bar below.

A page's own view holds one `Chrome`; templates/base.html draws it, flow.web fills it from the session.
"""

from dataclasses import dataclass

from flow.views.station import AtStation


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link of the top bar; `here` marks the page being shown."""

    href: str
    words: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """A command that its maker may still take back: what it did, where to say so, and how many seconds are left; `seq` is the
    bed's once it was done: the `if_seq` of a tap that was made on top of it."""

    words: str
    action: str
    seconds: int
    seq: int = 0


@dataclass(frozen=True, slots=True)
class NamesBar:
    """`said` is what is shown of names; `left` the seconds that they are still open and `until` when that is over (none: they are not),
    `href` where they can be opened, `here` the page to come back to."""

    said: str
    href: str
    here: str
    left: int | None = None
    until: str = ""


@dataclass(frozen=True, slots=True)
class Chrome:
    """`name` is the screen's name in the bar, `hospital` the hospital's, `person` who is signed in (None: nobody),
    `csrf` the token that forms and htmx send back, `topics` the stream's topics (empty: the page has no stream),
    `undo` what can be undone right now, `bell`: what waits too long is told in the bar, `cases`: single cases
    of the past are for these eyes, `station` the bar of a ward's workstation (None: this is none); `made_up`: nothing on the page is
    real, and it says so; `names` says what is shown of names to somebody who may open more of them for a reason; `mine`: they have a
    sign-in of their own to look after, as no device has."""

    name: str
    hospital: str
    person: str | None = None
    role: str | None = None
    csrf: str = ""
    nav: tuple[NavLink, ...] = ()
    topics: str = ""
    lang: str = "en"
    undo: Undo | None = None
    bell: bool = False
    cases: bool = False
    station: AtStation | None = None
    made_up: bool = False
    names: NamesBar | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the hospital's rules said no, in the words of `Refused.reason`; templates/_refusal.html shows it where the person looks."""

    reason: str
