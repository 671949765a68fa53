"""Which beds are in doubt: what contradicts what in the hospital as it stands. Pure; before `flow.domain.decide.checks`, which raises
and withdraws a verify task by it.

One bed is doubted for one reason at a time, the gravest: whoever looks sees all of it at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus
from flow.domain.check import Doubt
from flow.domain.check_rules import CheckRules
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, VisitId, WardId

SAYS_CLEAN = "a cleaner says it is clean"
TAKEN_DIRTY = "occupied before the cleaning was finished"
TAKEN_OUT_OF_USE = "occupied while out of use"
BESIDE = timedelta(minutes=15)
"""A patient is often entered while the cleaner is still at it: so long, that is no contradiction."""
_BY_CLEANING = frozenset({SAYS_CLEAN, TAKEN_DIRTY})


@dataclass(frozen=True, slots=True)
class Doubted:
    """A bed, why it is in doubt, in words without names, and the visit that is said to lie in it."""

    bed: BedId
    ward: WardId
    doubt: Doubt
    words: str
    visit: VisitId | None = None


def doubts(hospital: Hospital, at: datetime, rules: CheckRules) -> Iterator[Doubted]:
    """Every bed of the file that is in doubt at a time, by its id."""
    claimed = {visit.course.claim for visit in hospital.visits.values() if visit.in_conflict}
    for number, static in sorted(hospital.plan.beds.items()):
        bed = hospital.beds.get(number)
        found = _doubt(hospital, bed, at, rules, claimed=number in claimed) if bed is not None else None
        if bed is not None and found is not None:
            yield Doubted(number, static.ward, *found, bed.visit)


def _doubt(hospital: Hospital, bed: BedState, at: datetime, rules: CheckRules, *, claimed: bool) -> tuple[Doubt, str] | None:
    confirmed = _is_confirmed(bed, at, rules)
    if claimed and not confirmed:
        return Doubt.TWO_CLAIMS, "Two visits claim this bed."
    if bed.status is BedStatus.OCCUPIED and not confirmed and is_over(hospital, bed.visit):
        return Doubt.VISIT_OVER, "The visit is closed, and the bed is still shown occupied."
    if bed.discrepancy in _BY_CLEANING:
        return Doubt.CLEANED_WHILE_OCCUPIED, f"The feed says occupied; {_by_cleaning(bed.discrepancy)}"
    if bed.discrepancy is not None:
        return Doubt.REPORTED_OTHERWISE, f"Shown {bed.status}, but: {bed.discrepancy}."
    late = _silent_since(hospital, bed)
    if rules.silent_minutes and late is not None and not confirmed and at - late >= timedelta(minutes=rules.silent_minutes):
        return Doubt.SILENT, "Expected to change hands hours ago, and nobody has said whether it did."
    return None


def _by_cleaning(discrepancy: str | None) -> str:
    return "a cleaner says it is clean." if discrepancy == SAYS_CLEAN else "it was still in cleaning."


def _is_confirmed(bed: BedState, at: datetime, rules: CheckRules) -> bool:
    """Somebody has looked since the bed became what it is, and not too long ago."""
    looked = bed.confirmed_at
    return looked is not None and looked >= bed.now.since and at - looked < timedelta(hours=rules.again_hours)


def is_over(hospital: Hospital, visit: VisitId | None) -> bool:
    """The visit that is said to lie in a bed is closed, or has left by the word of whoever marked its exit."""
    if visit is None:
        return True
    known, leaving = hospital.visits.get(visit), hospital.discharges.get(visit)
    if known is None or not known.is_open:
        return True
    return leaving is not None and leaving.ended_at is not None and not leaving.called_off


def _silent_since(hospital: Hospital, bed: BedState) -> datetime | None:
    """When the patient should have left the bed by the word of whoever told of it, or come back to it."""
    if bed.status is not BedStatus.OCCUPIED or bed.visit is None:
        return None
    visit = hospital.visits.get(bed.visit)
    return bed.expected_back if bed.on_leave else visit.free_at if visit is not None else None
