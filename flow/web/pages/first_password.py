"""The first password is somebody else's choice: whoever signs in with it chooses one of their own before anything else opens."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.errors import Refused
from flow.passwords import LEAST
from flow.views.page import Chrome
from flow.views.second_factor import FirstPassword
from flow.web.pages.form import form_of
from flow.web.pages.page import here, html
from flow.web.pages.second_factor import let_in
from flow.web.parts import house_of
from flow.web.problems import forbidden
from flow.web.security.cookies import csrf_token
from flow.web.security.entrance import A_MINUTE, account_of, end_everywhere
from flow.web.security.principal import Principal, half_of
from flow.witness import happened, told


async def ask(request: Request) -> Response:
    """The page that asks for it."""
    return _page(request, _half(request), here(request.query_params.get("next", "/")))


async def choose(request: Request) -> Response:
    """A password of one's own: every sign-in by the one before ends, and this one goes on."""
    form, house, half = await form_of(request), house_of(request), _half(request)
    after, new, account = here(form.text("next") or "/"), form.secret("new"), account_of(half)
    await house.limiter.check("password", half.seat, 5, A_MINUTE)
    try:
        if new != form.secret("again"):
            raise Refused("It was typed in two ways. Type it twice alike.", code="weak-password")
        await house.accounts.choose(account, new)
    except Refused as error:
        return _page(request, half, after, error.reason)
    session = await house.sessions.find(half.digest, house.clock.now())
    await end_everywhere(house, account.id)
    if session is None:
        return RedirectResponse("/login", 303)
    response = await let_in(request, replace(account, given=False), session.proof, after)
    happened(Kind.CREDENTIAL, account.id, account.role)
    told(what="first password changed")
    return response


def _page(request: Request, half: Principal, after: str, refused: str = "") -> Response:
    frame = Chrome("Bedflow", house_of(request).plan.name, csrf=csrf_token(half.csrf))
    view = FirstPassword(frame, half.id, LEAST, after, refused)
    return html(request, "login/first_password.html", view, 422 if refused else 200)


def _half(request: Request) -> Principal:
    half = half_of(request)
    if half is None or half.wants != "new-password":
        raise forbidden("No other password is asked for now.")
    return half
