"""The waiting list's forms: a request's whole life, from who needs a bed to who no longer does, and somebody unknown identified."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import CancelRequest, EditRequest, MarkReady, MergePatients, RequestBed, TakeUpRequest
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest
from flow.history.contacts import plain_number
from flow.views.desk.edit import edit_dialog
from flow.web.act import act
from flow.web.api.request_models import PersonAsked, edited
from flow.web.api.requests import check_possible, enter, found_request, note_family, wanted_by, ward_of
from flow.web.api.waiting import check_unknown
from flow.web.names import known_to
from flow.web.pages.desk.view import show_changed
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import chrome, html
from flow.web.pages.request_form import SEXES, request_asked, request_edited
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of


async def create(request: Request) -> Response:
    """Put a patient on the waiting list."""
    form, house = await form_of(request), house_of(request)
    wanted = await wanted_by(house, request_asked(form, house.plan))
    phone = told_at(form)
    done = await act(request, RequestBed(wanted))
    if phone:
        await house.contacts.consent(wanted.patient, phone, principal_of(request).id, house.clock.now())
    return await show_changed(request, done, "Request made", wanted.id)


def told_at(form: Form) -> str:
    """The number at which the patient wants to be told; empty where they do not, or stay with the one that is known. Refused for none."""
    phone = form.text("phone", longest=30)
    return plain_number(phone) if phone and form.text("tell") == "yes" else ""


async def fields(request: Request) -> Response:
    """The edit dialog's form, filled in from the request as it stands."""
    wanted = await found_request(request)
    people = await _people(request, wanted)
    house = house_of(request)
    tells = bool(await house.contacts.willing([wanted.patient]))
    return html(request, "desk/_edit_form.html", edit_dialog(chrome(request, "Admissions"), house.plan, wanted, people, tells=tells))


async def _people(request: Request, wanted: BedRequest) -> dict[PatientId, PersonDetails]:
    """The patient, mother and baby, for those who may know them."""
    ward = ward_of(house_of(request), wanted)
    return await known_to(request, [(each, ward) for each in (wanted.patient, wanted.mother_of, wanted.baby_of) if each is not None])


async def edit(request: Request) -> Response:
    """Change what a request asks for; 409 in place when it changed since, or a promised bed was chosen by what would change."""
    form, wanted, house = await form_of(request), await found_request(request), house_of(request)
    asked = request_edited(form, house.plan, wanted)
    await note_family(house, asked.mother_of, asked.baby_of)
    new = edited(wanted, asked, house.people.pseudonym)
    check_possible(house.plan, new.type, new.needs)
    phone = told_at(form)
    done = await act(request, EditRequest(new, form.number("if_seq")))
    if phone:
        await house.contacts.consent(wanted.patient, phone, principal_of(request).id, house.clock.now())
    elif form.text("telling") == "asked" and not form.text("tell"):
        await house.contacts.withdraw(wanted.patient, principal_of(request).id, house.clock.now())
    return await show_changed(request, done, "Request changed", wanted.id)


async def prioritise(request: Request) -> Response:
    """Change the priority alone."""
    form, wanted = await form_of(request), await found_request(request)
    priority = form.number("priority")
    if priority not in (1, 2, 3, 4):
        raise invalid("invalid-field", "Priority is 1 to 4.")
    done = await act(request, EditRequest(replace(wanted, priority=priority), wanted.seq))
    return await show_changed(request, done, f"Priority {priority}", wanted.id)


async def ready(request: Request) -> Response:
    """The patient is ready to move now, or is not after all."""
    form, wanted = await form_of(request), await found_request(request)
    now = house_of(request).clock.now() if form.choice("ready", ("yes", "no")) == "yes" else None
    done = await act(request, MarkReady(wanted.id, now))
    return await show_changed(request, done, "Ready to move" if now else "Not ready to move", wanted.id)


async def take_up(request: Request) -> Response:
    """Put a lapsed request back on the list, with its old clock."""
    wanted = await found_request(request)
    return await show_changed(request, await act(request, TakeUpRequest(wanted.id)), "Back on the list", wanted.id)


async def identify(request: Request) -> Response:
    """Say who an unknown patient is: everything goes on under the person of that MRN."""
    form, wanted, house = await form_of(request), await found_request(request), house_of(request)
    asked = PersonAsked(form.needed("mrn", longest=60), form.text("name", longest=200), form.day("birth_date"), form.choice("sex", SEXES))
    await check_unknown(house, wanted)
    patient, *_ = await enter(house, asked)
    await house.people.put([PersonDetails(patient, once=wanted.patient)], house.clock.now())
    done = await act(request, MergePatients(wanted.patient, patient))
    return await show_changed(request, done, "Identified", wanted.id)


async def cancel(request: Request) -> Response:
    """Take a patient off the list."""
    wanted = await found_request(request)
    return await show_changed(request, await act(request, CancelRequest(wanted.id)), "Request cancelled")
