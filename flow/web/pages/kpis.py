"""The managers' page of the KPIs, and its tables as files."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.kpis.table import By
from flow.views.exported import kpis as exported
from flow.views.kpi_page import KpiPage, kpi_page
from flow.views.period import MINUTE, AskedPeriod
from flow.views.tables import Report, files
from flow.web.kpis_asked import CUTS, asked_of, figures
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.period_asked import files_query, period_of
from flow.web.problems import unknown


async def page(request: Request) -> Response:
    """How the house did, each figure with its definition."""
    when = await period_of(request)
    view = await _view(request, when, exact=False)
    tables = exported.report(view, house_of(request).plan.zone)
    return html(request, "manager/kpis.html", replace(view, files=files(tables, files_query(request, when, CUTS))))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return exported.report(await _view(request, await period_of(request, exact=True), exact=True), house_of(request).plan.zone)


async def _view(request: Request, when: AskedPeriod, *, exact: bool) -> KpiPage:
    house, asked = house_of(request), asked_of(request, By.WARD, exact=exact)
    if asked.ward is not None and asked.ward not in house.plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    if asked.ward is not None and asked.by is By.WARD:
        asked = replace(asked, by=None)
    when = when.floored(MINUTE)
    found = await figures(request, when.period.start, when.period.end, asked)
    return kpi_page(chrome(request, "KPIs"), house.plan, found, asked, when)
