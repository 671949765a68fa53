"""The outpatient queue: tokens issued, called, seen and skipped; rooms that pause."""

from dataclasses import replace
from datetime import date
from typing import Any

from flow.domain.commands import CallNext, IssueToken, MarkToken, SetRoom
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.ids import ClinicId, TokenId
from flow.domain.opd import NOT_COME, TOKEN_TRANSITIONS, RoomState, Token, TokenStatus
from flow.domain.plan import Clinic
from flow.errors import Refused

_KINDS = {
    TokenStatus.WAITING: Kind.TOKEN_RECALLED,
    TokenStatus.CALLED: Kind.TOKEN_CALLED,
    TokenStatus.IN_ROOM: Kind.TOKEN_STARTED,
    TokenStatus.FINISHED: Kind.TOKEN_FINISHED,
    TokenStatus.SKIPPED: Kind.TOKEN_SKIPPED,
    TokenStatus.CANCELLED: Kind.TOKEN_CANCELLED,
    TokenStatus.NO_SHOW: Kind.TOKEN_NO_SHOW,
}


def issue(draft: Draft, command: IssueToken) -> None:
    """The next number of the clinic's day."""
    clinic = _clinic(draft, command.clinic)
    rank = 1 + max((t.rank for t in _today(draft, clinic.id, command.day)), default=0)
    number = f"{clinic.prefix}-{rank:03d}"
    token = Token(
        id=TokenId(f"{clinic.id}-{command.day:%Y%m%d}-{rank:03d}"),
        clinic=clinic.id,
        day=command.day,
        number=number,
        rank=rank,
        issued_at=draft.now,
        status=TokenStatus.BOOKED if command.booked else TokenStatus.WAITING,
        priority=command.priority,
        arrived_at=None if command.booked else draft.now,
        patient=command.patient,
        visit=command.visit,
    )
    draft.write(Kind.TOKEN_ISSUED, token)


def call_next(draft: Draft, command: CallNext) -> None:
    """Call the waiting token that is first by priority, then by number; the consultation in the room ends with it."""
    clinic = _clinic(draft, command.clinic)
    _check_room(clinic, command.room)
    here = [t for t in draft.hospital.tokens.values() if t.clinic == clinic.id and t.room == command.room]
    called = next((t for t in here if t.status is TokenStatus.CALLED), None)
    if called is not None:
        raise Refused(f"{called.number} is called to this room; start, skip or finish it first.", code="room-busy")
    waiting = [t for t in draft.hospital.tokens.values() if t.clinic == clinic.id and t.status is TokenStatus.WAITING]
    if not waiting:
        raise Refused("Nobody is waiting.", code="queue-empty")
    for token in here:
        if token.status is TokenStatus.IN_ROOM:
            _move(draft, token, TokenStatus.FINISHED)
    first = min(waiting, key=lambda t: (t.day, t.priority, t.rank))
    _move(draft, first, TokenStatus.CALLED, room=command.room)


def mark(draft: Draft, command: MarkToken) -> None:
    """Move one token on, along TOKEN_TRANSITIONS."""
    token = draft.hospital.tokens.get(command.token)
    if token is None:
        raise Refused(f"There is no token {command.token}.", code="unknown-token")
    _move(draft, token, command.to)


def set_room(draft: Draft, command: SetRoom) -> None:
    """The doctor is away until a time, or back."""
    clinic = _clinic(draft, command.clinic)
    _check_room(clinic, command.room)
    key = f"{clinic.id}/{command.room}"
    old = draft.hospital.rooms.get(key, RoomState(key, clinic.id, command.room))
    if old.back_at != command.back_at:
        draft.write(Kind.ROOM_CHANGED, replace(old, back_at=command.back_at))


def _move(draft: Draft, token: Token, to: TokenStatus, **changes: Any) -> None:
    if (token.status, to) not in TOKEN_TRANSITIONS:
        raise Refused(f"Token {token.number} is {token.status}; it cannot become {to}.", code="illegal-transition")
    kind = Kind.TOKEN_ARRIVED if to is TokenStatus.WAITING and token.status in NOT_COME else _KINDS[to]
    draft.write(kind, replace(token, status=to, **_stamps(draft, token, to), **changes))


def _stamps(draft: Draft, token: Token, to: TokenStatus) -> dict[str, Any]:
    """The times a move leaves on the token."""
    match to:
        case TokenStatus.WAITING:
            return {"arrived_at": token.arrived_at or draft.now, "room": None, "closed_at": None}
        case TokenStatus.CALLED:
            return {"called_at": token.called_at or draft.now, "calls": token.calls + 1}
        case TokenStatus.IN_ROOM:
            return {"started_at": draft.now}
        case _:
            return {"closed_at": draft.now}


def _clinic(draft: Draft, clinic: ClinicId) -> Clinic:
    found = draft.plan.clinic.get(clinic)
    if found is None:
        raise Refused(f"There is no clinic {clinic}.", code="unknown-clinic")
    return found


def _check_room(clinic: Clinic, room: str) -> None:
    if room not in {r.id for r in clinic.rooms}:
        raise Refused(f"Clinic {clinic.name} has no room {room}.", code="unknown-room")


def _today(draft: Draft, clinic: ClinicId, day: date) -> list[Token]:
    return [t for t in draft.hospital.tokens.values() if t.clinic == clinic and t.day == day]
