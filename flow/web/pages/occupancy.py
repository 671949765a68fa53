"""The managers' page: occupancy now and over time, by ward, with its tables as files.

Counting four weeks takes a moment, so a report is shared by everybody who asks for the same within a few seconds.
"""

import asyncio
import time
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.kpi import OccupancyReport
from flow.domain.roles import May
from flow.history.bed_hours import Scope
from flow.history.reports import occupancy_report
from flow.views.exported import occupancy as exported
from flow.views.occupancy_page import PERIODS, Chosen, ManagerPage, manager_page, period
from flow.views.tables import Report, files
from flow.web.occupancy_asked import chosen_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of

_SHARED_SECONDS = 5.0


class Shelf:
    """Reports by what they are about, each counted once and shared while it is fresh."""

    def __init__(self) -> None:
        self._reports: dict[tuple[str, Chosen], tuple[float, asyncio.Task[OccupancyReport]]] = {}

    async def report(self, house: House, key: str, asked: Chosen) -> OccupancyReport:
        """The report of a period and of the beds asked for, at most a few seconds old."""
        now = time.monotonic()
        kept = self._reports.get((key, asked))
        if kept is None or now - kept[0] > _SHARED_SECONDS or _failed(kept[1]):
            self._reports = {one: each for one, each in self._reports.items() if now - each[0] <= _SHARED_SECONDS}
            start, end, step = period(key, house.clock.now(), house.plan.zone)
            scope = Scope(asked.wards(house.plan), asked.kind or None)
            counting = occupancy_report(house.database, house.plan, start, end, step, scope)
            kept = self._reports[key, asked] = (now, asyncio.ensure_future(counting))
        return await asyncio.shield(kept[1])


def _failed(task: "asyncio.Task[OccupancyReport]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def page(request: Request) -> Response:
    """The managers' page."""
    view = await _view(request)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/page.html", replace(view, files=files(tables, request.url.query)))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "manager/_board.html", await _view(request))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> ManagerPage:
    house, asked = house_of(request), chosen_of(request)
    key = request.query_params.get("range", "7d")
    key = key if key in PERIODS else "7d"
    shelf: Shelf = request.app.state.shelf
    report = await shelf.report(house, key, asked)
    topics = "desk" if principal_of(request).may(May.WAITING) else ""
    frame, live = chrome(request, "Occupancy", topics), house.live
    return await asyncio.to_thread(
        lambda: manager_page(frame, house.plan, report, live.beds, live.requests.values(), house.clock.now(), key=key, asked=asked)
    )
