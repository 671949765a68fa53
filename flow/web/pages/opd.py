"""A clinic's page: the queue, the rooms, and the forms that call tokens and move them on."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import CallNext, IssueToken, SetRoom
from flow.domain.ids import ClinicId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.plan import Clinic
from flow.domain.roles import May
from flow.views.opd_page import OpdPage, opd_page
from flow.views.page import Undo
from flow.web.act import Done, act
from flow.web.api.opd import found_token, of_day, step_of, stepped, today
from flow.web.api.opd_people import for_person
from flow.web.pages.form import form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.pages.walk_ins import registered_at
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """A clinic's page."""
    return html(request, "opd/page.html", await _with_registered(request, _view(request)))


async def registered(request: Request) -> Response:
    """The list of registered patients without a number alone."""
    return html(request, "opd/_registered.html", await _with_registered(request, _view(request)))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "opd/_board.html", _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "opd/after.html", await _with_registered(request, _view(request, undo)))


async def _with_registered(request: Request, view: OpdPage) -> OpdPage:
    return replace(view, registered=await registered_at(request, _clinic(request).id)) if view.writes else view


def _clinic(request: Request) -> Clinic:
    return house_of(request).plan.clinic[ClinicId(request.path_params["clinic"])]


def _view(request: Request, undo: Undo | None = None) -> OpdPage:
    house, clinic = house_of(request), _clinic(request)
    frame = chrome(request, f"OPD {clinic.name}", f"opd:{clinic.id}", undo)
    writes = principal_of(request).may(May.CALL, clinic.id)
    tokens, types = of_day(house, clinic.id), {bed.type for bed in house.plan.beds.values()}
    return opd_page(frame, clinic, tokens, house.live.rooms, house.clock.now(), house.plan.zone, writes=writes, types=types)


async def changed_clinic(request: Request, done: Done, words: str) -> Response:
    """The answer to a form: the board with what can be undone, or the page itself."""
    return await changed(request, after, f"/opd/{request.path_params['clinic']}", done, words)


async def issue(request: Request) -> Response:
    """Give out the next token."""
    form, house, clinic = await form_of(request), house_of(request), _clinic(request)
    priority, group = int(form.choice("priority", "1234") or 3), form.word("group", Group)
    asked, mrn = IssueToken(clinic.id, today(house), priority, group=group, tele=bool(form.text("tele"))), form.text("mrn", longest=60)
    done = await act(request, await for_person(house, mrn, asked) if mrn else asked)
    token = done.one(Token)
    whose = ", for the patient of this MRN" if mrn else ""
    return await changed_clinic(request, done, f"Token {token.number} given{whose}" if token else "Token given")


async def call_next(request: Request) -> Response:
    """Call the next token into a room."""
    clinic, room = _clinic(request), request.path_params["room"]
    done = await act(request, CallNext(clinic.id, room))
    called = next((t for t in done.records if isinstance(t, Token) and t.status is TokenStatus.CALLED), None)
    return await changed_clinic(request, done, f"{called.number} called" if called else "Called")


async def away(request: Request) -> Response:
    """The doctor of a room is away until a time, or back."""
    form, house, clinic = await form_of(request), house_of(request), _clinic(request)
    back_at = form.clock("back_at", house.plan.zone, house.clock.now())
    done = await act(request, SetRoom(clinic.id, request.path_params["room"], back_at))
    return await changed_clinic(request, done, "Doctor away" if back_at else "Doctor back")


async def mark(request: Request) -> Response:
    """Move a token on."""
    token, to = token_here(request), step_of(request)
    done = await act(request, stepped(token, to))
    now = done.of(Token, token.id) or token
    return await changed_clinic(request, done, f"{token.number}: {now.status.replace('_', ' ')}")


def token_here(request: Request) -> Token:
    """The token of the path, which is one of the clinic of the path."""
    token = found_token(request)
    if token.clinic != request.path_params["clinic"]:
        raise unknown("unknown-token", "There is no such token in this clinic.")
    return token
