"""Entering what happened on paper: the lines of a ward's sheet become the ordinary commands, with the times on the paper."""

from datetime import timedelta
from typing import Literal, cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.back_entry import Deed
from flow.domain.bed import BedState, OutOfUse
from flow.domain.care import Isolation
from flow.domain.ids import WardId
from flow.domain.plan import Ward
from flow.domain.roles import May
from flow.history.back_entry import entered, told
from flow.views.back_entry import BackEntryPage, back_entry_page
from flow.views.census_page import WardLink
from flow.views.page import Undo
from flow.views.places import place_bed, places_in
from flow.web.api.back_entries import BackEntryAsked, line_of, put_line
from flow.web.api.request_models import PersonAsked
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.pages.ward_people import occupants_of
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of

SHOWN, OF_EACH = 30, 4
LOOK_BACK = timedelta(hours=24)
"""How far back what the feeds told is shown."""


async def choose(request: Request) -> Response:
    """The page of the own ward, else of the first."""
    house = house_of(request)
    ward = principal_of(request).only_ward(May.ENTER_BACK) or house.plan.wards[0].id
    return RedirectResponse(f"/back-entry/{ward}", 303)


async def page(request: Request) -> Response:
    """The page of one ward."""
    return html(request, "back_entry/page.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after an entry, with what can be undone."""
    return html(request, "back_entry/after.html", await _view(request, undo))


def _ward(request: Request) -> Ward:
    return house_of(request).plan.ward[WardId(request.path_params["ward"])]


async def _view(request: Request, undo: Undo | None = None) -> BackEntryPage:
    house, principal, ward = house_of(request), principal_of(request), _ward(request)
    states = _beds(house, ward)
    numbers, now = [state.id for _, state in states], house.clock.now()
    return back_entry_page(
        chrome(request, "From paper", undo=undo),
        house.plan,
        ward.id,
        states,
        await occupants_of(request, ward, {state.id: state for _, state in states}),
        await entered(house.database, numbers, SHOWN),
        await told(house.database, numbers, now - LOOK_BACK, OF_EACH),
        now,
        turn=house.desk.hospital.seq,
        wards=_wards(request, ward.id),
        admits=principal.may(May.ADMIT, ward.id),
        cleans=principal.may(May.CLEAN, ward.id),
        blocks=principal.may(May.BLOCK, ward.id),
    )


def _beds(house: House, ward: Ward) -> list[tuple[str, BedState]]:
    """The ward's beds and temporary places, as their doors name them."""
    beds = [(bed.label, state) for bed in ward.beds if (state := house.bed(bed.id)) is not None]
    return beds + [(place_bed(state).label, state) for state in places_in(ward.id, house.live.beds.values())]


def _wards(request: Request, here: WardId) -> tuple[WardLink, ...]:
    if principal_of(request).only_ward(May.ENTER_BACK) is not None:
        return ()
    return tuple(WardLink(f"/back-entry/{ward.id}", str(ward.id), ward.id == here) for ward in house_of(request).plan.wards)


async def put(request: Request) -> Response:
    """Enter one line of the paper."""
    form, house, ward = await form_of(request), house_of(request), _ward(request)
    deed = request.path_params["deed"]
    if deed not in list(Deed):
        raise unknown("unknown-deed", f"On paper a bed's line says one of: {', '.join(Deed)}.")
    line = await line_of(request, _asked(house, form, Deed(deed)))
    done = await put_line(request, line)
    return await changed(request, after, f"/back-entry/{ward.id}", done, f"{house.plan.bed_name(line.bed)}: entered from paper")


def _asked(house: House, form: Form, deed: Deed) -> BackEntryAsked:
    """The line as the form has it. 422 for what is missing."""
    bed, at = form.needed("bed", longest=80), form.moment("at", house.plan.zone)
    if at is None:
        raise invalid("missing", "Say when it happened.")
    by, to = form.needed("by"), form.needed("to", longest=80) if deed is Deed.MOVED else None
    patient, reason, note = _person(form) if deed is Deed.CAME else None, form.word("reason", OutOfUse), form.text("note", longest=200)
    return BackEntryAsked(
        deed, bed, at, by, to, patient, reason, note, form.word("isolation", Isolation), form.text("organism", longest=100)
    )


def _person(form: Form) -> PersonAsked:
    nobody = form.choice("unknown", ("M", "F", "U"))
    if nobody is not None:
        return PersonAsked(unknown=cast("Literal['M', 'F', 'U']", nobody))
    sex = form.choice("sex", ("M", "F", "O", "U"))
    return PersonAsked(form.needed("mrn", longest=60), form.needed("name", longest=200), form.day("birth_date"), sex)
