"""Badges of accounts: issued, revoked and unlocked by an administrator, with a PIN that their owner alone chooses (My sign-in)."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import BADGED
from flow.errors import Refused
from flow.history.accounts import Account
from flow.views.admin import BadgeSlip
from flow.web.pages.form import form_of
from flow.web.pages.labels import code_of
from flow.web.pages.my_sign_in import HOME, my_page
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.entrance import A_MINUTE
from flow.web.security.principal import principal_of
from flow.witness import happened


async def issue(request: Request) -> Response:
    """A badge in place of any before, shown this once, to print; the PIN stays as it is."""
    house, account = house_of(request), await _account(request)
    if account.role not in BADGED:
        raise Refused(f"A badge opens ward stations; a {account.role} does not work at one.", code="no-badge")
    code = await house.badges.issue(account.id, principal_of(request).id, house.clock.now())
    happened(Kind.BADGE, what="issued", of=account.id)
    slip = BadgeSlip(chrome(request, "Administration"), account.name, account.id, account.ward or "", code_of(code))
    return html(request, "admin/badge.html", slip)


async def reloaded(request: Request) -> Response:
    """The page of a badge was opened again by its address: the badge was shown once, so back to everybody."""
    return RedirectResponse("/admin", 303)


async def revoke(request: Request) -> Response:
    """Take a badge away, its PIN with it; whoever is signed in by it is signed out."""
    house, account = house_of(request), await _account(request)
    if not await house.badges.revoke(account.id):
        raise unknown("unknown-badge", f"{account.id} has no badge.")
    await _out_of_stations(house, account.id)
    happened(Kind.BADGE, what="revoked", of=account.id)
    return RedirectResponse("/admin", 303)


async def clear(request: Request) -> Response:
    """Unlock a badge after five wrong PINs."""
    house, account = house_of(request), await _account(request)
    if not await house.badges.clear(account.id):
        raise unknown("unknown-badge", f"{account.id} has no badge.")
    happened(Kind.BADGE, what="unlocked", of=account.id)
    return RedirectResponse("/admin", 303)


async def choose_pin(request: Request) -> Response:
    """The owner's own PIN."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    await house.limiter.check("badge-pin", principal.seat, 10, A_MINUTE)
    pin = form.secret("pin")
    try:
        if pin != form.secret("again"):
            raise Refused("The PIN was typed in two ways. Type it twice alike.", code="weak-pin")
        await house.badges.choose_pin(principal.id, pin)
    except Refused as error:
        return await my_page(request, refused=error.reason)
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="badge PIN chosen")
    return RedirectResponse(f"{HOME}?done=pin", 303)


async def _account(request: Request) -> Account:
    name = request.path_params["user"]
    found = next((each for each in await house_of(request).accounts.all() if each.id == name and not each.disabled), None)
    if found is None:
        raise unknown("unknown-account", "There is no such account, or it is closed.")
    return found


async def _out_of_stations(house: House, account: str) -> None:
    """The sessions that the badge opened end with it; those of a password stay."""
    for seat in await house.sessions.of(account, house.clock.now()):
        if seat.proof == "badge":
            await house.sessions.end(seat.digest)
            house.doorkeeper.forget_digest(seat.digest)
            house.watch.cut(seat.digest)
