"""After the password: the second factor, or setting one up before anything else opens."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain import totp
from flow.domain.audit import Kind
from flow.history.accounts import Account
from flow.history.sessions import Proof, Shown
from flow.views.page import Chrome
from flow.views.second_factor import Asked, CodesPage, SecondPage, SetUpPage
from flow.web.pages.form import Form, form_of
from flow.web.pages.labels import code_of
from flow.web.pages.page import here, html
from flow.web.parts import house_of
from flow.web.problems import FIRST, SECOND, forbidden, way_on
from flow.web.security import passkey
from flow.web.security.cookies import csrf_token
from flow.web.security.entrance import account_of, check_codes, open_session
from flow.web.security.principal import PHONE_PAGES, Principal, half_of
from flow.witness import happened

_WRONG = "This code is not right, or has been used already. Wait for the next one, and see that the telephone's clock is right."
NEW_PASSKEY = "passkey"
"""What a passkey is called by somebody who gives it no name."""


async def ask(request: Request) -> Response:
    """The page that asks for it, or shows how to set one up."""
    if (half := half_of(request)) is not None and half.wants == "new-password":
        return RedirectResponse(FIRST, 303)
    return await _page(request, here(request.query_params.get("next", "/")))


async def check(request: Request) -> Response:
    """A code of the app, a recovery code, or the first code of an app that is being set up."""
    form, house, half = await form_of(request), house_of(request), _half(request)
    after, code = here(form.text("next") or "/"), form.text("code", longest=60)
    await check_codes(request, half.id)
    if half.wants == "set-up":
        return await _set_up(request, form, half, after)
    proof: Proof = "code"
    if not await house.factors.use(half.id, code, house.clock.now()):
        proof = "recovery"
        if not await house.factors.use_code(half.id, code, house.clock.now()):
            happened(Kind.NOT_PROVEN, half.id, half.role)
            return await _page(request, after, _WRONG)
    return await let_in(request, account_of(half), proof, after)


async def options(request: Request) -> Response:
    """What a passkey is to sign; a new one where there is no second factor yet."""
    house, half = house_of(request), _half(request)
    found = passkey.to_register(house, account_of(half)) if half.wants == "set-up" else passkey.to_show(house, _purpose(half), half.id)
    return Response(await found, media_type="application/json")


async def check_passkey(request: Request) -> Response:
    """A passkey in place of the code, or the first one."""
    form, house, half = await form_of(request), house_of(request), _half(request)
    after, text = here(form.text("next") or "/"), form.credential("credential")
    if half.wants == "set-up":
        if not await passkey.register(house, account_of(half), text, form.text("name", longest=60) or NEW_PASSKEY):
            return await _page(request, after, "This passkey could not be kept. Try again.")
        return await with_codes(request, account_of(half), "passkey", after, "Your passkey is set up.")
    account = await passkey.shown(house, _purpose(half), text)
    if account is None or account.id != half.id:
        happened(Kind.NOT_PROVEN, half.id, half.role)
        return await _page(request, after, "This passkey was not accepted. Try again, or type a code.")
    return await let_in(request, account, "passkey", after)


async def let_in(request: Request, account: Account, by: Proof | Shown, after: str) -> Response:
    """Signed in, and on to where they wanted to go. Who cleans or carries lands on that page."""
    response = RedirectResponse(PHONE_PAGES.get(account.role, after) if after == "/" else after, 303)
    missing = await open_session(request, response, account, by)
    if missing:
        happened(Kind.FIRST_FACTOR, account.id, account.role)
        there = way_on(missing)
        response.headers["location"] = there if after == "/" else f"{there}?next={quote(after, safe='/')}"
    else:
        happened(Kind.SIGNED_IN, account.id, account.role, by=by if isinstance(by, str) else by.proof)
    return response


async def with_codes(request: Request, account: Account, proof: Proof, after: str, done: str) -> Response:
    """A second factor was set up: a session proven by it, and recovery codes where there are none left."""
    house = house_of(request)
    codes = await house.factors.new_codes(account.id) if not (await house.factors.of(account.id)).codes else []
    happened(Kind.CREDENTIAL, account.id, account.role, what="set up", by=proof)
    response = codes_page(request, codes, after, done)
    await open_session(request, response, account, proof)
    return response


def codes_page(request: Request, codes: Sequence[str], after: str, done: str) -> Response:
    """The page of recovery codes; it stands by itself, for the session that it belongs to begins with it."""
    frame = Chrome("Recovery codes", house_of(request).plan.name)
    return html(request, "login/codes.html", CodesPage(frame, tuple(codes), after, done))


def set_up_page(
    request: Request, account: Account, seat: bytes, frame: Chrome, *, paths: tuple[str, str], ticket: str = "", after: str, refused: str
) -> Response:
    """An app's secret as a QR code, for the sign-in of this seat; the same again where its ticket comes back with a wrong code."""
    house = house_of(request)
    secret = house.factors.offered(account.id, seat, ticket) if ticket else None
    if secret is None:
        secret, ticket = house.factors.offer(account.id, seat)
    picture = code_of(totp.address(secret, account.id, house.plan.name))
    action, keys = paths
    must, origin = action == SECOND, house.settings.origin
    view = SetUpPage(frame, picture, totp.letters(secret), ticket, origin, action, keys, must, after, refused)
    return html(request, "login/set_up.html", view, 401 if refused else 200)


async def _set_up(request: Request, form: Form, half: Principal, after: str) -> Response:
    house, ticket = house_of(request), form.text("ticket")
    secret = house.factors.offered(half.id, half.digest, ticket)
    if secret is None or not await house.factors.confirm(half.id, secret, form.text("code", longest=60), house.clock.now()):
        happened(Kind.NOT_PROVEN, half.id, half.role)
        return await _page(request, after, _WRONG, ticket)
    return await with_codes(request, account_of(half), "code", after, "Your authenticator app is set up.")


async def _page(request: Request, after: str, refused: str = "", ticket: str = "") -> Response:
    house, half = house_of(request), _half(request)
    frame = Chrome("Bedflow", house.plan.name, csrf=csrf_token(half.csrf))
    if half.wants == "set-up":
        paths = (SECOND, f"{SECOND}/passkey")
        return set_up_page(request, account_of(half), half.digest, frame, paths=paths, ticket=ticket, after=after, refused=refused)
    has = await house.factors.of(half.id)
    view = SecondPage(frame, Asked(has.app, has.passkeys > 0, house.settings.origin), after, refused)
    return html(request, "login/second.html", view, 401 if refused else 200)


def _half(request: Request) -> Principal:
    half = half_of(request)
    if half is None or half.wants == "new-password":
        raise forbidden("Sign in with your password first.")
    return half


def _purpose(half: Principal) -> str:
    return f"second|{half.seat}"
