"""Patients whom the hospital's system registered today and who have no number, as the clinic's reception reads them: who, why, what to do.

Names stand here for those alone who may see them; drawn by templates/opd/_registered.html.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.ids import PatientId, VisitId
from flow.domain.person import PersonDetails, age_on
from flow.domain.plan import Plan
from flow.domain.walk_in import Unseated, Why
from flow.views.times import clock_time
from flow.views.who_words import who_words


@dataclass(frozen=True, slots=True)
class RegisteredRow:
    """One of them, registered `at`; `who` is age and sex, `place` what the registration calls the clinic, where that is not this one."""

    visit: str
    at: str
    name: str
    who: str
    numbers: str
    place: str
    why: str
    advice: str


_HERE = "If they are to wait here, give the number."
_WHY: Mapping[Why, tuple[str, str]] = {
    Why.UNNAMED: ("The registration names no clinic", _HERE),
    Why.UNKNOWN: ("No clinic is known by this name", _HERE),
    Why.CLOSED: (
        "Nobody sits here any more today",
        "Enter the doctor's session and the number is given by itself; or give it now, or send them to another clinic.",
    ),
}


def registered_rows(
    found: Iterable[Unseated], whose: Mapping[VisitId, PatientId], people: Mapping[PatientId, PersonDetails], plan: Plan, at: datetime
) -> tuple[RegisteredRow, ...]:
    """One row a visit, in the order in which they are given; `people` are those whose names may be seen."""
    return tuple(_row(each, people.get(whose[each.visit]), plan, at) for each in found)


def _row(each: Unseated, person: PersonDetails | None, plan: Plan, at: datetime) -> RegisteredRow:
    why, advice = _WHY[each.why]
    today = at.astimezone(ZoneInfo(plan.zone)).date()
    return RegisteredRow(
        visit=each.visit,
        at=clock_time(each.registered.at.timestamp(), plan.zone),
        name=person.name if person else "",
        who=who_words(age_on(person.birth_date, today), person.sex) if person else "",
        numbers=f"MRN {person.mrn}" if person and person.mrn else "",
        place="" if each.clinic is not None else " · ".join(each.registered.words),
        why=why,
        advice=advice,
    )
