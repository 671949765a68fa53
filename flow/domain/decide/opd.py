"""The outpatient queue: tokens issued, called, seen and skipped; rooms that pause."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flow.domain.commands import CallNext, IssueToken, MarkToken, SetRoom
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.ids import ClinicId, PatientId, TokenId
from flow.domain.opd import NOT_COME, TOKEN_TRANSITIONS, RoomState, Token, TokenStatus
from flow.domain.opd_people import token_of_day
from flow.domain.opd_queue import BY_NUMBER, QueuePolicy, behind, of_room, queue_order
from flow.domain.plan import Clinic, ClinicRoom
from flow.errors import Refused

_KINDS = {
    TokenStatus.BOOKED: Kind.TOKEN_BOOKED,
    TokenStatus.WAITING: Kind.TOKEN_RECALLED,
    TokenStatus.CALLED: Kind.TOKEN_CALLED,
    TokenStatus.IN_ROOM: Kind.TOKEN_STARTED,
    TokenStatus.FINISHED: Kind.TOKEN_FINISHED,
    TokenStatus.SKIPPED: Kind.TOKEN_SKIPPED,
    TokenStatus.CANCELLED: Kind.TOKEN_CANCELLED,
    TokenStatus.NO_SHOW: Kind.TOKEN_NO_SHOW,
    TokenStatus.AT_TESTS: Kind.TOKEN_AT_TESTS,
}
_WITH_MORE = frozenset({"pass over", "send to another room", "withdraw", "withdraw when called", "register again"})
"""Moves that have a command of their own, because they ask for more than the token, or are the hospital's system's to tell."""


def issue(draft: Draft, command: IssueToken) -> None:
    """The next number of the clinic's day."""
    clinic = known_clinic(draft, command.clinic)
    if command.tele and not any(room.tele for room in clinic.rooms):
        raise Refused(f"{clinic.name} has no room for tele-consultations.", code="no-tele-room")
    if command.patient is not None and not command.scanned and draft.hospital.rules.walk_ins:
        check_has_none(draft, command.patient, clinic, command.day)
    rank = next_rank(draft, clinic.id, command.day)
    token = Token(
        id=TokenId(f"{clinic.id}-{command.day:%Y%m%d}-{rank:03d}"),
        clinic=clinic.id,
        day=command.day,
        number=f"{clinic.prefix}-{rank:03d}",
        rank=rank,
        issued_at=draft.now,
        status=TokenStatus.BOOKED if command.booked else TokenStatus.WAITING,
        priority=command.group.priority if command.group else command.priority,
        group=command.group,
        tele=command.tele,
        scanned=command.scanned,
        arrived_at=None if command.booked else draft.now,
        patient=command.patient,
        visit=command.visit,
    )
    draft.write(Kind.TOKEN_ISSUED, token)


def call_next(draft: Draft, command: CallNext) -> None:
    """Call the waiting token whose turn it is in that room; the consultation in the room ends with it."""
    clinic = known_clinic(draft, command.clinic)
    room = known_room(clinic, command.room)
    here = [t for t in _callable(draft, clinic.id) if t.room == room.id]
    called = next((t for t in here if t.status is TokenStatus.CALLED), None)
    if called is not None:
        raise Refused(f"{called.number} is called to this room; start, skip or finish it first.", code="room-busy")
    waiting = of_room(in_order(draft, clinic.id), room.id, tele=room.tele)
    if not waiting:
        raise Refused("Nobody is waiting.", code="queue-empty")
    for token in here:
        if token.status is TokenStatus.IN_ROOM:
            move(draft, token, TokenStatus.FINISHED)
    move(draft, waiting[0], TokenStatus.CALLED, room=room.id, behind=())


def mark(draft: Draft, command: MarkToken) -> None:
    """Move one token on, along TOKEN_TRANSITIONS. Who is back from tests goes in behind those whose turn is next."""
    token = known_token(draft, command.token)
    if TOKEN_TRANSITIONS.get((token.status, command.to)) in _WITH_MORE:
        raise Refused(f"Token {token.number} is {token.status}; it cannot become {command.to}.", code="illegal-transition")
    changes: dict[str, Any] = {}
    if command.to is TokenStatus.AT_TESTS:
        changes = {"tests_at": draft.now, "room": None}
    elif token.status is TokenStatus.AT_TESTS and command.to is TokenStatus.WAITING:
        changes = {"behind": behind(others_before(draft, token), policy(draft).return_places)}
    elif command.group is not None and token.status in NOT_COME and command.to is TokenStatus.WAITING:
        changes = {"group": command.group, "priority": command.group.priority}
    move(draft, token, command.to, **changes)


def set_room(draft: Draft, command: SetRoom) -> None:
    """The doctor is away until a time of today, or back."""
    clinic = known_clinic(draft, command.clinic)
    old = room_state(draft, clinic, known_room(clinic, command.room).id)
    if old.back_at == command.back_at:
        return
    if command.back_at is not None and draft.hospital.rules.ends_pauses:
        _check_later_today(draft, command.back_at)
    draft.write(Kind.ROOM_CHANGED, replace(old, back_at=command.back_at))


def _check_later_today(draft: Draft, back_at: datetime) -> None:
    """A notice is for what is still to come of its day: midnight ends it at the latest."""
    now, back = (at.astimezone(ZoneInfo(draft.plan.zone)) for at in (draft.now, back_at))
    if back <= now:
        raise Refused(f"It is {now:%H:%M} already: give a later time than {back:%H:%M}, up to 23:59.", code="time-over")
    if (back - timedelta(microseconds=1)).date() != now.date():
        raise Refused("A doctor is away until some time of today: give one up to 23:59.", code="not-today")


def policy(draft: Draft) -> QueuePolicy:
    """The house's, as the log told it."""
    return draft.hospital.rules.queue or BY_NUMBER


def in_order(draft: Draft, clinic: ClinicId) -> list[Token]:
    """A clinic's waiting tokens in the order of calling."""
    return queue_order(_callable(draft, clinic), policy(draft))


def _callable(draft: Draft, clinic: ClinicId) -> list[Token]:
    """A clinic's tokens without those of earlier days: whoever was left over then has gone home, and keeps no room busy."""
    tokens = [t for t in draft.hospital.tokens.values() if t.clinic == clinic]
    if draft.hospital.rules.queue is None:
        return tokens
    today = draft.now.astimezone(ZoneInfo(draft.plan.zone)).date()
    return [t for t in tokens if t.day >= today]


def others_before(draft: Draft, token: Token) -> list[Token]:
    """Those who would be called before a token goes in again: all who wait for the same kind of room."""
    return [t for t in in_order(draft, token.clinic) if t.id != token.id and t.tele == token.tele]


def move(draft: Draft, token: Token, to: TokenStatus, **changes: Any) -> None:
    """Write a token as it is after a legal move; it is no longer as paper told. Refused when it is none."""
    if (token.status, to) not in TOKEN_TRANSITIONS:
        raise Refused(f"Token {token.number} is {token.status}; it cannot become {to}.", code="illegal-transition")
    kind = Kind.TOKEN_ARRIVED if to is TokenStatus.WAITING and token.status in NOT_COME else _KINDS[to]
    moved = replace(token, status=to, paper=False, **(_stamps(draft, token, to) | changes))
    draft.write(kind, moved)
    if to in (TokenStatus.CALLED, TokenStatus.IN_ROOM):
        _end_notice(draft, moved)


def _end_notice(draft: Draft, token: Token) -> None:
    """Whoever calls people in is back."""
    state = draft.hospital.rooms.get(f"{token.clinic}/{token.room}")
    if state is not None and state.back_at is not None and draft.hospital.rules.ends_pauses:
        draft.write(Kind.ROOM_CHANGED, replace(state, back_at=None))


def _stamps(draft: Draft, token: Token, to: TokenStatus) -> dict[str, Any]:
    """The times a move leaves on the token."""
    match to:
        case TokenStatus.WAITING:
            return {"arrived_at": token.arrived_at or draft.now, "room": None, "closed_at": None}
        case TokenStatus.CALLED:
            return {"called_at": token.called_at or draft.now, "calls": token.calls + 1}
        case TokenStatus.IN_ROOM:
            return {"started_at": draft.now}
        case TokenStatus.AT_TESTS:
            return {}
        case _:
            return {"closed_at": draft.now}


def known_token(draft: Draft, token: TokenId) -> Token:
    """A token by id."""
    found = draft.hospital.tokens.get(token)
    if found is None:
        raise Refused(f"There is no token {token}.", code="unknown-token")
    return found


def room_state(draft: Draft, clinic: Clinic, room: str) -> RoomState:
    """A room's notice as it stands."""
    key = f"{clinic.id}/{room}"
    return draft.hospital.rooms.get(key, RoomState(key, clinic.id, room))


def known_clinic(draft: Draft, clinic: ClinicId) -> Clinic:
    """A clinic by id."""
    found = draft.plan.clinic.get(clinic)
    if found is None:
        raise Refused(f"There is no clinic {clinic}.", code="unknown-clinic")
    return found


def known_room(clinic: Clinic, room: str) -> ClinicRoom:
    """A room of the clinic by id."""
    found = next((each for each in clinic.rooms if each.id == room), None)
    if found is None:
        raise Refused(f"Clinic {clinic.name} has no room {room}.", code="unknown-room")
    return found


def next_rank(draft: Draft, clinic: ClinicId, day: date) -> int:
    """The next place in a clinic's day; a number that was taken back neither counts nor comes again by itself."""
    taken = {t.rank for t in draft.hospital.tokens.values() if t.clinic == clinic and t.day == day}
    rank = 1 + highest_rank(draft, clinic, day)
    while rank in taken:
        rank += 1
    return rank


def highest_rank(draft: Draft, clinic: ClinicId, day: date) -> int:
    """The highest number given in a clinic's day, and not by mistake; 0 where there is none."""
    of_day = (t for t in draft.hospital.tokens.values() if t.clinic == clinic and t.day == day)
    return max((t.rank for t in of_day if not (t.taken_back and draft.hospital.rules.late_paper)), default=0)


def check_has_none(draft: Draft, patient: PatientId, clinic: Clinic, day: date) -> None:
    """One person has one token in a clinic's day."""
    theirs = token_of_day(draft.hospital, patient, clinic.id, day)
    if theirs is not None:
        what = "is booked as" if theirs.status is TokenStatus.BOOKED else "has token"
        raise Refused(f"This patient {what} {theirs.number} in {clinic.name} today.", code="has-token")
