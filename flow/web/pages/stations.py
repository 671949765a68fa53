"""A ward's workstation: a badge and its PIN sign somebody in, whoever was signed in there is so no more, and its pages ask who is.

Whoever types a wrong PIN is told nothing of the account; five of them lock the badge, and nothing but the badge.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.badge import opens, read_code
from flow.history.badges import Tried
from flow.history.devices import Station
from flow.views.page import Chrome
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html, station_home
from flow.web.pages.phone_scan import WASM
from flow.web.parts import House, house_of
from flow.web.problems import forbidden
from flow.web.security.entrance import A_MINUTE, open_session, station_of
from flow.web.security.leaving import left, left_if_ended
from flow.web.security.principal import Way, principal_of
from flow.witness import happened


@dataclass(frozen=True, slots=True)
class StationPage:
    """A page of a ward's workstation that is its bar and no more."""

    chrome: Chrome


async def badge(request: Request) -> Response:
    """Sign in at a ward station by a badge and its PIN; whoever was there before is signed out."""
    house, station = house_of(request), _here(request)
    form = await form_of(request)
    await house.limiter.check("badge", station.id, 20, A_MINUTE)
    response = RedirectResponse(station_home(station), 303)
    if refused := await _tried(request, house, station, form, response):
        response.headers["location"] += f"?badge={refused}"
    return response


async def _tried(request: Request, house: House, station: Station, form: Form, response: Response) -> str:
    """Lets them in; else the word that says why not."""
    code = read_code(form.secret("badge"))
    owner = await house.badges.whose(code, house.clock.now()) if code else None
    if owner is None:
        happened(Kind.UNKNOWN_BADGE)
        return "unknown"
    account = owner.account
    tried = await house.badges.try_pin(account.id, form.secret("pin"))
    if tried is not Tried.RIGHT:
        happened(Kind.LOCKED_OUT if tried is Tried.LOCKING else Kind.WRONG_PIN, account.id, account.role, why=tried)
        return tried
    if not opens(account.role, account.ward, station.ward):
        happened(Kind.NOT_SIGNED_IN, account.id, account.role, by="badge", why="other ward")
        return "other-ward"
    if not owner.vouched:
        happened(Kind.NOT_SIGNED_IN, account.id, account.role, by="badge", why="provider")
        return "not-vouched"
    if principal_of(request).way is Way.SESSION:
        left(request.scope)
    await open_session(request, response, account, "badge")
    happened(Kind.BADGE_USED, account.id, account.role)
    return ""


async def scan(request: Request) -> Response:
    """The camera as a scanner, for a station that has no other."""
    response = html(request, "station/scan.html", StationPage(chrome(request, "Scan your badge")))
    response.headers["content-security-policy"] = WASM
    return response


async def state(request: Request) -> Response:
    """Who is signed in at this station, as their page knows them: it loads itself anew when that is somebody else, or nobody."""
    principal = principal_of(request)
    left_if_ended(request.scope)
    return JSONResponse({"who": principal.seat if principal.way is Way.SESSION else ""})


def _here(request: Request) -> Station:
    station = station_of(request)
    if station is None:
        raise forbidden("Badges are for paired ward stations. Sign in with your name here.", "no-station")
    return station
