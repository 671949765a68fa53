"""Outpatients whom the hospital's system has registered (A04): which clinic they are to wait in, and who waits in none. Pure.

Before it stands the visit with its facts, in whatever order they came; after it `flow.domain.decide.walk_ins` gives the token, and the
exceptions tray lists who has none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flow.domain.clinic_words import clinic_named
from flow.domain.hospital import Hospital
from flow.domain.house_rules import HouseRules
from flow.domain.ids import ClinicId, FeedId, VisitId
from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.opd_expect import OVERRUN
from flow.domain.opd_people import IN_QUEUE, tokens_of
from flow.domain.plan import Clinic
from flow.domain.visit import Act, Visit, VisitStatus

OUTPATIENT, INPATIENT = "O", "I"
MADE = "visit-"
"""How the id of a token begins that a registration made."""
_PLACES = frozenset({Act.REGISTER, Act.TRANSFER, Act.AMEND, Act.AMEND_TRANSFER, Act.AMEND_ADMIT})


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration: `at` when, `words` what the clinic is called (PV1-3, then PV1-10), the most telling first."""

    at: datetime
    words: tuple[str, ...]


class Why(StrEnum):
    """Why somebody who was registered has no token."""

    UNNAMED = "unnamed"
    UNKNOWN = "unknown"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Unseated:
    """An outpatient of today without a token; `clinic` the one that is closed."""

    visit: VisitId
    feed: str
    registered: Registered
    why: Why
    clinic: ClinicId | None = None


def registered(visit: Visit) -> Registered | None:
    """The registration of an outpatient who is in the house and in no bed, as corrected since (A08); None of everybody else."""
    if not visit.is_open or visit.course.klass != OUTPATIENT or visit.course.claim is not None:
        return None
    came = [fact for fact in visit.facts if fact.act is Act.REGISTER]
    if not came:
        return None
    newest = sorted((fact for fact in visit.facts if fact.act in _PLACES), key=lambda fact: fact.rank, reverse=True)
    place = next((fact.place for fact in newest if fact.place), "")
    service = next((fact.specialty for fact in newest if fact.specialty), "")
    said = (*(part.strip() for part in place.split("^")[:2]), service)
    return Registered(max(came, key=lambda fact: fact.rank).at, tuple(dict.fromkeys(filter(None, said))))


def has_left(visit: Visit) -> bool:
    """They wait in no clinic any more: the visit has ended (A03), or is an inpatient's (A06)."""
    return visit.course.status is VisitStatus.FINISHED or visit.course.klass == INPATIENT


def overrun(rules: HouseRules) -> timedelta:
    """For so long after its end a session is taken to go on."""
    return OVERRUN if rules.walk_ins_follow else timedelta()


def is_closed(clinic: Clinic, rooms: Mapping[str, RoomState], at: datetime, zone: str, beyond: timedelta) -> bool:
    """The clinic's day is known, from the timetable or from a person, and nobody sits there at that time or later, nor `beyond` the end of
    the last session. Of a clinic of which nobody has said when it is open, nothing is known."""
    day, states = day_of(at, zone), [rooms.get(f"{clinic.id}/{room.id}") for room in clinic.rooms]
    held = [session for state in states if state for session in state.sessions if day_of(session.begins, zone) == day]
    known = bool(held) or any(state is not None and state.opened == day for state in states)
    return known and all(session.ends + beyond <= at for session in held)


def day_of(at: datetime, zone: str) -> date:
    """The hospital's own day."""
    return at.astimezone(ZoneInfo(zone)).date()


def unseated(hospital: Hospital, at: datetime) -> Iterator[Unseated]:
    """Whoever was registered today as an outpatient and waits in no clinic, by visit number."""
    plan, beyond = hospital.plan, overrun(hospital.rules)
    if not plan.clinics or not hospital.rules.walk_ins:
        return
    for visit in sorted(hospital.visits.values(), key=lambda each: each.id):
        said = registered(visit)
        if said is None or visit.feed is None or day_of(said.at, plan.zone) != day_of(at, plan.zone):
            continue
        clinic = clinic_named(plan, hospital.feed(_feed(visit)).clinics, said.words)
        if clinic is None and not _in_a_ward(hospital, said) and not _has_token(hospital, visit, said):
            yield Unseated(visit.id, visit.feed, said, Why.UNKNOWN if said.words else Why.UNNAMED)
        elif clinic is not None and is_closed(clinic, hospital.rooms, said.at, plan.zone, beyond) and not _has_token(hospital, visit, said):
            yield Unseated(visit.id, visit.feed, said, Why.CLOSED, clinic.id)


def unseated_at(hospital: Hospital, clinic: ClinicId, at: datetime) -> list[Unseated]:
    """Those whom a clinic's reception can help: registered for it, or for none that is known. Who was registered first comes first."""
    found = (each for each in unseated(hospital, at) if each.clinic in (None, clinic))
    return sorted(found, key=lambda each: (each.registered.at, each.visit))


def _feed(visit: Visit) -> FeedId:
    return FeedId(visit.feed or "")


def _in_a_ward(hospital: Hospital, said: Registered) -> bool:
    """The place is a ward of ours: whoever is there waits in no clinic."""
    wards = {str(ward.id).casefold() for ward in hospital.plan.wards}
    return bool(said.words) and said.words[0].casefold() in wards


def _has_token(hospital: Hospital, visit: Visit, said: Registered) -> bool:
    """In whatever clinic: theirs, or the visit's."""
    day = day_of(said.at, hospital.plan.zone)
    return any(is_here(token) for token in tokens_of(hospital, visit.patient, day))


def is_here(token: Token) -> bool:
    """It stands for somebody who has come: neither an appointment that is not kept yet nor one that is called off or taken back."""
    return token.status in IN_QUEUE or (token.status in (TokenStatus.FINISHED, TokenStatus.SKIPPED) and not is_undone(token))


def is_undone(token: Token) -> bool:
    """Given by a tap that was undone: nobody has called it, and it never ended."""
    return token.status is TokenStatus.SKIPPED and token.closed_at is None and not token.calls
