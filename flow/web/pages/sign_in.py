"""Signing in and out, and the first page of whoever has: by role, or straight to what a device is for."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import May
from flow.history.devices import HOUSEKEEPING
from flow.views.landing import LoginPage, landing_page
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html, pages_of
from flow.web.parts import House, house_of
from flow.web.security.cookies import SESSION, cookie_name, drop_cookie, set_cookie
from flow.web.security.limits import address
from flow.web.security.principal import PHONE_PAGES, Principal, Way, anybody
from flow.witness import happened

A_MINUTE = 60


async def landing(request: Request) -> Response:
    """The first page; who has one page alone, as the pharmacy and billing do, is brought there."""
    house, principal = house_of(request), anybody(request)
    if principal is None:
        return RedirectResponse("/login", 303)
    if principal.way is Way.DEVICE:
        return RedirectResponse(home_of_device(principal), 303)
    wards = [ward for ward in house.plan.wards if principal.may(May.BEDS, ward.id)]
    clinics = [clinic for clinic in house.plan.clinics if principal.may(May.QUEUE, clinic.id)]
    pages = pages_of(request, principal)
    if len(pages) == 1 and not clinics:
        return RedirectResponse(pages[0][0], 303)
    view = landing_page(chrome(request, "Bedflow"), pages, wards=wards, clinics=clinics, beds=house.live.beds)
    return html(request, "landing/page.html", view)


def home_of_device(principal: Principal) -> str:
    """What a device is there to show."""
    if principal.audience is None:
        return PHONE_PAGES[principal.role]
    if principal.clinics:
        return f"/displays/public/opd/{'+'.join(quote(clinic, safe='') for clinic in principal.clinics)}"
    if principal.shows == HOUSEKEEPING:
        whole = f"/displays/{principal.audience}/housekeeping"
        return whole if principal.ward is None else f"{whole}/{quote(principal.ward, safe='')}"
    if principal.ward is None:
        return "/displays/staff/command-centre"
    return f"/displays/{principal.audience}/ward/{quote(principal.ward, safe='')}"


async def ask(request: Request) -> Response:
    """The sign-in page."""
    return html(request, "login/page.html", LoginPage(chrome(request, "Bedflow"), _next(request.query_params.get("next", "/"))))


async def sign_in(request: Request) -> Response:
    """Sign in: a new session with a new secret each time; the one before ends. Who cleans or carries lands on that page."""
    form, house = await form_of(request), house_of(request)
    name, password, after = form.text("account", longest=80), form.secret("password"), _next(form.text("next") or "/")
    await house.limiter.check("sign-in", f"{name.casefold()}|{address(request)}", 8, A_MINUTE)
    await house.limiter.check("sign-in-from", address(request), 40, A_MINUTE)
    account = await house.accounts.sign_in(name, password)
    if account is None:
        happened(Kind.NOT_SIGNED_IN, await house.accounts.named(name))
        view = LoginPage(chrome(request, "Bedflow"), after, name, "Name or password is wrong.")
        return html(request, "login/page.html", view, 401)
    await _end_session(request, house)
    happened(Kind.SIGNED_IN, account.id, account.role)
    response = RedirectResponse(PHONE_PAGES.get(account.role, after) if after == "/" else after, 303)
    set_cookie(response, SESSION, await house.sessions.start(account, house.clock.now()), secure=house.secure)
    return response


async def sign_out(request: Request) -> Response:
    """Sign out: the session ends here and in every open stream."""
    house = house_of(request)
    happened(Kind.SIGNED_OUT)
    await _end_session(request, house)
    response = RedirectResponse("/login", 303)
    drop_cookie(response, SESSION, secure=house.secure)
    return response


async def _end_session(request: Request, house: House) -> None:
    principal = anybody(request)
    if principal is not None and principal.way is Way.SESSION and cookie_name(SESSION, secure=house.secure) in request.cookies:
        await house.sessions.end(principal.digest)
        house.doorkeeper.forget(principal)
        house.watch.cut(principal.digest)


async def active(request: Request) -> Response:
    """Somebody is at the keyboard: a page says so while it is used, so that reading and typing keep the sign-in alive."""
    return Response(status_code=204)


def _next(path: str) -> str:
    """A place of ours to go on to; anything else is the first page."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ours else "/"
