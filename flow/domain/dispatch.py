"""To whom a waiting clean is offered, and what becomes of an offer that nobody answers: the next cleaner, then the supervisor.

Pure. Before it stands the order of cleaning (allocation's values, urgent jobs first); after it the desk, which may refuse each command.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, CleanKind, Stage
from flow.domain.cleaning_commands import EscalateJob, GiveJob
from flow.domain.cleaning_job import CleanJob
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody at work with a phone; `wards` of their zone (None: all)."""

    id: str
    wards: frozenset[WardId] | None = None
    trained: bool = False


@dataclass(frozen=True, slots=True)
class Crew:
    """Everybody at work, and who of those known is not (`gone`)."""

    hands: tuple[Hand, ...] = ()
    gone: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Floor:
    """What is going on: how many jobs each hand has."""

    plan: Plan
    crew: Crew
    at: datetime
    load: dict[str, int]

    def fit(self, bed: BedState, job: CleanJob) -> list[Hand]:
        """Those who may have the job and have not let it pass: the least busy first, the trained last where training is not needed."""
        isolation, ward = bed.now.clean is CleanKind.ISOLATION, self.plan.beds[bed.id].ward
        able = (hand for hand in self.crew.hands if (hand.trained or not isolation) and (hand.wards is None or ward in hand.wards))
        left = (hand for hand in able if hand.id not in job.passed and hand.id != job.cleaner)
        return sorted(left, key=lambda hand: (self.load[hand.id], hand.trained, hand.wards is None, hand.id))

    def overdue(self, since: datetime) -> bool:
        """Longer ago than the house waits for an answer."""
        return self.at - since >= timedelta(minutes=self.plan.cleaning.answer_minutes)


def offers(plan: Plan, beds: Mapping[BedId, BedState], order: Sequence[BedId], crew: Crew, at: datetime) -> list[GiveJob | EscalateJob]:
    """What to tell the desk now. Nothing where nobody is at work: phones then show the order, and anybody takes the first."""
    if not crew.hands and not crew.gone:
        return []
    dirty = [(beds[bed], job) for bed in order if (job := open_job(beds.get(bed))) is not None and bed in plan.beds]
    load = dict.fromkeys((hand.id for hand in crew.hands), 0)
    for _, job in dirty:
        if job.cleaner in load:
            load[job.cleaner] += 1
    floor = _Floor(plan, crew, at, load)
    urgent_first = sorted(dirty, key=lambda each: not each[1].stat)
    return [command for bed, job in urgent_first for command in _next(floor, bed, job)]


def open_job(bed: BedState | None) -> CleanJob | None:
    """The job of a bed, if somebody is to clean it and no report holds it up."""
    if bed is None or bed.job is None or not bed.job.is_open or bed.job.problem is not None:
        return None
    return bed.job if bed.now.stage is not Stage.INSPECTION else None


def _next(floor: _Floor, bed: BedState, job: CleanJob) -> Iterable[GiveJob | EscalateJob]:
    if job.cleaner is not None and job.cleaner in floor.crew.gone:
        yield GiveJob(bed.id, job.id, None, passed=True, gone=True)
    elif bed.now.stage is Stage.IN_PROGRESS or job.escalated_at is not None:
        return
    elif job.is_offered:
        if job.offered_at is not None and floor.overdue(job.offered_at):
            yield _handed_on(floor, bed, job)
    elif job.cleaner is None and floor.crew.hands:
        yield from _offered(floor, bed, job)


def _handed_on(floor: _Floor, bed: BedState, job: CleanJob) -> GiveJob | EscalateJob:
    """To the next cleaner, busy or not: an answer is wanted; when all have been asked, to the supervisor."""
    fit = floor.fit(bed, job)
    if not fit:
        return EscalateJob(bed.id, job.id)
    floor.load[fit[0].id] += 1
    return GiveJob(bed.id, job.id, fit[0].id, fit[0].trained, passed=True)


def _offered(floor: _Floor, bed: BedState, job: CleanJob) -> Iterable[GiveJob | EscalateJob]:
    """To somebody who is free; an urgent one to somebody in any case. The others wait until a cleaner is free."""
    fit = floor.fit(bed, job)
    if not fit:
        if floor.overdue(job.asked_at):
            yield EscalateJob(bed.id, job.id)
    elif job.stat or floor.load[fit[0].id] == 0:
        floor.load[fit[0].id] += 1
        yield GiveJob(bed.id, job.id, fit[0].id, fit[0].trained)
