"""The taps on discharges made on a ward's page: begun for a patient of the ward, then step by step."""

from starlette.requests import Request
from starlette.responses import Response

from flow.web.pages.form import form_of
from flow.web.pages.leaving import tap
from flow.web.pages.ward import show_changed


async def begin(request: Request) -> Response:
    """Begin the discharge of a patient of the ward."""
    form = await form_of(request)
    request.path_params["visit"] = form.needed("visit", longest=60)
    done, words = await tap(request, form, "way", [request.path_params["ward"]])
    return await show_changed(request, done, words)


async def do(request: Request) -> Response:
    """A tap: a step done or taken back, the way, the insurer asked, the discharge called off."""
    form = await form_of(request)
    done, words = await tap(request, form, request.path_params["deed"], [request.path_params["ward"]])
    return await show_changed(request, done, words)
