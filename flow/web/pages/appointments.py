"""Reception's list of a clinic's day: whoever has come is given the token with one tap."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import MarkToken
from flow.domain.ids import ClinicId
from flow.domain.opd import Group, Token, TokenStatus
from flow.locale import in_each
from flow.views.appointments import AHEAD, AppointmentsPage, appointments_page, is_expected
from flow.views.page import Undo
from flow.views.scan_poster import poster_page
from flow.web.act import act
from flow.web.names import known_to
from flow.web.pages.form import Form, form_of
from flow.web.pages.labels import code_of
from flow.web.pages.opd import token_here
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import house_of


async def page(request: Request) -> Response:
    """Who is expected, who has come, who will not."""
    return html(request, "appointments/page.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "appointments/_board.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a tap, with what can be undone."""
    return html(request, "appointments/after.html", await _view(request, undo))


async def _view(request: Request, undo: Undo | None = None) -> AppointmentsPage:
    house = house_of(request)
    clinic = house.plan.clinic[ClinicId(request.path_params["clinic"])]
    now = house.clock.now().astimezone(ZoneInfo(house.plan.zone))
    day = _day(request, now.date())
    tokens = [token for token in house.live.tokens.values() if token.clinic == clinic.id]
    shown = {token.patient for token in tokens if token.patient and token.day == day and is_expected(token)}
    people = await known_to(request, [(patient, None) for patient in shown])
    frame = chrome(request, f"Reception {clinic.name}", f"opd:{clinic.id}", undo)
    scanned = house.plan.abdm is not None and bool(house.plan.abdm.counters_of(clinic.id))
    return appointments_page(frame, clinic, tokens, people, day, now, house.plan.zone, scanned=scanned)


async def poster(request: Request) -> Response:
    """What hangs at the counters, to print: the codes that patients scan."""
    house = house_of(request)
    clinic = house.plan.clinic[ClinicId(request.path_params["clinic"])]
    spoken = in_each(house.plan.opd_telling.of(clinic.id))
    return html(request, "appointments/poster.html", poster_page(chrome(request, "Poster"), clinic, house.plan.abdm, spoken, code_of))


def _day(request: Request, today: date) -> date:
    """The day asked for, of today and those that can be looked at."""
    asked = Form(request.query_params).day("day") or today
    return asked if today <= asked < today + timedelta(days=AHEAD) else today


async def has_come(request: Request) -> Response:
    """The patient is here: the appointment becomes a token that waits."""
    form, token = await form_of(request), token_here(request)
    done = await act(request, MarkToken(token.id, TokenStatus.WAITING, form.word("group", Group)))
    now = done.of(Token, token.id) or token
    return await changed(request, after, _page(request), done, f"{now.number} given")


async def missed(request: Request) -> Response:
    """The patient did not come."""
    token = token_here(request)
    done = await act(request, MarkToken(token.id, TokenStatus.NO_SHOW))
    return await changed(request, after, _page(request), done, f"{token.number}: no-show")


def _page(request: Request) -> str:
    return f"/opd/{request.path_params['clinic']}/appointments"
