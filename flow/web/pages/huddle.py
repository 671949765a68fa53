"""The huddle sheet: from now on, or as it was issued for a huddle; and its lines as CSV."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.huddle import Sheet
from flow.domain.huddle_actions import scene_of
from flow.domain.huddle_sheet import sheet
from flow.views.huddle_page import csv_text, huddle_page, key_of
from flow.web.api.wire import moment
from flow.web.pages.page import chrome, html, pages_of
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of

KEPT = 30
"""Huddles that are offered: ten days of three."""


async def page(request: Request) -> Response:
    """How many beds short, and what frees most."""
    house = house_of(request)
    found, asked = await _asked(request, house)
    links = [href.rpartition("/")[0] if href.startswith("/wards/") else href for href, _ in pages_of(request, principal_of(request))]
    huddles = await house.huddles.latest(KEPT)
    view = huddle_page(chrome(request, "Huddle sheet"), house.plan, found, house.clock.now(), huddles, links, asked)
    return html(request, "manager/huddle.html", view)


async def export(request: Request) -> Response:
    """The lines of the sheet as CSV."""
    house = house_of(request)
    found, _ = await _asked(request, house)
    headers = {"content-disposition": 'attachment; filename="huddle.csv"'}
    return Response(csv_text(found, house.plan.zone), headers=headers, media_type="text/csv; charset=utf-8")


async def _asked(request: Request, house: House) -> tuple[Sheet, str]:
    """The sheet that an address asks for, and how it names it."""
    said = request.query_params.get("at", "")
    if not said:
        return await _now(house), ""
    huddle: datetime = moment(said, "at")
    found = await house.huddles.sheet(huddle)
    if found is None:
        raise unknown("unknown-sheet", "No sheet was issued for that huddle. Choose one of the list at /manager/huddle.")
    return found, key_of(huddle)


async def _now(house: House) -> Sheet:
    """From now on; by what is known by name where nobody forecasts."""
    if house.sheet is not None:
        return await house.sheet()
    at = house.clock.now()
    return sheet(scene_of(house.desk.hospital, at, house.plan.forecast.counted_to(at, house.plan.zone)), ())
