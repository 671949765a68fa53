"""The forms of a clinic's page that ask for more than a tap: another room, admission advised, a doctor's session; and who has no number."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import ClinicId, VisitId
from flow.domain.opd import Token
from flow.domain.opd_commands import AdviseAdmission, HoldSession, SeatWalkIn, SendToRoom
from flow.web.act import act
from flow.web.api.opd_ways import AdmissionAsked, advised
from flow.web.api.request_models import PersonAsked
from flow.web.pages.form import Form, form_of
from flow.web.pages.opd import changed_clinic, token_here
from flow.web.parts import house_of
from flow.web.problems import invalid


async def send_to_room(request: Request) -> Response:
    """This token is for another room."""
    form, token = await form_of(request), token_here(request)
    done = await act(request, SendToRoom(token.id, form.needed("room", longest=40)))
    return await changed_clinic(request, done, f"{token.number}: to another room")


async def advise_admission(request: Request) -> Response:
    """Open a bed request and end the consultation."""
    form, token, house = await form_of(request), token_here(request), house_of(request)
    asked = AdmissionAsked(form.needed("type", longest=40), _person(form, token), int(form.choice("priority", "1234") or 3))
    done = await act(request, AdviseAdmission(token.id, await advised(house, token, asked)))
    return await changed_clinic(request, done, f"{token.number}: a bed is asked for")


def _person(form: Form, token: Token) -> PersonAsked | None:
    if token.patient is not None:
        return None
    if mrn := form.text("mrn", longest=60):
        return PersonAsked(mrn)
    unknown = form.choice("unknown", "MFU")
    return PersonAsked(unknown=unknown) if unknown else None  # type: ignore[arg-type]  # one of its three letters


async def hold_session(request: Request) -> Response:
    """Whose session a room holds today; without a doctor none."""
    form, house = await form_of(request), house_of(request)
    zone, now = house.plan.zone, house.clock.now()
    begins, ends = form.clock("begins", zone, now), form.clock("ends", zone, now)
    if begins is None or ends is None:
        raise invalid("missing", "Say from when until when.")
    clinic, doctor = ClinicId(request.path_params["clinic"]), form.text("doctor", longest=60) or None
    done = await act(request, HoldSession(clinic, request.path_params["room"], doctor, begins, ends))
    given = sum(isinstance(record, Token) for record in done.records)
    seated = f"; numbers given to those registered: {given}" if given else ""
    return await changed_clinic(request, done, f"Session set{seated}" if doctor else "Session taken off")


async def give_registered(request: Request) -> Response:
    """The number of a registered patient who has none, in this clinic."""
    form = await form_of(request)
    done = await act(request, SeatWalkIn(VisitId(form.needed("visit", longest=250)), ClinicId(request.path_params["clinic"])))
    token = done.one(Token)
    return await changed_clinic(request, done, f"Token {token.number} given" if token else "They have a number")
