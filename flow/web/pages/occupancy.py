"""The managers' page: occupancy now and over time, by ward, with its tables as files.

Counting four weeks takes a moment, so a report is shared by everybody who asks for the same within a few seconds.
"""

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.kpi import OccupancyReport
from flow.domain.roles import May
from flow.history.bed_hours import Scope
from flow.history.reports import occupancy_report
from flow.views.exported import occupancy as exported
from flow.views.occupancy_page import Chosen, ManagerPage, manager_page, step_of
from flow.views.period import AskedPeriod, Period
from flow.views.tables import Report, files
from flow.web.occupancy_asked import chosen_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import files_query, period_of
from flow.web.security.principal import principal_of
from flow.web.shelf import Shelf

Shared = Shelf[tuple[Period, Chosen], OccupancyReport]
"""Reports by period and beds."""


async def page(request: Request) -> Response:
    """The managers' page."""
    when = await _when(request)
    view = await _view(request, when)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/page.html", replace(view, files=files(tables, files_query(request, when))))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "manager/_board.html", await _view(request, await _when(request)))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request, await _when(request, exact=True)), house_of(request).plan.zone)


async def _when(request: Request, *, exact: bool = False) -> AskedPeriod:
    when = await period_of(request, exact=exact)
    return when.floored(step_of(when.period))


async def _view(request: Request, when: AskedPeriod) -> ManagerPage:
    house, asked = house_of(request), chosen_of(request)
    period, scope = when.period, Scope(asked.wards(house.plan), asked.kind or None)
    shelf: Shared = request.app.state.occupancy
    report = await shelf.get(
        (period, asked), lambda: occupancy_report(house.database, house.plan, period.start, period.end, step_of(period), scope)
    )
    topics = "desk" if principal_of(request).may(May.WAITING) else ""
    frame, live = chrome(request, "Occupancy", topics), house.live
    return await asyncio.to_thread(
        lambda: manager_page(frame, house.plan, report, live.beds, live.requests.values(), house.clock.now(), when=when, asked=asked)
    )
