"""What an outpatient clinic wrote on paper, entered afterwards: numbers given, called, finished, absent, each at the time on the paper.
What the record contradicts is refused in words that say what the record has.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.back_entry import EnterTokenBack, TokenDeed
from flow.domain.decide.back_entry import check_time
from flow.domain.decide.draft import Draft
from flow.domain.decide.opd import check_has_none, highest_rank, known_clinic, known_room, next_rank
from flow.domain.events import Kind
from flow.domain.ids import PatientId, TokenId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_people import AWAITED, token_of_day
from flow.domain.plan import Clinic
from flow.domain.walk_in import day_of
from flow.errors import Refused

HIGHEST = 999
"""The last number of a clinic's day."""
LEAP = 20
"""So far above the highest number known a line is believed at once."""
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
    if known is not None and not known.taken_back:
        _come(draft, clinic, command, known)
        return
    turn, day = command.group or Group.ORDINARY, day_of(command.at, draft.plan.zone)
    patient = draft.hospital.survivor(command.patient) if command.patient is not None else None
    if patient is not None:
        check_has_none(draft, patient, clinic, day)
    rank = command.rank or next_rank(draft, clinic.id, day)
    _check_likely(draft, clinic, rank, day, sure=command.sure or command.rank is None)
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
    _write(draft, Kind.TOKEN_ISSUED, token, command.at)


def _check_likely(draft: Draft, clinic: Clinic, rank: int, day: date, *, sure: bool) -> None:
    """A slip of the hand (141 for 14) would have the whole day go on from there."""
    if not 0 < rank <= HIGHEST:
        raise Refused(f"A number is 1 to {HIGHEST}.", code="not-a-number")
    highest = highest_rank(draft, clinic.id, day)
    if rank > highest + LEAP and not sure and draft.hospital.rules.late_paper:
        known = f"the highest number of that day is {clinic.prefix}-{highest:03d}" if highest else "no number of that day is known yet"
        asked = f"is it really {clinic.prefix}-{rank:03d}? Look at the paper again; where it is right, say so with the line."
        raise Refused(f"By the record {known}: {asked}", code="number-far-off")


def _come(draft: Draft, clinic: Clinic, command: EnterTokenBack, known: Token) -> None:
    """Whoever was booked came, be it after they had been given up."""
    if known.status not in AWAITED:
        raise _stands_otherwise(draft, known)
    came = replace(known, status=TokenStatus.WAITING, arrived_at=command.at, closed_at=None, patient=_whose(draft, clinic, command, known))
    group = command.group or known.group
    _write(draft, Kind.TOKEN_ARRIVED, replace(came, group=group, priority=(group or known.of).priority), command.at)


def _whose(draft: Draft, clinic: Clinic, command: EnterTokenBack, known: Token) -> PatientId | None:
    """Who was booked, as far as it is known, and nobody else; whom the line names, of a booking without a name."""
    if command.patient is None or not draft.hospital.rules.late_paper:
        return known.patient
    said = draft.hospital.survivor(command.patient)
    if known.patient is None:
        check_has_none(draft, said, clinic, known.day)
        return said
    if draft.hospital.survivor(known.patient) == said:
        return said
    due = f" for {_said(draft, known.due_at)}" if known.due_at is not None else ""
    own = token_of_day(draft.hospital, said, clinic.id, known.day)
    theirs = f"this patient's is {own.number}" if own is not None else "this patient has none that day"
    raise Refused(f"The record has {known.number} booked{due} by another patient; {theirs}. Look at number and MRN.", code="other-patient")


def _called(draft: Draft, clinic: Clinic, command: EnterTokenBack, token: Token) -> None:
    """Into a room; whoever was with the doctor there had been seen by then."""
    room = known_room(clinic, command.room or "")
    if token.status is not TokenStatus.WAITING:
        raise _stands_otherwise(draft, token)
    if room.tele != token.tele:
        raise Refused(f"{room.name} sees patients {'at home' if room.tele else 'who have come'} only.", code="no-tele-room")
    _check_after(draft, token, token.arrived_at or token.issued_at, command.at)
    there = [t for t in draft.hospital.tokens.values() if (t.clinic, t.day, t.room) == (clinic.id, token.day, room.id)]
    for other in there:
        if other.status is TokenStatus.CALLED:
            raise Refused(f"The record has {other.number} called to {room.name}: enter what became of it first.", code="room-busy")
        if other.status is TokenStatus.IN_ROOM:
            _check_after(draft, other, other.started_at or other.issued_at, command.at)
            _write(draft, Kind.TOKEN_FINISHED, replace(other, status=TokenStatus.FINISHED, closed_at=command.at), command.at)
    called = replace(
        token,
        status=TokenStatus.CALLED,
        room=room.id,
        called_at=token.called_at or command.at,
        calls=token.calls + 1,
        behind=(),
    )
    _write(draft, Kind.TOKEN_CALLED, called, command.at)


def _finished(draft: Draft, clinic: Clinic, command: EnterTokenBack, token: Token) -> None:
    """Seen; on paper the consultation began with the call."""
    if token.status is TokenStatus.WAITING:
        raise Refused(f"By the record {token.number} was not called: enter the call first.", code="illegal-transition")
    if token.status not in (TokenStatus.CALLED, TokenStatus.IN_ROOM):
        raise _stands_otherwise(draft, token)
    begun = token.started_at or token.called_at or token.issued_at
    _check_after(draft, token, begun, command.at)
    _write(draft, Kind.TOKEN_FINISHED, replace(token, status=TokenStatus.FINISHED, started_at=begun, closed_at=command.at), command.at)


def _absent(draft: Draft, clinic: Clinic, command: EnterTokenBack, token: Token) -> None:
    """Called in vain, or gone; somebody who was booked did not come."""
    if token.status is TokenStatus.BOOKED:
        _write(draft, Kind.TOKEN_NO_SHOW, replace(token, status=TokenStatus.NO_SHOW, closed_at=command.at), command.at)
        return
    if token.status not in (TokenStatus.WAITING, TokenStatus.CALLED):
        raise _stands_otherwise(draft, token)
    _check_after(draft, token, token.called_at or token.arrived_at or token.issued_at, command.at)
    passed = token.passed + (token.status is TokenStatus.CALLED)
    gone = replace(token, status=TokenStatus.SKIPPED, passed=passed, room=None, closed_at=command.at)
    _write(draft, Kind.TOKEN_SKIPPED, gone, command.at)


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
    found = [t for t in draft.hospital.tokens.values() if (t.clinic, t.day, t.rank) == (clinic.id, day, command.rank)]
    return min(found, key=lambda token: token.taken_back, default=None)


def _write(draft: Draft, kind: Kind, token: Token, at: datetime) -> None:
    """What happened hours ago is written without being called out: nobody is to go anywhere for it."""
    draft.write(kind, replace(token, paper=draft.hospital.rules.late_paper), at)


def _stands_otherwise(draft: Draft, token: Token) -> Refused:
    said, since = _WORDS.get(token.status, token.status.value), _said(draft, _since(token))
    return Refused(f"The record has {token.number} {said} already, since {since}; look at the paper again.", code="told-already")


def _since(token: Token) -> datetime:
    """Since when it is what it is."""
    since = {
        TokenStatus.WAITING: token.arrived_at,
        TokenStatus.CALLED: token.called_at,
        TokenStatus.IN_ROOM: token.started_at,
        TokenStatus.AT_TESTS: token.tests_at,
    }
    return since.get(token.status, token.closed_at) or token.issued_at


def _check_after(draft: Draft, token: Token, since: datetime, at: datetime) -> None:
    if at < since:
        raise Refused(f"The record has {token.number} there only since {_said(draft, since)}; look at the time.", code="too-early")


def _said(draft: Draft, at: datetime) -> str:
    return at.astimezone(ZoneInfo(draft.plan.zone)).strftime("%d %b %H:%M")
