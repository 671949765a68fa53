"""Letting a device in: it shows six digits and waits; somebody with the right types them and says what the device is for."""

from dataclasses import replace
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.domain.roles import May
from flow.errors import Refused
from flow.history.devices import CODE_LASTS, HOUSEKEEPING, DeviceKind, Grant
from flow.history.secret import digest
from flow.locale import languages
from flow.views.bed_tile import Audience
from flow.views.pairing import PairShow, pair_enter
from flow.views.phone import language_switch
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.pages.sign_in import home_of_device
from flow.web.pages.walls import clinics_of
from flow.web.parts import House, house_of
from flow.web.problems import Denied, bad_request, forbidden, invalid
from flow.web.security.cookies import DEVICE, PAIRING, SESSION, cookie_name, drop_cookie, set_cookie
from flow.web.security.entrance import A_MINUTE, end_session
from flow.web.security.leaving import left
from flow.web.security.limits import address
from flow.web.security.principal import Principal, principal_of
from flow.web.tongue import asked_words, goes_on_in
from flow.witness import happened


async def show(request: Request) -> Response:
    """A device's own page: its code."""
    house, kind = house_of(request), _kind(request.query_params.get("kind", "display"))
    await house.limiter.check("pair", address(request), 20, A_MINUTE)
    offer = await house.devices.offer(kind, house.clock.now())
    seconds, said = int(CODE_LASTS.total_seconds()), asked_words(request)
    frame, switch = replace(chrome(request, "Bedflow"), lang=said.lang), language_switch(said.lang, languages())
    view = PairShow(frame, kind, offer.code, seconds, f"/pair/status?lang={said.lang}", _enter_at(request, house), said, switch)
    response = html(request, "pair/show.html", view)
    set_cookie(response, PAIRING, offer.secret, secure=house.secure)
    return response


def _kind(text: str) -> DeviceKind:
    match text:
        case "display" | "phone" | "station":
            return text
    raise bad_request("unknown-kind", "A device is a display, a phone or a station: /pair?kind=display, ?kind=phone or ?kind=station.")


def _enter_at(request: Request, house: House) -> str:
    """Where people type the code: at the address this device came by, which their own browser reaches as well."""
    host = request.headers.get("host") or urlsplit(house.settings.origin).netloc
    return f"{host}/admin/devices/new"


async def status(request: Request) -> Response:
    """How the code is doing: 204 it waits, 200 with where to go once it was typed in, 410 it has run out. A POST, since it hands the device
    its cookie."""
    house = house_of(request)
    secret = request.cookies.get(cookie_name(PAIRING, secure=house.secure))
    paired = await house.devices.is_paired(secret, house.clock.now()) if secret else None
    if secret is None or paired is None:
        return Response(status_code=410)
    if not paired:
        return Response(status_code=204)
    return await _let_in(request, house, secret)


async def _let_in(request: Request, house: House, secret: str) -> Response:
    """The device's secret becomes its cookie: from now on it is known, and a phone goes on in the language in which it waited. Whoever was
    signed in at a workstation before it became a ward's is so no more."""
    device = await house.devices.find(digest(secret))
    if device is None:
        return Response(status_code=410)
    principal = house.doorkeeper.of_device(device, secret)
    response = goes_on_in(request, JSONResponse({"href": home_of_device(principal)}))
    set_cookie(response, DEVICE, secret, secure=house.secure)
    drop_cookie(response, PAIRING, secure=house.secure)
    if device.kind == "station":
        await end_session(request)
        left(request.scope)
        drop_cookie(response, SESSION, secure=house.secure)
    return response


async def ask(request: Request) -> Response:
    """The form of the one who lets a device in."""
    return _enter(request, request.query_params.get("code", "")[:7])


def _enter(request: Request, code: str, refused: str = "", status: int = 200) -> Response:
    house, principal = house_of(request), principal_of(request)
    wards = None if principal.ward is None else [principal.ward]
    view = pair_enter(chrome(request, "Administration"), house.plan, languages(), wards=wards, code=code, refused=refused)
    return html(request, "pair/enter.html", view, status)


async def enter(request: Request) -> Response:
    """Let in the device that shows the code."""
    form, house, principal = await form_of(request), house_of(request), principal_of(request)
    code = form.text("code").replace(" ", "")
    await house.limiter.check("pair-enter", principal.id, 10, A_MINUTE)
    try:
        await pair(house, principal, code, form)
    except (Refused, Denied) as error:
        if isinstance(error, Refused):
            happened(Kind.NOT_PAIRED)
        return _enter(request, code, error.reason if isinstance(error, Refused) else error.detail, 409)
    return RedirectResponse("/admin", 303)


async def pair(house: House, principal: Principal, code: str, form: Form) -> str:
    """Check what was said of the device and let it in; returns its id."""
    now = house.clock.now()
    kind = await house.devices.offered(code, now) if len(code) == 6 and code.isdigit() else None
    if kind is None:
        raise Refused("No screen shows this code. Codes run out after ten minutes: look at the screen again.", code="unknown-code")
    grant = _grant(house, principal, kind, form)
    number = await house.devices.pair(code, grant, principal.id, now)
    happened(Kind.PAIRED, device=number, of=kind, named=grant.name, ward=grant.ward or "", audience=grant.audience)
    return number


def _grant(house: House, principal: Principal, kind: DeviceKind, form: Form) -> Grant:
    name, ward, clinics = form.needed("name", longest=60), form.text("ward"), form.all("clinic")
    if (ward and ward not in house.plan.ward) or not clinics <= house.plan.clinic.keys():
        raise invalid("unknown-ward", "There is no such ward or clinic.")
    if principal.ward is not None and ward != principal.ward:
        raise forbidden("That is outside the ward of this sign-in.", "other-ward")
    if kind == "phone":
        return Grant(name, ward=WardId(ward) if ward else None, pin=_pin(form))
    if not principal.may(May.USERS):
        raise forbidden("Only an administrator lets a wall display or a ward station in.")
    if kind == "station":
        if not ward:
            raise invalid("missing", "Say in which ward the station stands.")
        return Grant(name, Audience.WARD, ward=WardId(ward))
    audience, shows = form.word("audience", Audience) or Audience.PUBLIC, form.choice("shows", (HOUSEKEEPING,)) or ""
    if shows and (clinics or audience is Audience.PUBLIC):
        raise invalid("not-public", "The housekeeping board is for a ward's staff or for staff, and no clinic's.")
    if not ward and not clinics and audience is not Audience.STAFF:
        raise invalid("missing", "Say which ward or clinic the screen shows. The whole house is for a screen of staff only.")
    lang, light = form.choice("lang", languages()) or "", form.text("theme") == "light"
    if clinics:
        found = clinics_of(house.plan, (clinic.id for clinic in house.plan.clinics if clinic.id in clinics))
        return Grant(name, Audience.PUBLIC, clinics=tuple(clinic.id for clinic in found), lang=lang, light=light)
    return Grant(name, audience, ward=WardId(ward) if ward else None, shows=shows, lang=lang, light=light)


def _pin(form: Form) -> str | None:
    """The PIN given with the pairing; None: the phone's holder chooses one."""
    pin = form.text("pin", longest=12)
    if pin and not good_pin(pin):
        raise invalid("bad-pin", "A PIN has 4 to 8 digits.")
    return pin or None


def good_pin(pin: str) -> bool:
    """4 to 8 digits."""
    return pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8
