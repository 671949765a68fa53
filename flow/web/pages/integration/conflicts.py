"""The page of conflicts: both claims side by side, one click settles."""

from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.roles import May
from flow.views.conflicts import How, conflict_rows, conflicts_of
from flow.views.integration.settling import ConflictsPage
from flow.web.api.conflicts import settle_one, whose
from flow.web.names import known_to
from flow.web.pages.form import form_of
from flow.web.pages.integration.frame import frame_of
from flow.web.pages.page import html
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of

HERE = "/integration/conflicts"


async def page(request: Request) -> Response:
    """Every contradiction between visits."""
    return html(request, "integration/conflicts.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "integration/_conflicts.html", await _view(request))


async def settle(request: Request) -> Response:
    """Settle one by a click."""
    form = await form_of(request)
    how = next((word for word in get_args(How) if word == form.text("how")), None)
    if how is None:
        raise invalid("missing", "Say how the conflict is settled.")
    await settle_one(request, form.needed("visit", longest=250), how)
    return await board(request) if "hx-request" in request.headers else RedirectResponse(HERE, 303)


async def _view(request: Request) -> ConflictsPage:
    house, principal = house_of(request), principal_of(request)
    found = conflicts_of(house.desk.hospital)
    people = await known_to(request, whose(house, found))
    letters = await house.letters.told_by(visit.id for conflict in found for visit in conflict.visits)
    rows = conflict_rows(found, house.plan, people, letters)
    return ConflictsPage(await frame_of(request, HERE), rows, principal.may(May.CONFLICTS), principal.may(May.LETTERS))
