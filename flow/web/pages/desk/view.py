"""The admissions desk's page and its live region, before and after a change."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.request import LIVE, BedRequest
from flow.domain.roles import May
from flow.domain.visit import Visit
from flow.history import past
from flow.views.conflicts import conflicts_of
from flow.views.desk.just_now import JUST_NOW
from flow.views.desk.page import DeskPage, desk_page
from flow.views.desk.waiting import next_request
from flow.views.page import Undo
from flow.views.without_bed import homeless
from flow.web.act import Done
from flow.web.names import known_to
from flow.web.pages.integration.frame import alarms_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import House, house_of
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


async def show_changed(request: Request, done: Done, words: str, selected: str | None = None) -> Response:
    """Answer a change made at the desk."""

    async def show(request: Request, undo: Undo | None) -> Response:
        return await after(request, undo, selected)

    return await changed(request, show, "/admissions", done, words)
