"""Settles beds after visits changed: first everybody who leaves a bed, then everybody who comes, then the claims that wait.

One bed holds one visit, one visit holds one bed, at every step; an incumbent is never evicted (HL7.md rule 7).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.care import NO_CARE
from flow.domain.cleaning_job import is_emergency
from flow.domain.decide.clean_jobs import served
from flow.domain.decide.discharges import free_at, insurer_due, latest_free_at
from flow.domain.decide.draft import Draft
from flow.domain.decide.leaving import follow as follow_leaving
from flow.domain.decide.planned import follow
from flow.domain.decide.promises import NOT_RESERVED, drop_moot, fulfil, heed
from flow.domain.decide.stay_end import end_with_stay
from flow.domain.doubts import TAKEN_DIRTY, TAKEN_OUT_OF_USE
from flow.domain.events import Kind
from flow.domain.ids import BedId
from flow.domain.visit import Act, Edit, Fact, Visit, VisitStatus

RESTORES = frozenset({Act.CANCEL_ADMIT, Act.CANCEL_TRANSFER, Act.CANCEL_PLAN})
"""Leaving a bed by one of these means the patient never lay there: the bed returns to what it was (HL7.md rule 10)."""


@dataclass(frozen=True, slots=True)
class Change:
    """A visit before and after a fact; `old` is None for a visit not known before."""

    old: Visit | None
    new: Visit
    fact: Fact

    @property
    def restores(self) -> bool:
        """What it takes away never happened."""
        return self.fact.act in RESTORES or self.fact.edit is Edit.CANCEL

    @property
    def left(self) -> BedId | None:
        """The bed held before that the visit no longer claims."""
        held = self.old.bed if self.old else None
        return held if held is not None and (not self.new.is_open or self.new.course.claim != held) else None


def settle(draft: Draft, changes: Iterable[Change]) -> None:
    """Write the visits' and beds' events."""
    changes = list(changes)
    for change in changes:
        follow_leaving(draft, change.new)
    leaving = {change.left: change for change in changes if change.left is not None and draft.has(change.left)}
    taken = _seat_all(draft, changes, leaving)
    for bed, change in leaving.items():
        if bed not in taken:
            _vacate(draft, bed, change)
    for change in changes:
        _soil(draft, change)
    for change in changes:
        follow(draft, change.new)
        end_with_stay(draft, change.new)
        drop_moot(draft, change.new)


def _seat_all(draft: Draft, changes: list[Change], leaving: dict[BedId, Change]) -> set[BedId]:
    """Give each visit the bed it claims where nobody else holds it; returns the beds newly taken."""
    taken: set[BedId] = set()
    for change in changes:
        new = change.new
        bed = _grant(draft, new, leaving, taken)
        since = new.course.movements[-1].start if bed else None
        seated = replace(new, bed=bed, since=since)
        draft.write(_kind(change.old, seated), seated, change.fact.at)
        if bed is not None and draft.bed(bed).visit != seated.id:
            taken.add(bed)
            occupy(draft, bed, seated, restored=change.restores)
        elif bed is not None:
            _refresh(draft, bed, seated)
        _reserve(draft, change.old, seated)
    return taken


def _grant(draft: Draft, visit: Visit, leaving: dict[BedId, Change], taken: set[BedId]) -> BedId | None:
    claim = visit.course.claim
    if not visit.is_open or claim is None or claim in taken:
        return None
    holder = draft.bed(claim).visit
    return claim if holder is None or holder == visit.id or claim in leaving else None


def _kind(old: Visit | None, new: Visit) -> Kind:
    """What to call the change."""
    if new.merged_into and (old is None or old.merged_into != new.merged_into):
        return Kind.VISITS_MERGED
    if new.in_conflict:
        return Kind.VISIT_CLAIMED
    before = old.course.status if old else None
    if new.course.status is not before:
        return {
            VisitStatus.PLANNED: Kind.VISIT_PLANNED,
            VisitStatus.FINISHED: Kind.VISIT_FINISHED,
            VisitStatus.CANCELLED: Kind.VISIT_CANCELLED,
        }.get(new.course.status, Kind.VISIT_OPENED)
    moved = old is not None and (old.bed != new.bed or old.course.place != new.course.place)
    return Kind.VISIT_MOVED if moved else Kind.VISIT_AMENDED


def occupy(draft: Draft, bed: BedId, visit: Visit, *, restored: bool = False, before: Condition | None = None) -> None:
    """Put the visit into the bed. The status of a bed never refuses a fact; what it contradicts is raised as a discrepancy.

    `restored`: a cancel brings the visit back; to a bed that its own leaving made dirty it never left at all. `before`: what the bed
    would be had the visit never come, where it took over from another.
    """
    old = draft.bed(bed)
    never_left = restored and old.left_by == visit.id and old.status is BedStatus.CLEANING
    since = min(visit.since or draft.now, draft.now)  # a sender's clock may be ahead; a bed is never occupied since tomorrow
    was_occupied = old.status is BedStatus.OCCUPIED
    draft.write(
        Kind.BED_OCCUPIED,
        replace(
            old,
            now=Condition(BedStatus.OCCUPIED, since, draft.cause.source),
            before=before or (old.before if was_occupied or never_left else old.now),
            left_by=None,
            visit=visit.id,
            isolation=visit.care.isolation is not None,
            **_shown_of(draft, visit),
            discrepancy=None if never_left else _contradiction(old),
            job=served(old, since, from_ed=_from_ed(draft, visit)),
        ),
        since,
    )
    fulfil(draft, bed, visit)


def _from_ed(draft: Draft, visit: Visit) -> bool:
    """The patient came from the emergency department: lay in one of its beds just before, or waits there by the desk's word."""
    beds = [move.bed for move in visit.course.movements[:-1] if move.bed is not None]
    if beds and draft.type_of(beds[-1]) == "emergency":
        return True
    asked = (request for request in draft.live_requests() if visit.id == request.visit or visit.patient == request.patient)
    return any(is_emergency(request.origin) for request in asked)


def _contradiction(old: BedState) -> str | None:
    match old.status:
        case BedStatus.CLEANING:
            return TAKEN_DIRTY
        case BedStatus.MAINTENANCE:
            return TAKEN_OUT_OF_USE
        case _:
            return None


def _refresh(draft: Draft, bed: BedId, visit: Visit) -> None:
    """The visit stays; what the bed shows of it may have changed."""
    draft.revise_bed(Kind.BED_REVISED, bed, **_shown_of(draft, visit))


def _shown_of(draft: Draft, visit: Visit) -> dict[str, Any]:
    """What a bed's record tells of the visit that holds it."""
    return {
        "sex": visit.sex,
        "age": visit.age,
        "care": visit.care,
        "acuity": visit.acuity,
        "away": visit.course.away,
        "on_leave": visit.course.status is VisitStatus.ON_LEAVE,
        "expected_back": visit.course.expected_back,
        "expected_free_at": free_at(draft, visit),
        "insurer_due": insurer_due(draft, visit.id),
        "latest_free_at": latest_free_at(draft, visit),
    }


def _vacate(draft: Draft, bed: BedId, change: Change) -> None:
    """The patient left: the oldest claim takes the bed at once, else it wants cleaning, or returns to what it was."""
    claimants = [visit for visit in draft.claimants(bed) if visit.id != change.new.id]
    left_at = _left_at(change, bed, draft.now)
    old = draft.bed(bed)
    after = old.before if change.restores and old.before is not None else _dirty(draft, old, left_at)
    if claimants:
        heir = replace(claimants[0], bed=bed, since=max(left_at, claimants[0].course.movements[-1].start))
        draft.write(Kind.VISIT_MOVED, heir, left_at)
        occupy(draft, bed, heir, before=after)
    else:
        draft.write(Kind.BED_VACATED, _emptied(old, after), left_at)


def vacate_unheld(draft: Draft, bed: BedId) -> None:
    """Somebody saw that nobody lies in a bed whose visit is closed: it wants cleaning from now on."""
    old = draft.bed(bed)
    draft.write(Kind.BED_VACATED, _emptied(old, _dirty(draft, old, draft.now)))


def _soil(draft: Draft, change: Change) -> None:
    """A bed that the patient passed through unheard (an A02 whose PV1-6 is not ours) wants cleaning; when that A02 is cancelled, the
    bed is again what it was."""
    before, now = _passed(change.old), _passed(change.new)
    for bed in sorted(now - before):
        old = draft.bed(bed)
        if old.status is BedStatus.AVAILABLE and old.temporary is None:
            dirty = _dirty(draft, old, min(change.fact.at, draft.now))
            soiled = replace(old, now=dirty, before=old.now, left_by=change.new.id, discrepancy=None)
            draft.write(Kind.BED_VACATED, soiled, dirty.since)
    for bed in sorted(before - now) if change.restores else ():
        old = draft.bed(bed)
        if old.status is BedStatus.CLEANING and old.left_by == change.new.id and old.before is not None:
            draft.write(Kind.BED_VACATED, _emptied(old, old.before), draft.now)


def _passed(visit: Visit | None) -> set[BedId]:
    """Beds of movements that took no time."""
    return {move.bed for move in visit.course.movements if move.bed is not None and move.start == move.end} if visit else set()


def _dirty(draft: Draft, old: BedState, since: datetime) -> Condition:
    if old.temporary is not None:
        return Condition(BedStatus.AVAILABLE, since, draft.cause.source)
    kind = CleanKind.ISOLATION if old.isolation else CleanKind.ROUTINE
    return Condition(BedStatus.CLEANING, since, draft.cause.source, Stage.WAITING, kind)


def _emptied(old: BedState, after: Condition) -> BedState:
    return replace(
        old,
        now=after,
        before=old.before if after.status is BedStatus.CLEANING else None,
        left_by=old.visit if after.status is BedStatus.CLEANING else None,
        visit=None,
        sex=None,
        age=None,
        care=NO_CARE,
        acuity=None,
        isolation=False,
        away=False,
        on_leave=False,
        expected_back=None,
        expected_free_at=None,
        insurer_due=None,
        latest_free_at=None,
        discrepancy=None,
    )


def _left_at(change: Change, bed: BedId, now: datetime) -> datetime:
    """When the patient left by event time; never in the future, whatever the sender's clock says."""
    ends = [move.end for move in change.new.course.movements if move.bed == bed and move.end is not None]
    return min(max(ends), now) if ends else min(change.fact.at, now)


def _reserve(draft: Draft, old: Visit | None, new: Visit) -> None:
    """Move the visit's own reservation (A05, A14, A15) to where the course has it; a bed promised to another is left alone."""
    holder = f"visit:{new.id}"
    before = old.course.reserved if old else None
    if before is not None and before != new.course.reserved and draft.has(before) and draft.bed(before).reserved_for == holder:
        draft.revise_bed(Kind.BED_RELEASED, before, **NOT_RESERVED)
    target = new.course.reserved
    if target is None or target == before or heed(draft, target, new):
        return
    if draft.bed(target).reserved_for is None:
        draft.revise_bed(
            Kind.BED_RESERVED,
            target,
            reserved_for=holder,
            reserved_at=draft.now,
            reserved_until=None,
            reserved_sex=new.sex,
            reserved_by=draft.cause.actor,
        )
