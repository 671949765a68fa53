"""The step-up and step-down lists: who should go to intensive care, who could leave it, and the tap that asks for the bed."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState
from flow.domain.commands import RequestBed
from flow.domain.ids import VisitId, WardId
from flow.domain.request import MadeBy
from flow.domain.roles import May
from flow.history import patients
from flow.views.page import Undo
from flow.views.step_lists import NAMES, Lying, StepPage, step_page
from flow.web.act import act
from flow.web.api.request_models import RequestAsked
from flow.web.api.requests import wanted_by
from flow.web.names import known_to
from flow.web.pages.form import form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, invalid, unknown
from flow.web.security.principal import principal_of

PAGE = "/step-up-down"


async def page(request: Request) -> Response:
    """Both lists."""
    return html(request, "steps/page.html", await _view(request))


async def board(request: Request) -> Response:
    """The live region alone."""
    return html(request, "steps/_board.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """The live region after a tap, with what can be undone."""
    return html(request, "steps/after.html", await _view(request, undo))


async def _view(request: Request, undo: Undo | None = None) -> StepPage:
    house, principal = house_of(request), principal_of(request)
    only = principal.only_ward(May.WAITING)
    scored = {state.visit: state for state in house.live.beds.values() if state.acuity is not None and state.visit is not None}
    seen = {visit: ward for visit, state in scored.items() if (ward := house.ward_of(state.id)) is not None and only in (None, ward)}
    whose = await patients.of_visits(house.database, seen)
    known = await known_to(request, [(whose[visit], ward) for visit, ward in seen.items() if visit in whose])
    lying = {
        visit: Lying(whose[visit], known.get(whose[visit]), principal.may(May.ADMIT, ward))
        for visit, ward in seen.items()
        if visit in whose
    }
    # The stream of discharges is nudged by every bed, and open to whoever may see this page.
    frame = chrome(request, "Step up, step down", "discharges", undo)
    return step_page(frame, house.plan, house.live.beds, house.requests().values(), lying, house.clock.now(), only)


async def ask(request: Request) -> Response:
    """Ask for a bed of the type tapped; one to come down to can be gone to at once."""
    form, house = await form_of(request), house_of(request)
    state = _lies(house, VisitId(request.path_params["visit"]))
    ward, kind = house.ward_of(state.id), form.needed("type", longest=20)
    if ward is None or not principal_of(request).may(May.ADMIT, ward):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    if kind not in NAMES:
        raise invalid("unknown-type", f"Ask for one of {', '.join(NAMES)} here.")
    priority = form.number("priority")
    asked = RequestAsked(type=kind, visit=state.visit, priority=priority if priority in (1, 2, 3, 4) else 3, origin=ward)
    made = replace(await wanted_by(house, asked, MadeBy.WARD), asked_by=WardId(ward), ready_at=house.clock.now())
    care = state.care
    made = replace(made, isolation=state.isolation, isolation_kind=care.isolation, organism=care.organism, rest=care.rest)
    return await changed(request, after, PAGE, await act(request, RequestBed(made)), f"{NAMES[kind]} bed asked for")


def _lies(house: House, visit: VisitId) -> BedState:
    found = next((state for state in house.live.beds.values() if state.visit == visit), None)
    if found is None:
        raise unknown("unknown-visit", f"Nobody lies in a bed under visit {visit[:40]}.")
    return found
