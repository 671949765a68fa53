"""The managers' page of the forecast, and its figures as CSV."""

import asyncio
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.forecast import Level
from flow.history.reports import occupancy_samples
from flow.views.forecast_page import Asked, ForecastPage, Told, csv_text, day_before, forecast_page
from flow.web.forecast_asked import asked_of, outlooks_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of

_HOUR = timedelta(hours=1)


async def page(request: Request) -> Response:
    """How full the house will be."""
    return html(request, "manager/forecast.html", await _view(request))


async def export(request: Request) -> Response:
    """The figures of the page, of every group, as CSV."""
    house = house_of(request)
    shown = await outlooks_of(house, asked_of(request))
    headers = {"content-disposition": 'attachment; filename="forecast.csv"'}
    return Response(csv_text(shown, house.plan.zone), headers=headers, media_type="text/csv; charset=utf-8")


async def _view(request: Request) -> ForecastPage:
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
        runs=house.forecast is not None,
    )
    return forecast_page(chrome(request, "Forecast"), house.plan, found, asked)


async def _occupied(house: House, asked: Asked, at: datetime) -> list[tuple[datetime, int]]:
    """The occupied beds of the group, hour by hour: in the day before a forecast was made, and what came since."""
    level, name = asked.key
    start = at - 24 * _HOUR
    wards: list[str | None] = [None] if level is Level.HOUSE else [name]
    if level is Level.SPECIALTY:
        wards = [ward.id for ward in house.plan.wards if (ward.specialty or ward.name) == name]
    until = min(house.clock.now(), at + 24 * _HOUR)
    found = await asyncio.gather(*(occupancy_samples(house.database, start, until, _HOUR, ward) for ward in wards))
    return day_before([[(sample.at, sample.occupied) for sample in own] for own in found])
