"""What a ward saw, set against what the feed tells. A nurse confirms a coming or a leaving when the feed is late; the feed then agrees,
and nothing happens twice, or contradicts her, and both beds say so until somebody has looked.

Where the patient is, event time decides as ever (`flow.domain.course`), so that letters may come in any order; this stage only compares.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from flow.domain.commands import Told
from flow.domain.course import chart
from flow.domain.decide.draft import Draft
from flow.domain.decide.merging import NO_COURSE, placed
from flow.domain.decide.settling import Change
from flow.domain.events import Kind
from flow.domain.ids import BedId, VisitId
from flow.domain.visit import OPEN, Act, Fact, Seen, Visit

COMES = frozenset(
    {
        Act.ADMIT,
        Act.REGISTER,
        Act.TRANSFER,
        Act.SWAP,
        Act.TO_INPATIENT,
        Act.AMEND_TRANSFER,
        Act.AMEND_ADMIT,
        Act.CANCEL_TRANSFER,
        Act.CANCEL_DISCHARGE,
    }
)
"""Facts that say where a patient is."""
LEAVES = frozenset({Act.DISCHARGE, Act.PURGE, Act.CANCEL_ADMIT})
WITHIN = timedelta(minutes=30)
"""A letter about a moment nearer than this to what was seen speaks of the same coming or leaving; an older one is history told late."""
SAME_STAY = timedelta(hours=12)
"""An admission under a new number belongs to the stay that a ward opened by hand, if it is not older than that."""
_OURS = ("the ward saw", "the HIS ")


def seen_after(draft: Draft, visit: Visit, fact: Fact, *, by_person: bool) -> Seen | None:
    """What the ward has seen that the feed has not told, after this fact."""
    if not draft.hospital.rules.heeds_wards:
        return None
    if not by_person:
        return None if visit.seen is None or _is_settled_by(draft, visit, visit.seen, fact) else visit.seen
    if fact.act in COMES:
        return Seen(draft.bed_at(fact.place), fact.at)
    return Seen(None, fact.at) if fact.act in LEAVES else visit.seen


def _is_settled_by(draft: Draft, visit: Visit, seen: Seen, fact: Fact) -> bool:
    """The feed agrees, or tells of a later time in which much may have happened."""
    said, before = draft.bed_at(fact.place, visit.feed), draft.bed_at(fact.prior, visit.feed)
    if fact.act in LEAVES:
        return seen.bed is None or fact.at > seen.at + WITHIN
    if fact.act not in COMES or said is None or fact.at < seen.at - SAME_STAY:
        return False
    if seen.bed is None:
        return False
    later = fact.at > seen.at + WITHIN and before in (None, visit.bed)
    return seen.bed in (said, before) or later


def own_stay(draft: Draft, told: Told) -> Visit | None:
    """The stay that a ward opened by hand and the feed now tells of under a number of its own."""
    fact = told.fact
    if told.visit is None or not draft.hospital.rules.heeds_wards:
        return None
    beds = (draft.bed_at(fact.place), draft.bed_at(fact.prior))
    for visit in draft.hospital.visits_of(told.person.patient, *OPEN):
        by_hand = visit.feed is None and visit.seen is not None
        comes = fact.act in (Act.ADMIT, Act.TO_INPATIENT) or (fact.act in COMES | LEAVES and any(beds))
        if by_hand and comes and fact.at >= min(each.at for each in visit.facts) - SAME_STAY:
            return visit
    return None


def handed_over(draft: Draft, own: Visit, to: Visit, fact: Fact) -> tuple[Change, Visit]:
    """The stay opened by hand goes on under the feed's number: what becomes of the old number, and the visit to go on with."""
    emptied = replace(own, facts=(), course=NO_COURSE, bed=None, since=None, merged_into=to.id, seen=None)
    heir = replace(
        to,
        facts=own.facts,
        course=chart(own.facts, draft.places(to.feed)),
        sex=own.sex,
        age=own.age,
        care=own.care,
        acuity=own.acuity,
        moves=own.moves,
        stays=own.stays,
        seen=own.seen,
        against=own.against,
    )
    return Change(own, emptied, fact), heir


def make_room(draft: Draft, changes: list[Change]) -> list[Change]:
    """A ward laid the patient into the bed under another number of theirs (casualty's); the stay that the feed tells of takes it over."""
    moved: dict[VisitId, Change] = {}
    listed = {change.new.id for change in changes}
    for new in [change.new for change in changes if change.new.is_open]:
        bed = new.course.claim
        holder = draft.visit(draft.bed(bed).visit or VisitId("")) if bed is not None and draft.has(bed) else None
        if holder is None or holder.id in listed or holder.patient != new.patient or holder.seen is None or holder.seen.bed != bed:
            continue
        change = placed(draft, holder, "")
        moved[holder.id] = replace(change, new=replace(change.new, seen=None))
    return list(moved.values())


def compare(draft: Draft, changes: Iterable[Change]) -> None:
    """Raise what the feed contradicts, and take back what it has come to agree with."""
    for change in changes:
        visit = draft.visit(change.new.id) or change.new
        before = change.old.seen if change.old is not None else None
        if before is not None and visit.seen is None:
            _agreed(draft, (before.bed, visit.bed, change.old.bed if change.old else None))
        elif visit.seen is not None:
            _contradict(draft, visit, visit.seen, change.fact)


def _agreed(draft: Draft, beds: Iterable[BedId | None]) -> None:
    for bed in {bed for bed in beds if bed is not None and draft.has(bed)}:
        if (draft.bed(bed).discrepancy or "").startswith(_OURS):
            draft.revise_bed(Kind.BED_REVISED, bed, discrepancy=None)


def _contradict(draft: Draft, visit: Visit, seen: Seen, fact: Fact) -> None:
    said = draft.bed_at(fact.place, visit.feed)
    if fact.at < seen.at - WITHIN or (fact.act not in LEAVES and (fact.act not in COMES or said is None)):
        return
    if fact.act in LEAVES:
        if seen.bed is not None:
            there = visit.bed == seen.bed
            _raise(draft, seen.bed, f"the HIS says that {'this patient' if there else 'the patient seen here'} has left")
    elif seen.bed is None:
        held = visit.bed is not None
        _raise(draft, visit.bed or said, "the ward saw this patient leave" if held else "the HIS says that a patient is here who has left")
    elif said is not None:
        _elsewhere(draft, visit, seen.bed, said)


def _elsewhere(draft: Draft, visit: Visit, seen: BedId, said: BedId) -> None:
    """Seen in one bed, told to be in another."""
    if visit.bed == seen:
        _raise(draft, seen, f"the HIS says that this patient is in {draft.plan.bed_name(said)}")
        return
    _raise(draft, visit.bed, f"the ward saw this patient in {draft.plan.bed_name(seen)}")
    _raise(draft, seen, f"the HIS has the patient seen here in {draft.plan.bed_name(said)}")


def _raise(draft: Draft, bed: BedId | None, words: str) -> None:
    if bed is not None and draft.has(bed):
        draft.revise_bed(Kind.DISCREPANCY_RAISED, bed, discrepancy=words)
