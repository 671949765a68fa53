"""Verify tasks: raised, asked of a nurse, answered, withdrawn; and what an answer does to the bed.

What was seen counts from the moment it was seen, whatever else was told before:

* shown occupied, seen *occupied*: the doubt is gone, the bed is confirmed. Of two who claim it, the other is in the house without a bed.
* shown occupied, seen *empty*: whoever was said to lie there is in the house without a bed until the feed says more, and the bed wants
  cleaning. Seen *clean* it goes to the inspection, for nobody who cleans has said so; where a cleaner has (that was the doubt), it is
  ready.
* brought out by a porter, seen *empty*: has left, at the time at which the porter brought them out, by the word of whoever may say so.
* shown empty, seen *occupied*: out of use until somebody is admitted to it or it is returned, so that nobody is sent there.
* shown ready, seen empty and *dirty*: it wants cleaning. Everything else confirms what is shown.
"""

from dataclasses import replace
from datetime import datetime

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, OutOfUse, Stage
from flow.domain.check import Check, Doubt, Seen
from flow.domain.check_commands import AnswerCheck, AskCheck, DoubtBed, RaiseCheck, WithdrawCheck
from flow.domain.commands import Chart, Person, Told
from flow.domain.decide.charting import chart_visits
from flow.domain.decide.draft import Draft
from flow.domain.decide.merging import placed
from flow.domain.decide.settling import settle, vacate_unheld
from flow.domain.doubts import SAYS_CLEAN, is_over
from flow.domain.events import Kind
from flow.domain.ids import CheckId, VisitId
from flow.domain.visit import Act, Fact, Order, Visit
from flow.errors import Refused

SOMEBODY_THERE = "somebody lies here who is not admitted"
_SETTLED = "This is settled: somebody has looked, or the doubt went away by itself. Nothing is left to do."


def doubt_bed(draft: Draft, command: DoubtBed) -> None:
    """A contradiction of the bed, as one of another system would be."""
    if draft.bed(command.bed).status is BedStatus.OCCUPIED:
        draft.revise_bed(Kind.DISCREPANCY_RAISED, command.bed, discrepancy=SAYS_CLEAN)


def raise_check(draft: Draft, command: RaiseCheck) -> None:
    """One open task a bed at most; a second is no event."""
    if any(check.bed == command.bed and check.is_live for check in draft.hospital.checks.values()):
        return
    ward = draft.plan.beds[draft.bed(command.bed).id].ward
    check = Check(command.id, command.bed, ward, command.doubt, draft.now, command.words, command.visit, out_at=command.out_at)
    draft.write(Kind.CHECK_RAISED, check)


def ask(draft: Draft, command: AskCheck) -> None:
    """Ask the nurse, unless they have been asked often enough in this shift."""
    check = _open(draft, command.check)
    asked = sum(c.asked == command.nurse and c.asked_at is not None and c.asked_at >= command.since for c in draft.hospital.checks.values())
    if check.asked != command.nurse and asked < command.a_shift:
        draft.write(Kind.CHECK_ASKED, replace(check, asked=command.nurse, asked_at=draft.now))


def withdraw(draft: Draft, command: WithdrawCheck) -> None:
    """Nobody needs to look any more."""
    check = draft.hospital.checks.get(command.check)
    if check is not None and check.is_live:
        draft.write(Kind.CHECK_WITHDRAWN, replace(check, withdrawn_at=draft.now))


def answer(draft: Draft, command: AnswerCheck) -> None:
    """What was seen, and what follows for the bed. Refused when somebody else has looked, or nobody needs to."""
    check = _open(draft, command.check)
    bed = draft.bed(check.bed)
    if check.doubt is Doubt.BROUGHT_OUT and bed.visit != check.visit:
        raise Refused(_SETTLED, code="no-check")
    if bed.status is not BedStatus.OCCUPIED:
        _of_an_empty_bed(draft, bed, command.seen)
    elif command.seen is Seen.OCCUPIED:
        _who_lies_there(draft, bed, command.visit)
    else:
        if check.doubt is Doubt.BROUGHT_OUT and command.may_discharge:
            _has_left(draft, bed, check.out_at)
        _leave(draft, draft.bed(bed.id))
        if command.seen is Seen.EMPTY_CLEAN:
            _seen_clean(draft, draft.bed(bed.id), said=check.doubt is Doubt.CLEANED_WHILE_OCCUPIED)
    draft.revise_bed(Kind.BED_REVISED, bed.id, discrepancy=None, confirmed_at=draft.now, confirmed_by=draft.cause.source)
    told = replace(check, seen=command.seen, answered_at=draft.now, answered_by=draft.cause.actor)
    draft.write(Kind.CHECK_ANSWERED, told)


def _open(draft: Draft, number: CheckId) -> Check:
    check = draft.hospital.checks.get(number)
    if check is None or not check.is_live:
        raise Refused(_SETTLED, code="no-check")
    return check


def _who_lies_there(draft: Draft, bed: BedState, visit: VisitId | None) -> None:
    """Of those who claim the bed, the one who lies there has it."""
    claimants = draft.claimants(bed.id)
    lies = visit or bed.visit
    if visit is not None and visit != bed.visit and visit not in {each.id for each in claimants}:
        raise Refused("That patient does not claim this bed any more; look again.", code="no-conflict")
    holder = draft.visit(bed.visit) if bed.visit is not None else None
    known = [each for each in (holder, *claimants) if each is not None and each.is_open]
    if claimants and visit is not None:
        moved = [each for each in known if _moves(each, lies, bed)]
        settle(draft, [placed(draft, each, each.course.place or "" if each.id == lies else "") for each in moved])


def _moves(each: Visit, lies: VisitId | None, bed: BedState) -> bool:
    """Whose place changes: everybody's but that of the one who holds the bed already and lies in it."""
    return not (each.id == lies and bed.visit == lies)


def _has_left(draft: Draft, bed: BedState, out_at: datetime | None) -> None:
    """The exit: when the porter saw it, by the word of whoever found the bed empty."""
    visit = draft.visit(bed.visit) if bed.visit is not None else None
    if visit is None or not visit.is_open:
        return
    at = max(each for each in (out_at or draft.now, visit.since) if each is not None)
    left = Fact(Act.DISCHARGE, at, Order(draft.now, number=draft.hospital.seq))
    chart_visits(draft, Chart((Told(visit.id, Person(visit.patient), left),), by_person=True))


def _leave(draft: Draft, bed: BedState) -> None:
    """Nobody lies there: neither the one who holds the bed nor those who claim it."""
    holder = draft.visit(bed.visit) if bed.visit is not None else None
    there = [each for each in (holder, *draft.claimants(bed.id)) if each is not None and each.is_open]
    settle(draft, [placed(draft, each, "") for each in there])
    if draft.bed(bed.id).status is BedStatus.OCCUPIED and is_over(draft.hospital, bed.visit):
        vacate_unheld(draft, bed.id)


def _seen_clean(draft: Draft, bed: BedState, *, said: bool) -> None:
    if bed.status is not BedStatus.CLEANING:
        return
    if said:
        ready = Condition(BedStatus.AVAILABLE, draft.now, draft.cause.source)
        draft.write(Kind.CLEANING_FINISHED, replace(bed, now=ready, cleaned_at=draft.now))
    else:
        draft.write(Kind.CLEANING_TO_INSPECT, replace(bed, now=replace(bed.now, stage=Stage.INSPECTION)))


def _of_an_empty_bed(draft: Draft, bed: BedState, seen: Seen) -> None:
    source = draft.cause.source
    if seen is Seen.OCCUPIED and bed.status is not BedStatus.MAINTENANCE:
        closed = Condition(BedStatus.MAINTENANCE, draft.now, source, reason=OutOfUse.ROOM_CLOSED, note=SOMEBODY_THERE)
        draft.write(Kind.BED_BLOCKED, replace(bed, now=closed))
    elif seen is Seen.EMPTY_DIRTY and bed.status is BedStatus.AVAILABLE:
        dirty = Condition(BedStatus.CLEANING, draft.now, source, Stage.WAITING, CleanKind.ROUTINE)
        draft.write(Kind.CLEANING_REQUESTED, replace(bed, now=dirty))
