"""Which beds are in doubt: what contradicts what in the hospital as it stands. Pure; before `flow.domain.decide.checks`, which raises
and withdraws a verify task by it.

One bed is doubted for one reason at a time, the gravest: whoever looks sees all of it at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus
from flow.domain.check import Doubt
from flow.domain.check_rules import CheckRules
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.transport import Transport, TransportStatus

SAYS_CLEAN = "a cleaner says it is clean"
TAKEN_DIRTY = "occupied before the cleaning was finished"
TAKEN_OUT_OF_USE = "occupied while out of use"
BESIDE = timedelta(minutes=15)
"""A patient is often entered while the cleaner is still at it: so long, that is no contradiction."""
_BY_CLEANING = frozenset({SAYS_CLEAN, TAKEN_DIRTY})


@dataclass(frozen=True, slots=True)
class Doubted:
    """A bed, why it is in doubt, in words without names, the visit that is said to lie in it, and when a porter brought it out."""

    bed: BedId
    ward: WardId
    doubt: Doubt
    words: str
    visit: VisitId | None = None
    out_at: datetime | None = None


def doubts(hospital: Hospital, at: datetime, rules: CheckRules) -> Iterator[Doubted]:
    """Every bed of the file that is in doubt at a time, by its id."""
    claimed = {visit.course.claim for visit in hospital.visits.values() if visit.in_conflict}
    rides = _last_rides(hospital)
    for number, static in sorted(hospital.plan.beds.items()):
        bed = hospital.beds.get(number)
        if bed is None:
            continue
        out = _brought_out(hospital, bed, rides)
        found = _doubt(hospital, bed, at, rules, claimed=number in claimed, out=out)
        if found is not None:
            yield Doubted(number, static.ward, *found, bed.visit, out.delivered_at if out and found[0] is Doubt.BROUGHT_OUT else None)


def _doubt(
    hospital: Hospital, bed: BedState, at: datetime, rules: CheckRules, *, claimed: bool, out: Transport | None
) -> tuple[Doubt, str] | None:
    confirmed = _is_confirmed(bed, at, rules)
    if claimed and not confirmed:
        return Doubt.TWO_CLAIMS, "Two visits claim this bed."
    if bed.status is BedStatus.OCCUPIED and not confirmed and is_over(hospital, bed.visit):
        return Doubt.VISIT_OVER, "The visit is closed, and the bed is still shown occupied."
    if bed.discrepancy in _BY_CLEANING:
        return Doubt.CLEANED_WHILE_OCCUPIED, f"The feed says occupied; {_by_cleaning(bed.discrepancy)}"
    if out is not None:
        return Doubt.BROUGHT_OUT, f"The porter has brought the patient out ({out.to})."
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


def _last_rides(hospital: Hospital) -> Mapping[VisitId, Transport]:
    """The last job of each patient whom a porter was asked to bring anywhere."""
    asked = (job for job in hospital.transports.values() if job.visit is not None and job.status is not TransportStatus.CANCELLED)
    return {job.visit: job for job in sorted(asked, key=lambda job: (job.requested_at, job.id)) if job.visit is not None}


def _brought_out(hospital: Hospital, bed: BedState, rides: Mapping[VisitId, Transport]) -> Transport | None:
    """The ride by which the patient of a bed left the house, unless somebody has looked since, said that the patient stays, or expects
    them back."""
    job = rides.get(bed.visit) if bed.visit is not None else None
    if job is None or not job.leaving or job.delivered_at is None or bed.on_leave or job.delivered_at < bed.now.since:
        return None
    if bed.confirmed_at is not None and bed.confirmed_at >= job.delivered_at:
        return None
    leaving = hospital.discharges.get(job.visit) if job.visit is not None else None
    stays = leaving is not None and leaving.called_off and leaving.ended_at is not None and leaving.ended_at >= job.delivered_at
    return None if stays else job


def _silent_since(hospital: Hospital, bed: BedState) -> datetime | None:
    """When the patient should have left the bed by the word of whoever told of it, or come back to it."""
    if bed.status is not BedStatus.OCCUPIED or bed.visit is None:
        return None
    visit = hospital.visits.get(bed.visit)
    return bed.expected_back if bed.on_leave else visit.free_at if visit is not None else None
