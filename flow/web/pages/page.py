"""What every page handler needs: the frame round the page from whoever is signed in, and the answer as HTML."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.bed import BedState
from flow.domain.roles import May, Reach, Role
from flow.history.devices import Station
from flow.views.opened_names import names_bar
from flow.views.page import Chrome, NamesBar, NavLink, Undo
from flow.views.station import REFUSED, AtStation
from flow.web.act import Done
from flow.web.parts import house_of
from flow.web.security.cookies import csrf_token
from flow.web.security.principal import Principal, Way, anybody
from flow.web.zipped import zipped


class Framed(Protocol):
    """A view with its frame."""

    @property
    def chrome(self) -> Chrome: ...


Show = Callable[[Request, Undo | None], Awaitable[Response]]
"""Draws the live region of a page again, with what can be undone."""


def html(request: Request, template: str, view: object, status: int = 200) -> Response:
    """A template with its view."""
    body = house_of(request).templates.render(template, view).encode()
    return zipped(request.headers, body, "text/html; charset=utf-8", status)


def chrome(request: Request, name: str, topics: str = "", undo: Undo | None = None) -> Chrome:
    """The frame of a page for whoever is signed in (or nobody)."""
    house, principal = house_of(request), anybody(request)
    if principal is None:
        return Chrome(name, house.plan.name, made_up=house.made_up)
    return Chrome(
        name=name,
        hospital=house.plan.name,
        person=None if principal.is_empty_station else principal.name,
        role=principal.role,
        csrf=csrf_token(principal.csrf),
        nav=nav(request, principal),
        topics=topics,
        undo=undo,
        bell=principal.may(May.ESCALATIONS),
        cases=principal.may(May.CASES),
        station=_at_station(request, principal),
        made_up=house.made_up,
        names=_names(request, principal),
        mine=principal.way is Way.SESSION,
    )


def _at_station(request: Request, principal: Principal) -> AtStation | None:
    """The bar that asks for a badge: on every page of a ward's workstation."""
    if principal.station is None:
        return None
    who, refused = principal.seat if principal.way is Way.SESSION else "", REFUSED.get(request.query_params.get("badge", ""), "")
    return AtStation(principal.station.name, station_home(principal.station), who, house_of(request).settings.station_idle, refused)


def station_home(station: Station) -> str:
    """The board of a ward station."""
    return f"/wards/{quote(station.ward, safe='')}"


NAMED = ("/wards/", "/admissions", "/discharges", "/step-up-down", "/census", "/integration/conflicts", "/opd/")
"""Pages on which somebody may want to see names that are not shown to them."""
_USUAL = {Reach.MASKED: "Names are masked", Reach.OWN: "You see the names of your own patients"}


def _names(request: Request, principal: Principal) -> NamesBar | None:
    """What is shown of names to somebody who may open more of them: where they stand, and everywhere while they are open."""
    path: str = request.scope["path"]
    may = principal.may(May.OPEN) and principal.way is Way.SESSION
    if not may or (principal.opened is None and not path.startswith(NAMED)):
        return None
    house, here = house_of(request), path if request.method == "GET" else "/"
    href = f"/names?{urlencode({'ward': request.path_params.get('ward', ''), 'from': here})}"
    usual = _USUAL.get(principal.reach(May.NAMES), "Names are hidden")
    return names_bar(principal.opened, usual, href, here, house.clock.now(), house.plan.zone)


def nav(request: Request, principal: Principal) -> tuple[NavLink, ...]:
    """Links to the pages this person may open."""
    here: str = request.scope["path"]
    return tuple(NavLink(href, words, here == href or here.startswith(f"{href}/")) for href, words in pages_of(request, principal))


BY_RIGHT = (
    (May.DISCHARGES, "/discharges", "Discharges"),
    (May.WAITING, "/step-up-down", "Step up"),
    (May.CARRY, "/porter", "Porter"),
    (May.TRANSPORTS, "/transports", "Transport"),
    (May.SUPERVISE, "/supervisor", "Cleaners"),
    (May.CLEAN, "/housekeeping", "Cleaning"),
    (May.CENSUS, "/census", "Census"),
)


def pages_of(request: Request, principal: Principal) -> list[tuple[str, str]]:
    """The pages somebody may open, the one they come for first."""
    plan = house_of(request).plan
    found: list[tuple[str, str]] = []
    if principal.may(May.WAITING) and principal.reach(May.WAITING) is Reach.ALL:
        found.append(("/admissions", "Admissions"))
    if principal.reach(May.REPORTS) is Reach.ALL or principal.role is Role.AUDITOR:
        found.append(("/manager", "Occupancy"))
    if principal.may(May.COMMAND) and principal.only_ward(May.COMMAND) is None and principal.audience is None:
        found.append(("/command-centre", "Command centre"))
    if principal.reach(May.BEDS) is Reach.WARD and principal.ward is not None:
        found.append((f"/wards/{principal.ward}", f"Ward {principal.ward}"))
    elif principal.may(May.BEDS) and principal.audience is None and plan.wards:
        found.append((f"/wards/{plan.wards[0].id}", "Wards"))
    found += [(href, words) for right, href, words in BY_RIGHT if principal.may(right)]
    clinic = next((clinic.id for clinic in plan.clinics if principal.may(May.QUEUE, clinic.id)), None)
    if clinic is not None and principal.audience is None:
        found.append((f"/opd/{clinic}", "OPD"))
    if principal.may(May.DEVICES):
        found.append(("/admin", "Administration"))
    if principal.may(May.AUDIT):
        found.append(("/audit", "Audit trail"))
        found.append(("/openings", f"Openings · {principal.unreviewed} new" if principal.unreviewed else "Openings"))
    if principal.may(May.LETTERS):
        found.append(("/integration", "Integration"))
    return _first_things_first(found, principal)


def _first_things_first(found: list[tuple[str, str]], principal: Principal) -> list[tuple[str, str]]:
    home = {
        Role.MANAGER: "/manager",
        Role.SUPERVISOR: "/supervisor",
        Role.HOUSEKEEPING: "/housekeeping",
        Role.PORTER: "/porter",
        Role.ADMIN: "/admin",
        Role.AUDITOR: "/audit",
    }
    first = home.get(principal.role)
    return sorted(found, key=lambda page: page[0] != first)


def undo_of(request: Request, done: Done, words: str) -> Undo | None:
    """The bar that offers to take a command back; none where it changed nothing."""
    if not done.records:
        return None
    seq = max((record.seq for record in done.records if isinstance(record, BedState)), default=0)
    return Undo(words, f"/undo/{done.command}", house_of(request).settings.undo_seconds, seq)


async def changed(request: Request, show: Show, page: str, done: Done, words: str) -> Response:
    """The answer to a form that changed something: the page's live region for htmx, else back to the page."""
    if "hx-request" in request.headers:
        return await show(request, undo_of(request, done, words))
    return RedirectResponse(page, 303)


def here(path: str) -> str:
    """A place of ours to go on to; anything else is the first page."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ours else "/"


def asked_from(request: Request) -> str:
    """The path of the page a form stood on, as the browser says; only ever a path of our own."""
    said = request.headers.get("hx-current-url") or request.headers.get("referer") or "/"
    return here(urlsplit(said).path)
