"""What a display has shown, as a list an administrator reads: what it says now, its stretches and connections, and how one moment is known.

flow.web fills it from flow.history.displays; each line leads to the picture drawn again (flow.web.pages.displays_past).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.showing import DEAD, LATE, SILENT, How, Link, Showing, Stretch
from flow.views.admin import DeviceLike, shows, stamp
from flow.views.page import Chrome
from flow.views.request_form import Option
from flow.views.times import lasting


@dataclass(frozen=True, slots=True)
class PastRow:
    """One line of a display's past: `what` is shown | late | linked, `href` the picture at its beginning (empty of a connection)."""

    what: str
    begun: str
    ended: str
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class DisplaysPage:
    """`screens` are all to choose from, `chosen` the id of the one whose past is listed up to `time` (as `datetime-local` has it);
    `now` what it says at the moment, `grant` what it was let in for."""

    chrome: Chrome
    screens: tuple[Option, ...]
    chosen: str
    name: str
    grant: str
    now: str
    time: str
    latest: str
    rows: tuple[PastRow, ...]


def displays_page(
    chrome: Chrome,
    zone: str,
    now: datetime,
    at: datetime,
    screens: Iterable[DeviceLike],
    chosen: DeviceLike | None,
    newest: Mapping[str, Stretch],
    past: tuple[Iterable[Stretch], Iterable[Link]],
) -> DisplaysPage:
    """The page of one display up to a moment."""
    local = ZoneInfo(zone)
    return DisplaysPage(
        chrome=chrome,
        screens=tuple(Option(each.id, each.name if each.revoked_at is None else f"{each.name} (revoked)") for each in screens),
        chosen=chosen.id if chosen is not None else "",
        name=chosen.name if chosen is not None else "",
        grant=shows(chosen) if chosen is not None else "",
        now=picture(newest.get(chosen.id), now, zone) if chosen is not None else "",
        time=at.astimezone(local).replace(tzinfo=None).isoformat(timespec="seconds"),
        latest=now.astimezone(local).replace(tzinfo=None).isoformat(timespec="seconds"),
        rows=_rows(chosen.id, zone, now, *past) if chosen is not None else (),
    )


def picture(last: Stretch | None, now: datetime, zone: str) -> str:
    """What a display says now, in a few words."""
    if last is None:
        return "has said nothing yet"
    if now - last.until_at > SILENT:
        return f"Seq {last.seq:,}, silent since {stamp(last.until_at, zone)}"
    if last.live:
        return f"Seq {last.seq:,}, live"
    return f"Seq {last.seq:,}, not live: picture of {stamp(last.as_of, zone)}"


def _rows(device: str, zone: str, now: datetime, stretches: Iterable[Stretch], links: Iterable[Link]) -> tuple[PastRow, ...]:
    found = [(stretch.from_at, _stretch(device, zone, stretch)) for stretch in stretches]
    found += [(link.opened_at, _link(zone, now, link)) for link in links]
    return tuple(row for _, row in sorted(found, key=lambda told: told[0], reverse=True))


def _stretch(device: str, zone: str, told: Stretch) -> PastRow:
    seqs = f"Seq {told.from_seq:,}" if told.from_seq == told.seq else f"Seq {told.from_seq:,} to {told.seq:,}"
    live = f"live, never older than {LATE} s" if told.live else f"not live, picture of {stamp(told.from_as_of, zone)}"
    local = (told.from_at + timedelta(microseconds=999_999)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    query = urlencode({"device": device, "time": local.isoformat(timespec="seconds")})
    words = f"{told.topics}, {told.audience} · {live} · {seqs} · for {lasting(told.from_at.timestamp(), told.until_at.timestamp())}"
    what = "shown" if told.live else "late"
    return PastRow(what, stamp(told.from_at, zone), stamp(told.until_at, zone), words, f"/admin/displays/shown?{query}")


def _link(zone: str, now: datetime, link: Link) -> PastRow:
    ended = link.closed_at or (None if link.held(now, now) else link.heard_at)
    words = {"left": "left, or the network did", "shut-out": "shut out"}.get(link.why, "lost with its server" if ended else "open")
    return PastRow("linked", stamp(link.opened_at, zone), stamp(ended, zone) if ended else "", f"connection · {link.topics} · {words}")


class Fits(StrEnum):
    """How the hospital file that a past picture is drawn with is that of its time."""

    SAID = "said"
    """The screen said that its page was drawn by it."""
    IN_FORCE = "in-force"
    OLDEST = "oldest"
    """None of that time is kept; this is the first that was."""
    UNREADABLE = "unreadable"
    """This release does not understand it any more, and draws today's."""
    UNKNOWN = "unknown"
    """None is kept at all."""


@dataclass(frozen=True, slots=True)
class FileThen:
    """The hospital file that belongs to a picture, in force `from_at` to `until_at` (None: it is still)."""

    fits: Fits
    from_at: datetime | None = None
    until_at: datetime | None = None


def file_words(file: FileThen, zone: str) -> str:
    """By which hospital file rooms and beds are drawn, in a sentence."""
    since = stamp(file.from_at, zone) if file.from_at is not None else ""
    when = f"from {since} to {stamp(file.until_at, zone)}, not today's" if file.until_at is not None else f"since {since}, today's"
    match file.fits:
        case Fits.SAID:
            return f"Rooms and beds are those of the hospital file that the screen said it had loaded: in force {when}."
        case Fits.IN_FORCE:
            return f"Rooms and beds are those of the hospital file in force then ({when})."
        case Fits.OLDEST:
            return f"No hospital file of that time is kept. Rooms and beds are those of the oldest known, of {since}; they may differ."
        case Fits.UNREADABLE:
            return f"This release cannot read the hospital file of that time, of {since}. Rooms and beds are today's; they may differ."
        case Fits.UNKNOWN:
            return "No hospital file is kept. Rooms and beds are those of today's; they may differ."


def facts_of(shown: Showing, seq: int, zone: str, file: FileThen) -> tuple[str, ...]:
    """How it is known what a display showed, and by which hospital file it is drawn again, in sentences."""
    return (*_known(shown, seq, zone), file_words(file, zone))


def _known(shown: Showing, seq: int, zone: str) -> tuple[str, ...]:
    told, linked = shown.stretch, "connected" if shown.linked else "not connected"
    match shown.how:
        case How.SAID if told is not None:
            span = f"from {stamp(told.from_at, zone)} to {stamp(told.until_at, zone)}"
            return (f"The screen said so itself: {span} its picture was never older than {LATE} s.", f"Seq {seq:,}.")
        case How.OLD if told is not None:
            last = f"Its last word by then is of {stamp(told.until_at, zone)}: Seq {seq:,}. It was {linked}."
            return (last, f"A screen that was on said NOT LIVE from {DEAD} s on.")
        case _:
            return (f"It was {linked} and never said what it had drawn: this is what it was sent, Seq {seq:,}.",)
