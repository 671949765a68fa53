"""Reception's list of a clinic's day: who is expected when, who has come, who will not. Names stand here, for reception's eyes alone.

Before it stand the clinic's tokens (an appointment is a token from its booking on) and the people table; drawn by templates/appointments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flow.domain.ids import PatientId
from flow.domain.opd import NOT_COME, Group, Token, TokenStatus
from flow.domain.person import PersonDetails, age_on
from flow.domain.plan import Clinic
from flow.domain.walk_in import MADE
from flow.views.opd_words import GROUPS
from flow.views.page import Chrome
from flow.views.times import clock_time
from flow.views.who_words import who_words

AHEAD = 7
"""Days that can be looked at, today's included."""
ABHA = frozenset({"ABHA", "ABHA-ADDRESS"})


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One patient of the day; `due` when, `late` that it has passed, `come` since when here; `who` is age and sex, `numbers` the MRN or the
    ABHA number and address; `state` where the token stands; `notes` whose turn it takes and how it was given, `elderly` that by age it
    should take another."""

    id: str
    number: str
    due: str
    late: bool
    come: str
    name: str
    who: str
    numbers: str
    state: str
    notes: tuple[str, ...]
    elderly: bool
    may_come: bool
    may_miss: bool


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day to look at: its date, its words, how many are expected."""

    day: str
    words: str
    expected: int
    here: bool


@dataclass(frozen=True, slots=True)
class AppointmentsPage:
    """`expected` by their times, `come` the newest first, `gone` cancelled or not seen; `today`: tokens can be given;
    `scanned`: there is a code to scan."""

    chrome: Chrome
    clinic: str
    name: str
    day: str
    today: bool
    days: tuple[DayLink, ...]
    expected: tuple[AppointmentRow, ...]
    come: tuple[AppointmentRow, ...]
    gone: tuple[AppointmentRow, ...]
    scanned: bool = False
    groups: tuple[tuple[str, str], ...] = tuple(GROUPS.items())


def appointments_page(
    chrome: Chrome,
    clinic: Clinic,
    tokens: Iterable[Token],
    people: Mapping[PatientId, PersonDetails],
    day: date,
    at: datetime,
    zone: str,
    *,
    scanned: bool = False,
) -> AppointmentsPage:
    """The list of a day; `tokens` of any clinic and day, `at` the present moment in the hospital's zone."""
    here = [token for token in tokens if token.clinic == clinic.id]
    of_day = [token for token in here if token.day == day and is_expected(token)]
    known = {token.id: people.get(token.patient) if token.patient else None for token in of_day}
    drawn = {token.id: _row(token, known[token.id], at, zone, clinic.queue.elderly_years) for token in of_day}
    by_time = sorted(of_day, key=lambda token: (token.due_at or token.issued_at, token.rank))
    come = sorted((t for t in of_day if t.arrived_at is not None and t.status not in NOT_COME), key=_came, reverse=True)
    return AppointmentsPage(
        chrome=chrome,
        clinic=clinic.id,
        name=clinic.name,
        day=day.isoformat(),
        today=day == at.date(),
        days=tuple(_link(here, at.date() + timedelta(days=ahead), day) for ahead in range(AHEAD)),
        expected=tuple(drawn[t.id] for t in by_time if t.status is TokenStatus.BOOKED),
        come=tuple(drawn[t.id] for t in come),
        scanned=scanned,
        gone=tuple(drawn[t.id] for t in by_time if t.status in (TokenStatus.CANCELLED, TokenStatus.NO_SHOW)),
    )


def is_expected(token: Token) -> bool:
    """By appointment, by Scan & Share, or known otherwise; anonymous walk-ins are not on the list."""
    return token.appointment is not None or token.patient is not None or token.status is TokenStatus.BOOKED


def _came(token: Token) -> tuple[datetime, int]:
    return token.arrived_at or token.issued_at, token.rank


def _link(tokens: list[Token], day: date, shown: date) -> DayLink:
    expected = sum(token.day == day and token.status is TokenStatus.BOOKED for token in tokens)
    return DayLink(day.isoformat(), f"{day:%a %d %b}", expected, day == shown)


def _row(token: Token, person: PersonDetails | None, at: datetime, zone: str, elderly: int) -> AppointmentRow:
    is_due = token.due_at is not None and token.due_at < at and token.status is TokenStatus.BOOKED
    today = token.day == at.date()
    age = age_on(person.birth_date, at.date()) if person else None
    return AppointmentRow(
        id=token.id,
        number=token.number,
        due=clock_time(token.due_at.timestamp(), zone) if token.due_at else "",
        late=is_due,
        come=clock_time(token.arrived_at.timestamp(), zone) if token.arrived_at else "",
        name=person.name if person else "",
        who=who_words(age, person.sex) if person else "",
        numbers=_numbers(person) if person else "",
        state=token.status.replace("_", " "),
        notes=_notes(token),
        elderly=token.of is Group.ORDINARY and age is not None and age >= elderly,
        may_come=today and token.status in (TokenStatus.BOOKED, TokenStatus.NO_SHOW),
        may_miss=today and is_due,
    )


def _numbers(person: PersonDetails) -> str:
    """The MRN, and the ABHA as the patient knows it."""
    health = [value for kind, value in person.identifiers if kind in ABHA]
    return " · ".join([*([f"MRN {person.mrn}"] if person.mrn else []), *health])


def _notes(token: Token) -> tuple[str, ...]:
    group = GROUPS[token.of] if token.of is not Group.ORDINARY else ""
    return tuple(filter(None, (group, "at home" if token.tele else "", "Scan & Share" if token.scanned else "", _walked_in(token))))


def _walked_in(token: Token) -> str:
    """How somebody without an appointment got it."""
    if token.appointment is not None or token.scanned:
        return ""
    return "registered" if token.id.startswith(MADE) else "walk-in"
