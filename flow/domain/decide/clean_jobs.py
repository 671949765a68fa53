"""Every bed that comes into cleaning gets a job, and every job ends when its bed leaves cleaning, whoever moved it.

`Draft.write` asks here for each bed it writes, so that no decision has to think of it. Pure.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.cause import Cause, Origin
from flow.domain.cleaning_job import CleanJob, End, Why
from flow.domain.cleaning_rules import is_sampled
from flow.domain.events import Kind
from flow.domain.house_rules import HouseRules

_SERVED_WITHIN = timedelta(hours=6)
"""A bed that stood ready for longer was not what somebody waited for."""


def with_job(old: BedState | None, new: BedState, kind: Kind, cause: Cause, rules: HouseRules) -> BedState:
    """The bed as it is to be written, with its job opened, moved on or ended. An undo puts back what stood."""
    if not rules.clean_jobs or new.temporary is not None or kind is Kind.UNDONE:
        return new
    if new.status is BedStatus.CLEANING:
        job = new.job if new.job is not None and new.job.is_open else opened(new, _why(kind, cause), cause.recorded_at, rules)
        return replace(new, job=_moved_on(job, new, cause, rules))
    if old is not None and new.job is not None and new.job.is_open:
        return replace(new, job=ended(new.job, _end(old, new, kind), cause.recorded_at))
    return new


def opened(bed: BedState, why: Why, at: datetime, rules: HouseRules) -> CleanJob:
    """A fresh job. Its id tells two cleans of one bed apart, and is the same wherever the same is decided again."""
    number = f"{bed.id}@{int(bed.now.since.timestamp() * 1000):x}"
    return CleanJob(number, why, min(bed.now.since, at), inspect=is_sampled(number, rules.inspect_percent))


def _moved_on(job: CleanJob, bed: BedState, cause: Cause, rules: HouseRules) -> CleanJob:
    """What the bed's condition says of the job: its kind, and that somebody began without the phone."""
    now = bed.now
    if now.clean is CleanKind.STAT and not job.stat:
        job = replace(job, stat=True)
    if now.clean is CleanKind.ISOLATION and not job.steps:
        job = replace(job, steps=rules.isolation_steps)
    if now.stage is Stage.IN_PROGRESS and job.started_at is None:
        who = cause.actor if cause.origin is Origin.PERSON else None
        job = replace(job, started_at=cause.recorded_at, cleaner=job.cleaner or who)
    if now.stage is Stage.INSPECTION and job.cleaned_at is None:
        job = replace(job, cleaned_at=cause.recorded_at)
    if now.stage is not Stage.INSPECTION and job.cleaned_at is not None:
        job = replace(job, cleaned_at=None)  # somebody says that it is not clean after all
    return job


def ended(job: CleanJob, end: End, at: datetime) -> CleanJob:
    """A job that is over. Whoever says it is done without having said that it was cleaned says both."""
    cleaned = job.cleaned_at or (at if end is End.DONE else None)
    return replace(job, end=end, ended_at=at, cleaned_at=cleaned, problem=None)


def served(bed: BedState, since: datetime, *, from_ed: bool) -> CleanJob | None:
    """The bed's job once somebody lies in it: whom the finished clean got out of the emergency department."""
    job = bed.job
    if job is None or job.end is not End.DONE or job.ended_at is None or job.freed is not None or not from_ed:
        return job
    return replace(job, freed="ed", freed_at=since) if since - job.ended_at <= _SERVED_WITHIN else job


def _end(old: BedState, new: BedState, kind: Kind) -> End:
    if new.status is BedStatus.MAINTENANCE:
        return End.BLOCKED
    if new.status is BedStatus.OCCUPIED:
        return End.CANCELLED if old.left_by is not None and old.left_by == new.visit else End.OVERTAKEN
    return End.CANCELLED if kind is Kind.BED_VACATED else End.DONE


def _why(kind: Kind, cause: Cause) -> Why:
    if kind is Kind.BED_VACATED:
        return Why.LEFT
    return Why.REPORTED if cause.origin is Origin.FEED else Why.ASKED
