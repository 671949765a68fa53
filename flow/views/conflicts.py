"""Contradictions between visits, each with the claims side by side and the clicks that settle it: two visits in one bed, one person in
two beds, two numbers that were merged while both lay in a bed. For admissions, managers and the integration engineer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from flow.domain.hospital import Hospital
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.visit import Visit
from flow.views.admin import stamp
from flow.views.bed_words import bed_words
from flow.views.who_words import who_words

How = Literal["holds", "drops", "ended", "joined"]
"""What a click says: the claimant lies in the bed, or does not; the visit is not in the house; it is the one it was merged into."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """`kind` is claim (`first` holds the bed, `second` claims it) | twice (one person in two beds) | merged (`second` was told to be
    `first` all along). `first` is None where nobody holds the bed that is claimed."""

    kind: str
    first: Visit | None
    second: Visit

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Those it is about."""
        return (self.first, self.second) if self.first is not None else (self.second,)


@dataclass(frozen=True, slots=True)
class Choice:
    """A click that settles: `visit` and `how` are what is posted."""

    visit: str
    how: How
    words: str


@dataclass(frozen=True, slots=True)
class Side:
    """One claim. `name` is empty for a reader without names; `letters` are those that said so, newest first."""

    visit: str
    name: str
    who: str
    role: str
    place: str
    since: str
    letters: tuple[int, ...]
    choice: Choice


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A conflict with its sides; `extra` is a click that belongs to no side."""

    kind: str
    title: str
    sides: tuple[Side, ...]
    extra: Choice | None = None


def conflicts_of(hospital: Hospital) -> list[Conflict]:
    """Every contradiction, the longest first."""
    found = [*_claims(hospital), *_merged(hospital), *_twice(hospital)]
    return sorted(found, key=lambda conflict: (_since(conflict.second), conflict.second.id))


def _claims(hospital: Hospital) -> Iterator[Conflict]:
    for visit in hospital.visits.values():
        if visit.in_conflict and visit.course.claim in hospital.beds:
            holder = hospital.beds[visit.course.claim].visit
            yield Conflict("claim", hospital.visits.get(holder) if holder else None, visit)


def _merged(hospital: Hospital) -> Iterator[Conflict]:
    for visit in hospital.visits.values():
        heir = hospital.visits.get(visit.merged_into) if visit.merged_into and visit.is_open else None
        if heir is not None:
            yield Conflict("merged", heir, visit)


def _twice(hospital: Hospital) -> Iterator[Conflict]:
    for numbers in hospital.of_patient.values():
        lying = [visit for number in sorted(numbers) if (visit := hospital.visits[number]).is_open and visit.bed is not None]
        for first, second in pairwise(sorted(lying, key=lambda visit: (_since(visit), visit.id))):
            if first.merged_into != second.id and second.merged_into != first.id:
                yield Conflict("twice", first, second)


def _since(visit: Visit) -> datetime:
    return visit.course.movements[-1].start if visit.course.movements else visit.facts[0].at


def conflict_rows(
    conflicts: Iterable[Conflict],
    plan: Plan,
    people: Mapping[PatientId, PersonDetails],
    letters: Mapping[str, Sequence[int]],
) -> tuple[ConflictRow, ...]:
    """The conflicts as they are shown; `people` are those whose names the reader may see, `letters` those that spoke of each visit."""
    return tuple(_row(conflict, plan, people, letters) for conflict in conflicts)


def _row(conflict: Conflict, plan: Plan, people: Mapping[PatientId, PersonDetails], letters: Mapping[str, Sequence[int]]) -> ConflictRow:
    sides = tuple(
        _side(visit, conflict, plan, people.get(visit.patient), tuple(letters.get(visit.id, ()))[:3]) for visit in conflict.visits
    )
    extra = Choice(conflict.second.id, "joined", "Both are one stay: join them") if conflict.kind == "merged" else None
    return ConflictRow(conflict.kind, _title(conflict, plan), sides, extra)


def _choice(conflict: Conflict, visit: Visit, plan: Plan) -> Choice:
    """The click of a side. A claim is settled by what becomes of the claimant."""
    if conflict.kind == "claim":
        how: How = "holds" if visit is conflict.second else "drops"
        return Choice(conflict.second.id, how, f"{visit.id} lies in {bed_words(conflict.second.course.claim, plan)}")
    return Choice(visit.id, "ended", f"{visit.id} is not here")


def _title(conflict: Conflict, plan: Plan) -> str:
    if conflict.kind == "claim":
        return f"Two visits claim {bed_words(conflict.second.course.claim, plan)}"
    if conflict.kind == "merged":
        return f"{conflict.second.id} was merged into {conflict.second.merged_into}, and both lie in a bed"
    return f"One patient lies in {' and '.join(bed_words(visit.bed, plan) for visit in conflict.visits)}"


def _side(visit: Visit, conflict: Conflict, plan: Plan, person: PersonDetails | None, letters: tuple[int, ...]) -> Side:
    roles = {"claim": ("holds the bed", "claims the bed")}
    holds = visit is conflict.first
    who = who_words(visit.age, visit.sex)
    return Side(
        visit=visit.id,
        name=person.name if person else "",
        who=who,
        role=roles.get(conflict.kind, (bed_words(visit.bed, plan),) * 2)[0 if holds else 1],
        place=visit.course.place or "no place",
        since=stamp(_since(visit), plan.zone),
        letters=letters,
        choice=_choice(conflict, visit, plan),
    )
