"""The taps on discharges made on a ward's page: begun for a patient of the ward, then step by step."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.roles import May
from flow.web.pages.form import form_of
from flow.web.pages.leaving import tap
from flow.web.pages.ward import show_changed
from flow.web.problems import forbidden
from flow.web.security.principal import principal_of


async def begin(request: Request) -> Response:
    """Begin the discharge of a patient of the ward."""
    _check_page(request)
    form = await form_of(request)
    request.path_params["visit"] = form.needed("visit", longest=60)
    done, words = await tap(request, form, "way", [request.path_params["ward"]])
    return await show_changed(request, done, words)


async def do(request: Request) -> Response:
    """A tap: a step done or taken back, the way, the insurer asked, the discharge called off."""
    _check_page(request)
    form = await form_of(request)
    done, words = await tap(request, form, request.path_params["deed"], [request.path_params["ward"]])
    return await show_changed(request, done, words)


def _check_page(request: Request) -> None:
    """The answer is the ward's page: it is for those alone who may see it, whatever else they may tap."""
    if not principal_of(request).may(May.BEDS, request.path_params["ward"]):
        raise forbidden("The ward's page is not for this sign-in. The list of discharges is.")
