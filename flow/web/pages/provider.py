"""Signing in by the hospital's own provider: away with a state that this browser alone can bring back, once; back with a code; in as an
account that is bound to what the provider calls somebody, with what the hospital file gives their group.

Away one goes by a page of ours that goes on by itself: the CSP lets no form lead to another origin, and need not.
"""

import secrets
from datetime import UTC, datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.audit import Kind
from flow.errors import Unavailable
from flow.history.bonds import AWAY, Bond, Try
from flow.history.sessions import Proof, Shown
from flow.jwt import Untrusted
from flow.oidc.person import Person
from flow.views.landing import LoginPage
from flow.views.page import Chrome
from flow.views.provider import Onward, Said
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, here, html
from flow.web.pages.second_factor import let_in
from flow.web.parts import House, house_of
from flow.web.problems import bad_request, unknown
from flow.web.rooms import ProviderLike
from flow.web.security.cookies import PROVIDER, cookie_name, drop_cookie, set_cookie
from flow.web.security.entrance import A_MINUTE, end_everywhere
from flow.web.security.limits import address
from flow.web.security.principal import Principal, anybody, principal_of, wants
from flow.witness import happened

log = structlog.get_logger()
BACK = "/login/provider/back"
_PURPOSE = "provider"
_TRIES = 240
_AGAIN = "Begin again on the sign-in page."
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody showed who they are, where the provider does not say."""


async def start(request: Request) -> Response:
    """Go to the provider and sign in there."""
    form = await form_of(request)
    return await _away(request, here(form.text("next") or "/"))


async def prove(request: Request) -> Response:
    """Go to the provider and show once more who one is; this session goes on."""
    principal = principal_of(request)
    if not principal.provider:
        raise bad_request("no-provider", "You do not sign in by a provider. Show your second factor, or your password.")
    return await _away(request, "/", principal)


async def back(request: Request) -> Response:
    """Come back from there: once, in the same browser, with the state that it was sent away with."""
    house, said = house_of(request), request.query_params
    provider, state = _provider(house), said.get("state", "")
    await house.limiter.check("provider-from", address(request), _TRIES, A_MINUTE)
    tried = house.bonds.brought(request.cookies.get(cookie_name(PROVIDER, secure=house.secure), ""), state)
    if tried is None or not await house.passkeys.take(bytes.fromhex(state), _PURPOSE, house.clock.now()):
        return _no(request, "state", f"This sign-in was not begun in this browser, is over already, or took too long. {_AGAIN}", 400)
    try:
        if "error" in said or "code" not in said:
            raise Untrusted("The provider says no.", code="said-no")
        person = await provider.person(said["code"], tried.asked(state), said.get("iss", ""))
    except Untrusted as refusal:
        log.warning("provider.untrusted", code=refusal.code, reason=refusal.reason)
        return _no(request, refusal.code, f"{provider.name} has not signed you in, or what it says cannot be believed. {_AGAIN}", 401)
    except Unavailable:
        return _no(request, "away", f"{provider.name} cannot be reached now. Try again, or sign in with a password of Bedflow.", 503)
    response = await (_proven(request, person, tried) if tried.seat else _in(request, provider, person, tried.next))
    drop_cookie(response, PROVIDER, secure=house.secure)
    return response


async def logged_out(request: Request) -> Response:
    """The provider says that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    house, form = house_of(request), await form_of(request)
    await house.limiter.check("provider-out", address(request), 600, A_MINUTE)
    try:
        gone = await _provider(house).gone(form.credential("logout_token"))
    except Untrusted as refusal:
        log.warning("provider.untrusted", code=refusal.code, reason=refusal.reason)
        raise bad_request(refusal.code, "This logout token is not believed.") from None
    issuer = _provider(house).issuer
    if gone.sid:
        ended = await house.bonds.end(issuer, gone.sid)
        for digest, _ in ended:
            house.doorkeeper.forget_digest(digest)
            house.watch.cut(digest)
        whose = ended[0][1] if ended else ""
    else:
        account = await house.bonds.find(issuer, gone.subject)
        whose = account.id if account is not None else ""
        await end_everywhere(house, whose)
    happened(Kind.SIGNED_OUT, whose, by="provider")
    return Response(status_code=200)


async def _away(request: Request, after: str, whose: Principal | None = None) -> Response:
    house = house_of(request)
    provider, now = _provider(house), house.clock.now()
    await house.limiter.check("provider-from", address(request), _TRIES, A_MINUTE)
    seat = whose.digest.hex() if whose is not None else ""
    tried = Try(secrets.token_urlsafe(32), secrets.token_urlsafe(32), after, now, seat)
    state = (await house.passkeys.challenge(_PURPOSE, now, AWAY)).hex()
    try:
        there = await provider.address(tried.asked(state))
    except Unavailable:
        return _no(request, "away", f"{provider.name} cannot be reached now. Try again, or sign in with a password of Bedflow.", 503)
    response = onward(request, there)
    set_cookie(response, PROVIDER, house.bonds.carried(tried, state), secure=house.secure)
    return response


def onward(request: Request, there: str) -> Response:
    """A page that goes on to the provider by itself."""
    house = house_of(request)
    return html(request, "login/onward.html", Onward(Chrome("Bedflow", house.plan.name), there, _provider(house).name))


async def _in(request: Request, provider: ProviderLike, person: Person, after: str) -> Response:
    """In, as the account that is bound to this person."""
    house = house_of(request)
    given, known = house.plan.sign_in.given(person.groups), await house.bonds.find(person.issuer, person.subject)
    whose = known.id if known is not None else ""
    if given is None:
        await end_everywhere(house, whose)
        reason = f"{provider.name} knows you, but none of your groups there may use Bedflow. Ask whoever gives out its groups."
        return _no(request, "unknown-group", reason, 403, whose)
    bond = Bond(person.issuer, person.subject, person.username, person.shown_as)
    account = await house.bonds.account(bond, given.role, given.ward, house.clock.now())
    if account.disabled:
        return _no(request, "closed", "Your account in Bedflow is closed. An administrator of Bedflow can open it again.", 403, whose)
    shown_at = min(person.shown_at or _LONG_AGO, house.clock.now())
    return await let_in(request, account, Shown(_proof(person), shown_at, person.sid), after)


async def _proven(request: Request, person: Person, tried: Try) -> Response:
    """Shown again, by the same person for the same session, with as much as this person's role needs."""
    house, principal = house_of(request), anybody(request)
    account = await house.bonds.find(person.issuer, person.subject)
    same = principal is not None and principal.digest.hex() == tried.seat and account is not None and account.id == principal.id
    if principal is None or not same:
        return _said(request, Kind.NOT_PROVEN, "other-person", "That was somebody else than who began it. Go back, and try again.")
    has_second, required = (await house.factors.of(principal.id)).any, house.settings.second_factor == "required"
    if wants(_proof(person), principal.role, has_second=has_second, required=required):
        reason = "It asked you for a password alone, and this needs a second factor. Go back, and show the one you have in Bedflow."
        return _said(request, Kind.NOT_PROVEN, "one-factor", reason)
    await house.sessions.prove(principal.digest, house.clock.now())
    await house.bonds.vouch(principal.id, house.clock.now())
    house.doorkeeper.forget(principal)
    return _said(request, Kind.SIGNED_IN, "proven", "It is you. Close this page, and press “Go on” on the one you came from.")


def _proof(person: Person) -> Proof:
    return "provider-mfa" if person.strong else "provider"


def _said(request: Request, kind: Kind, why: str, words: str) -> Response:
    """What came of showing it once more, for the person and for the trail."""
    principal, good = anybody(request), kind is Kind.SIGNED_IN
    happened(kind, *((principal.id, principal.role) if principal is not None else ("", "")), by="provider", why=why)
    return html(request, "login/said.html", Said(chrome(request, "Is it still you?"), words, good), 200 if good else 403)


def _no(request: Request, why: str, reason: str, status: int, whose: str = "") -> Response:
    """Not let in: the reason on the sign-in page, and in the trail."""
    house = house_of(request)
    happened(Kind.NOT_SIGNED_IN, whose, by="provider", why=why)
    view = LoginPage(
        chrome(request, "Bedflow"), refused=reason, origin=house.settings.origin, demo=house.settings.demo, provider=_provider(house).name
    )
    response = html(request, "login/page.html", view, status)
    drop_cookie(response, PROVIDER, secure=house.secure)
    return response


def _provider(house: House) -> ProviderLike:
    if house.provider is None:
        raise unknown("no-provider", "No provider of sign-ins is configured here.")
    return house.provider
