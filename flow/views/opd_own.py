"""The page of one outpatient, reached by the code on the slip: the place in the queue, the expected time with its range, who is in now.

It says a number and never a name; whoever finds the slip learns no more than the waiting hall sees. Drawn by templates/opd/own.html.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.opd_expect import Expected, expected
from flow.domain.plan import Clinic
from flow.domain.showing import DEAD
from flow.views.opd_screen import room_tiles, tile_at
from flow.views.opd_spoken import door
from flow.views.times import clock_time
from flow.views.words import Tongue, Words

ROUND = 300
"""Expected times are told in steps of so many seconds: a minute's exactness would be a lie."""

SAID = {
    TokenStatus.BOOKED: ("Not here yet", "Tell reception that you have come."),
    TokenStatus.WAITING: ("Waiting", "Please stay near. Whoever is urgent goes first."),
    TokenStatus.CALLED: ("Go in now", ""),
    TokenStatus.IN_ROOM: ("In the room", ""),
    TokenStatus.AT_TESTS: ("At tests", "Tell reception when you are back."),
    TokenStatus.SKIPPED: ("You were called", "Tell reception that you are here."),
    TokenStatus.FINISHED: ("Finished", "Get well soon."),
    TokenStatus.CANCELLED: ("Cancelled", "Ask reception."),
    TokenStatus.NO_SHOW: ("Not here yet", "Tell reception that you have come."),
}
"""What stands large for each status, and what to do."""

AT_HOME = SAID | {
    TokenStatus.WAITING: ("Waiting", "Keep your telephone at hand: the doctor calls you."),
    TokenStatus.CALLED: ("The doctor calls you now", ""),
    TokenStatus.IN_ROOM: ("With the doctor", ""),
}
"""The same for a tele-consultation, for which nobody comes."""


@dataclass(frozen=True, slots=True)
class OwnRoom:
    """What is called or seen in a room just now."""

    name: str
    number: str
    back: str = ""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """`status` as in `TokenStatus`, `head` and `advice` in the reader's language; `place` in the queue (0: not in it), `about`, `earliest`
    and `latest` the expected time and its range (empty: nobody knows), `room` where to go, `due` the appointment. `as_of` is when this
    was true, `stale` that it is long ago, `here` the page's own address."""

    words: Words
    languages: tuple[Tongue, ...]
    hospital: str
    clinic: str
    floor: str
    number: str
    status: str
    head: str
    advice: str
    as_of: str
    here: str
    place: int = 0
    about: str = ""
    earliest: str = ""
    latest: str = ""
    room: str = ""
    due: str = ""
    again: bool = False
    rooms: tuple[OwnRoom, ...] = ()
    stale: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class OwnGone:
    """An address that is of no token of today."""

    words: Words
    languages: tuple[Tongue, ...]
    hospital: str
    here: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """An expectation in clock times."""

    place: int
    about: str = ""
    earliest: str = ""
    latest: str = ""


def outlook(found: Expected | None, at: datetime, zone: str) -> Outlook:
    """The range outward, what is most likely to the nearest step."""
    if found is None:
        return Outlook(0)
    if found.p10 is None or found.p50 is None or found.p90 is None:
        return Outlook(found.place)
    early, about, late = ((at + timedelta(minutes=each)).timestamp() for each in (found.p10, found.p50, found.p90))
    return Outlook(
        found.place,
        clock_time(round(about / ROUND) * ROUND, zone),
        clock_time(early // ROUND * ROUND, zone),
        clock_time(-(-late // ROUND) * ROUND, zone),
    )


def own_page(
    token: Token,
    clinic: Clinic,
    tokens: Sequence[Token],
    rooms: Mapping[str, RoomState],
    at: datetime,
    *,
    as_of: datetime,
    zone: str,
    usual: float,
    words: Words,
    languages: tuple[Tongue, ...],
    hospital: str,
    here: str,
    dead: float = DEAD,
    told: bool = False,
) -> OwnPage:
    """One token's page; `tokens` are its clinic's of the day as they were `as_of`, `usual` the house's minutes of a consultation, `dead`
    the seconds after which a picture is old; `told`: a message is sent when the turn is near."""
    status = TokenStatus.IN_ROOM if token.status is TokenStatus.CALLED and not token.called_out else token.status
    head, advice = (AT_HOME if token.tele else SAID)[status]
    seen = outlook(expected(token, tokens, clinic, rooms, at, usual), at, zone)
    tiles = (tile_at(tile, at.timestamp()) for tile in room_tiles(clinic, tokens, rooms))
    return OwnPage(
        words=words,
        languages=languages,
        hospital=hospital,
        clinic=clinic.name,
        floor=clinic.floor,
        number=token.number,
        status=status.value,
        head=words.say(head),
        advice=words.say(advice) if advice else "",
        as_of=clock_time(as_of.timestamp(), zone),
        stale=(at - as_of).total_seconds() > dead,
        here=here,
        told=told,
        place=seen.place,
        about=seen.about,
        earliest=seen.earliest,
        latest=seen.latest,
        room="" if token.tele else next((door(room.name, words) for room in clinic.rooms if room.id == (token.room or token.only)), ""),
        due=clock_time(token.due_at.timestamp(), zone) if token.due_at else "",
        again=token.status is TokenStatus.WAITING and token.passed > 0,
        rooms=tuple(
            OwnRoom(door(tile.name, words), tile.token or "", clock_time(tile.back_at, zone) if tile.back_at and not tile.token else "")
            for tile in tiles
        ),
    )
