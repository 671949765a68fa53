"""Letting a person in: how often it may be tried, and the session that follows, with a secret of its own each time."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.history.accounts import Account
from flow.history.devices import Station
from flow.history.sessions import Proof, Shown
from flow.web.parts import House, house_of
from flow.web.security.cookies import KNOWN, SESSION, cookie_name, set_cookie
from flow.web.security.limits import address
from flow.web.security.principal import Principal, Wants, Way, anybody, half_of, wants

A_MINUTE, TEN_MINUTES = 60, 600
_STRANGE = (
    "Too many tries for this name from browsers that have never signed in with it. Wait ten minutes, use a passkey, "
    "or a browser that you have signed in with before."
)


async def check_tries(request: Request, name: str) -> None:
    """Raises 429 for one guess too many. A browser that has signed in with the name is counted by itself, whatever others do."""
    house = house_of(request)
    if await _is_known(request, house, "sign-in-known", name):
        return
    await house.limiter.check("sign-in", f"{name}|{address(request)}", 8, A_MINUTE)
    await house.limiter.check("sign-in-from", address(request), 40, A_MINUTE)
    await house.limiter.check("sign-in-strange", name, 30, TEN_MINUTES, _STRANGE)


async def check_codes(request: Request, account: str) -> None:
    """The same of a second factor's codes: six digits bear fewer guesses."""
    house = house_of(request)
    if await _is_known(request, house, "code-known", account):
        return
    await house.limiter.check("code", account, 6, A_MINUTE)
    await house.limiter.check("code-strange", account, 20, TEN_MINUTES, _STRANGE)


async def _is_known(request: Request, house: House, what: str, name: str) -> bool:
    number = house.known.number(_cookie(request, house), name)
    return bool(number) and await house.limiter.spare(what, number, 8, A_MINUTE)


async def open_session(request: Request, response: Response, account: Account, by: Proof | Shown) -> Wants:
    """A new session, whose cookie goes out with the response; the one before ends, and whoever's was held at this ward station. Returns
    what it still wants; a full sign-in unlocks the owner's badge."""
    house, station, shown = house_of(request), station_of(request), _from(request, account, by)
    await end_session(request)
    if station is not None:
        await end_at(house, station)
    secret = await house.sessions.start(account, house.clock.now(), shown)
    set_cookie(response, SESSION, secret, secure=house.secure)
    required = house.settings.second_factor == "required"
    missing = wants(shown.proof, account.role, has_second=(await house.factors.of(account.id)).any, required=required, given=account.given)
    if not missing and shown.proof != "badge":
        await house.badges.clear(account.id)
        set_cookie(response, KNOWN, house.known.met(_cookie(request, house), account.id), secure=house.secure)
    return missing


def station_of(request: Request) -> Station | None:
    """The ward station that a request comes from, whoever is at it."""
    principal = anybody(request) or half_of(request)
    return principal.station if principal is not None else None


async def end_at(house: House, station: Station) -> None:
    """Whoever is at a ward station is there no more, in every process and stream."""
    for digest in await house.sessions.end_at(station.id):
        house.doorkeeper.forget_digest(digest)
        house.watch.cut(digest)


async def end_session(request: Request) -> None:
    """Here and in every open stream."""
    house, principal = house_of(request), anybody(request) or half_of(request)
    if principal is not None and principal.way is Way.SESSION and cookie_name(SESSION, secure=house.secure) in request.cookies:
        if principal.opened is not None:
            await house.openings.end(principal.seat, house.clock.now())
        await house.sessions.end(principal.digest)
        house.doorkeeper.forget(principal)
        house.watch.cut(principal.digest)


def _from(request: Request, account: Account, by: Proof | Shown) -> Shown:
    """With where the request comes from; a session that goes on under another cookie keeps its number at the provider."""
    before, shown, station = anybody(request) or half_of(request), Shown(by) if isinstance(by, str) else by, station_of(request)
    sid = shown.sid or (before.sid if before is not None and before.id == account.id else "")
    place = station.id if station is not None else None
    return replace(shown, sid=sid, address=address(request), agent=request.headers.get("user-agent", ""), station=place)


async def end_everywhere(house: House, account: str) -> None:
    """Every session of an account, and its open streams."""
    for digest in await house.sessions.end_all(account):
        house.doorkeeper.forget_digest(digest)
        house.watch.cut(digest)


def account_of(principal: Principal) -> Account:
    """The account of somebody who is signed in, or half."""
    return Account(principal.id, principal.name, principal.role, principal.ward, provider=principal.provider, given=principal.given)


def _cookie(request: Request, house: House) -> str:
    return request.cookies.get(cookie_name(KNOWN, secure=house.secure), "")
