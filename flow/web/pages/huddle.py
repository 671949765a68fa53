"""The huddle sheet: from now on, or as it was issued for a huddle; and its tables as files."""

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.huddle import Sheet
from flow.domain.huddle_actions import scene_of
from flow.domain.huddle_sheet import sheet
from flow.views import huddle_page as drawn
from flow.views.huddle_page import HuddlePage, huddle_page, key_of
from flow.views.tables import Report, files
from flow.web.api.wire import moment
from flow.web.pages.page import chrome, html, pages_of
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of

KEPT = 30
"""Huddles that are offered: ten days of three."""


async def page(request: Request) -> Response:
    """How many beds short, and what frees most."""
    view, found = await _view(request)
    tables = drawn.report(view, found, house_of(request).plan)
    return html(request, "manager/huddle.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the sheet."""
    view, found = await _view(request)
    return drawn.report(view, found, house_of(request).plan)


async def _view(request: Request) -> tuple[HuddlePage, Sheet]:
    house = house_of(request)
    found, asked = await _asked(request, house)
    links = [href.rpartition("/")[0] if href.startswith("/wards/") else href for href, _ in pages_of(request, principal_of(request))]
    huddles = await house.huddles.latest(KEPT)
    return huddle_page(chrome(request, "Huddle sheet"), house.plan, found, house.clock.now(), huddles, links, asked), found


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
    if house.managers.sheet is not None:
        return await house.managers.sheet()
    at = house.clock.now()
    return sheet(scene_of(house.desk.hospital, at, house.plan.forecast.counted_to(at, house.plan.zone)), ())
