"""The people who clean, and the porters, kept by their supervisor: added, changed, given badges and PINs, put on shift and off."""

import io

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.audit import Kind
from flow.domain.roles import Role
from flow.history.cleaners import BADGE, TRADES, Described
from flow.views.cleaners import Badge, cleaners_page
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of
from flow.witness import happened

_PAGE = "/supervisor/cleaners"


async def page(request: Request) -> Response:
    """Everybody with a badge."""
    return await _shown(request)


async def _shown(request: Request, badge: Badge | None = None) -> Response:
    house = house_of(request)
    people = [each for trade in TRADES for each in await house.cleaners.all(trade)]
    view = cleaners_page(chrome(request, "People and badges"), house.plan, people, house.clock.now(), badge)
    return html(request, "supervisor/cleaners.html", view)


async def add(request: Request) -> Response:
    """Add somebody; the answer shows the badge, this once."""
    form, house = await form_of(request), house_of(request)
    cleaner, badge = await house.cleaners.add(_described(form, house), principal_of(request).id, house.clock.now())
    happened(Kind.BADGE, what="issued", of=cleaner.id)
    return await _shown(request, _drawn(cleaner.nick, badge))


def _described(form: Form, house: House) -> Described:
    rules = house.plan.cleaning
    zone, shift = form.choice("zone", rules.zone), form.choice("shift", [each.id for each in rules.shifts])
    trade = Role(form.choice("trade", list(TRADES)) or Role.HOUSEKEEPING)
    trained = form.text("trained") == "yes" and trade is Role.HOUSEKEEPING
    return Described(form.needed("nick", longest=30), trained, zone, shift, trade)


def _drawn(nick: str, secret: str) -> Badge:
    """The badge as a drawing: it goes nowhere else."""
    out = io.BytesIO()
    segno.make(f"{BADGE}{secret}", error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass=None, lineclass=None
    )
    return Badge(nick, out.getvalue().decode())


async def change(request: Request) -> Response:
    """Change what somebody is called, trained for, and where and when they work."""
    form, house = await form_of(request), house_of(request)
    if not await house.cleaners.change(request.path_params["cleaner"], _described(form, house)):
        raise _nobody()
    return RedirectResponse(_PAGE, 303)


async def badge(request: Request) -> Response:
    """Another badge; the former one opens nothing from now on."""
    house, number = house_of(request), request.path_params["cleaner"]
    cleaner = await house.cleaners.find(number)
    secret = await house.cleaners.new_badge(number)
    if cleaner is None or secret is None:
        raise _nobody()
    happened(Kind.BADGE, what="issued", of=cleaner.id)
    return await _shown(request, _drawn(cleaner.nick, secret))


async def reloaded(request: Request) -> Response:
    """The page of a badge was opened again by its address: the badge was shown once, so back to everybody."""
    return RedirectResponse(_PAGE, 303)


async def pin(request: Request) -> Response:
    """Have a PIN forgotten: its owner chooses another at the next sign-in."""
    if not await house_of(request).cleaners.forget_pin(request.path_params["cleaner"]):
        raise _nobody()
    happened(Kind.BADGE, what="PIN forgotten", of=request.path_params["cleaner"])
    return RedirectResponse(_PAGE, 303)


async def shift(request: Request) -> Response:
    """Put somebody on shift, or off."""
    form, house, number = await form_of(request), house_of(request), request.path_params["cleaner"]
    if form.choice("to", ("on", "off")) == "on":
        await house.cleaners.come_on(number, None, house.clock.now())
    else:
        await house.cleaners.go_off(number, house.clock.now())
    return RedirectResponse(_PAGE, 303)


async def leave(request: Request) -> Response:
    """Somebody works here no longer."""
    house = house_of(request)
    if not await house.cleaners.leave(request.path_params["cleaner"], house.clock.now()):
        raise _nobody()
    happened(Kind.BADGE, what="revoked", of=request.path_params["cleaner"])
    return RedirectResponse(_PAGE, 303)


def _nobody() -> Exception:
    return unknown("unknown-cleaner", "There is nobody of that number, or they have left.")
