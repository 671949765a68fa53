"""The outpatient queue over the API, continued: other rooms, admission advised, sessions of doctors, how long people wait."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import ClinicId, PatientId, VisitId
from flow.domain.opd import RoomState, Token
from flow.domain.opd_commands import AdviseAdmission, HoldSession, SendToRoom
from flow.domain.opd_waits import waits_of
from flow.domain.person import age_on
from flow.domain.request import BedRequest, MadeBy
from flow.views.opd_words import policy_words
from flow.web.act import act
from flow.web.api.beds import Moment
from flow.web.api.opd import CallAsked, found_token, of_day, token_out
from flow.web.api.request_models import PersonAsked, Words
from flow.web.api.requests import check_possible, enter, new_id
from flow.web.api.wire import Asked, answer, picture, read
from flow.web.parts import House, house_of
from flow.web.problems import invalid


class AdmissionAsked(Asked):
    """The bed for a patient whose admission is advised. `patient` is an MRN or a person, left out where the token says who it is."""

    type: Words
    patient: Annotated[str, Meta(min_length=1, max_length=60)] | PersonAsked | None = None
    priority: Annotated[int, Meta(ge=1, le=4)] = 3
    needs: list[Words] = []
    specialty: Words | None = None


class SessionAsked(Asked):
    """A doctor's session in a room; without a doctor those that overlap are taken off."""

    begins: Moment
    ends: Moment
    doctor: Annotated[str, Meta(min_length=1, max_length=60)] | None = None


class SessionOut(msgspec.Struct):
    """One session."""

    doctor: str
    begins: datetime
    ends: datetime


class SessionsOut(msgspec.Struct):
    """A room's sessions, in order of time."""

    clinic: str
    room: str
    sessions: list[SessionOut]
    seq: int
    command: int | UnsetType = UNSET


class WaitsOut(msgspec.Struct):
    """Minutes from coming to the first call today, those still waiting counted in (null: that share has not been called yet), and the
    policy by which is called, a sentence each."""

    clinic: str
    called: int
    waiting: int
    left: int
    p50: int | None
    p90: int | None
    policy: list[str]


async def waits(request: Request) -> Response:
    """How long a clinic's patients wait today."""
    house = house_of(request)
    clinic = house.plan.clinic[ClinicId(request.path_params["clinic"])]
    picture(house)
    found = waits_of(of_day(house, clinic.id), house.clock.now())
    words = list(policy_words(clinic.queue))
    return answer(WaitsOut(clinic.id, found.called, found.waiting, found.left, found.p50, found.p90, words))


async def send_to_room(request: Request) -> Response:
    """This token is for another room of its clinic."""
    asked, token = await read(request, CallAsked), found_token(request)
    done = await act(request, SendToRoom(token.id, asked.room))
    return answer(token_out(done.of(Token, token.id) or token, done.command))


async def advise_admission(request: Request) -> Response:
    """Open a bed request and end the consultation; 409 when this patient waits for a bed already."""
    asked, token = await read(request, AdmissionAsked), found_token(request)
    done = await act(request, AdviseAdmission(token.id, await advised(house_of(request), token, asked)))
    return answer(token_out(done.of(Token, token.id) or token, done.command))


async def advised(house: House, token: Token, asked: AdmissionAsked) -> BedRequest:
    """The request for a token's patient. 422 for a bed type that there is not, or nobody whom it is for."""
    check_possible(house.plan, asked.type, asked.needs)
    clinic = house.plan.clinic[token.clinic]
    patient, sex, age, visit = await _whom(house, token, asked)
    return BedRequest(
        id=new_id("R"),
        patient=patient,
        created_at=house.clock.now(),
        type=asked.type,
        needs=frozenset(asked.needs),
        sex=sex,
        age=age,
        specialty=asked.specialty or clinic.specialty or None,
        priority=asked.priority,
        origin=f"OPD {clinic.name}, {token.number}"[:100],
        visit=visit,
        made_by=MadeBy.OPD,
    )


async def _whom(house: House, token: Token, asked: AdmissionAsked) -> tuple[PatientId, str | None, int | None, VisitId | None]:
    """The patient of the token, else the one whom the form names."""
    if token.patient is None:
        if asked.patient is None:
            raise invalid("patient-missing", "Say who is to be admitted: patient (an MRN, or a person).")
        return await enter(house, PersonAsked(asked.patient) if isinstance(asked.patient, str) else asked.patient)
    known = (await house.people.get([token.patient])).get(token.patient)
    if known is None:
        return token.patient, None, None, token.visit
    return token.patient, known.sex, age_on(known.birth_date, house.clock.now().date()), token.visit


async def hold_session(request: Request) -> Response:
    """Write down whose session a room holds."""
    asked = await read(request, SessionAsked)
    clinic, room = ClinicId(request.path_params["clinic"]), request.path_params["room"]
    done = await act(request, HoldSession(clinic, room, asked.doctor, asked.begins, asked.ends))
    known = house_of(request).live.rooms.get(f"{clinic}/{room}")
    state = done.one(RoomState) or known or RoomState(f"{clinic}/{room}", clinic, room)
    sessions = [SessionOut(each.doctor, each.begins, each.ends) for each in state.sessions]
    return answer(SessionsOut(state.clinic, state.room, sessions, state.seq, done.command))
