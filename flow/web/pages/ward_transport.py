"""The taps on porters' jobs made on a ward's page: one asked for, or not needed any more."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import WardId
from flow.web.pages.carrying import ask_for, call_off, wanted_by
from flow.web.pages.form import form_of
from flow.web.pages.ward import show_changed
from flow.web.parts import house_of


async def ask(request: Request) -> Response:
    """A ward asks for a porter."""
    ward = house_of(request).plan.ward[WardId(request.path_params["ward"])]
    return await show_changed(request, await ask_for(request, wanted_by(await form_of(request)), ward), "Porter asked for")


async def cancel(request: Request) -> Response:
    """The ward needs the porter no more."""
    return await show_changed(request, await call_off(request, request.path_params["ward"]), "Porter not needed any more")
