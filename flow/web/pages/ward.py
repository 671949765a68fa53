"""The ward nurse's page: the plan and the list, and the forms by which a bed's status or its patient changes."""

from collections.abc import Container
from dataclasses import replace
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.commands import Person, SetBedStatus
from flow.domain.ids import BedId, PatientId, VisitId, WardId
from flow.domain.plan import Bed, Ward
from flow.domain.roles import May
from flow.domain.visit import Act
from flow.domain.ward_commands import ConfirmArrival
from flow.errors import Refused
from flow.history import patients
from flow.views.page import Undo
from flow.views.places import place_bed, places_in
from flow.views.ward_care import with_care
from flow.views.ward_page import WardPage, folded, only, ward_page
from flow.views.ward_rooms import ward_rooms
from flow.web.act import Done, act, check_move, right_to_move
from flow.web.api.beds import bed_of
from flow.web.api.request_models import PersonAsked
from flow.web.api.requests import enter, new_id
from flow.web.api.visits import tell
from flow.web.bed_said import said_bed
from flow.web.finishing import check_finish
from flow.web.pages.asked_moves import asked_of
from flow.web.pages.carrying import transports_here
from flow.web.pages.form import Form, form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.pages.ward_asked import asked_here
from flow.web.pages.ward_checks import checks_of
from flow.web.pages.ward_leaving import leaving_here
from flow.web.pages.ward_people import comers_of, occupants_of, wrong_beds
from flow.web.pages.ward_reported import cleaning_here
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, unknown
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """A ward's page."""
    return html(request, "ward/page.html", await _view(request, _ward(request)))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "ward/_board.html", await _view(request, _ward(request)))


async def bed_row(request: Request) -> Response:
    """One bed's row with all its forms."""
    bed, _ = _bed(request)
    return html(request, "ward/row.html", only(await _view(request, _ward(request), wanted={bed.id}), bed.id))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "ward/after.html", await _view(request, _ward(request), undo))


def _ward(request: Request) -> Ward:
    return house_of(request).plan.ward[WardId(request.path_params["ward"])]


def _wanted(request: Request) -> set[str]:
    """The beds whose forms somebody has open (js/ward.js says so with everything it asks), or asked for by the page's address."""
    return {*request.headers.get("x-open-beds", "").split(","), request.query_params.get("open", "")}


async def _view(request: Request, ward: Ward, undo: Undo | None = None, wanted: Container[str] | None = None) -> WardPage:
    house, principal = house_of(request), principal_of(request)
    ward = await house.floor_plans.ward(ward.id)
    places = [state.id for state in places_in(ward.id, house.live.beds.values())]
    beds = {number: state for number in (*(bed.id for bed in ward.beds), *places) if (state := house.bed(number)) is not None}
    others = [bed for bed in house.plan.beds.values() if bed.ward != ward.id and principal.may(May.ADMIT, bed.ward)]

    def may_move(was: BedStatus, to: BedStatus) -> bool:
        right = right_to_move(was, to)
        return right is None or principal.may(right, ward.id)

    occupants = await occupants_of(request, ward, beds)
    shown = ward_page(
        chrome(request, ward.name, f"ward:{ward.id}", undo),
        ward,
        {**house.live.beds, **beds},
        house.clock.now(),
        house.plan.zone,
        occupants=occupants,
        others=others,
        may_move=may_move,
        admits=principal.may(May.ADMIT, ward.id),
        lapse=timedelta(minutes=house.plan.requests.place_minutes),
        requests=await asked_here(request, ward),
        checked=house.checked_beds(),
        heard=house.live.feeds,
        station=house.plan.station,
    )
    shown = replace(shown, checks=await checks_of(request, ward.id), cleaning=await cleaning_here(request, ward, beds))
    shown = await _with_care(request, shown, ward, beds)
    return replace(
        folded(shown, _wanted(request) if wanted is None else wanted),
        asked_moves=await asked_of(request, ward.id),
        discharges=await leaving_here(request, ward, occupants),
        transports=transports_here(request, ward, occupants),
    )


async def _with_care(request: Request, shown: WardPage, ward: Ward, beds: dict[BedId, BedState]) -> WardPage:
    """The page with who comes, how its patients are, and its rooms."""
    house, principal = house_of(request), principal_of(request)
    known = with_care(
        shown,
        ward,
        beds,
        house.desk.hospital.visits,
        await comers_of(request, ward, beds),
        house.clock.now(),
        house.plan.zone,
        admits=principal.may(May.ADMIT, ward.id),
        assigns=principal.may(May.ASSIGN, ward.id),
        blocks=principal.may(May.BLOCK, ward.id),
        fed=bool(house.plan.feeds),
        station=house.plan.station,
        wrong=wrong_beds(request, ward, beds),
    )
    return replace(known, rooms=ward_rooms(ward, beds, may_block=principal.may(May.BLOCK, ward.id)))


def bed_or_place(house: House, number: str) -> tuple[Bed, BedState]:
    """A bed, or a temporary place that stands; 404 when there is neither."""
    place = house.bed(BedId(number))
    return (place_bed(place), place) if place is not None and place.temporary is not None and not place.gone else bed_of(house, number)


def lies_in(request: Request) -> tuple[Bed, BedState]:
    """The bed or temporary place of the path; 404 when it is not one of the ward's."""
    bed, state = bed_or_place(house_of(request), request.path_params["bed"])
    if bed.ward != request.path_params["ward"]:
        raise unknown("unknown-bed", f"There is no bed {bed.id} in this ward.")
    return bed, state


def _bed(request: Request) -> tuple[Bed, BedState]:
    """The bed of the path; 404 when it is not one of the ward's."""
    bed, state = bed_of(house_of(request), request.path_params["bed"])
    if bed.ward != request.path_params["ward"]:
        raise unknown("unknown-bed", f"There is no bed {bed.id} in this ward.")
    return bed, state


async def set_status(request: Request) -> Response:
    """Set a bed's status or stage."""
    form, (bed, state) = await form_of(request), _bed(request)
    to = form.word("status", BedStatus) or state.status
    check_move(principal_of(request), state.status, to, bed.ward)
    check_finish(principal_of(request), state, to)
    command = SetBedStatus(
        bed.id,
        to,
        stage=form.word("stage", Stage),
        clean=form.word("clean", CleanKind),
        reason=form.word("reason", OutOfUse),
        note=form.text("note", longest=200),
        until=form.moment("until", house_of(request).plan.zone),
        if_seq=form.number("if_seq"),
    )
    return await show_changed(request, await act(request, command), f"{bed.label}: {_WORDS[to]}")


_WORDS = {
    BedStatus.AVAILABLE: "free",
    BedStatus.CLEANING: "cleaning",
    BedStatus.MAINTENANCE: "out of use",
    BedStatus.OCCUPIED: "occupied",
}


async def show_changed(request: Request, done: Done, words: str) -> Response:
    """Answer a change made on the page."""
    return await changed(request, after, f"/wards/{request.path_params['ward']}", done, words)


async def admit(request: Request) -> Response:
    """Admit a patient into a bed of the ward."""
    form, (bed, state) = await form_of(request), lies_in(request)
    check_seen(form, state)
    asked = PersonAsked(
        form.needed("mrn", longest=60),
        form.needed("name", longest=200),
        form.day("birth_date"),
        form.choice("sex", ("M", "F", "O", "U")),
    )
    patient, sex, age, _ = await enter(house_of(request), asked)
    done = await act(request, ConfirmArrival(bed.id, VisitId(new_id("M")), patient=patient, sex=sex, age=age))
    return await show_changed(request, done, f"{bed.label}: admitted")


async def discharge(request: Request) -> Response:
    """The patient of a bed has left."""
    form, (bed, state) = await form_of(request), lies_in(request)
    check_seen(form, state)
    visit, patient = await lying_in(house_of(request), state)
    done = await tell(request, visit, Person(patient), Act.DISCHARGE)
    return await show_changed(request, done, f"{bed.label}: discharged")


def check_seen(form: Form, state: BedState) -> None:
    """409 when the bed has changed since it was looked at."""
    seen = form.number("if_seq")
    if seen is not None and seen != state.seq:
        raise Refused(f"Bed {state.id} has changed since you looked; look again.", code="stale")


def target_bed(request: Request, bed_id: str) -> Bed:
    """The bed or place that a form names, the own ward's first; 403 for one of a ward that is none of the reader's."""
    house = house_of(request)
    bed, _ = bed_or_place(house, said_bed(house, bed_id, request.path_params["ward"]))
    if not principal_of(request).may(May.ADMIT, bed.ward):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    return bed


async def lying_in(house: House, state: BedState) -> tuple[VisitId, PatientId]:
    """Who lies in a bed; refused where nobody does."""
    if state.visit is None:
        raise Refused(f"Nobody lies in bed {state.id}.", code="bed-empty")
    whose = await patients.of_visits(house.database, [state.visit])
    return state.visit, whose[state.visit]
