"""What a ward wrote on paper, entered afterwards: charted like a ward's own word, with the time it happened. What the record contradicts is
refused in words that say what the record has, for meanwhile the feed may have told the same, or something else.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.back_entry import LONGEST_AGO, Deed, EnterBack
from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.commands import Chart, Person, Told
from flow.domain.decide.charting import chart_visits
from flow.domain.decide.draft import Draft
from flow.domain.decide.wards import isolate, isolated, stay_of
from flow.domain.events import Kind
from flow.domain.ids import BedId
from flow.domain.visit import OPEN, Act, Fact, Order, Visit
from flow.errors import Refused

OPENING = "system:opening"


def enter(draft: Draft, command: EnterBack) -> None:
    """One line of the paper."""
    check_time(draft, command.at)
    _DEEDS[command.deed](draft, command)


def check_time(draft: Draft, at: datetime) -> None:
    """Neither still to come nor history."""
    if at > draft.now:
        raise Refused("That time has not come yet.", code="in-future")
    if at < draft.now - LONGEST_AGO:
        raise Refused(f"That is more than {LONGEST_AGO.days} days ago; have it corrected in the HIS.", code="too-long-ago")


def _came(draft: Draft, command: EnterBack) -> None:
    """The stay that is known goes on in this bed, else one begins that the feed will take over (`witness`)."""
    if command.patient is None or command.fresh is None:
        raise Refused("Say who came.", code="nobody-named")
    patient = draft.hospital.survivor(command.patient)
    for visit in draft.hospital.visits_of(patient, *OPEN):
        if visit.bed == command.bed:
            raise Refused(
                f"The record has this patient in {_name(draft, command.bed)} already, {_since(draft, visit)}.", code="told-already"
            )
        if visit.bed is not None:
            where = f"{_name(draft, visit.bed)} {_since(draft, visit)}"
            raise Refused(f"The record has this patient in {where}: enter that they moved.", code="already-in-a-bed")
    _check_empty_since(draft, command.bed, command.at)
    known = stay_of(draft, patient, None)
    act = Act.TRANSFER if known is not None and known.is_open else Act.ADMIT
    number = known.id if known is not None else command.fresh
    _chart(draft, Told(number, Person(patient, command.sex, command.age), _fact(draft, act, command.at, command.bed)))


def _moved(draft: Draft, command: EnterBack) -> None:
    if command.to is None or command.to == command.bed:
        raise Refused("Say to which other bed they moved.", code="same-bed")
    visit = _lying(draft, command.bed, gone_to=command.to)
    _check_not_before(draft, visit, command.at)
    _check_empty_since(draft, command.to, command.at)
    _chart(draft, Told(visit.id, Person(visit.patient), _fact(draft, Act.TRANSFER, command.at, command.to)))


def _left(draft: Draft, command: EnterBack) -> None:
    visit = _lying(draft, command.bed)
    _check_not_before(draft, visit, command.at)
    _chart(draft, Told(visit.id, Person(visit.patient), _fact(draft, Act.DISCHARGE, command.at)))


def _cleaned(draft: Draft, command: EnterBack) -> None:
    """Clean since the time on the paper; a bed that the house wants looked at still waits for that."""
    bed, name = draft.bed(command.bed), _name(draft, command.bed)
    if bed.status is BedStatus.AVAILABLE:
        raise Refused(f"The record has {name} clean already, since {_said(draft, bed.now.since)}.", code="already-clean")
    if bed.status is not BedStatus.CLEANING:
        why = "out of use" if bed.status is BedStatus.MAINTENANCE else "occupied"
        raise Refused(f"The record has {name} {why} since {_said(draft, bed.now.since)}.", code=f"bed-{why.replace(' ', '-')}")
    if command.at < bed.now.since:
        raise Refused(f"{name} became dirty later, at {_said(draft, bed.now.since)}.", code="too-early")
    if bed.now.stage is Stage.INSPECTION:
        raise Refused(f"The record has {name} clean already; it waits to be looked at.", code="already-clean")
    job = bed.job
    if job is not None and job.problem is not None:
        raise Refused(f"A problem of {name} is being looked at.", code="problem-open")
    done = replace(job, step=len(job.steps), started_at=job.started_at or command.at, cleaned_at=command.at) if job is not None else None
    if done is not None and done.inspect and not done.stat:
        now = replace(bed.now, stage=Stage.INSPECTION, source=draft.cause.source)
        draft.write(Kind.CLEANING_TO_INSPECT, replace(bed, now=now, job=done), command.at)
        return
    free = Condition(BedStatus.AVAILABLE, command.at, draft.cause.source)
    draft.write(Kind.CLEANING_FINISHED, replace(bed, now=free, job=done, cleaned_at=command.at, discrepancy=None), command.at)


def _blocked(draft: Draft, command: EnterBack) -> None:
    """Out of use since the time on the paper."""
    bed, name = draft.bed(command.bed), _name(draft, command.bed)
    if command.reason is None:
        raise Refused("Say why the bed was out of use: repair, staffing, infection control or room closed.", code="reason-missing")
    if bed.temporary is not None:
        raise Refused("A temporary place is taken away when it is empty.", code="temporary")
    if bed.status is BedStatus.MAINTENANCE:
        raise Refused(f"The record has {name} out of use already, since {_said(draft, bed.now.since)}.", code="told-already")
    if bed.status is BedStatus.OCCUPIED:
        raise Refused(f"The record has somebody in {name}: enter when they left first.", code="bed-occupied")
    _check_since(draft, bed, command.at)
    closed = Condition(BedStatus.MAINTENANCE, command.at, draft.cause.source, reason=command.reason, note=command.note)
    draft.write(Kind.BED_BLOCKED, replace(bed, now=closed, discrepancy=None), command.at)


def _opened(draft: Draft, command: EnterBack) -> None:
    """In use again since the time on the paper."""
    bed, name = draft.bed(command.bed), _name(draft, command.bed)
    if bed.status is not BedStatus.MAINTENANCE:
        raise Refused(f"The record has {name} in use: {bed.status} since {_said(draft, bed.now.since)}.", code="told-already")
    _check_since(draft, bed, command.at)
    free = Condition(BedStatus.AVAILABLE, command.at, draft.cause.source)
    draft.write(Kind.BED_UNBLOCKED, replace(bed, now=free, discrepancy=None), command.at)


def _isolated(draft: Draft, command: EnterBack) -> None:
    """Who lies there was isolated, or was no longer."""
    visit, begins = _lying(draft, command.bed), command.deed is Deed.ISOLATED
    if begins and command.isolation is None:
        raise Refused("Say which isolation: contact, droplet or airborne.", code="isolation-missing")
    care = isolated(visit, command.isolation if begins else None, command.organism)
    if care == visit.care:
        what = f"isolated already ({care.isolation})" if care.isolation is not None else "not isolated"
        raise Refused(f"The record has the patient of {_name(draft, command.bed)} {what}.", code="told-already")
    _check_not_before(draft, visit, command.at)
    isolate(draft, visit, care, command.at)


def _check_since(draft: Draft, bed: BedState, at: datetime) -> None:
    """What happened later already stands in the record; that a hospital file opened the bed is nothing that happened to it."""
    if at < bed.now.since and bed.now.source != OPENING:
        said = (
            f"The record has {_name(draft, bed.id)} {bed.status} since {_said(draft, bed.now.since)}, after that time; look at both times."
        )
        raise Refused(said, code="too-early")


_DEEDS = {
    Deed.CAME: _came,
    Deed.MOVED: _moved,
    Deed.LEFT: _left,
    Deed.CLEANED: _cleaned,
    Deed.BLOCKED: _blocked,
    Deed.OPENED: _opened,
    Deed.ISOLATED: _isolated,
    Deed.CLEARED: _isolated,
}


def _lying(draft: Draft, bed: BedId, gone_to: BedId | None = None) -> Visit:
    """Who lies in a bed by the record. Refused where that is nobody: the feed may have told of their leaving already."""
    state = draft.bed(bed)
    visit = draft.visit(state.visit) if state.visit is not None else None
    if visit is not None:
        return visit
    before = draft.visit(state.left_by) if state.left_by is not None else None
    if before is not None and gone_to is not None and before.bed == gone_to:
        said = f"The record has moved them to {_name(draft, gone_to)} already, {_since(draft, before)}."
        raise Refused(said, code="told-already")
    left = f"; it was left at {_said(draft, state.now.since)}" if state.status is BedStatus.CLEANING else ""
    raise Refused(f"By the record nobody lies in {_name(draft, bed)}{left}.", code="bed-empty")


def _check_not_before(draft: Draft, visit: Visit, at: datetime) -> None:
    if visit.since is not None and at < visit.since:
        raise Refused(f"The record has them there only since {_said(draft, visit.since)}; look at the time.", code="too-early")


def _check_empty_since(draft: Draft, number: BedId, at: datetime) -> None:
    """Nobody else lay there at that time or since, as far as the bed's record says: else they cannot lie there still."""
    bed, name = draft.bed(number), _name(draft, number)
    if bed.visit is not None:
        whose = draft.visit(bed.visit)
        since = f", {_since(draft, whose)}" if whose is not None else ""
        raise Refused(f"The record has somebody else in {name}{since}: enter when they left first.", code="bed-occupied")
    if _became_empty(bed) and bed.now.since > at:
        what = "became free" if bed.status is BedStatus.AVAILABLE else "became empty"
        raise Refused(f"{name} {what} at {_said(draft, bed.now.since)}, after that time; look at both times.", code="bed-used-since")


def _became_empty(bed: BedState) -> bool:
    """Somebody's leaving, or the clean after it, made it what it is."""
    return bed.left_by is not None or bed.cleaned_at is not None


def _fact(draft: Draft, act: Act, at: datetime, bed: BedId | None = None) -> Fact:
    return Fact(act, at, Order(draft.now, number=draft.hospital.seq), place=bed)


def _chart(draft: Draft, told: Told) -> None:
    chart_visits(draft, Chart((told,), by_person=True))


def _name(draft: Draft, bed: BedId) -> str:
    return draft.plan.bed_name(bed)


def _since(draft: Draft, visit: Visit) -> str:
    """Since when, and by whose word."""
    by = f"told by {visit.feed.upper()}" if visit.feed else "entered by hand"
    return f"since {_said(draft, visit.since)} ({by})" if visit.since is not None else f"({by})"


def _said(draft: Draft, at: datetime) -> str:
    """In the hospital's zone, with the day: an outage may span midnight."""
    return at.astimezone(ZoneInfo(draft.plan.zone)).strftime("%d %b %H:%M")
