"""What cleaners tap and their supervisor decides: a job is offered, taken, begun, done, looked at; a daily clean is done.

A tap names the job it was about, so that whatever else happened to the bed's record meanwhile (a promise, an A20) does not lose it; what
it finds instead of that job is refused in kind words. Times of work are the phone's own; a bed's status changes when the hospital knows.
"""

from dataclasses import replace
from datetime import datetime

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.cleaning_commands import AskClean, CleanDaily, EscalateJob, GiveJob, InspectClean, Tap, TapClean
from flow.domain.cleaning_job import CleanJob, End
from flow.domain.decide.clean_jobs import opened
from flow.domain.decide.draft import Draft
from flow.domain.doubts import BESIDE, SAYS_CLEAN
from flow.domain.events import Kind
from flow.errors import Refused

_DOING = frozenset({Stage.IN_PROGRESS, Stage.INSPECTION})


def tap(draft: Draft, command: TapClean) -> None:
    """One button of the phone. Repeats change nothing."""
    bed = draft.bed(command.bed)
    late = bed.job if bed.status is BedStatus.OCCUPIED else None
    if late is not None and command.tap is Tap.DONE and late.id == command.job:
        _told_late(draft, bed, late, command)
        return
    job = current(bed, command.job)
    if command.job is None and command.if_seq is not None and command.if_seq != bed.seq:
        raise Refused(f"Bed {bed.id} has changed since you looked; look again.", code="stale")
    if bed.now.clean is CleanKind.ISOLATION and not command.trained and command.tap is not Tap.PAUSE:
        raise Refused(f"Bed {bed.id} needs an isolation clean by somebody trained for it.", code="not-trained")
    _TAPS[command.tap](draft, bed, job, command)


def current(bed: BedState, number: str | None) -> CleanJob:
    """The bed's open job, if it is the one meant. Refused in words for whoever comes late."""
    job, same = bed.job, bed.job is not None and number in (None, bed.job.id)
    if bed.status is BedStatus.CLEANING and job is not None and same:
        return job
    if bed.status is BedStatus.AVAILABLE and (same or number is None):
        raise Refused(f"Bed {bed.id} is clean already; a colleague was faster.", code="already-clean")
    if bed.status is BedStatus.OCCUPIED:
        raise Refused(f"Somebody lies in bed {bed.id} already.", code="bed-occupied")
    if bed.status is BedStatus.MAINTENANCE:
        raise Refused(f"Bed {bed.id} is out of use.", code="out-of-use")
    raise Refused(f"That clean of bed {bed.id} is over; look at what it needs now.", code="other-job")


def _coming(draft: Draft, bed: BedState, job: CleanJob, command: TapClean) -> None:
    _not_anothers(bed, job, command.cleaner)
    if job.cleaner == command.cleaner and job.acknowledged_at is not None:
        return
    taken = replace(job, cleaner=command.cleaner, acknowledged_at=_worked(draft, job, command.at), escalated_at=None)
    draft.write(Kind.CLEANING_ACCEPTED, replace(bed, job=taken))


def _start(draft: Draft, bed: BedState, job: CleanJob, command: TapClean) -> None:
    if bed.now.stage is Stage.INSPECTION:
        raise Refused(f"Bed {bed.id} is clean already; a colleague was faster.", code="already-clean")
    if bed.now.stage is Stage.IN_PROGRESS and job.cleaner == command.cleaner:
        return
    _not_anothers(bed, job, command.cleaner)
    if job.problem is not None:
        raise Refused(f"A problem of bed {bed.id} is being looked at.", code="problem-open")
    at = _worked(draft, job, command.at)
    begun = replace(
        job,
        cleaner=command.cleaner,
        acknowledged_at=job.acknowledged_at if job.cleaner == command.cleaner and job.acknowledged_at else at,
        started_at=job.started_at or at,
        escalated_at=None,
    )
    now = replace(bed.now, stage=Stage.IN_PROGRESS, source=draft.cause.source, started_at=bed.now.started_at or at)
    draft.write(Kind.CLEANING_STARTED, replace(bed, now=now, job=begun, discrepancy=None), at)


def _pause(draft: Draft, bed: BedState, job: CleanJob, command: TapClean) -> None:
    if bed.now.stage is Stage.SUSPENDED:
        return
    if bed.now.stage is not Stage.IN_PROGRESS:
        raise Refused(f"Nobody is cleaning bed {bed.id} now.", code="not-begun")
    _not_anothers(bed, job, command.cleaner)
    now = replace(bed.now, stage=Stage.SUSPENDED, source=draft.cause.source)
    draft.write(Kind.CLEANING_SUSPENDED, replace(bed, now=now), _worked(draft, job, command.at))


def _step(draft: Draft, bed: BedState, job: CleanJob, command: TapClean) -> None:
    if command.step is None or command.step in job.steps[: job.step]:
        return
    _begun(bed)
    if command.step is not job.next_step:
        raise Refused(f"First: {job.next_step or 'nothing more'}.", code="other-step")
    draft.write(Kind.CLEANING_STEPPED, replace(bed, job=replace(job, step=job.step + 1)))


def _done(draft: Draft, bed: BedState, job: CleanJob, command: TapClean) -> None:
    if bed.now.stage is Stage.INSPECTION:
        raise Refused(f"Bed {bed.id} is clean already; a colleague was faster.", code="already-clean")
    if job.problem is not None:
        raise Refused(f"A problem of bed {bed.id} is being looked at.", code="problem-open")
    if job.next_step is not None:
        raise Refused(f"Steps are left: {', '.join(job.steps[job.step :])}.", code="steps-left")
    at = _worked(draft, job, command.at)
    clean = replace(job, cleaner=command.cleaner, acknowledged_at=job.acknowledged_at or at, cleaned_at=at)
    if job.inspect and not job.stat:
        now = replace(bed.now, stage=Stage.INSPECTION, source=draft.cause.source)
        draft.write(Kind.CLEANING_TO_INSPECT, replace(bed, now=now, job=clean))
    else:
        _ready(draft, bed, clean, at)


def _ready(draft: Draft, bed: BedState, job: CleanJob, cleaned: datetime) -> None:
    now = Condition(BedStatus.AVAILABLE, draft.now, draft.cause.source)
    draft.write(Kind.CLEANING_FINISHED, replace(bed, now=now, job=job, cleaned_at=cleaned, discrepancy=None))


def _told_late(draft: Draft, bed: BedState, job: CleanJob, command: TapClean) -> None:
    """A patient came while the cleaner was tapping: the work is written down. Where it was done before they came, or just
    then, nothing contradicts itself; done later, somebody should look who lies there."""
    if job.cleaned_at is not None:
        return
    at = _worked(draft, job, command.at)
    done = replace(job, cleaner=command.cleaner, cleaned_at=at)
    before = job.end is End.OVERTAKEN and at <= bed.now.since + BESIDE
    draft.write(Kind.CLEANING_TOLD_LATE, replace(bed, job=done, cleaned_at=at, discrepancy=None if before else SAYS_CLEAN))


_TAPS = {Tap.COMING: _coming, Tap.START: _start, Tap.PAUSE: _pause, Tap.STEP: _step, Tap.DONE: _done}


def _not_anothers(bed: BedState, job: CleanJob, cleaner: str) -> None:
    """A job that somebody else has said yes to, or is at, is theirs; one merely offered is whoever's begins."""
    if job.cleaner in (None, cleaner):
        return
    if cleaner in job.passed and job.is_offered:
        raise Refused(f"Bed {bed.id} went to a colleague meanwhile.", code="handed-on")
    if bed.now.stage in _DOING or job.acknowledged_at is not None:
        raise Refused(f"A colleague has bed {bed.id} already.", code="taken")


def _begun(bed: BedState) -> None:
    if bed.now.stage is not Stage.IN_PROGRESS:
        raise Refused(f"Start cleaning bed {bed.id} first.", code="not-begun")


def _worked(draft: Draft, job: CleanJob, at: datetime | None) -> datetime:
    """The time of a tap by the phone's clock, never before the work before it and never later than now."""
    earliest = max(job.asked_at, job.started_at or job.asked_at)
    return min(max(at or draft.now, earliest), draft.now)


def ask(draft: Draft, command: AskClean) -> None:
    """A bed is to be cleaned: asked for, or found dirty."""
    bed = draft.bed(command.bed)
    if command.job is not None:
        current(bed, command.job)
    if bed.status is BedStatus.MAINTENANCE:
        raise Refused(f"Bed {bed.id} is out of use; return it to use first.", code="out-of-use")
    if bed.status is BedStatus.OCCUPIED:
        draft.revise_bed(Kind.DAILY_ASKED, bed.id, daily_asked_at=draft.now)
        return
    kind = CleanKind.ISOLATION if command.isolation else CleanKind.STAT if command.stat else CleanKind.ROUTINE
    if bed.status is BedStatus.CLEANING:
        _raise(draft, bed, command)
        return
    now = Condition(BedStatus.CLEANING, draft.now, draft.cause.source, Stage.WAITING, kind)
    dirty = replace(bed, now=now, discrepancy=None)
    job = replace(opened(dirty, command.why, draft.now, draft.hospital.rules), stat=command.stat)
    draft.write(Kind.CLEANING_REQUESTED, replace(dirty, job=job))


def _raise(draft: Draft, bed: BedState, command: AskClean) -> None:
    """The bed waits already: it may become urgent, or an isolation clean."""
    job = current(bed, None)
    kind = CleanKind.ISOLATION if command.isolation or bed.now.clean is CleanKind.ISOLATION else bed.now.clean
    if command.stat and kind is not CleanKind.ISOLATION:
        kind = CleanKind.STAT
    new = replace(bed, now=replace(bed.now, clean=kind), job=replace(job, stat=job.stat or command.stat))
    if new != bed:
        draft.write(Kind.CLEANING_REQUESTED, new)


def give(draft: Draft, command: GiveJob) -> None:
    """A job goes to a cleaner, or back to nobody."""
    bed = draft.bed(command.bed)
    job = current(bed, command.job)
    by_itself = draft.cause.origin != "person"
    if by_itself and job.cleaner is not None and not (command.passed and (job.is_offered or command.gone)):
        raise Refused(f"The job of bed {bed.id} has somebody.", code="taken")
    if bed.now.clean is CleanKind.ISOLATION and command.cleaner is not None and not command.trained:
        raise Refused(f"Bed {bed.id} needs an isolation clean by somebody trained for it.", code="not-trained")
    if bed.now.stage is Stage.INSPECTION:
        raise Refused(f"Bed {bed.id} is clean and waits to be looked at.", code="already-clean")
    if command.cleaner == job.cleaner and job.is_open:
        return
    before = (*job.passed, job.cleaner) if command.passed and job.cleaner is not None else job.passed if by_itself else ()
    offered = draft.now if command.cleaner is not None else None
    answered = draft.now if command.told and command.cleaner is not None else None
    given = replace(job, cleaner=command.cleaner, offered_at=offered, acknowledged_at=answered, passed=before, escalated_at=None)
    stage = Stage.SUSPENDED if bed.now.stage is Stage.IN_PROGRESS else bed.now.stage
    draft.write(Kind.CLEANING_OFFERED, replace(bed, now=replace(bed.now, stage=stage), job=given))


def escalate(draft: Draft, command: EscalateJob) -> None:
    """Everybody was asked and nobody has answered: the job waits for the supervisor's word."""
    bed = draft.bed(command.bed)
    job = current(bed, command.job)
    if job.escalated_at is not None or job.acknowledged_at is not None or bed.now.stage in _DOING:
        return
    passed = (*job.passed, job.cleaner) if job.cleaner is not None else job.passed
    told = replace(job, escalated_at=draft.now, cleaner=None, offered_at=None, passed=passed)
    draft.write(Kind.CLEANING_ESCALATED, replace(bed, job=told))


def inspect(draft: Draft, command: InspectClean) -> None:
    """A supervisor has looked at a clean: the bed is free, or goes back to whoever cleaned it."""
    bed = draft.bed(command.bed)
    job = current(bed, command.job)
    if bed.now.stage is not Stage.INSPECTION:
        raise Refused(f"Bed {bed.id} is not waiting to be looked at.", code="not-inspected")
    looked = replace(job, inspected_at=draft.now)
    if command.good:
        _ready(draft, bed, looked, job.cleaned_at or draft.now)
        return
    again = replace(looked, failed=job.failed + 1, cleaned_at=None, step=0, inspect=True, offered_at=draft.now, acknowledged_at=None)
    now = replace(bed.now, stage=Stage.WAITING, source=draft.cause.source)
    draft.write(Kind.CLEANING_REJECTED, replace(bed, now=now, job=again))


def daily(draft: Draft, command: CleanDaily) -> None:
    """The daily clean of a bed somebody lies in."""
    bed = draft.bed(command.bed)
    at = min(command.at or draft.now, draft.now)
    if bed.status is not BedStatus.OCCUPIED:
        raise Refused(f"Nobody lies in bed {bed.id} any more.", code="not-occupied")
    if bed.daily_at is not None and bed.daily_at >= at:
        return
    draft.write(Kind.DAILY_CLEANED, replace(bed, daily_at=at))
