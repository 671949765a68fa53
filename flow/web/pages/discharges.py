"""The list of discharges: the whole house for the bed manager, billing and the pharmacy, one ward for its nurse."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.roles import May
from flow.views.discharges import DischargesPage, discharges_page, owned_by
from flow.views.page import Undo
from flow.views.ward_places import Choice
from flow.web.pages.form import Form, form_of
from flow.web.pages.leaving import leaving, tap
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import house_of
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """Everybody who is about to leave, and whom they wait for."""
    return html(request, "discharges/page.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "discharges/_board.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a tap, with what can be undone."""
    return html(request, "discharges/after.html", await _view(request, undo))


async def _view(request: Request, undo: Undo | None = None) -> DischargesPage:
    house, only = house_of(request), principal_of(request).only_ward(May.DISCHARGES)
    asked = Form(request.query_params)
    wards = tuple(Choice(ward.id, f"{ward.id} · {ward.name}") for ward in house.plan.wards if only in (None, ward.id))
    ward = asked.choice("ward", ["", *(choice.value for choice in wards)]) or ""
    frame = chrome(request, "Discharges", "discharges", undo)
    own = owned_by(principal_of(request).role, house.plan.discharge)
    return discharges_page(frame, await leaving(request), wards, ward=ward, owner=asked.text("owner", longest=40), own=own)


async def do(request: Request) -> Response:
    """A tap: a step done or taken back, the way, the insurer asked, the discharge called off."""
    form, house = await form_of(request), house_of(request)
    only = principal_of(request).only_ward(May.DISCHARGE)
    wards = [only] if only is not None else [None, *house.plan.ward]
    done, words = await tap(request, form, request.path_params["deed"], wards)
    return await changed(request, after, "/discharges", done, words)
