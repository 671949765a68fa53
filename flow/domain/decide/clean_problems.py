"""A cleaner reports that a bed cannot be made ready: the clean pauses and a block is proposed; whoever may block beds decides."""

from dataclasses import replace

from flow.domain.bed import BedStatus, Condition, Stage
from flow.domain.cleaning_commands import ReportProblem, SettleProblem
from flow.domain.decide.beds import check_end
from flow.domain.decide.cleaning import current
from flow.domain.decide.draft import Draft
from flow.domain.decide.rooms import close_when_empty
from flow.domain.events import Kind


def report(draft: Draft, command: ReportProblem) -> None:
    """The clean pauses until somebody has looked. On a bed that is not being cleaned the report alone stands."""
    bed = draft.bed(command.bed)
    if bed.status is not BedStatus.CLEANING:
        return
    job = current(bed, command.job)
    if job.problem == command.problem:
        return
    now = replace(bed.now, stage=Stage.SUSPENDED, source=draft.cause.source)
    draft.write(Kind.PROBLEM_REPORTED, replace(bed, now=now, job=replace(job, problem=command.problem)))


def settle(draft: Draft, command: SettleProblem) -> None:
    """The bed goes out of use (when its patient has left, where somebody lies in it), or its clean goes on."""
    bed = draft.bed(command.bed)
    if command.block:
        _block(draft, command)
    elif bed.status is BedStatus.CLEANING and bed.job is not None and bed.job.problem == command.problem:
        stage = Stage.WAITING if bed.now.started_at is None else Stage.SUSPENDED
        draft.write(Kind.PROBLEM_SETTLED, replace(bed, now=replace(bed.now, stage=stage), job=replace(bed.job, problem=None)))


def _block(draft: Draft, command: SettleProblem) -> None:
    bed = draft.bed(command.bed)
    check_end(draft, command.until)
    if bed.status is BedStatus.MAINTENANCE:
        return
    source, note = draft.cause.source, "reported by housekeeping"
    now = Condition(BedStatus.MAINTENANCE, draft.now, source, reason=command.reason, note=note, until=command.until)
    if bed.status is BedStatus.OCCUPIED:
        close_when_empty(draft, bed, now)
        return
    draft.write(Kind.BED_BLOCKED, replace(bed, now=now, discrepancy=None))
