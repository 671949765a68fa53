"""What else happens to an outpatient token: called in vain, sent to another room, its patient admitted; and whose session a room holds."""

from dataclasses import replace

from flow.domain.commands import MergePatients, RequestBed
from flow.domain.decide import merging, requests
from flow.domain.decide.draft import Draft
from flow.domain.decide.opd import known_clinic, known_room, known_token, move, others_before, policy, room_state
from flow.domain.decide.walk_ins import seat_waiting
from flow.domain.events import Kind
from flow.domain.opd import Session, Token, TokenStatus
from flow.domain.opd_commands import AdviseAdmission, HoldSession, KnowPatient, OpenSessions, PassToken, SendToRoom
from flow.domain.opd_queue import behind, of_room
from flow.errors import Refused

_SENT_FROM = (TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.IN_ROOM)


def pass_over(draft: Draft, command: PassToken) -> None:
    """Called and did not come: back by some places, absent once that has happened too often."""
    token, rule = known_token(draft, command.token), policy(draft)
    if token.status is not TokenStatus.CALLED:
        raise Refused(f"Token {token.number} is {token.status}, and not called.", code="illegal-transition")
    if token.passed + 1 >= rule.absent_after:
        move(draft, token, TokenStatus.SKIPPED, passed=token.passed + 1, room=None)
        return
    next_here = of_room(others_before(draft, token), token.room or "", tele=token.tele)
    waits_for = behind(next_here, rule.back_places)
    back = replace(token, status=TokenStatus.WAITING, room=None, passed=token.passed + 1, behind=waits_for, paper=False)
    draft.write(Kind.TOKEN_PASSED, back)


def send_to_room(draft: Draft, command: SendToRoom) -> None:
    """Another room of the clinic calls it, by its number; a tele-consultation stays with rooms for it."""
    token = known_token(draft, command.token)
    clinic = known_clinic(draft, token.clinic)
    room = known_room(clinic, command.room)
    if token.status not in _SENT_FROM:
        raise Refused(f"Token {token.number} is {token.status}; it waits for no room.", code="illegal-transition")
    if room.id in (token.room, token.only):
        raise Refused(f"Token {token.number} is for {room.name} already.", code="same-room")
    if room.tele != token.tele:
        raise Refused(f"{room.name} sees patients {'at home' if room.tele else 'who have come'} only.", code="no-tele-room")
    sent = replace(token, status=TokenStatus.WAITING, room=None, only=room.id, behind=(), paper=False)
    draft.write(Kind.TOKEN_SENT_ON, sent)


def advise_admission(draft: Draft, command: AdviseAdmission) -> None:
    """Ask for a bed and end the consultation, in one step."""
    token = known_token(draft, command.token)
    if token.status is not TokenStatus.IN_ROOM:
        raise Refused(f"Token {token.number} is {token.status}; admission is advised in the room.", code="illegal-transition")
    requests.request(draft, RequestBed(command.request))
    _end_with(draft, token, command)


def _end_with(draft: Draft, token: Token, command: AdviseAdmission) -> None:
    patient = token.patient or command.request.patient
    move(draft, token, TokenStatus.FINISHED, request=command.request.id, patient=patient)


def hold_session(draft: Draft, command: HoldSession) -> None:
    """Write a session down, or take it off; sessions of earlier days go with the next change. Whoever found the clinic closed is seated."""
    clinic = known_clinic(draft, command.clinic)
    old = room_state(draft, clinic, known_room(clinic, command.room).id)
    if command.ends <= command.begins:
        raise Refused("A session ends after it begins.", code="no-time")
    kept = [s for s in old.sessions if s.ends <= command.begins or s.begins >= command.ends]
    kept = [s for s in kept if (command.begins - s.ends).days < 1]
    if command.doctor:
        kept.append(Session(command.doctor, command.begins, command.ends))
    new = replace(old, sessions=tuple(sorted(kept, key=lambda s: s.begins)))
    if new != old:
        draft.write(Kind.ROOM_CHANGED, new)
        seat_waiting(draft, clinic.id)


def open_sessions(draft: Draft, command: OpenSessions) -> None:
    """Enter a day of the timetable. What a person has set for that time stands, and what they took off later is not entered again."""
    clinic = known_clinic(draft, command.clinic)
    old = room_state(draft, clinic, known_room(clinic, command.room).id)
    if old.opened is not None and old.opened >= command.day:
        return
    kept = [s for s in old.sessions if s.ends > draft.now]
    free = [new for new in command.sessions if all(new.ends <= s.begins or s.ends <= new.begins for s in kept)]
    sessions = tuple(sorted([*kept, *free], key=lambda s: s.begins))
    draft.write(Kind.ROOM_CHANGED, replace(old, sessions=sessions, opened=command.day))
    seat_waiting(draft, clinic.id)


def know_patient(draft: Draft, command: KnowPatient) -> None:
    """Token and bed request go on under the patient's own number. Only where somebody took a token by the other one, and once: a number
    that was somebody's already is nobody else's."""
    tokens = [token for token in draft.hospital.tokens.values() if token.patient == command.prior]
    if not tokens or draft.hospital.survivor(command.prior) != command.prior:
        return
    merging.merge_patients(draft, MergePatients(command.prior, command.patient))
    for token in tokens:
        draft.write(Kind.TOKEN_KNOWN, replace(token, patient=draft.hospital.survivor(command.patient)))
