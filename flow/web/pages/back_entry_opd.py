"""Entering what happened on paper in an outpatient clinic, line by line, as `back_entry` does for a ward."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.back_entry import TokenDeed
from flow.domain.ids import ClinicId
from flow.domain.opd import Group, Token
from flow.domain.plan import Clinic
from flow.history.back_entry import entered_tokens
from flow.views.back_entry_opd import ClinicEntryPage, clinic_entry_page
from flow.views.page import Undo
from flow.web.api.back_entries import put_line
from flow.web.api.back_entries_opd import TokenEntryAsked, line_of
from flow.web.pages.back_entry import SHOWN
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown


async def page(request: Request) -> Response:
    """The page of one clinic."""
    return html(request, "back_entry/clinic.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after an entry, with what can be undone."""
    return html(request, "back_entry/clinic_after.html", await _view(request, undo))


def _clinic(request: Request) -> Clinic:
    return house_of(request).plan.clinic[ClinicId(request.path_params["clinic"])]


async def _view(request: Request, undo: Undo | None = None) -> ClinicEntryPage:
    house, clinic = house_of(request), _clinic(request)
    lines = await entered_tokens(house.database, clinic.id, SHOWN)
    frame, tokens = chrome(request, "From paper", undo=undo), house.live.tokens.values()
    return clinic_entry_page(frame, clinic, tokens, lines, house.clock.now(), house.plan.zone, house.desk.hospital.seq)


async def put(request: Request) -> Response:
    """Enter one line of the paper."""
    form, clinic, deed = await form_of(request), _clinic(request), request.path_params["deed"]
    if deed not in list(TokenDeed):
        raise unknown("unknown-deed", f"On paper a number's line says one of: {', '.join(TokenDeed)}.")
    done = await put_line(request, await line_of(request, _asked(request, form, TokenDeed(deed))))
    token = done.one(Token)
    words = f"{token.number}: entered from paper" if token is not None else "Entered from paper"
    return await changed(request, after, f"/back-entry/opd/{clinic.id}", done, words)


def _asked(request: Request, form: Form, deed: TokenDeed) -> TokenEntryAsked:
    """The line as the form has it. 422 for what is missing."""
    at = form.moment("at", house_of(request).plan.zone)
    if at is None:
        raise invalid("missing", "Say when it happened.")
    rank, room = form.number("rank"), form.needed("room", longest=40) if deed is TokenDeed.CALLED else None
    mrn, sure = form.text("mrn", longest=60) or None, bool(form.text("sure"))
    return TokenEntryAsked(deed, at, form.needed("by"), rank, room, form.word("group", Group), mrn, sure)
