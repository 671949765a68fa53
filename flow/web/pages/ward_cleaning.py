"""Cleaning on a ward's page: a bed found dirty, and a cleaner's report settled by whoever may block the ward's beds."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.cleaning_commands import AskClean
from flow.domain.cleaning_job import Why
from flow.history.clean_problems import Problem
from flow.web.act import act
from flow.web.api.beds import bed_of
from flow.web.pages.form import form_of
from flow.web.pages.supervisor import outcome, settled
from flow.web.pages.ward import show_changed
from flow.web.parts import House, house_of
from flow.web.problems import unknown


async def dirty(request: Request) -> Response:
    """A bed of the ward was found dirty."""
    form, house = await form_of(request), house_of(request)
    bed, _ = bed_of(house, form.needed("bed", longest=100))
    if bed.ward != request.path_params["ward"]:
        raise unknown("unknown-bed", f"There is no bed {bed.id} in this ward.")
    done = await act(request, AskClean(bed.id, Why.FOUND_DIRTY, stat=form.text("stat") == "yes"))
    return await show_changed(request, done, f"{bed.label}: found dirty")


async def settle(request: Request) -> Response:
    """A cleaner's report was looked at: the bed goes out of use, or its clean goes on."""
    form, house = await form_of(request), house_of(request)
    problem = await _of_ward(request, house)
    block = form.choice("verdict", ("block", "dismiss")) == "block"
    done = await settled(request, problem, block=block)
    return await show_changed(request, done, f"{house.plan.beds[problem.bed].label}: {outcome(done, block=block)}")


async def _of_ward(request: Request, house: House) -> Problem:
    problem = await house.problems.find(request.path_params["problem"])
    if problem is None or problem.ward != request.path_params["ward"]:
        raise unknown("unknown-problem", "There is no such report; somebody may have settled it already.")
    return problem


async def photo(request: Request) -> Response:
    """The photo of a report of a bed of this ward."""
    house = house_of(request)
    found = await house.problems.photo((await _of_ward(request, house)).id)
    if found is None:
        raise unknown("unknown-photo", "There is no photo of this report.")
    return Response(found.body, media_type=found.type)
