"""The admissions desk's page and its live region, before and after a change."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.request import LIVE, BedRequest
from flow.domain.roles import May
from flow.domain.visit import Visit
from flow.history import past
from flow.history.requests import lapsed
from flow.views.conflicts import conflicts_of
from flow.views.desk import choice
from flow.views.desk.filters import Filter, read_filter
from flow.views.desk.just_now import JUST_NOW
from flow.views.desk.lapsed import KEPT, is_lapsed
from flow.views.desk.page import DeskPage, desk_page
from flow.views.desk.waiting import next_request
from flow.views.page import Undo
from flow.views.places import told_place, told_places
from flow.views.without_bed import homeless
from flow.web.act import Done
from flow.web.names import known_to
from flow.web.pages.desk.listed import listed
from flow.web.pages.integration.frame import alarms_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of

LOGGED = 12


async def page(request: Request) -> Response:
    """The admissions desk."""
    return html(request, "desk/page.html", await _view(request, request.query_params.get("request")))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "desk/board.html", await _view(request, request.query_params.get("request")))


async def other_beds(request: Request) -> Response:
    """The beds that a field for a bed offers, as they are when somebody begins to type."""
    house = house_of(request)
    return html(request, "desk/_other_beds.html", choice.other_beds(await house.floor_plans.plan(), house.live.beds))


async def after(request: Request, undo: Undo | None, selected: str | None = None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "desk/after.html", await _view(request, selected, undo))


async def _view(request: Request, wanted: str | None, undo: Undo | None = None) -> DeskPage:
    house = house_of(request)
    requests, closed = live_requests(house), await recently_lapsed(house)
    shown, placed = filter_of(request), house.desk.hospital.visits
    looked = request.query_params.get("looked")
    selected = next_request(requests, house.clock.now(), wanted, lambda each: shown.fits(each, house.plan, placed), looked)
    suggestions, seen = await listed(request, selected)
    waiting = list(homeless(house.desk.hospital.visits.values()))
    return desk_page(
        chrome(request, "Admissions", "desk", undo),
        await house.floor_plans.plan(),
        told_places(requests, house.desk.hospital),
        house.live.beds,
        house.clock.now(),
        people=await _people(request, house, [*requests, *closed], waiting),
        selected=told_place(selected, house.desk.hospital) if selected is not None else None,
        suggestions=suggestions,
        seen=seen,
        log=await past.newest(house.database, JUST_NOW, LOGGED),
        writes=principal_of(request).may(May.ADMIT),
        visits=waiting,
        alarms=await alarms_of(house, house.clock.now()),
        conflicts=len(conflicts_of(house.desk.hospital)),
        shown=shown,
        placed=placed,
        lapsed=closed,
        ready=house.admissions.coming(),
    )


def live_requests(house: House) -> list[BedRequest]:
    """The open requests, as new as this process has them."""
    return [request for request in house.requests().values() if request.status in LIVE]


def filter_of(request: Request) -> Filter:
    """The filters of the page that asks: in its own address, for a form in that of the page it stands on."""
    said: Mapping[str, str] = request.query_params
    if request.method != "GET":
        said = dict(parse_qsl(urlsplit(request.headers.get("hx-current-url", "")).query))
    return read_filter(said, house_of(request).plan)


async def recently_lapsed(house: House) -> list[BedRequest]:
    """Requests closed within the last day, arrivals aside."""
    now = house.clock.now()
    return [each for each in await lapsed(house.database, now - KEPT) if is_lapsed(each, now)]


async def _people(request: Request, house: House, requests: list[BedRequest], visits: list[Visit]) -> dict[PatientId, PersonDetails] | None:
    waiting = [(r.patient, house.ward_of(r.bed)) for r in requests]
    known = await known_to(request, [*waiting, *((v.patient, house.ward_of(v.course.claim)) for v in visits)])
    return known or None


async def show_changed(request: Request, done: Done, words: str, selected: str | None = None) -> Response:
    """Answer a change made at the desk."""

    async def show(request: Request, undo: Undo | None) -> Response:
        return await after(request, undo, selected)

    return await changed(request, show, "/admissions", done, words)
