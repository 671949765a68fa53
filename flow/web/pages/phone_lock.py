"""The phone's lock: the PIN of whoever works with it, or a badge and its PIN at the beginning of a shift; and the end of the shift.

A phone has a PIN of its own for houses without badges. While a cleaner or porter is on shift with it, their PIN opens it and no other;
their trade says which page it shows.
"""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.cleaners import Cleaner
from flow.locale import languages
from flow.views.phone import PinPage, language_switch
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.pages.pairing import good_pin
from flow.web.pages.phone import language_of, speaking, view_of
from flow.web.pages.phone_scan import scanner
from flow.web.pages.porter import urgent_rides
from flow.web.parts import House, house_of
from flow.web.problems import invalid
from flow.web.security.principal import PHONE_PAGES, Principal, principal_of
from flow.witness import happened, told


async def ask_pin(request: Request) -> Response:
    """The locked phone."""
    return speaking(request, "/housekeeping/unlock") or await _pin_page(request)


async def _pin_page(request: Request, *, refused: bool = False) -> Response:
    house, principal, spoken = house_of(request), principal_of(request), language_of(request)
    cleaner = await house.cleaners.of_device(principal.id)
    view = PinPage(
        chrome(request, spoken.say("Cleaning")),
        spoken,
        language_switch(spoken.lang, languages()),
        choose=not (cleaner.has_pin if cleaner else principal.has_pin),
        refused=refused,
        nick=cleaner.nick if cleaner else "",
        badges=bool(await house.cleaners.all() or await house.cleaners.all(Role.PORTER)),
    )
    return html(request, "housekeeping/pin.html", view, 401 if refused else 200)


async def unlock(request: Request) -> Response:
    """Try a PIN, or choose the first one; locked out after five wrong ones."""
    form, principal, house = await form_of(request), principal_of(request), house_of(request)
    pin = await _pin_of(form, principal, house)
    cleaner = await house.cleaners.of_device(principal.id)
    right = await (_is_right(house, cleaner, pin) if cleaner else _is_the_phones(house, principal, pin))
    if not right:
        now = await house.cleaners.find(cleaner.id) if cleaner else await house.devices.find(principal.digest)
        _wrong(cleaner, locked=now is not None and now.locked_out)
        return await _pin_page(request, refused=True)
    happened(Kind.UNLOCKED, *_named(cleaner))
    return await _opened(request, cleaner.trade if cleaner else Role.HOUSEKEEPING)


async def scan_badge(request: Request) -> Response:
    """The scanner for badges."""
    return speaking(request, "/housekeeping/unlock/scan") or scanner(request, badge=True)


async def badge(request: Request) -> Response:
    """Begin a shift on this phone with a badge and its PIN; the first PIN is chosen here. Whoever had the phone before is off shift."""
    form, principal, house = await form_of(request), principal_of(request), house_of(request)
    secret, pin = form.needed("badge", longest=100), await _pin_of(form, principal, house)
    cleaner = await house.cleaners.by_badge(secret)
    if cleaner is None:
        happened(Kind.UNKNOWN_BADGE)
        return scanner(request, badge=True, refused="This badge is not known. Ask your supervisor for another.")
    try:
        right = await _is_right(house, cleaner, pin)
    except Refused:
        _wrong(cleaner, locked=True)
        return scanner(request, badge=True, refused="Too many wrong PINs. Ask your supervisor.")
    if not right:
        now = await house.cleaners.find(cleaner.id)
        _wrong(cleaner, locked=now is not None and now.locked_out)
        return scanner(request, badge=True, refused="Wrong PIN. Try again, or ask your supervisor.", secret=secret)
    happened(Kind.BADGE_USED, *_named(cleaner))
    await house.cleaners.come_on(cleaner.id, principal.id, house.clock.now())
    if not principal.has_pin:
        await house.devices.choose_pin(principal.id, secrets.token_urlsafe())  # no digits: badges alone open this phone
    return await _opened(request, cleaner.trade)


async def call(request: Request) -> Response:
    """What a locked phone rings for: urgent beds (a porter's: urgent transports) that wait, by their labels, and whether a job was given
    to it that waits for an answer."""
    if principal_of(request).role is Role.PORTER:
        return JSONResponse({"stat": await urgent_rides(request), "offered": False})
    view = await view_of(request)
    waiting = [job for job in (view.job, *view.queue) if job is not None and not job.begun]
    stat = [{"number": job.number, "label": job.label} for job in waiting if job.stat]
    return JSONResponse({"stat": stat, "offered": any(job.offered for job in waiting)})


async def shift_over(request: Request) -> Response:
    """End the shift of whoever works with this phone, if it is known, and lock it."""
    house, principal = house_of(request), principal_of(request)
    if principal.is_phone:
        cleaner = await house.cleaners.of_device(principal.id)
        if cleaner is not None:
            await house.cleaners.go_off(cleaner.id, house.clock.now())
        await house.devices.lock(principal.id)
        house.doorkeeper.forget(principal)
    return RedirectResponse("/housekeeping/unlock", 303)


async def _pin_of(form: Form, principal: Principal, house: House) -> str:
    pin = form.text("pin", longest=12)
    if not good_pin(pin):
        raise invalid("bad-pin", "A PIN has 4 to 8 digits.")
    await house.limiter.check("pin", principal.id, 10, 60)
    return pin


def _named(cleaner: Cleaner | None) -> tuple[str, ...]:
    """Whom the trail names; nobody where the phone's own PIN was tried."""
    return (cleaner.id, cleaner.trade) if cleaner is not None else ()


def _wrong(cleaner: Cleaner | None, *, locked: bool) -> None:
    happened(Kind.LOCKED_OUT if locked else Kind.WRONG_PIN, *_named(cleaner))


async def _is_right(house: House, cleaner: Cleaner, pin: str) -> bool:
    chosen = not cleaner.has_pin and await house.cleaners.choose_pin(cleaner.id, pin)
    if chosen:
        told(pin="chosen")
    return chosen or await house.cleaners.unlock(cleaner.id, pin)


async def _is_the_phones(house: House, principal: Principal, pin: str) -> bool:
    chosen = not principal.has_pin and await house.devices.choose_pin(principal.id, pin)
    if chosen:
        told(pin="chosen")
    return chosen or await house.devices.unlock(principal.id, pin, house.clock.now())


async def _opened(request: Request, trade: Role) -> Response:
    house, principal = house_of(request), principal_of(request)
    await house.devices.seen(principal.digest, house.clock.now(), used=True)
    house.doorkeeper.forget(principal)
    return RedirectResponse(PHONE_PAGES[trade], 303)
