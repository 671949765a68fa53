"""The managers' page of the midnight census, and its tables as files."""

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.history.reports import census
from flow.views.exported import midnights as exported
from flow.views.midnights_page import BY_WORDS, PERIODS, MidnightsPage, midnights_of, midnights_page
from flow.views.tables import Report, files
from flow.web.occupancy_asked import chosen_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of


async def page(request: Request) -> Response:
    """The beds at each midnight."""
    view = await _view(request)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/midnights.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> MidnightsPage:
    house, asked, params = house_of(request), chosen_of(request), request.query_params
    key, by = params.get("range", "28d"), params.get("by", "ward")
    key, by = key if key in PERIODS else "28d", by if by in BY_WORDS else "ward"
    at = midnights_of(PERIODS[key][1], house.clock.now(), house.plan.zone)
    found = await census(house.database, house.plan.zone, at)
    frame = chrome(request, "Midnight census")
    return await asyncio.to_thread(lambda: midnights_page(frame, house.plan, found, at, key=key, by=by, asked=asked))
