"""Tokens of programmes: which there are and when each runs out; making one, which is shown once, and shutting one out."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.domain.roles import May, Role
from flow.history.accounts import LONGEST_TOKEN, TOKEN_LASTS
from flow.history.secret import digest
from flow.views.api_tokens import tokens_page
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of
from flow.witness import happened

PAGE = "/admin/tokens"


async def page(request: Request) -> Response:
    """The tokens."""
    return await _page(request)


async def make(request: Request) -> Response:
    """Make one; this answer is the only place where it can be seen."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    role, ward, days = form.word("role", Role), form.text("ward"), form.number("days") or TOKEN_LASTS.days
    if role is None or (ward and WardId(ward) not in house.plan.ward):
        raise invalid("unknown-role", "Say which role, and a ward that there is.")
    if not 1 <= days <= LONGEST_TOKEN.days:
        raise invalid("bad-days", f"A token is good for 1 to {LONGEST_TOKEN.days} days.")
    token = await house.tokens.create(role, ward or None, house.clock.now(), timedelta(days=days))
    made = await house.tokens.find(digest(token))
    number = made.id if made is not None else ""
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="token made", token=number, for_role=str(role), ward=ward, days=days)
    return await _page(request, token)


async def revoke(request: Request) -> Response:
    """Shut a programme out; its streams are cut as those of a device are."""
    house, principal, number = house_of(request), principal_of(request), request.path_params["number"]
    if not await house.tokens.revoke(number, house.clock.now()):
        raise unknown("unknown-token", "There is no such token, or it is revoked already.")
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="token revoked", token=number)
    return RedirectResponse(PAGE, 303)


async def _page(request: Request, made: str = "") -> Response:
    house, may_write = house_of(request), principal_of(request).may(May.USERS)
    listed, now = await house.tokens.all(), house.clock.now()
    frame = chrome(request, "API tokens")
    view = tokens_page(frame, house.plan, now, listed, days=TOKEN_LASTS.days, may_write=may_write, made=made)
    return html(request, "admin/tokens.html", view)
