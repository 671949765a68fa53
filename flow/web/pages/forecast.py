"""The managers' page of the forecast, and its tables as files."""

from dataclasses import replace
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.forecast import Level, Outlooks
from flow.history.bed_hours import Scope
from flow.history.reports import occupancy_samples
from flow.views.exported import forecast as exported
from flow.views.forecast_page import Asked, ForecastPage, Told, day_before, forecast_page
from flow.views.tables import Report, files
from flow.web.forecast_asked import asked_of, outlooks_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of

_HOUR = timedelta(hours=1)


async def page(request: Request) -> Response:
    """How full the house will be."""
    view, found = await _view(request)
    tables = exported.report(view, found, house_of(request).plan.zone)
    return html(request, "manager/forecast.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the page, and every figure of every group."""
    return exported.report(*await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> tuple[ForecastPage, Outlooks]:
    house, asked = house_of(request), asked_of(request)
    shown = await outlooks_of(house, asked)
    plain = await outlooks_of(house, Asked()) if asked.what_if.is_any else shown
    judged_on, verdicts = await house.forecasts.judged()
    newest = await house.forecasts.newest()
    found = Told(
        shown=shown,
        plain=plain,
        verdicts=verdicts,
        judged_on=judged_on,
        past=await _occupied(house, asked, shown.at) if shown.rows else (),
        huddle=newest.huddle if newest is not None else None,
        runs=house.managers.forecast is not None,
    )
    return forecast_page(chrome(request, "Forecast"), house.plan, found, asked), shown


async def _occupied(house: House, asked: Asked, at: datetime) -> list[tuple[datetime, int]]:
    """The occupied beds of the group, hour by hour: in the day before a forecast was made, and what came since."""
    level, name = asked.key
    start = at - 24 * _HOUR
    wards = None if level is Level.HOUSE else house.plan.wards_of(name) if level is Level.SPECIALTY else (name,)
    until = min(house.clock.now(), at + 24 * _HOUR)
    found = await occupancy_samples(house.database, house.plan.zone, start, until, _HOUR, Scope(wards))
    return day_before([[(sample.at, sample.occupied) for sample in own] for own in found.values()])
