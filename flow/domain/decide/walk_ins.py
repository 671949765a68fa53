"""The token of an outpatient whom the hospital's system registered (A04): given once for a visit, put right by A08, taken away by A11 and
A23, and by A03 and A06 while nobody has called it. Whoever has one of the day already, by appointment, by Scan & Share or from reception,
keeps that one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from flow.domain.cause import Origin
from flow.domain.clinic_words import clinic_named
from flow.domain.decide.draft import Draft
from flow.domain.decide.opd import known_clinic, move, policy
from flow.domain.events import Kind
from flow.domain.ids import ClinicId, TokenId, VisitId
from flow.domain.opd import Group, RoomState, Token, TokenStatus
from flow.domain.opd_commands import SeatWalkIn
from flow.domain.opd_people import AWAITED, IN_QUEUE
from flow.domain.plan import Clinic
from flow.domain.visit import OPEN, Visit, VisitStatus
from flow.domain.walk_in import MADE, Registered, day_of, has_left, is_closed, is_undone, overrun, registered, unseated_at
from flow.errors import Refused

_BEFORE_THE_DOCTOR = frozenset({TokenStatus.WAITING, TokenStatus.CALLED})
_BEFORE_THE_CALL = frozenset({TokenStatus.WAITING})


def seat(draft: Draft, command: SeatWalkIn) -> None:
    """As the visit stands now. Whoever a letter gives no token is listed in the tray; whoever tries by hand is told why not."""
    why = follow(draft, draft.number(command.visit), command.clinic)
    if why is not None and draft.cause.origin is Origin.PERSON:
        raise why


def seat_waiting(draft: Draft, clinic: ClinicId) -> None:
    """Somebody sits in the clinic: whoever was registered there and found it closed gets a number, the first registered first."""
    if draft.hospital.rules.walk_ins_follow:
        for waiting in unseated_at(draft.hospital, clinic, draft.now):
            if waiting.clinic == clinic:
                follow(draft, waiting.visit)


def follow(draft: Draft, number: VisitId, asked: ClinicId | None = None) -> Refused | None:
    """The token as the visit has it, in the clinic `asked` for where a person gives it; nothing of whoever is no registered outpatient of
    today. Returns why somebody gets none."""
    visit = draft.visit(number) if draft.hospital.rules.walk_ins else None
    if visit is None:
        return None
    own, said = _own(draft, visit), registered(visit)
    if visit.course.status is VisitStatus.CANCELLED:
        _withdraw(draft, own, visit, _BEFORE_THE_DOCTOR)
    elif has_left(visit) and draft.hospital.rules.walk_ins_follow:
        _withdraw(draft, own, visit, _BEFORE_THE_CALL)
    elif said is not None and _is_today(draft, said.at):
        return _seat(draft, visit, said, own, asked)
    return None


def _is_today(draft: Draft, at: datetime) -> bool:
    return day_of(at, draft.plan.zone) == day_of(draft.now, draft.plan.zone)


def _own(draft: Draft, visit: Visit) -> Token | None:
    """The token that this registration made, or took over from one that was cancelled."""
    made = (token for token in _tokens(draft).values() if token.id.startswith(MADE) and token.visit is not None)
    return next((token for token in made if token.visit is not None and draft.number(token.visit) == visit.id), None)


def _seat(draft: Draft, visit: Visit, said: Registered, own: Token | None, asked: ClinicId | None) -> Refused | None:
    """A person's word where they are to wait counts for whoever has no number."""
    has_one = own is not None and not _is_off(own)
    by_hand = known_clinic(draft, asked) if asked is not None and not has_one else None
    clinic = by_hand or _clinic(draft, visit, said)
    if clinic is None:
        words = "The registration names no clinic that is known; say in the tray which is meant."
        return None if has_one else Refused(words, code="unknown-clinic")
    theirs = None if has_one else _theirs(draft, visit, clinic, said)
    if theirs is not None:
        _join(draft, theirs, visit, said)
    elif not has_one and by_hand is None and is_closed(clinic, _rooms(draft), said.at, draft.plan.zone, overrun(draft.hospital.rules)):
        words = f"{clinic.name} is closed: nobody sits there any more today."
        return Refused(f"{words} Enter a session on the clinic's page: the number is then given.", code="clinic-closed")
    elif own is not None:
        _correct(draft, own, visit, clinic, said)
    else:
        at = min(said.at, draft.now)
        draft.write(Kind.TOKEN_ISSUED, _new(draft, visit, clinic, at), at)
    return None


def _is_off(own: Token) -> bool:
    """Taken away by a letter, or given by a tap that was undone: it may be given again."""
    return own.status is TokenStatus.CANCELLED or is_undone(own)


def _clinic(draft: Draft, visit: Visit, said: Registered) -> Clinic | None:
    return clinic_named(draft.plan, draft.feed(visit.feed).clinics, said.words)


def _theirs(draft: Draft, visit: Visit, clinic: Clinic, said: Registered) -> Token | None:
    """The token of the day that they have there without this registration: who is here before who is awaited. One whose turn was over
    before they were registered is not meant."""
    day, person = day_of(said.at, draft.plan.zone), draft.hospital.survivor(visit.patient)
    of_day = [t for t in _tokens(draft).values() if (t.day, t.clinic) == (day, clinic.id) and not _is_off(t)]
    there = [t for t in of_day if t.patient is not None and draft.hospital.survivor(t.patient) == person]
    here = [t for t in there if t.status in IN_QUEUE]
    awaited = [t for t in there if t.status in AWAITED]
    seen = [t for t in there if t.visit == visit.id or (t.closed_at is not None and t.closed_at >= said.at)]
    return next(iter([*here, *awaited, *seen]), None)


def _join(draft: Draft, token: Token, visit: Visit, said: Registered) -> None:
    """They are one token; an appointment is kept by it."""
    patient = draft.hospital.survivor(visit.patient)
    if token.status in AWAITED:
        group = _group(draft, visit) if token.of is Group.ORDINARY else None
        turn: dict[str, Any] = {"group": group, "priority": group.priority} if group is not None else {}
        move(draft, token, TokenStatus.WAITING, visit=visit.id, patient=patient, arrived_at=min(said.at, draft.now), **turn)
    elif token.visit is None:
        draft.write(Kind.TOKEN_KNOWN, replace(token, visit=visit.id, patient=patient))


def _correct(draft: Draft, own: Token, visit: Visit, clinic: Clinic, said: Registered) -> None:
    """Who it is counts always; which clinic and whose turn, until the number is called. Registered again, it waits again."""
    kind, new = Kind.TOKEN_KNOWN, replace(own, patient=draft.hospital.survivor(visit.patient))
    if _is_off(own):
        at = min(said.at, draft.now)
        kind, new = Kind.TOKEN_ARRIVED, replace(new, status=TokenStatus.WAITING, closed_at=None, arrived_at=at, paper=False)
    if new.status is TokenStatus.WAITING and not new.calls:
        group = _group(draft, visit)
        new = replace(new, group=group, priority=(group or Group.ORDINARY).priority)
        if new.clinic != clinic.id:
            kind, new = Kind.TOKEN_ISSUED, _numbered(draft, new, clinic)
    if new != own:
        draft.write(kind, new)


def _withdraw(draft: Draft, own: Token | None, visit: Visit, until: frozenset[TokenStatus]) -> None:
    """The registration never was, or is over. Where the same person is registered there twice the other keeps the number; whoever is
    further than `until`, at the latest with the doctor, stays there."""
    if own is None or own.status not in until:
        return
    heir = next((other for other in draft.hospital.visits_of(visit.patient, *OPEN) if _waits_there(draft, other, own)), None)
    if heir is not None:
        draft.write(Kind.TOKEN_KNOWN, replace(own, visit=heir.id))
    else:
        move(draft, own, TokenStatus.CANCELLED, room=None)


def _waits_there(draft: Draft, other: Visit, own: Token) -> bool:
    said = registered(other)
    clinic = _clinic(draft, other, said) if said is not None and _is_today(draft, said.at) else None
    return clinic is not None and clinic.id == own.clinic and other.id != own.visit


def _new(draft: Draft, visit: Visit, clinic: Clinic, at: datetime) -> Token:
    """A token whose id is the visit's, so that a visit has one."""
    group, day = _group(draft, visit), day_of(at, draft.plan.zone)
    bare = Token(
        id=_id_of(visit.id),
        clinic=clinic.id,
        day=day,
        number="",
        rank=0,
        issued_at=draft.now,
        priority=(group or Group.ORDINARY).priority,
        arrived_at=at,
        patient=draft.hospital.survivor(visit.patient),
        visit=visit.id,
        group=group,
    )
    return _numbered(draft, bare, clinic)


def _id_of(visit: VisitId) -> TokenId:
    return TokenId(f"{MADE}{blake2b(visit.encode(), digest_size=8).hexdigest()}")


def _numbered(draft: Draft, token: Token, clinic: Clinic) -> Token:
    """With the next number of a clinic's day."""
    rank = 1 + max((t.rank for t in _tokens(draft).values() if (t.clinic, t.day) == (clinic.id, token.day)), default=0)
    return replace(token, clinic=clinic.id, rank=rank, number=f"{clinic.prefix}-{rank:03d}", only=None, behind=())


def _group(draft: Draft, visit: Visit) -> Group | None:
    """Whose turn they take: pregnant where it was said, elderly by age."""
    if visit.pregnant:
        return Group.PREGNANT
    return Group.ELDERLY if visit.age is not None and visit.age >= policy(draft).elderly_years else None


def _tokens(draft: Draft) -> Mapping[TokenId, Token]:
    """All tokens, with what this decision has written: several may be seated in one."""
    written = {event.record.id: event.record for event in draft.events if isinstance(event.record, Token)}
    return {**draft.hospital.tokens, **written} if written else draft.hospital.tokens


def _rooms(draft: Draft) -> Mapping[str, RoomState]:
    """The rooms, with the session that this decision enters."""
    written = {event.record.id: event.record for event in draft.events if isinstance(event.record, RoomState)}
    return {**draft.hospital.rooms, **written}
