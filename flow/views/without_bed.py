"""Patients in the house without a bed: two visits claim one bed, or the feed names a place nobody knows (HL7.md, rules 7 and 9).

They are on no floor plan, so the admissions desk lists them until somebody says where they lie or the next letter settles it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.visit import Visit
from flow.views.who_words import who_words


@dataclass(frozen=True, slots=True)
class WithoutBed:
    """`name` is empty for a reader without names; `place` is where the feed says they are, `why` what is wrong with it."""

    visit: str
    name: str
    who: str
    place: str
    why: str


def without_bed(visits: Iterable[Visit], plan: Plan, people: Mapping[PatientId, PersonDetails]) -> tuple[WithoutBed, ...]:
    """One row a patient, the longest without a bed first."""
    found = sorted(homeless(visits), key=lambda visit: (visit.course.movements[-1].start, visit.id))
    return tuple(_row(visit, plan, people.get(visit.patient)) for visit in found)


def homeless(visits: Iterable[Visit]) -> Iterator[Visit]:
    """Open visits that claim a bed another holds, or whose place names a bed that the hospital's file does not."""
    for visit in visits:
        if visit.in_conflict or (visit.is_open and visit.bed is None and names_a_bed(visit.course.place)):
            yield visit


def names_a_bed(place: str | None) -> bool:
    """A PL whose bed (PL-3) says something."""
    parts = (place or "").split("^")
    return len(parts) > 2 and bool(parts[2].strip())


def _row(visit: Visit, plan: Plan, person: PersonDetails | None) -> WithoutBed:
    who = who_words(visit.age, visit.sex)
    claim = visit.course.claim
    bed = plan.beds.get(claim) if claim is not None else None
    if bed is not None:
        place, why = f"{bed.ward} {bed.label}", "another patient is in this bed"
    else:
        place, why = " ".join(part for part in (visit.course.place or "").split("^")[:3] if part), "no bed is known by this name"
    return WithoutBed(visit.id, person.name if person else "", who, place, why)
