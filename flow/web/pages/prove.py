"""Once more before something dangerous: a factor that was shown within five minutes, else it is asked for in place, and the deed goes on.

What was sent is drawn into the form that asks, so that nothing has to be typed again; a wrong answer costs one of five tries a minute.
"""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.audit import Kind
from flow.domain.roles import PROVEN_FOR
from flow.views.second_factor import Asked, ProvePage
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import Denied, is_api
from flow.web.security import passkey
from flow.web.security.csrf import FIELD
from flow.web.security.entrance import A_MINUTE
from flow.web.security.principal import Principal, Way, principal_of
from flow.witness import happened, told

_CODE, _KEY, _PASSWORD = "prove_code", "prove_credential", "prove_password"
_OURS = (FIELD, _CODE, _KEY, _PASSWORD)


async def asked_again(request: Request, principal: Principal) -> Response | None:
    """The page that asks; None where the deed may go on. Programmes and devices have no second factor and are not asked."""
    house = house_of(request)
    if principal.way is not Way.SESSION or is_fresh(house, principal):
        return None
    if is_api(request):
        raise Denied(403, "prove-again", "Show your second factor again first: do this on the page.")
    form = await form_of(request)
    if not any(form.secret(name) for name in (_CODE, _KEY, _PASSWORD)):
        return await _ask(request, house, principal)
    await house.limiter.check("prove", principal.seat, 5, A_MINUTE)
    by = await _proof(house, principal, form)
    if not by:
        happened(Kind.NOT_PROVEN, principal.id, principal.role)
        return await _ask(request, house, principal, "That was not right, or has been used already. Try the next code.")
    await house.sessions.prove(principal.digest, house.clock.now())
    house.doorkeeper.forget(principal)
    told(proven_by=by)
    return None


def is_fresh(house: House, principal: Principal) -> bool:
    """A factor was shown not long ago."""
    return principal.proven_at is not None and house.clock.now() - principal.proven_at <= PROVEN_FOR


async def options(request: Request) -> Response:
    """What a passkey is to sign before something dangerous."""
    principal = principal_of(request)
    text = await passkey.to_show(house_of(request), _purpose(principal), principal.id)
    return Response(text, media_type="application/json")


async def _proof(house: House, principal: Principal, form: Form) -> str:
    """By what somebody has proven to be there still; empty where it was wrong. The password counts where there is no second factor."""
    if text := form.credential(_KEY):
        account = await passkey.shown(house, _purpose(principal), text)
        return "passkey" if account is not None and account.id == principal.id else ""
    if code := form.text(_CODE, longest=40):
        return "code" if await house.factors.use(principal.id, code, house.clock.now()) else ""
    if (await house.factors.of(principal.id)).any:
        return ""
    return "password" if await house.accounts.sign_in(principal.id, form.secret(_PASSWORD)) is not None else ""


def _purpose(principal: Principal) -> str:
    return f"prove|{principal.seat}"


async def _ask(request: Request, house: House, principal: Principal, refused: str = "") -> Response:
    has = await house.factors.of(principal.id)
    provider = house.provider.name if principal.provider and house.provider is not None else ""
    asked = Asked(has.app, has.passkeys > 0, house.settings.origin, provider)
    form = await request.form()
    fields = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in _OURS)
    whole = "hx-request" not in request.headers
    view = ProvePage(chrome(request, "Is it still you?"), asked, request.scope["path"], fields, refused, whole)
    if whole:
        return html(request, "login/prove.html", view, 403)
    answer = html(request, "login/_prove.html", view, 403)
    answer.headers.update({"hx-retarget": "#refusal", "hx-reswap": "innerHTML"})
    return answer
