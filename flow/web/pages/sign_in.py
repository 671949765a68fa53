"""Signing in and out, and the first page of whoever has: by role, or straight to what a device is for."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import May
from flow.history.devices import HOUSEKEEPING
from flow.views.landing import LoginPage, landing_page
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, here, html, pages_of, station_home
from flow.web.pages.provider import onward
from flow.web.pages.second_factor import let_in
from flow.web.parts import house_of
from flow.web.security import passkey
from flow.web.security.cookies import SESSION, drop_cookie
from flow.web.security.entrance import A_MINUTE, check_tries, end_session, station_of
from flow.web.security.leaving import left
from flow.web.security.limits import address
from flow.web.security.principal import PHONE_PAGES, Principal, Way, anybody, principal_of
from flow.witness import happened

_PASSKEY = "sign-in"


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
    if principal.station is not None:
        return station_home(principal.station)
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
    return _page(request, here(request.query_params.get("next", "/")))


async def sign_in(request: Request) -> Response:
    """Sign in: a new session with a new secret each time; the one before ends. It opens nothing before a second factor that is wanted."""
    form, house = await form_of(request), house_of(request)
    name, password, after = form.text("account", longest=80), form.secret("password"), here(form.text("next") or "/")
    await check_tries(request, name.casefold())
    account = await house.accounts.sign_in(name, password)
    if account is None:
        happened(Kind.NOT_SIGNED_IN, await house.accounts.named(name))
        return _page(request, after, name, "Name or password is wrong.")
    return await let_in(request, account, "password", after)


async def passkey_options(request: Request) -> Response:
    """What a passkey is to sign, whoever's it is."""
    house = house_of(request)
    await house.limiter.check("passkey-from", address(request), 40, A_MINUTE)
    return Response(await passkey.to_show(house, _PASSKEY), media_type="application/json")


async def sign_in_by_passkey(request: Request) -> Response:
    """Sign in by a passkey alone: it is two factors in one."""
    form, house = await form_of(request), house_of(request)
    after = here(form.text("next") or "/")
    await house.limiter.check("passkey-from", address(request), 40, A_MINUTE)
    account = await passkey.shown(house, _PASSKEY, form.credential("credential"))
    if account is None:
        happened(Kind.NOT_SIGNED_IN, by="passkey")
        return _page(request, after, refused="This passkey was not accepted. Try again, or sign in with your password.")
    if account.provider:
        happened(Kind.NOT_SIGNED_IN, account.id, by="passkey", why="provider")
        return _page(request, after, refused="This passkey is your second step alone: sign in by your hospital's account first.")
    return await let_in(request, account, "passkey", after)


def _page(request: Request, after: str, name: str = "", refused: str = "") -> Response:
    house = house_of(request)
    settings = house.settings
    provider = house.provider.name if house.provider is not None else ""
    view = LoginPage(chrome(request, "Bedflow"), after, name, refused, settings.origin, settings.demo, provider)
    return html(request, "login/page.html", view, 401 if refused else 200)


async def sign_out(request: Request) -> Response:
    """Sign out: the session ends here and in every open stream, and the provider's with it where that signed somebody in."""
    house, by_provider = house_of(request), principal_of(request).provider
    happened(Kind.SIGNED_OUT)
    await end_session(request)
    left(request.scope)
    station = station_of(request)
    there = await house.provider.farewell(f"{house.settings.origin}/login") if by_provider and house.provider is not None else ""
    home = "/login" if station is None else station_home(station)
    response = onward(request, there) if there else RedirectResponse(home, 303)
    drop_cookie(response, SESSION, secure=house.secure)
    return response


async def active(request: Request) -> Response:
    """Somebody is at the keyboard: a page says so while it is used, so that reading and typing keep the sign-in alive."""
    return Response(status_code=204)
