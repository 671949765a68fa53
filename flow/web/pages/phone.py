"""The housekeeping phone: the next bed and its one big button, the report of a problem, and the PIN that unlocks the phone."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.bed import BedStatus, OutOfUse, Stage
from flow.domain.commands import SetBedStatus
from flow.domain.roles import May
from flow.errors import Refused
from flow.locale import DEFAULT, languages, words
from flow.views.page import Undo
from flow.views.phone import PhonePage, PinPage, language_switch, phone_page
from flow.views.words import Words
from flow.web.act import act
from flow.web.api.beds import bed_of
from flow.web.pages.desk.view import live_requests
from flow.web.pages.form import form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.pages.pairing import good_pin
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown
from flow.web.security.cookies import renew_device
from flow.web.security.principal import principal_of

_A_YEAR = 365 * 86400
_STEPS = {
    "start": (BedStatus.CLEANING, Stage.IN_PROGRESS, "Cleaning started"),
    "pause": (BedStatus.CLEANING, Stage.SUSPENDED, "Cleaning paused"),
    "done": (BedStatus.AVAILABLE, None, "Clean done"),
}


async def page(request: Request) -> Response:
    """The cleaners' page."""
    chosen = request.query_params.get("lang")
    if chosen in languages():
        response = RedirectResponse("/housekeeping", 303)
        secure = house_of(request).secure
        response.set_cookie("lang", chosen, max_age=_A_YEAR, path="/housekeeping", secure=secure, httponly=True, samesite="lax")
        return response
    return renew_device(request, html(request, "housekeeping/page.html", _view(request)), secure=house_of(request).secure)


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "housekeeping/_board.html", _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "housekeeping/after.html", _view(request, undo))


def _language(request: Request) -> Words:
    chosen = request.cookies.get("lang", DEFAULT)
    return words(chosen if chosen in languages() else DEFAULT)


def _view(request: Request, undo: Undo | None = None) -> PhonePage:
    house, principal = house_of(request), principal_of(request)
    beds = {key: house.bed(key) or state for key, state in house.live.beds.items()}
    spoken = _language(request)
    return phone_page(
        chrome(request, spoken.say("Cleaning"), "housekeeping", undo),
        house.plan,
        beds,
        live_requests(house),
        house.clock.now(),
        spoken,
        order=house.cleaning(),
        actor=principal.id,
        ward=principal.only_ward(May.JOBS),
        languages=languages(),
    )


async def step(request: Request) -> Response:
    """Start, pause or finish the clean of a bed."""
    form, (bed, state) = await form_of(request), bed_of(house_of(request), request.path_params["bed"])
    if request.path_params["step"] not in _STEPS:
        raise unknown("unknown-step", f"A clean can be: {', '.join(_STEPS)}.")
    status, stage, said = _STEPS[request.path_params["step"]]
    if state.status is not BedStatus.CLEANING:
        raise Refused(f"Bed {bed.id} is {state.status}; there is nothing to clean.", code="no-job")
    seen = form.number("if_seq")
    done = await act(request, SetBedStatus(bed.id, status, stage=stage, if_seq=state.seq if seen is None else seen))
    return await changed(request, after, "/housekeeping", done, f"{bed.label}: {_language(request).say(said)}")


async def problem(request: Request) -> Response:
    """The bed cannot be made ready: it is out of use until somebody with the right says otherwise."""
    form, (bed, _) = await form_of(request), bed_of(house_of(request), request.path_params["bed"])
    reason = form.word("reason", OutOfUse) or OutOfUse.REPAIR
    command = SetBedStatus(bed.id, BedStatus.MAINTENANCE, reason=reason, note="reported by housekeeping", if_seq=form.number("if_seq"))
    done = await act(request, command)
    return await changed(request, after, "/housekeeping", done, f"{bed.label}: {_language(request).say('Problem')}")


async def ask_pin(request: Request) -> Response:
    """The locked phone."""
    return _pin_page(request)


def _pin_page(request: Request, *, refused: bool = False) -> Response:
    principal, spoken = principal_of(request), _language(request)
    frame = chrome(request, spoken.say("Cleaning"))
    view = PinPage(frame, spoken, language_switch(spoken.lang, languages()), choose=not principal.has_pin, refused=refused)
    return html(request, "housekeeping/pin.html", view, 401 if refused else 200)


async def unlock(request: Request) -> Response:
    """Try a PIN, or choose the first one; locked out after five wrong ones."""
    form, principal, house = await form_of(request), principal_of(request), house_of(request)
    pin = form.text("pin", longest=12)
    if not good_pin(pin):
        raise invalid("bad-pin", "A PIN has 4 to 8 digits.")
    await house.limiter.check("pin", principal.id, 10, 60)
    chosen = not principal.has_pin and await house.devices.choose_pin(principal.id, pin)
    if not chosen and not await house.devices.unlock(principal.id, pin, house.clock.now()):
        return _pin_page(request, refused=True)
    await house.devices.seen(principal.digest, house.clock.now(), used=True)
    house.doorkeeper.forget(principal)
    return RedirectResponse("/housekeeping", 303)
