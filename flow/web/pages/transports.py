"""The list of porters' jobs, of the whole house or one ward, and how long they take; the desk asks for a porter here."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import BedId, WardId
from flow.domain.roles import May
from flow.history.transports import times
from flow.views.page import Undo
from flow.views.transport_rows import transport_rows
from flow.views.transports import TransportsPage, transports_page
from flow.views.ward_checks import brought_out
from flow.web.pages.carrying import ask_for, call_off, house_form, jobs_of, wanted_by
from flow.web.pages.form import form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of

_PAGE = "/transports"
_WEEK = timedelta(days=7)


async def page(request: Request) -> Response:
    """Porters' jobs, and how long they take."""
    return html(request, "transports/page.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "transports/_board.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a tap, with what can be undone."""
    return html(request, "transports/after.html", await _view(request, undo))


async def _view(request: Request, undo: Undo | None = None) -> TransportsPage:
    house, principal = house_of(request), principal_of(request)
    only, now = principal.only_ward(May.TRANSPORTS), house.clock.now()
    today = now.astimezone(ZoneInfo(house.plan.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    wards = None if only is None else [only]
    periods = {name: await times(house.database, start, now, wards) for name, start in (("Today", today), ("7 days", now - _WEEK))}
    whole = only is None and principal.may(May.ASK_TRANSPORT)
    rows = transport_rows(jobs_of(house, only), house.plan.transport, now, may_cancel=whole)
    frame = chrome(request, "Transport", "transports", undo)
    brought = brought_out(house.checks(), only, house.plan, now)
    return transports_page(frame, rows, periods, house.plan.transport, house_form(request) if whole else None, brought)


async def ask(request: Request) -> Response:
    """The desk asks for a porter, from any bed."""
    form, house = await form_of(request), house_of(request)
    ward = house.ward_of(BedId(form.needed("bed", longest=80)))
    if ward is None:
        raise invalid("unknown-bed", "Choose the bed to fetch from.")
    done = await ask_for(request, wanted_by(form), house.plan.ward[WardId(ward)])
    return await changed(request, after, _PAGE, done, "Porter asked for")


async def cancel(request: Request) -> Response:
    """A porter is not needed any more."""
    return await changed(request, after, _PAGE, await call_off(request, None), "Porter not needed any more")
