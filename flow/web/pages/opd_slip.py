"""The slip of a token, for reception's printer; and whether its patient wants a message when the turn is near."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.addressees import PATIENTS
from flow.domain.ids import ClinicId, TokenId
from flow.domain.opd import Token, TokenStatus
from flow.domain.opd_expect import expected
from flow.domain.opd_near import holder
from flow.domain.plan import Clinic
from flow.locale import in_each, languages
from flow.views.opd_own import Outlook, outlook
from flow.views.opd_slip import slip_page
from flow.web.api.opd import of_day
from flow.web.pages.form import form_of
from flow.web.pages.labels import code_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """The slip of one token, to print; by the token's id, or by the number of today."""
    house, clinic = house_of(request), house_of(request).plan.clinic[ClinicId(request.path_params["clinic"])]
    token = _token(house, clinic, request.path_params["token"])
    own = f"{house.settings.origin.rstrip('/')}/t/{house.hall.slips.code(token.id)}"
    told = house.plan.opd_telling
    tells, who = tells_of(house, token), holder(token)
    known = (await house.hall.tongues.of([who])).get(who) if tells else None
    view = slip_page(
        chrome(request, f"OPD {clinic.name}"),
        clinic,
        token,
        zone=house.plan.zone,
        mm=_width(request, told.slip_mm),
        address=own,
        code=code_of(own),
        spoken=in_each(told.of(clinic.id)),
        outlook=_outlook(house, clinic, token),
        tells=tells,
        told=tells and bool(await house.contacts.willing([who])),
        tongues=languages(),
        tongue=known or told.of(clinic.id)[0],
    )
    return html(request, "opd/slip.html", view)


async def tell(request: Request) -> Response:
    """The patient wants a message when the turn is near, at a number given just now, in a language; or wants none any more."""
    form, house = await form_of(request), house_of(request)
    now = house.clock.now()
    clinic = house.plan.clinic[ClinicId(request.path_params["clinic"])]
    token = _token(house, clinic, request.path_params["token"])
    if form.text("withdraw"):
        await house.contacts.withdraw(holder(token), principal_of(request).id, now)
    else:
        phone, lang = form.needed("phone", longest=30), form.choice("lang", languages())
        await house.contacts.consent(holder(token), phone, principal_of(request).id, now)
        if lang is not None:
            await house.hall.tongues.choose(holder(token), lang, now)
    return RedirectResponse(f"/opd/{quote(clinic.id, safe='')}/tokens/{quote(token.id, safe='')}/slip", 303)


def tells_of(house: House, token: Token) -> bool:
    """Patients are written to in this house, and there is something left to tell."""
    sends = bool(house.settings.notify.of(PATIENTS)) and bool(house.plan.patient_messages.near)
    return sends and token.status in (TokenStatus.BOOKED, TokenStatus.WAITING, TokenStatus.AT_TESTS)


def _token(house: House, clinic: Clinic, name: str) -> Token:
    """A token of the clinic, which may be newer than the live picture: the slip follows the tap that gave it."""
    known = house.desk.hospital.tokens.get(TokenId(name)) or house.live.tokens.get(TokenId(name))
    token = known or next((each for each in of_day(house, clinic.id) if each.number == name), None)
    if token is None or token.clinic != clinic.id:
        raise unknown("unknown-token", "There is no such token in this clinic.")
    return token


def _outlook(house: House, clinic: Clinic, token: Token) -> Outlook:
    at, known = house.clock.now(), of_day(house, clinic.id)
    tokens = known if any(each.id == token.id for each in known) else [*known, token]
    usual = house.plan.opd_telling.consultation_minutes
    return outlook(expected(token, tokens, clinic, house.live.rooms, at, usual), at, house.plan.zone)


def _width(request: Request, usual: int) -> int:
    """The paper of this printer, where it is not the house's."""
    asked = request.query_params.get("mm", "")
    return int(asked) if asked in ("58", "80") else usual
