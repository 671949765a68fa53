"""The managers' page of the KPIs, and its tables as files."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.kpis.table import By
from flow.views.exported import kpis as exported
from flow.views.kpi_page import PERIODS, KpiPage, kpi_page, period
from flow.views.tables import Report, files
from flow.web.kpis_asked import KpiShelf, asked_of
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import unknown


async def page(request: Request) -> Response:
    """How the house did, each figure with its definition."""
    view = await _view(request)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/kpis.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> KpiPage:
    house, asked = house_of(request), asked_of(request, By.WARD)
    if asked.ward is not None and asked.ward not in house.plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    if asked.ward is not None and asked.by is By.WARD:
        asked = replace(asked, by=None)
    key = request.query_params.get("range", "7d")
    key = key if key in PERIODS else "7d"
    start, end = period(key, house.clock.now())
    shelf: KpiShelf = request.app.state.kpis
    found = await shelf.figures(house, start, end, asked)
    return kpi_page(chrome(request, "KPIs"), house.plan, found, asked, key=key, start=start, end=end)
