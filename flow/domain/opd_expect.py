"""When somebody who waits in an outpatient clinic will be called, with its range. Pure.

The queue is walked in the order of calling, each to the door that is free first, a consultation as long as the day's were; how far it may
turn out otherwise follows from how much they differ. Before the day has shown its own pace the house's figure counts for some of them
(a prior of `WEIGHT` consultations). Who is urgent and comes later goes first: nobody can foresee that, and the words say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.opd_queue import queue_order
from flow.domain.plan import Clinic, ClinicRoom

WEIGHT = 5
SPREAD = 0.6
"""Standard deviation of a consultation's length over its mean, before the day has shown its own."""
LATEST = 30
"""The consultations that say how the day goes."""
BETWEEN = 5.0
"""Minutes from one patient to the next that still belong to the next one's consultation; what is longer is a pause."""
LONGEST = 60.0
OVERRUN = timedelta(hours=1)
"""For so long after its end a session is taken to go on while people wait."""
YESTERDAY = timedelta(hours=12)
"""A session that ended longer ago says nothing of today."""
LEAST = 0.25
"""Who is next at a free door waits for the doctor's word, which nobody times to the minute: as unsure as half a consultation."""
TENTH = 1.2816
"""How many standard deviations of a normal distribution leave one tenth beyond."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a consultation lasts: mean and standard deviation in minutes, and from how many of the day that is known."""

    mean: float
    spread: float
    known: int


@dataclass(frozen=True, slots=True)
class Expected:
    """`place` in the queue (1: next); minutes from now by which one of ten, half and nine of ten in such a place are called; None where
    nobody is going to call, as far as is known."""

    place: int
    p10: float | None = None
    p50: float | None = None
    p90: float | None = None


def pace_of(tokens: Iterable[Token], usual: float) -> Pace:
    """The pace of these tokens' consultations, the newest of them; `usual` minutes are what the house expects."""
    lengths = [length for _, length in sorted(_lengths(tokens))][-LATEST:]
    share = WEIGHT + len(lengths)
    mean = (WEIGHT * usual + sum(lengths)) / share
    off = WEIGHT * (SPREAD * usual) ** 2 + sum((length - mean) ** 2 for length in lengths)
    return Pace(mean, sqrt(off / share), len(lengths))


def _lengths(tokens: Iterable[Token]) -> Iterable[tuple[datetime, float]]:
    """The end and the minutes of each consultation that is over: from when the patient before had gone, or from the call."""
    by_room: dict[str, list[Token]] = {}
    for token in tokens:
        if token.status is TokenStatus.FINISHED and token.room is not None and token.started_at and token.closed_at:
            by_room.setdefault(token.room, []).append(token)
    for seen in by_room.values():
        before: datetime | None = None
        for token in sorted(seen, key=lambda t: (t.closed_at, t.rank)):
            assert token.started_at is not None
            assert token.closed_at is not None
            follows = before is not None and (token.started_at - before).total_seconds() <= 60 * BETWEEN
            begun = before if before is not None and follows else token.started_at
            yield token.closed_at, min(LONGEST, max(0.0, (token.closed_at - begun).total_seconds() / 60))
            before = token.closed_at


def expected(
    token: Token, tokens: Sequence[Token], clinic: Clinic, rooms: Mapping[str, RoomState], at: datetime, usual: float
) -> Expected | None:
    """What somebody who waits may expect; None of one who does not wait. `tokens` are the clinic's of the day, `rooms` by `clinic/room`."""
    order = [each for each in queue_order(tokens, clinic.queue) if each.tele == token.tele]
    if token.id not in {each.id for each in order}:
        return None
    pace = pace_of(tokens, usual)
    free = {room.id: at_door for room in clinic.rooms if (at_door := _free_in(room, tokens, rooms, clinic, at, pace)) is not None}
    mine = [room.id for room in clinic.rooms if _may_call(room, token)]
    place, calls = 1, 0
    for each in order:
        if each.id == token.id:
            break
        place += each.only in (None, *mine)
        door = _first(free, [room.id for room in clinic.rooms if _may_call(room, each)])
        if door is not None:
            calls += door in mine
            free[door] += pace.mean
    doors = [door for door in mine if door in free]
    if not doors:
        return Expected(place)
    half = min(free[door] for door in doors)
    busy = sum(each.room in doors for each in tokens if each.status in (TokenStatus.CALLED, TokenStatus.IN_ROOM))
    unsure = calls + busy + calls * calls / (WEIGHT + pace.known)
    off = TENTH * pace.spread * sqrt(max(unsure, LEAST)) / len(doors)
    return Expected(place, max(0.0, half - off), half, half + off)


def _may_call(room: ClinicRoom, token: Token) -> bool:
    return token.only in (None, room.id) and room.tele == token.tele


def _first(free: Mapping[str, float], doors: Iterable[str]) -> str | None:
    return min((door for door in doors if door in free), key=lambda door: free[door], default=None)


def _free_in(
    room: ClinicRoom, tokens: Iterable[Token], rooms: Mapping[str, RoomState], clinic: Clinic, at: datetime, pace: Pace
) -> float | None:
    """Minutes until a room calls its next; None where nobody sits in it any more today."""
    state = rooms.get(f"{clinic.id}/{room.id}")
    inside = next((t for t in tokens if t.room == room.id and t.status in (TokenStatus.CALLED, TokenStatus.IN_ROOM)), None)
    rest = 0.0
    if inside is not None:
        since = inside.started_at if inside.status is TokenStatus.IN_ROOM else None
        rest = _rest((at - since).total_seconds() / 60 if since else 0.0, pace.mean)
    begins = _begins(state, at)
    return None if begins is None and inside is None else max(rest, begins or 0.0)


def _rest(lasted: float, mean: float) -> float:
    """What is left of a consultation that has lasted so long: the longer it has, the longer it was going to be."""
    return max(mean - 0.6 * lasted, 0.35 * mean)


def _begins(state: RoomState | None, at: datetime) -> float | None:
    """Minutes until a doctor sits there: at once, after a break, when the next session begins; None when today's sessions are over."""
    if state is None:
        return 0.0
    away = max(0.0, (state.back_at - at).total_seconds() / 60) if state.back_at is not None else 0.0
    lately = [session for session in state.sessions if session.ends > at - YESTERDAY]
    if not lately:
        return away
    coming = [session.begins for session in lately if session.ends > at - OVERRUN]
    return max(away, (min(coming) - at).total_seconds() / 60) if coming else None
