"""Cleaning jobs over the API: every bed that wants cleaning is one, under the bed's id; those under way, then by what cleaning is worth."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.commands import SetBedStatus
from flow.domain.request import BedRequest
from flow.domain.roles import May
from flow.errors import Refused
from flow.views.cleaning_jobs import Dirty, cleaning_jobs
from flow.web.act import act
from flow.web.api.beds import bed_of
from flow.web.api.wire import Asked, Listed, answer, listing, page, picture, read
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


class UnblocksOut(msgspec.Struct):
    """Whom the clean unblocks: a request, how urgent it is, since when it waits. Never a name."""

    request: str
    priority: int
    type: str
    since: datetime


class JobOut(msgspec.Struct):
    """A bed to be cleaned. `id` is the bed's; in the list `value` is what cleaning it is worth (points of urgency) and
    `reason` why."""

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
    command: int | UnsetType = UNSET


class StepAsked(Asked):
    """`if_seq`: refuse when the bed has changed since this version."""

    if_seq: int | None = None


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


async def start(request: Request) -> Response:
    """Begin a clean."""
    return await _step(request, BedStatus.CLEANING, Stage.IN_PROGRESS)


async def suspend(request: Request) -> Response:
    """Pause a clean."""
    return await _step(request, BedStatus.CLEANING, Stage.SUSPENDED)


async def inspect(request: Request) -> Response:
    """Cleaned; somebody has to look at it before it is free."""
    return await _step(request, BedStatus.CLEANING, Stage.INSPECTION)


async def finish(request: Request) -> Response:
    """Cleaned; the bed is available."""
    return await _step(request, BedStatus.AVAILABLE, None)


async def _step(request: Request, status: BedStatus, stage: Stage | None) -> Response:
    asked = await read(request, StepAsked)
    house = house_of(request)
    bed, state = bed_of(house, request.path_params["bed"])
    checked(state)
    command = SetBedStatus(bed.id, status, stage=stage, if_seq=state.seq if asked.if_seq is None else asked.if_seq)
    done = await act(request, command)
    state = done.of(BedState, bed.id) or state
    return answer(job_out(house, state, promised(house, state), done.command))
