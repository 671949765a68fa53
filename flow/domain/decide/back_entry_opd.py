"""What an outpatient clinic wrote on paper, entered afterwards: numbers given, called, finished, absent, each at the time on the paper.
What the record contradicts is refused in words that say what the record has.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.back_entry import EnterTokenBack, TokenDeed
from flow.domain.decide.back_entry import check_time
from flow.domain.decide.draft import Draft
from flow.domain.decide.opd import check_has_none, known_clinic, known_room, next_rank
from flow.domain.events import Kind
from flow.domain.ids import TokenId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.plan import Clinic
from flow.domain.walk_in import day_of
from flow.errors import Refused

HIGHEST = 999
"""The last number of a clinic's day."""
_WORDS = {
    TokenStatus.IN_ROOM: "in the room",
    TokenStatus.SKIPPED: "absent",
    TokenStatus.NO_SHOW: "a no-show",
    TokenStatus.AT_TESTS: "at tests",
}


def enter(draft: Draft, command: EnterTokenBack) -> None:
    """One line of the paper. Numbers are of today or yesterday: an older queue is nobody's any more."""
    check_time(draft, command.at)
    if day_of(command.at, draft.plan.zone) < day_of(draft.now, draft.plan.zone) - timedelta(days=1):
        raise Refused("Numbers are entered on their own day or the next.", code="too-long-ago")
    clinic = known_clinic(draft, command.clinic)
    if command.deed is TokenDeed.GIVEN:
        _given(draft, clinic, command)
    else:
        _DEEDS[command.deed](draft, clinic, command, _known(draft, clinic, command))


def _given(draft: Draft, clinic: Clinic, command: EnterTokenBack) -> None:
    """The number on the slip; of somebody who was booked, that they have come."""
    known = _of_rank(draft, clinic, command)
    turn = command.group or Group.ORDINARY
    if known is not None and known.status is TokenStatus.BOOKED:
        group = command.group or known.group
        came = replace(known, status=TokenStatus.WAITING, arrived_at=command.at, group=group, priority=(group or known.of).priority)
        draft.write(Kind.TOKEN_ARRIVED, came, command.at)
        return
    if known is not None and not _taken_back(known):
        raise Refused(f"The record has {known.number} already, given at {_said(draft, known.issued_at)}.", code="told-already")
    day = day_of(command.at, draft.plan.zone)
    patient = draft.hospital.survivor(command.patient) if command.patient is not None else None
    if patient is not None:
        check_has_none(draft, patient, clinic, day)
    rank = command.rank or next_rank(draft, clinic.id, day)
    if not 0 < rank <= HIGHEST:
        raise Refused(f"A number is 1 to {HIGHEST}.", code="not-a-number")
    token = Token(
        id=known.id if known is not None else TokenId(f"{clinic.id}-{day:%Y%m%d}-{rank:03d}"),
        clinic=clinic.id,
        day=day,
        number=f"{clinic.prefix}-{rank:03d}",
        rank=rank,
        issued_at=command.at,
        priority=turn.priority,
        arrived_at=command.at,
        patient=patient,
        group=command.group,
    )
    draft.write(Kind.TOKEN_ISSUED, token, command.at)


def _taken_back(token: Token) -> bool:
    """It was given by mistake and undone: the number is nobody's."""
    return token.status is TokenStatus.SKIPPED and token.closed_at is None and not token.calls


def _called(draft: Draft, clinic: Clinic, command: EnterTokenBack, token: Token) -> None:
    """Into a room; whoever was with the doctor there had been seen by then."""
    room = known_room(clinic, command.room or "")
    if token.status is not TokenStatus.WAITING:
        raise _stands_otherwise(token)
    if room.tele != token.tele:
        raise Refused(f"{room.name} sees patients {'at home' if room.tele else 'who have come'} only.", code="no-tele-room")
    _check_after(draft, token, token.arrived_at or token.issued_at, command.at)
    there = [t for t in draft.hospital.tokens.values() if (t.clinic, t.day, t.room) == (clinic.id, token.day, room.id)]
    for other in there:
        if other.status is TokenStatus.CALLED:
            raise Refused(f"The record has {other.number} called to {room.name}: enter what became of it first.", code="room-busy")
        if other.status is TokenStatus.IN_ROOM:
            _check_after(draft, other, other.started_at or other.issued_at, command.at)
            draft.write(Kind.TOKEN_FINISHED, replace(other, status=TokenStatus.FINISHED, closed_at=command.at), command.at)
    called = replace(
        token,
        status=TokenStatus.CALLED,
        room=room.id,
        called_at=token.called_at or command.at,
        calls=token.calls + 1,
        behind=(),
    )
    draft.write(Kind.TOKEN_CALLED, called, command.at)


def _finished(draft: Draft, clinic: Clinic, command: EnterTokenBack, token: Token) -> None:
    """Seen; on paper the consultation began with the call."""
    if token.status is TokenStatus.WAITING:
        raise Refused(f"By the record {token.number} was not called: enter the call first.", code="illegal-transition")
    if token.status not in (TokenStatus.CALLED, TokenStatus.IN_ROOM):
        raise _stands_otherwise(token)
    begun = token.started_at or token.called_at or token.issued_at
    _check_after(draft, token, begun, command.at)
    draft.write(Kind.TOKEN_FINISHED, replace(token, status=TokenStatus.FINISHED, started_at=begun, closed_at=command.at), command.at)


def _absent(draft: Draft, clinic: Clinic, command: EnterTokenBack, token: Token) -> None:
    """Called in vain, or gone; somebody who was booked did not come."""
    if token.status is TokenStatus.BOOKED:
        draft.write(Kind.TOKEN_NO_SHOW, replace(token, status=TokenStatus.NO_SHOW, closed_at=command.at), command.at)
        return
    if token.status not in (TokenStatus.WAITING, TokenStatus.CALLED):
        raise _stands_otherwise(token)
    _check_after(draft, token, token.called_at or token.arrived_at or token.issued_at, command.at)
    passed = token.passed + (token.status is TokenStatus.CALLED)
    gone = replace(token, status=TokenStatus.SKIPPED, passed=passed, room=None, closed_at=command.at)
    draft.write(Kind.TOKEN_SKIPPED, gone, command.at)


_DEEDS = {TokenDeed.CALLED: _called, TokenDeed.FINISHED: _finished, TokenDeed.ABSENT: _absent}


def _known(draft: Draft, clinic: Clinic, command: EnterTokenBack) -> Token:
    if command.rank is None:
        raise Refused("Say which number.", code="number-missing")
    token = _of_rank(draft, clinic, command)
    if token is None:
        raise Refused(f"By the record {clinic.prefix}-{command.rank:03d} was not given that day: enter that first.", code="not-given")
    return token


def _of_rank(draft: Draft, clinic: Clinic, command: EnterTokenBack) -> Token | None:
    day = day_of(command.at, draft.plan.zone)
    of_day = (t for t in draft.hospital.tokens.values() if t.clinic == clinic.id and t.day == day)
    return next((t for t in of_day if t.rank == command.rank), None)


def _stands_otherwise(token: Token) -> Refused:
    said = _WORDS.get(token.status, token.status.value)
    return Refused(f"The record has {token.number} {said} already; look at the paper again.", code="told-already")


def _check_after(draft: Draft, token: Token, since: datetime, at: datetime) -> None:
    if at < since:
        raise Refused(f"The record has {token.number} there only since {_said(draft, since)}; look at the time.", code="too-early")


def _said(draft: Draft, at: datetime) -> str:
    return at.astimezone(ZoneInfo(draft.plan.zone)).strftime("%d %b %H:%M")
