"""Bookings: what a scheduling system says of an outpatient appointment (SIU). One appointment is one token, whatever day it is moved to.

The newest word counts, by event time, so that order of arrival does not matter; once the patient has come the clinic knows better.
"""

from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from flow.domain.clinic_words import clinic_named
from flow.domain.commands import Book
from flow.domain.decide.draft import Draft
from flow.domain.decide.opd import next_rank
from flow.domain.events import Kind
from flow.domain.ids import TokenId
from flow.domain.opd import NOT_COME, Token, TokenStatus
from flow.domain.opd_people import IN_QUEUE, token_of_day
from flow.domain.plan import Clinic
from flow.errors import Unreadable

_KINDS = {
    TokenStatus.BOOKED: Kind.TOKEN_BOOKED,
    TokenStatus.CANCELLED: Kind.TOKEN_CANCELLED,
    TokenStatus.NO_SHOW: Kind.TOKEN_NO_SHOW,
}

_MADE = "appointment-"
"""How the id of a token begins that an appointment made."""


def token_of(feed: str, appointment: str) -> TokenId:
    """The token of an appointment: the same for every message about it."""
    return TokenId(f"{_MADE}{blake2b(f'{feed}|{appointment}'.encode(), digest_size=8).hexdigest()}")


def book(draft: Draft, command: Book) -> None:
    """Note the newest word; an older one, or a repeat, changes nothing. Unreadable for a clinic nobody knows, and for a change of an
    appointment nobody heard of that says no time."""
    told = (command.at, command.order)
    known = draft.hospital.tokens.get(token_of(command.feed, command.appointment)) or _joined(draft, command)
    if known is not None and known.told is not None and told <= known.told:
        return
    clinic, due_at = _clinic(draft, command, known), command.due_at or (known.due_at if known else None)
    if due_at is None:
        raise Unreadable("The appointment has no time (TQ1-7, AIS-4, AIL-6, SCH-11), and none was told before.", code="no-time")
    day = due_at.astimezone(ZoneInfo(draft.plan.zone)).date()
    if known is not None and known.status not in NOT_COME:
        draft.write(Kind.TOKEN_BOOKED, replace(known, told=told))
        return
    here = _here_already(draft, command, clinic, day) if known is None else None
    if here is not None:
        draft.write(Kind.TOKEN_BOOKED, replace(here, appointment=command.appointment, due_at=due_at, told=told))
        return
    base = known if known is not None and (known.clinic, known.day) == (clinic.id, day) else _numbered(draft, command, clinic, day)
    new = replace(
        base,
        **_kind_of_patient(draft, command, clinic),
        status=command.status,
        due_at=due_at,
        told=told,
        patient=draft.hospital.survivor(command.patient),
        visit=draft.number(command.visit) if command.visit else base.visit,
        closed_at=None if command.status is TokenStatus.BOOKED else draft.now,
    )
    draft.write(_KINDS[command.status], new, command.at)


def _here_already(draft: Draft, command: Book, clinic: Clinic, day: date) -> Token | None:
    """Who waits there without an appointment, by registration, scan or slip, when a word on theirs comes: it is the same token."""
    if command.status is not TokenStatus.BOOKED or not draft.hospital.rules.walk_ins:
        return None
    theirs = token_of_day(draft.hospital, command.patient, clinic.id, day)
    return theirs if theirs is not None and theirs.status in IN_QUEUE and theirs.appointment is None else None


def _joined(draft: Draft, command: Book) -> Token | None:
    """The token that the appointment was found to be."""
    person = draft.hospital.survivor(command.patient)
    same = (t for t in draft.hospital.tokens.values() if t.appointment == command.appointment and not t.id.startswith(_MADE))
    return next((t for t in same if t.patient is not None and draft.hospital.survivor(t.patient) == person), None)


def _kind_of_patient(draft: Draft, command: Book, clinic: Clinic) -> dict[str, Any]:
    """Whose turn the patient takes and where they wait, as far as the message says; at home only where the clinic sees such patients."""
    if not draft.hospital.rules.books_groups:
        return {}
    found: dict[str, Any] = {}
    if command.group is not None:
        found |= {"group": command.group, "priority": command.group.priority}
    if command.tele is not None:
        found["tele"] = command.tele and any(room.tele for room in clinic.rooms)
    return found


def _numbered(draft: Draft, command: Book, clinic: Clinic, day: date) -> Token:
    """A token with the next number of the clinic's day. The number is given with the booking: it stands on the patient's slip."""
    rank = next_rank(draft, clinic.id, day)
    return Token(
        id=token_of(command.feed, command.appointment),
        clinic=clinic.id,
        day=day,
        number=f"{clinic.prefix}-{rank:03d}",
        rank=rank,
        issued_at=draft.now,
        appointment=command.appointment,
    )


def _clinic(draft: Draft, command: Book, known: Token | None) -> Clinic:
    """The clinic meant: by the feed's own words, else by id, name or specialty; else where it was booked before."""
    found = clinic_named(draft.plan, draft.hospital.feed(command.feed).clinics, command.words)
    if found is not None:
        return found
    if known is not None and known.clinic in draft.plan.clinic:
        return draft.plan.clinic[known.clinic]
    raise Unreadable("The appointment names no clinic we know; map its word to a clinic in the feed's settings.", code="unknown-clinic")
