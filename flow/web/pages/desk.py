"""The admissions desk's page: who waits, the beds suggested, and the forms that ask, promise, release and cancel."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import CancelRequest, ReleaseBed, RequestBed
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.request import LIVE, BedRequest
from flow.domain.roles import May
from flow.domain.visit import Act, Visit
from flow.history import past
from flow.views.conflicts import conflicts_of
from flow.views.desk import JUST_NOW, DeskPage, desk_page, next_request
from flow.views.page import Undo
from flow.views.without_bed import homeless
from flow.web.act import Done, act
from flow.web.api.request_models import PersonAsked, RequestAsked
from flow.web.api.requests import AssignmentAsked, found_request, promise, wanted_by
from flow.web.api.visits import as_known, found_visit, tell
from flow.web.names import known_to
from flow.web.pages.form import Form, form_of
from flow.web.pages.integration.frame import alarms_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of

SUGGESTED = 5
LOGGED = 12


async def page(request: Request) -> Response:
    """The admissions desk."""
    return html(request, "desk/page.html", await _view(request, request.query_params.get("request")))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "desk/board.html", await _view(request, request.query_params.get("request")))


async def after(request: Request, undo: Undo | None, selected: str | None = None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "desk/after.html", await _view(request, selected, undo))


async def _view(request: Request, wanted: str | None, undo: Undo | None = None) -> DeskPage:
    house = house_of(request)
    requests = live_requests(house)
    selected = next_request(requests, wanted)
    waiting = list(homeless(house.desk.hospital.visits.values()))
    return desk_page(
        chrome(request, "Admissions", "desk", undo),
        house.plan,
        requests,
        house.live.beds,
        house.clock.now(),
        people=await _people(request, house, requests, waiting),
        selected=selected,
        suggestions=house.suggest(selected, SUGGESTED) if selected is not None else None,
        log=await past.newest(house.database, JUST_NOW, LOGGED),
        writes=principal_of(request).may(May.ADMIT),
        visits=waiting,
        alarms=await alarms_of(house, house.clock.now()),
        conflicts=len(conflicts_of(house.desk.hospital)),
    )


def live_requests(house: House) -> list[BedRequest]:
    """The open requests, as new as this process has them."""
    return [request for request in house.requests().values() if request.status in LIVE]


async def _people(request: Request, house: House, requests: list[BedRequest], visits: list[Visit]) -> dict[PatientId, PersonDetails] | None:
    waiting = [(r.patient, house.ward_of(r.bed)) for r in requests]
    known = await known_to(request, [*waiting, *((v.patient, house.ward_of(v.course.claim)) for v in visits)])
    return known or None


async def _changed(request: Request, done: Done, words: str, selected: str | None = None) -> Response:
    async def show(request: Request, undo: Undo | None) -> Response:
        return await after(request, undo, selected)

    return await changed(request, show, "/admissions", done, words)


async def create(request: Request) -> Response:
    """Put a patient on the waiting list."""
    form, house = await form_of(request), house_of(request)
    wanted = await wanted_by(house, _asked(form, house))
    done = await act(request, RequestBed(wanted))
    return await _changed(request, done, "Request made", wanted.id)


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


async def assign(request: Request) -> Response:
    """Promise a bed; 409 in place when somebody was faster."""
    form, wanted = await form_of(request), await found_request(request)
    asked = AssignmentAsked(form.needed("bed", longest=60), form.text("override_reason") or None, None, form.number("if_seq"))
    done = await promise(request, wanted, asked)
    return await _changed(request, done, f"{asked.bed} promised")


async def place(request: Request) -> Response:
    """Say in which bed a patient lies who has none: settles a conflict or an unknown place; 409 in place when the bed is taken."""
    form, house = await form_of(request), house_of(request)
    visit = await found_visit(request)
    bed = form.needed("bed", longest=60)
    target = house.desk.hospital.bed_at(bed)
    if target is None:
        raise invalid("unknown-bed", f"There is no bed {bed[:40]}.")
    done = await tell(request, visit.id, as_known(visit.patient), Act.TRANSFER, bed=target)
    return await _changed(request, done, f"{target}: patient placed")


async def release(request: Request) -> Response:
    """Take a promise back."""
    wanted = await found_request(request)
    return await _changed(request, await act(request, ReleaseBed(wanted.id)), "Promise taken back", wanted.id)


async def cancel(request: Request) -> Response:
    """Take a patient off the list."""
    wanted = await found_request(request)
    return await _changed(request, await act(request, CancelRequest(wanted.id)), "Request cancelled")
