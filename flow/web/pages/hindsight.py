"""A past day against the same day planned with hindsight: aggregates of all its patients, no single one."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.history.hindsight import day_of
from flow.views.exported import hindsight as exported
from flow.views.hindsight_page import HindsightPage, hindsight_page
from flow.views.tables import Report, files
from flow.web.pages.form import Form
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import invalid


async def page(request: Request) -> Response:
    """The day of the address, else yesterday."""
    view = await _view(request)
    menu = files(exported.report(view, house_of(request).plan.zone), f"day={view.day}")
    return html(request, "manager/hindsight.html", replace(view, files=menu))


async def report(request: Request) -> Report:
    """The figures of the page."""
    return exported.report(await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> HindsightPage:
    house = house_of(request)
    zone = ZoneInfo(house.plan.zone)
    now = house.clock.now()
    last = now.astimezone(zone).date() - timedelta(days=1)
    day = Form(request.query_params).day("day") or last
    if not last - timedelta(days=366) <= day <= last:
        raise invalid("no-such-day", "Choose a day of the last year that is over.")
    start = datetime.combine(day, time(), zone).astimezone(now.tzinfo)
    found = None
    if house.managers.look_back is not None:
        found = await house.managers.look_back(await day_of(house.database, house.plan, start, now))
    return hindsight_page(chrome(request, "With hindsight"), day, last, found)
