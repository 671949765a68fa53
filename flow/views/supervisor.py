"""The supervisor's board: every job and who has it, cleaners on shift, what is to be looked at, problems, and how long cleans take.

flow.web hands in the live records and the tables of cleaners, reports and finished jobs; templates/supervisor draws it at first paint and
at each change. Nicks are colleagues' names for each other and stay on this page; of patients there is nothing but a wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cleaning_job import Why
from flow.domain.cleaning_rules import DEFINITIONS, DEFINITIONS_VERSION, CleaningRules
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.cleaning_jobs import CleanLike, Dirty, cleaning_jobs, daily_due
from flow.views.cleaning_staff import CleanerLike, ProblemLike, SpreadLike, TimesLike, WorkedLike
from flow.views.page import Chrome
from flow.views.times import minutes


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job: `state` in words, `who` has it (empty: nobody), `waits` since it was asked for, `late` over the house's aim; `told`: everybody
    was asked and nobody has answered."""

    bed: BedId
    label: str
    ward: str
    number: str
    why: str
    kind: str
    stat: bool
    isolation: bool
    state: str
    who: str
    waits: str
    late: bool
    told: bool
    serves: str


@dataclass(frozen=True, slots=True)
class CleanerCard:
    """Somebody on shift: what they are at, and what they did today."""

    id: str
    nick: str
    trained: bool
    zone: str
    shift: str
    overtime: bool
    busy: str
    done: int
    pace: str
    phone: bool


@dataclass(frozen=True, slots=True)
class Inspection:
    """A clean that waits for a look."""

    bed: BedId
    label: str
    ward: str
    number: str
    who: str
    since: str
    failed: int


@dataclass(frozen=True, slots=True)
class ProblemCard:
    """A report: `blockable` unless the bed is out of use already; `when_empty`: somebody lies in it, who leaves first."""

    id: str
    label: str
    ward: str
    reason: OutOfUse
    words: str
    since: str
    photo: bool
    blockable: bool
    when_empty: bool = False


@dataclass(frozen=True, slots=True)
class TimesRow:
    """One of the three times: its aim, and what it was in each period."""

    name: str
    means: str
    aim: int
    spreads: tuple[str, ...]
    over: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole page. `others` is how many cleaners are off shift, `beds` are those for which a clean may be asked by hand, `closing` those
    that go out of use when their patient has left: name and why."""

    chrome: Chrome
    jobs: tuple[JobRow, ...]
    cleaners: tuple[CleanerCard, ...]
    others: int
    inspections: tuple[Inspection, ...]
    problems: tuple[ProblemCard, ...]
    times: tuple[TimesRow, ...]
    periods: tuple[str, ...]
    counts: tuple[tuple[str, str], ...]
    daily: tuple[tuple[WardId, int], ...]
    daily_left: int
    definitions: tuple[tuple[str, str], ...] = tuple(DEFINITIONS.items())
    version: int = DEFINITIONS_VERSION
    beds: tuple[tuple[BedId, str], ...] = ()
    closing: tuple[tuple[BedId, str, str], ...] = ()

    @property
    def unanswered(self) -> tuple[JobRow, ...]:
        """Jobs for which everybody was asked and nobody has answered."""
        return tuple(job for job in self.jobs if job.told)


@dataclass(frozen=True, slots=True)
class Staff:
    """What the board knows of people: everybody who cleans, what they did today, and the open reports."""

    cleaners: Sequence[CleanerLike] = ()
    worked: Mapping[str, WorkedLike] | None = None
    problems: Sequence[ProblemLike] = ()


def supervisor_board(
    chrome: Chrome,
    plan: Plan,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    at: datetime,
    *,
    order: Sequence[CleanLike] = (),
    staff: Staff = Staff(),
    times: Mapping[str, TimesLike] | None = None,
) -> Board:
    """The page as of now; `times` by the words of their period."""
    jobs = cleaning_jobs(plan, beds, requests, order)
    nicks = {cleaner.id: cleaner.nick for cleaner in staff.cleaners}
    on_shift = [cleaner for cleaner in staff.cleaners if cleaner.on_since is not None]
    looked = [dirty for dirty in jobs if dirty.state.now.stage is Stage.INSPECTION]
    waiting = [dirty for dirty in jobs if dirty.state.now.stage is not Stage.INSPECTION]
    daily = daily_due(plan, beds, at)
    return Board(
        chrome,
        tuple(_job(dirty, plan, at, nicks) for dirty in sorted(waiting, key=lambda each: not _is_unanswered(each))),
        tuple(_cleaner(each, plan, at, jobs, (staff.worked or {}).get(each.id)) for each in on_shift),
        len(staff.cleaners) - len(on_shift),
        tuple(_inspection(dirty, plan, at, nicks) for dirty in looked),
        tuple(problem_card(each, plan, beds.get(each.bed), at) for each in staff.problems if each.bed in plan.beds),
        _times(plan.cleaning, times or {}),
        tuple(times or {}),
        _counts(jobs, times or {}),
        tuple((ward.id, n) for ward in plan.wards if (n := sum(plan.beds[state.id].ward == ward.id for state in daily))),
        len(daily),
        beds=tuple((bed.id, f"{bed.ward} {bed.label}") for bed in plan.beds.values()),
        closing=_closing(plan, beds),
    )


def _closing(plan: Plan, beds: Mapping[BedId, BedState]) -> tuple[tuple[BedId, str, str], ...]:
    found = ((bed, state.closes) for bed in plan.beds if (state := beds.get(bed)) is not None and state.closes is not None)
    return tuple((bed, plan.bed_name(bed), closes.note or REASONS[closes.reason or OutOfUse.REPAIR]) for bed, closes in found)


WHY: Mapping[Why, str] = {
    Why.LEFT: "Patient left",
    Why.ASKED: "Asked for",
    Why.FOUND_DIRTY: "Found dirty",
    Why.REPORTED: "Another system says so",
}
KINDS: Mapping[CleanKind, str] = {CleanKind.ROUTINE: "Routine", CleanKind.ISOLATION: "Isolation", CleanKind.STAT: "STAT"}
REASONS: Mapping[OutOfUse, str] = {
    OutOfUse.REPAIR: "Broken",
    OutOfUse.INFECTION: "Infection",
    OutOfUse.ROOM_CLOSED: "Room closed",
    OutOfUse.STAFFING: "No helper",
}


def _job(dirty: Dirty, plan: Plan, at: datetime, nicks: Mapping[str, str]) -> JobRow:
    bed, job, now = plan.beds[dirty.state.id], dirty.job, dirty.state.now
    waited = (at - job.asked_at).total_seconds() / 60
    aim = plan.cleaning.stat_aim if job.stat else plan.cleaning.response_aim
    waiting = dirty.awaited(at)
    serves = minutes(waiting.clock_from.timestamp(), at.timestamp()) if waiting is not None else ""
    return JobRow(
        bed=bed.id,
        label=bed.label,
        ward=bed.ward,
        number=job.id,
        why=WHY[job.why],
        kind=KINDS[now.clean or CleanKind.ROUTINE],
        stat=job.stat,
        isolation=now.clean is CleanKind.ISOLATION,
        state=_state(dirty),
        who=nicks.get(job.cleaner or "", job.cleaner or ""),
        waits=minutes(job.asked_at.timestamp(), at.timestamp()),
        late=job.started_at is None and waited > aim,
        told=_is_unanswered(dirty),
        serves=serves,
    )


def _is_unanswered(dirty: Dirty) -> bool:
    """Everybody was asked and the bed still waits: one that is cleaned, or paused, has somebody, whoever said so."""
    return dirty.state.now.stage is Stage.WAITING and dirty.job.is_unheard


def _state(dirty: Dirty) -> str:
    """How far a job has come, in words."""
    job, stage = dirty.job, dirty.state.now.stage
    if job.problem is not None:
        return "Problem reported"
    if stage is Stage.IN_PROGRESS:
        return f"Cleaning, step {job.step + 1} of {len(job.steps)}" if job.next_step else "Cleaning"
    if stage is Stage.SUSPENDED:
        return "Paused"
    if _is_unanswered(dirty):
        return "Nobody answered"
    if job.is_offered:
        return "Offered, no answer yet"
    return "On the way" if job.acknowledged_at is not None else "Waiting"


def _cleaner(cleaner: CleanerLike, plan: Plan, at: datetime, jobs: Sequence[Dirty], worked: WorkedLike | None) -> CleanerCard:
    rules = plan.cleaning
    own = [dirty for dirty in jobs if dirty.job.cleaner == cleaner.id and dirty.state.now.stage is not Stage.INSPECTION]
    shift = next((each.name for each in rules.shifts if each.id == cleaner.shift), "")
    zone = rules.zone.get(cleaner.zone or "")
    pace = worked.clean_p50 if worked is not None else None
    return CleanerCard(
        id=cleaner.id,
        nick=cleaner.nick,
        trained=cleaner.trained,
        zone=zone.name if zone is not None else "",
        shift=shift,
        overtime=not rules.at_work(cleaner.shift, at, plan.zone),
        busy=", ".join(plan.bed_name(dirty.state.id) for dirty in own),
        done=worked.done if worked is not None else 0,
        pace=f"{pace:.0f} min" if pace is not None else "",
        phone=cleaner.device is not None,
    )


def _inspection(dirty: Dirty, plan: Plan, at: datetime, nicks: Mapping[str, str]) -> Inspection:
    bed, job = plan.beds[dirty.state.id], dirty.job
    since = minutes((job.cleaned_at or dirty.state.now.since).timestamp(), at.timestamp())
    return Inspection(bed.id, bed.label, bed.ward, job.id, nicks.get(job.cleaner or "", job.cleaner or ""), since, job.failed)


def problem_card(problem: ProblemLike, plan: Plan, state: BedState | None, at: datetime) -> ProblemCard:
    """A report as a card."""
    bed = plan.beds[problem.bed]
    lain = state is not None and state.status is BedStatus.OCCUPIED
    free = state is not None and state.status in (BedStatus.CLEANING, BedStatus.AVAILABLE)
    since = minutes(problem.at.timestamp(), at.timestamp())
    words, photo = REASONS[problem.reason], problem.photo_type is not None
    return ProblemCard(problem.id, bed.label, bed.ward, problem.reason, words, since, photo, free or lain, lain)


def _times(rules: CleaningRules, times: Mapping[str, TimesLike]) -> tuple[TimesRow, ...]:
    rows = (
        ("Response", "asked for to begun", rules.response_aim, [each.response for each in times.values()]),
        ("Clean", "begun to clean", rules.clean_aim, [each.clean for each in times.values()]),
        ("Turn", "asked for to ready", rules.turn_aim, [each.turn for each in times.values()]),
    )
    return tuple(
        TimesRow(name, means, aim, tuple(map(_spread, found)), tuple(each.p50 is not None and each.p50 > aim for each in found))
        for name, means, aim, found in rows
    )


def _spread(spread: SpreadLike) -> str:
    """`12 / 31 min of 40`: the median, the ninth of ten, of how many."""
    if spread.p50 is None or spread.p90 is None:
        return "–"
    return f"{spread.p50:.0f} / {spread.p90:.0f} min of {spread.count}"


def _counts(jobs: Sequence[Dirty], times: Mapping[str, TimesLike]) -> tuple[tuple[str, str], ...]:
    stages = [dirty.state.now.stage for dirty in jobs]
    begun = sum(stage is Stage.IN_PROGRESS for stage in stages)
    found = [("Waiting", str(len(stages) - begun - stages.count(Stage.INSPECTION))), ("Cleaning", str(begun))]
    found.append(("To be looked at", str(stages.count(Stage.INSPECTION))))
    today = next(iter(times.values()), None)
    if today is not None:
        found += [("Done today", str(today.done)), ("Looked at / not good", f"{today.inspected} / {today.failed}")]
        found.append(("Got a patient out of ED", str(today.freed)))
    return tuple(found)
