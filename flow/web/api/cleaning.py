"""Cleaning jobs over the API: every bed that wants cleaning is one, under the bed's id; those under way, then by what cleaning is worth."""

from datetime import datetime, timedelta

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.cleaning_commands import GiveJob, InspectClean, Tap, TapClean
from flow.domain.cleaning_job import Step, Why
from flow.domain.commands import Command, SetBedStatus
from flow.domain.request import BedRequest
from flow.domain.roles import May
from flow.errors import Refused
from flow.history.clean_jobs import times
from flow.views.cleaning_jobs import Dirty, cleaning_jobs
from flow.web.act import act
from flow.web.api.beds import bed_of
from flow.web.api.wire import Asked, Listed, answer, listing, moment, page, picture, read
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of
from flow.web.tapped import tapped_at
from flow.web.who import who_of


class UnblocksOut(msgspec.Struct):
    """Whom the clean unblocks: a request, how urgent it is, since when it waits. Never a name."""

    request: str
    priority: int
    type: str
    since: datetime


class JobOut(msgspec.Struct):
    """A bed to be cleaned. `id` is the bed's, `job` the job's own; in the list `value` is what cleaning it is worth (points of urgency) and
    `reason` why. `cleaner` has the job, `step` of the `steps` of an isolation clean are done."""

    id: str
    ward: str
    room: str
    label: str
    stage: Stage | None
    clean: CleanKind | None
    since: datetime
    seq: int
    started_at: datetime | None = None
    unblocks: UnblocksOut | None = None
    value: int = 0
    reason: str = ""
    done: bool = False
    job: str | None = None
    why: Why | None = None
    stat: bool = False
    cleaner: str | None = None
    offered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    escalated_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    step: int = 0
    command: int | UnsetType = UNSET


class StepAsked(Asked):
    """`if_seq`: refuse when the bed has changed since this version; `job` (its `job`) holds whatever else changed the bed meanwhile;
    `step` which step of an isolation clean was done."""

    if_seq: int | None = None
    job: str | None = None
    step: Step | None = None


class GiveAsked(Asked):
    """`cleaner`: who is to have the job; left out: nobody."""

    job: str
    cleaner: str | None = None


class VerdictAsked(Asked):
    """`good`: the bed is free; else it is cleaned again."""

    job: str
    good: bool


async def list_jobs(request: Request) -> Response:
    """Beds that want cleaning: those under way, then the most valuable first."""
    house, only = house_of(request), principal_of(request).only_ward(May.JOBS)
    picture(house)
    jobs = cleaning_jobs(house.plan, house.live.beds, house.requests().values(), house.cleaning(), only)
    listed = page(house, jobs, lambda dirty: dirty.state.id, request)
    items = [_listed(house, dirty) for dirty in listed.items]
    return listing(request, Listed(listed.as_of, listed.seq, items, listed.next))


def _listed(house: House, dirty: Dirty) -> JobOut:
    return msgspec.structs.replace(job_out(house, dirty.state, dirty.unblocks), value=dirty.value, reason=dirty.reason)


def promised(house: House, state: BedState) -> BedRequest | None:
    """The request that this bed is promised to."""
    holder, _, number = (state.reserved_for or "").partition(":")
    return house.request(number) if holder == "request" else None


def job_out(house: House, state: BedState, waits: BedRequest | None, command: int | UnsetType = UNSET) -> JobOut:
    """A job for the wire."""
    bed, now = house.plan.beds[state.id], state.now
    job = Dirty(state).job
    return JobOut(
        id=state.id,
        ward=bed.ward,
        room=bed.room,
        label=bed.label,
        stage=now.stage,
        clean=now.clean,
        since=now.since,
        seq=state.seq,
        started_at=now.started_at,
        unblocks=UnblocksOut(waits.id, waits.priority, waits.type, waits.created_at) if waits else None,
        done=now.status is not BedStatus.CLEANING,
        job=job.id,
        why=job.why,
        stat=job.stat,
        cleaner=job.cleaner,
        offered_at=job.offered_at,
        acknowledged_at=job.acknowledged_at,
        escalated_at=job.escalated_at,
        steps=job.steps,
        step=job.step,
        command=command,
    )


async def get_job(request: Request) -> Response:
    """One cleaning job."""
    house = house_of(request)
    _, state = bed_of(house, request.path_params["bed"])
    return answer(job_out(house, checked(state), promised(house, state)))


def checked(state: BedState) -> BedState:
    """The bed, if it wants cleaning; Refused otherwise."""
    if state.status is not BedStatus.CLEANING:
        raise Refused(f"Bed {state.id} is {state.status}; there is nothing to clean.", code="no-job")
    return state


async def coming(request: Request) -> Response:
    """Say yes to an offered job."""
    return await _tap(request, Tap.COMING)


async def start(request: Request) -> Response:
    """Begin a clean."""
    return await _tap(request, Tap.START)


async def suspend(request: Request) -> Response:
    """Pause a clean."""
    return await _tap(request, Tap.PAUSE)


async def step(request: Request) -> Response:
    """Do the next step of an isolation clean."""
    return await _tap(request, Tap.STEP)


async def finish(request: Request) -> Response:
    """Cleaned; the bed is available, unless a supervisor looks at it first (`stage` inspection)."""
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    job, sampled = state.job, state.job is not None and state.job.inspect
    if state.now.stage is Stage.INSPECTION and job is not None and (not sampled or principal_of(request).may(May.SUPERVISE)):
        return await _answer(request, state, InspectClean(bed.id, job.id, good=True))
    return await _tap(request, Tap.DONE)


async def _tap(request: Request, tap: Tap) -> Response:
    """What a phone's button does. A programme answers for its own people's training."""
    asked, house = await read(request, StepAsked), house_of(request)
    bed, state = bed_of(house, request.path_params["bed"])
    who = await who_of(request)
    if asked.job is None:
        checked(state)
    seen = state.seq if asked.if_seq is None else asked.if_seq
    at = tapped_at(request, house.clock.now())
    return await _answer(request, state, TapClean(bed.id, tap, who.id, who.trained, asked.job, at, seen, asked.step))


async def inspect(request: Request) -> Response:
    """Cleaned; somebody has to look at it before it is free."""
    asked = await read(request, StepAsked)
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    checked(state)
    seen = state.seq if asked.if_seq is None else asked.if_seq
    return await _answer(request, state, SetBedStatus(bed.id, BedStatus.CLEANING, stage=Stage.INSPECTION, if_seq=seen))


async def verdict(request: Request) -> Response:
    """A supervisor has looked at a clean."""
    asked = await read(request, VerdictAsked)
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    return await _answer(request, state, InspectClean(bed.id, asked.job, asked.good))


async def give(request: Request) -> Response:
    """Give a job to a cleaner, or to nobody."""
    asked, house = await read(request, GiveAsked), house_of(request)
    bed, state = bed_of(house, request.path_params["bed"])
    cleaner = await house.cleaners.find(asked.cleaner) if asked.cleaner is not None else None
    if asked.cleaner is not None and (cleaner is None or not cleaner.cleans):
        raise unknown("unknown-cleaner", "There is no such cleaner.")
    trained = cleaner is None or cleaner.trained
    return await _answer(request, state, GiveJob(bed.id, asked.job, asked.cleaner, trained))


async def _answer(request: Request, state: BedState, command: Command) -> Response:
    house = house_of(request)
    done = await act(request, command)
    state = done.of(BedState, state.id) or state
    return answer(job_out(house, state, promised(house, state), done.command))


class SpreadOut(msgspec.Struct):
    """Minutes of `count` jobs: the median and the ninth of ten; `aim` is the house's."""

    count: int
    p50: float | None
    p90: float | None
    aim: int


class TimesOut(msgspec.Struct):
    """Of the jobs done in a period: asked to started, started to clean, asked to ready."""

    since: datetime
    until: datetime
    done: int
    response: SpreadOut
    clean: SpreadOut
    turn: SpreadOut
    inspected: int
    failed: int
    freed_from_ed: int


async def get_times(request: Request) -> Response:
    """How long cleans took: response, clean and turn (EVS definitions), of the last day or since `from`."""
    house = house_of(request)
    now = house.clock.now()
    text = request.query_params.get("from")
    since = moment(text, "from") if text is not None else now - timedelta(days=1)
    found, rules = await times(house.database, since, now), house.plan.cleaning
    spreads = (found.response, rules.response_aim), (found.clean, rules.clean_aim), (found.turn, rules.turn_aim)
    response, clean, turn = (SpreadOut(each.count, each.p50, each.p90, aim) for each, aim in spreads)
    return answer(TimesOut(since, now, found.done, response, clean, turn, found.inspected, found.failed, found.freed))
