"""The waiting list's forms: who needs a bed, and who no longer does."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import CancelRequest, RequestBed
from flow.web.act import act
from flow.web.api.request_models import PersonAsked, RequestAsked
from flow.web.api.requests import found_request, wanted_by
from flow.web.pages.desk.view import show_changed
from flow.web.pages.form import Form, form_of
from flow.web.parts import House, house_of
from flow.web.problems import invalid


async def create(request: Request) -> Response:
    """Put a patient on the waiting list."""
    form, house = await form_of(request), house_of(request)
    wanted = await wanted_by(house, _asked(form, house))
    done = await act(request, RequestBed(wanted))
    return await show_changed(request, done, "Request made", wanted.id)


def _asked(form: Form, house: House) -> RequestAsked:
    """The form as the API's own model."""
    priority, age = form.number("priority"), form.number("age")
    if priority not in (None, 1, 2, 3, 4) or (age is not None and age > 130):
        raise invalid("invalid-field", "Priority is 1 to 4, age 0 to 130.")
    sex = form.choice("sex", ("M", "F", "O", "U"))
    return RequestAsked(
        type=form.needed("type", longest=60),
        patient=PersonAsked(form.needed("mrn", longest=60), form.needed("name", longest=200), form.day("birth_date"), sex),
        needs=sorted(form.all("need")),
        wishes=sorted(form.all("wish")),
        sex=sex,
        age=age,
        specialty=form.text("specialty", longest=100) or None,
        priority=priority or 3,
        origin=form.text("origin", longest=100),
        isolation=bool(form.text("isolation")),
        ready_at=form.moment("ready_at", house.plan.zone),
        entitlement=form.text("entitlement", longest=100) or None,
    )


async def cancel(request: Request) -> Response:
    """Take a patient off the list."""
    wanted = await found_request(request)
    return await show_changed(request, await act(request, CancelRequest(wanted.id)), "Request cancelled")
