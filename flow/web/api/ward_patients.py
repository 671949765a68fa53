"""What a ward does with its patients, over the API: swap two, isolate one, leave of absence, who was promised a bed has come, who lay in
one has left, a score that turned high was seen. Beside `visits`, which admits, transfers and discharges; pages do it in `ward_deeds`.
"""

from typing import Annotated

from msgspec import Meta, field
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState
from flow.domain.care import Isolation
from flow.domain.commands import Chart, Told
from flow.domain.ids import BedId, VisitId
from flow.domain.roles import May
from flow.domain.visit import Act, Fact, Order, Visit
from flow.domain.ward_commands import ConfirmArrival, MarkIsolation, SeeScore, SwapPatients
from flow.errors import Refused
from flow.history import visits
from flow.web.act import Done, act
from flow.web.api.beds import Moment, bed_of
from flow.web.api.request_models import Words
from flow.web.api.requests import new_id
from flow.web.api.visits import as_known, found_visit, tell, visit_answer, ward_of
from flow.web.api.wire import Asked, read
from flow.web.bed_said import said_bed
from flow.web.parts import house_of
from flow.web.placing import act_ruled
from flow.web.problems import forbidden, invalid
from flow.web.security.principal import principal_of

Reason = Annotated[str, Meta(min_length=3, max_length=300)]


class SwapAsked(Asked):
    """`with`: the bed whose patient changes places with this one, by its id or as it is called. `override_reason` where a bed breaks a
    rule for whoever comes to it; `if_seq`: refuse when this patient's bed has changed since this version."""

    other: Words = field(name="with")
    override_reason: Reason | None = None
    if_seq: int | None = None


class IsolationAsked(Asked):
    """The kind of isolation that the patient needs, null for none any more; the organism where one is known."""

    isolation: Isolation | None
    organism: Annotated[str, Meta(max_length=60)] | None = None
    if_seq: int | None = None


class LeaveAsked(Asked):
    """When the patient is expected `back`."""

    back: Moment | None = None


class SeenAsked(Asked):
    """`if_seq`: refuse when the bed has changed since this version."""

    if_seq: int | None = None


async def swap(request: Request) -> Response:
    """The patients of two beds change places, in one step."""
    asked, visit = await read(request, SwapAsked), await _own(request)
    house = house_of(request)
    bed, there = bed_of(house, said_bed(house, asked.other, ward_of(house, visit)))
    if not principal_of(request).may(May.ADMIT, bed.ward):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    if visit.bed is None or there.visit is None:
        raise Refused("Both have to lie in a bed; transfer the patient instead.", code="bed-empty")
    one, other, reason = visit.id, there.visit, asked.override_reason
    done = await act_ruled(
        request,
        ((one, bed.id), (other, visit.bed)),
        lambda blocked, as_of: SwapPatients(one, other, blocked, reason, asked.if_seq, as_of=as_of),
    )
    return await _answer(request, visit, done)


async def see_score(request: Request) -> Response:
    """Somebody has seen that the patient's score has turned high."""
    asked, visit = await read(request, SeenAsked), await _own(request)
    return await _answer(request, visit, await act(request, SeeScore(visit.id, asked.if_seq)))


async def isolate(request: Request) -> Response:
    """The patient needs isolation, or no longer."""
    asked, visit = await read(request, IsolationAsked), await _own(request)
    done = await act(request, MarkIsolation(visit.id, asked.isolation, asked.organism or None, asked.if_seq))
    return await _answer(request, visit, done)


async def go_on_leave(request: Request) -> Response:
    """Out on leave of absence; the bed stays the patient's."""
    asked, visit = await read(request, LeaveAsked), await _own(request)
    house = house_of(request)
    now = house.clock.now()
    if asked.back is not None and asked.back <= now:
        raise invalid("in-past", "The patient cannot be expected back in the past.")
    fact = Fact(Act.LEAVE_OF_ABSENCE, now, Order(now, number=house.desk.hospital.seq), expected=asked.back)
    done = await act(request, Chart((Told(visit.id, as_known(visit.patient), fact),), by_person=True))
    return await _answer(request, visit, done)


async def come_back(request: Request) -> Response:
    """Back from leave of absence."""
    visit = await _own(request)
    return await _answer(request, visit, await tell(request, visit.id, as_known(visit.patient), Act.RETURN))


async def arrived(request: Request) -> Response:
    """The patient to whom the bed is promised lies in it."""
    asked = await read(request, SeenAsked)
    bed, _ = bed_of(house_of(request), request.path_params["bed"])
    done = await act(request, ConfirmArrival(bed.id, VisitId(new_id("M")), asked.if_seq))
    return await _lying(request, bed.id, done)


async def left(request: Request) -> Response:
    """The patient of the bed has left; the bed then wants cleaning."""
    asked = await read(request, SeenAsked)
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    if asked.if_seq is not None and asked.if_seq != state.seq:
        raise Refused(f"Bed {bed.id} has changed since you looked; look again.", code="stale")
    visit = await _visit_in(request, state)
    return await _answer(request, visit, await tell(request, visit.id, as_known(visit.patient), Act.DISCHARGE))


async def _own(request: Request) -> Visit:
    """The visit of the path; 403 where its bed is none of the asker's."""
    visit = await found_visit(request)
    if not principal_of(request).may(May.ADMIT, ward_of(house_of(request), visit)):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    return visit


async def _visit_in(request: Request, state: BedState) -> Visit:
    found = await visits.one(house_of(request).database, state.visit) if state.visit is not None else None
    if found is None:
        raise Refused(f"Nobody lies in bed {state.id}.", code="bed-empty")
    return found


async def _lying(request: Request, bed: BedId, done: Done) -> Response:
    """The visit that holds a bed now."""
    return await _answer(request, await _visit_in(request, house_of(request).desk.hospital.beds[bed]), done)


async def _answer(request: Request, visit: Visit, done: Done) -> Response:
    return await visit_answer(request, done.of(Visit, visit.id) or visit, done)
