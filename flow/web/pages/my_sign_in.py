"""My sign-in: one's own password, second factor and passkeys, and where one is signed in, for everybody who has an account."""

from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import BADGED, needs_second_factor
from flow.errors import Refused
from flow.passwords import LEAST
from flow.views.my_sign_in import MySignIn, badge_words, passkey_rows, seat_row
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.pages.second_factor import NEW_PASSKEY, codes_page, set_up_page, with_codes
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security import passkey
from flow.web.security.cookies import SESSION, drop_cookie
from flow.web.security.entrance import A_MINUTE, account_of, end_everywhere, open_session
from flow.web.security.leaving import left
from flow.web.security.principal import Principal, principal_of, seat_of
from flow.witness import happened

HOME = "/my-sign-in"
_PATHS = (f"{HOME}/app", f"{HOME}/passkeys")
_DONE = {
    "password": "Your password is changed. Everywhere else you are signed out.",
    "app": "The app is taken away.",
    "name": "The passkey has its new name.",
    "passkey": "The passkey is taken away.",
    "seat": "Signed out there.",
    "pin": "Your PIN is chosen. Badge and PIN open the stations of your ward.",
}


async def page(request: Request) -> Response:
    """The page."""
    return await my_page(request, done=_DONE.get(request.query_params.get("done", ""), ""))


async def password(request: Request) -> Response:
    """Another password: the one before is asked for, and every other sign-in ends."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    await house.limiter.check("password", principal.seat, 5, A_MINUTE)
    new = form.secret("new")
    try:
        if new != form.secret("again"):
            raise Refused("The new password was typed in two ways. Type it twice alike.", code="weak-password")
        if not await house.accounts.change(account_of(principal), form.secret("old"), new):
            happened(Kind.NOT_PROVEN, principal.id, principal.role)
            raise Refused("The password that you have now is another one.", code="weak-password")
    except Refused as error:
        return await my_page(request, refused=error.reason)
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="password changed")
    response = _done("password")
    session = await house.sessions.find(principal.digest, house.clock.now())
    await end_everywhere(house, principal.id)
    if session is not None:
        await open_session(request, response, account_of(principal), session.proof)
    return response


async def new_app(request: Request) -> Response:
    """The secret of an app, to scan or to type."""
    principal = principal_of(request)
    frame = chrome(request, "Authenticator app")
    return set_up_page(request, account_of(principal), principal.digest, frame, paths=_PATHS, after=HOME, refused="")


async def confirm_app(request: Request) -> Response:
    """The app's first code: from now on it is asked for."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    await house.limiter.check("code-new", principal.seat, 6, A_MINUTE)
    ticket, account = form.text("ticket"), account_of(principal)
    secret = house.factors.offered(principal.id, principal.digest, ticket)
    if secret is None or not await house.factors.confirm(principal.id, secret, form.text("code", longest=60), house.clock.now()):
        refused, frame = "This code is not right. Wait for the next one.", chrome(request, "Authenticator app")
        return set_up_page(request, account, principal.digest, frame, paths=_PATHS, ticket=ticket, after=HOME, refused=refused)
    return await with_codes(request, account, "code", HOME, "Your authenticator app is set up.")


async def drop_app(request: Request) -> Response:
    """Take the app away, unless it is the last second factor of somebody who needs one."""
    house, principal = house_of(request), principal_of(request)
    await _may_drop(house, principal, app=True)
    await house.factors.drop_app(principal.id)
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="app removed")
    return _done("app")


async def new_codes(request: Request) -> Response:
    """Ten recovery codes in place of all before."""
    house, principal = house_of(request), principal_of(request)
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="recovery codes made")
    return codes_page(
        request, await house.factors.new_codes(principal.id), HOME, "These are your new recovery codes. Those before are void."
    )


async def passkey_options(request: Request) -> Response:
    """What the browser is asked for a new passkey."""
    return Response(await passkey.to_register(house_of(request), account_of(principal_of(request))), media_type="application/json")


async def add_passkey(request: Request) -> Response:
    """Keep a new passkey."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    account = account_of(principal)
    if not await passkey.register(house, account, form.credential("credential"), form.text("name", longest=60) or NEW_PASSKEY):
        return await my_page(request, refused="This passkey could not be kept. Try again.")
    return await with_codes(request, account, "passkey", HOME, "Your passkey is set up.")


async def name_passkey(request: Request) -> Response:
    """Call a passkey otherwise."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    if not await house.passkeys.rename(principal.id, _key(request), form.needed("name", longest=60)):
        raise unknown("unknown-passkey", "There is no such passkey of yours.")
    return _done("name")


async def drop_passkey(request: Request) -> Response:
    """Take a passkey away, unless it is the last second factor of somebody who needs one."""
    house, principal = house_of(request), principal_of(request)
    await _may_drop(house, principal, app=False)
    if not await house.passkeys.drop(principal.id, _key(request)):
        raise unknown("unknown-passkey", "There is no such passkey of yours.")
    happened(Kind.CREDENTIAL, principal.id, principal.role, what="passkey removed")
    return _done("passkey")


async def end_seat(request: Request) -> Response:
    """Sign out in one other place."""
    house, principal = house_of(request), principal_of(request)
    for seat in await house.sessions.of(principal.id, house.clock.now()):
        if seat_of(seat.digest) == request.path_params["seat"]:
            await house.sessions.end(seat.digest)
            house.doorkeeper.forget_digest(seat.digest)
            house.watch.cut(seat.digest)
            happened(Kind.SIGNED_OUT, principal.id, principal.role, seat=seat_of(seat.digest))
            return _done("seat")
    raise unknown("unknown-seat", "You are not signed in there any more.")


async def sign_out_everywhere(request: Request) -> Response:
    """Sign out everywhere, here as well."""
    house, principal = house_of(request), principal_of(request)
    await end_everywhere(house, principal.id)
    happened(Kind.SIGNED_OUT, principal.id, principal.role, everywhere=True)
    left(request.scope)
    response = RedirectResponse("/login", 303)
    drop_cookie(response, SESSION, secure=house.secure)
    return response


async def my_page(request: Request, *, done: str = "", refused: str = "") -> Response:
    """The page, with what came of the last deed."""
    house, principal = house_of(request), principal_of(request)
    zone, has = house.plan.zone, await house.factors.of(principal.id)
    seats = await house.sessions.of(principal.id, house.clock.now())
    view = MySignIn(
        chrome=chrome(request, "My sign-in"),
        account=principal.id,
        app=has.app,
        codes=has.codes,
        passkeys=passkey_rows(await house.passkeys.of(principal.id), zone),
        seats=tuple(seat_row(seat, seat_of(seat.digest), zone, here=compare_digest(seat.digest, principal.digest)) for seat in seats),
        must=_must(house, principal),
        badge=badge_words(await house.badges.of(principal.id)) if principal.role in BADGED else "",
        provider=house.provider.name if principal.provider and house.provider is not None else "",
        least=LEAST,
        origin=house.settings.origin,
        done=done,
        refused=refused,
    )
    return html(request, "my_sign_in/page.html", view, 422 if refused else 200)


def _must(house: House, principal: Principal) -> bool:
    return house.settings.second_factor == "required" and needs_second_factor(principal.role)


async def _may_drop(house: House, principal: Principal, *, app: bool) -> None:
    has = await house.factors.of(principal.id)
    left = has.passkeys if app else has.passkeys - 1 + has.app
    if _must(house, principal) and not left:
        raise Refused("You see names, so one second factor must stay. Set up another first.", code="last-factor")


def _key(request: Request) -> bytes:
    try:
        return bytes.fromhex(request.path_params["key"])
    except ValueError:
        raise unknown("unknown-passkey", "There is no such passkey of yours.") from None


def _done(what: str) -> Response:
    return RedirectResponse(f"{HOME}?done={what}", 303)
