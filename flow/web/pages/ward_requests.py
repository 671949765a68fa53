"""The forms of a ward's own bed requests: a nurse asks for another bed for a patient of hers, or for a new one, and takes it back."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import CancelRequest, RequestBed
from flow.domain.ids import VisitId, WardId
from flow.domain.plan import Ward
from flow.domain.request import MadeBy
from flow.errors import Refused
from flow.web.act import act
from flow.web.api.request_models import RequestAsked
from flow.web.api.requests import wanted_by
from flow.web.pages.form import form_of
from flow.web.pages.request_form import request_asked
from flow.web.pages.ward import lies_in, show_changed
from flow.web.pages.ward_asked import by_visit, own_request
from flow.web.parts import house_of
from flow.web.placing import INTENSIVE
from flow.web.problems import invalid


async def ask(request: Request) -> Response:
    """Ask for a bed. 422 for a patient who does not lie in the ward."""
    form, house, ward = await form_of(request), house_of(request), _ward(request)
    visit = form.text("visit", longest=60)
    if visit and VisitId(visit) not in by_visit(house, ward):
        raise invalid("other-ward", "That patient does not lie in this ward.")
    made = await wanted_by(house, request_asked(form, house.plan, visit=visit or None), MadeBy.WARD)
    done = await act(request, RequestBed(replace(made, asked_by=ward.id, origin=made.origin or str(ward.id))))
    return await show_changed(request, done, "Bed asked for")


async def ask_apart(request: Request) -> Response:
    """Ask for a bed that is right for the isolation of who lies in this one; they can go at once."""
    await form_of(request)
    house, ward, (bed, state) = house_of(request), _ward(request), lies_in(request)
    visit, care = state.visit, state.care
    if visit is None or care.isolation is None:
        raise Refused(f"Nobody lies isolated in bed {bed.label}.", code="not-isolated")
    kind = bed.type if bed.type in INTENSIVE else "general"
    asked = RequestAsked(type=kind, visit=visit, priority=2, origin=ward.id, isolation_kind=care.isolation, organism=care.organism)
    made = replace(await wanted_by(house, asked, MadeBy.WARD), asked_by=ward.id, ready_at=house.clock.now(), rest=care.rest)
    return await show_changed(request, await act(request, RequestBed(made)), f"{bed.label}: {care.isolation} isolation bed asked for")


async def cancel(request: Request) -> Response:
    """Take a request of the ward back."""
    wanted = await own_request(request, _ward(request))
    return await show_changed(request, await act(request, CancelRequest(wanted.id)), "Request taken back")


def _ward(request: Request) -> Ward:
    return house_of(request).plan.ward[WardId(request.path_params["ward"])]
