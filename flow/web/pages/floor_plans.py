"""Drawn plans: the list of wards, the editor of one, and the deeds: upload, say which shape is which bed, show, back to the generated one.

A drawing comes as the bare body of a POST (forms with files are read nowhere) and is taken apart in a thread of its own.
"""

import asyncio
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from flow.domain.floor_plan.binding import bind, bound, faults
from flow.domain.floor_plan.svg import read_drawing
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Ward
from flow.errors import Refused
from flow.history.floor_plans import FloorPlan, Listed
from flow.views.bed_tile import Audience
from flow.views.floor_plans import Editor, FloorPlanPage, editor, floor_plans_page, version_rows
from flow.views.ward_plan import ward_plan
from flow.web.floor_plans import with_plan
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of

UPLOADS_A_MINUTE = 20


async def wards(request: Request) -> Response:
    """The wards, with the plan that each shows."""
    house = house_of(request)
    kept = house.floor_plans.kept
    drawn, shown, drafts = await house.floor_plans.plan(), await kept.shown(), await kept.drafts()
    return html(request, "floor_plans/wards.html", floor_plans_page(chrome(request, "Floor plans"), house.plan, drawn, shown, drafts))


async def page(request: Request) -> Response:
    """The editor of a ward's drawing: the version asked for, else the newest."""
    house, ward = house_of(request), _ward(request)
    versions = await house.floor_plans.kept.all(ward.id)
    found = await _asked(request, ward, versions)
    here = found.version if found is not None else None
    view = FloorPlanPage(
        chrome=chrome(request, f"Floor plan of {ward.id}"),
        ward=ward.id,
        name=ward.name,
        editor=_editor(request, ward, found, versions) if found is not None else None,
        versions=version_rows(versions, here, house.plan.zone),
        drawn=any(version.is_shown for version in versions),
    )
    return html(request, "floor_plans/page.html", view)


async def _asked(request: Request, ward: Ward, versions: list[Listed]) -> FloorPlan | None:
    wanted = request.query_params.get("version", "")
    if not wanted and not versions:
        return None
    return await _version(request, ward, int(wanted) if _is_number(wanted) else versions[0].version if versions else 0)


def _editor(request: Request, ward: Ward, found: FloorPlan, versions: list[Listed]) -> Editor:
    house = house_of(request)
    drawable = not any(fault.stops for fault in faults(house.plan, ward, found.drawing, found.beds))
    shown = with_plan(ward, found) if drawable else ward
    plan = ward_plan(shown, house.live.beds, Audience.STAFF, house.clock.now(), house.plan.zone, station=house.plan.station)
    return editor(
        house.plan,
        shown,
        found.version,
        found.drawing,
        found.beds,
        chosen=request.query_params.get("shape", ""),
        is_shown=any(each.is_shown and each.version == found.version for each in versions),
        preview=plan if drawable else None,
    )


async def upload(request: Request) -> Response:
    """Take a drawing (SVG) as a ward's next version; beds whose shapes are named after them are bound."""
    house, ward = house_of(request), _ward(request)
    await house.limiter.check("drawing", principal_of(request).id, UPLOADS_A_MINUTE, 60)
    drawing = await asyncio.to_thread(read_drawing, await request.body())
    beds = bind(house.plan, ward.id, drawing)
    await house.floor_plans.kept.add(ward.id, drawing, beds, principal_of(request).id, house.clock.now())
    return JSONResponse({"href": _address(ward.id)}, 201)


async def say_bed(request: Request) -> Response:
    """Say which bed a shape is, or that it is none."""
    house, ward = house_of(request), _ward(request)
    form = await form_of(request)
    found = await _version(request, ward, form.number("version") or 0)
    shape, bed = request.path_params["shape"], form.choice("bed", [bed.id for bed in ward.beds])
    if found.drawing.shape(shape) is None:
        raise unknown("unknown-shape", "There is no such shape in this drawing.")
    beds = bound(found.beds, shape, BedId(bed) if bed is not None else None)
    version = await house.floor_plans.kept.bind(ward.id, found.version, beds, principal_of(request).id, house.clock.now())
    return RedirectResponse(f"{_address(ward.id)}?{urlencode({'version': version})}#drawing", 303)


async def show(request: Request) -> Response:
    """Let the screens draw this version. Refused while a bed is missing, drawn twice, too small or covered."""
    house, ward = house_of(request), _ward(request)
    form = await form_of(request)
    found = await _version(request, ward, form.number("version") or 0)
    if any(fault.stops for fault in faults(house.plan, ward, found.drawing, found.beds)):
        raise Refused("This drawing cannot be shown yet: something is wrong with its beds.", code="drawing-incomplete")
    await house.floor_plans.kept.show(ward.id, found.version, principal_of(request).id, house.clock.now())
    return _changed(house, ward.id)


async def generated(request: Request) -> Response:
    """Let the screens draw the hospital file's plan again."""
    house, ward = house_of(request), _ward(request)
    await house.floor_plans.kept.end(ward.id, house.clock.now())
    return _changed(house, ward.id)


async def shown(request: Request) -> Response:
    """Which version of a ward's plan is drawn now; a wall that draws another one loads itself anew."""
    ward = await house_of(request).floor_plans.ward(WardId(request.path_params["ward"]))
    return JSONResponse({"version": ward.drawn.version if ward.drawn is not None else 0})


def _changed(house: House, ward: str) -> Response:
    house.floor_plans.forget()
    return RedirectResponse(_address(ward), 303)


async def _version(request: Request, ward: Ward, number: int) -> FloorPlan:
    found = await house_of(request).floor_plans.kept.get(ward.id, number) if 0 < number < 2**31 else None
    if found is None:
        raise unknown("unknown-version", "There is no such version of this ward's plan; a newer one may have taken its place.")
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _ward(request: Request) -> Ward:
    return house_of(request).plan.ward[WardId(request.path_params["ward"])]


def _address(ward: str) -> str:
    return f"/admin/floor-plans/{quote(ward, safe='')}"
