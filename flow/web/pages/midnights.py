"""The managers' page of the midnight census, and its tables as files."""

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.history.reports import census
from flow.views.exported import midnights as exported
from flow.views.midnights_page import BY_WORDS, RULES, MidnightsPage, midnights_page, midnights_that_end
from flow.views.period import AskedPeriod
from flow.views.tables import Report, files
from flow.web.occupancy_asked import chosen_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import cut_of, files_query, period_of


async def page(request: Request) -> Response:
    """The beds at each midnight."""
    when = await period_of(request, RULES)
    view = await _view(request, when, exact=False)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/midnights.html", replace(view, files=files(tables, files_query(request, when, BY_WORDS))))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request, await period_of(request, RULES, exact=True), exact=True), house_of(request).plan.zone)


async def _view(request: Request, when: AskedPeriod, *, exact: bool) -> MidnightsPage:
    house, asked, by = house_of(request), chosen_of(request), cut_of(request, BY_WORDS, "ward", exact=exact)
    at = midnights_that_end(when.period, house.clock.now())
    found = await census(house.database, house.plan.zone, at)
    frame = chrome(request, "Midnight census")
    return await asyncio.to_thread(lambda: midnights_page(frame, house.plan, found, at, when=when, by=by, asked=asked))
