"""A bed's last days and a visit's path, for managers: statuses, times and numbers, no names."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.plan import Bed, Plan
from flow.history.bed_line import Told, bed_line, path_of
from flow.views.bed_page import DAYS, Asked, BedPage, bed_page
from flow.views.exported import bed as exported_bed
from flow.views.exported import visit as exported_visit
from flow.views.tables import Report, files
from flow.views.visit_page import VisitPage, visit_page
from flow.web.pages.form import Form
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.period_asked import refuse_gone
from flow.web.problems import invalid, unknown

USUAL = 7


async def bed(request: Request) -> Response:
    """The days of a bed up to the day of the address, else today."""
    view, asked = await _bed(request, request.path_params["bed"])
    menu = files(exported_bed.report(view, house_of(request).plan.zone), asked.query)
    return html(request, "manager/bed.html", replace(view, files=menu))


async def report(request: Request) -> Report:
    """The tables of a bed's page; the bed stands in the query."""
    view, _ = await _bed(request, request.query_params.get("bed", ""))
    return exported_bed.report(view, house_of(request).plan.zone)


async def visit(request: Request) -> Response:
    """The path of a visit."""
    view = await _visit(request, request.path_params["visit"])
    menu = files(exported_visit.report(view, house_of(request).plan.zone), urlencode({"visit": view.visit}))
    return html(request, "manager/visit.html", replace(view, files=menu))


async def visit_report(request: Request) -> Report:
    """The path as a report; the visit stands in the query."""
    return exported_visit.report(await _visit(request, request.query_params.get("visit", "")), house_of(request).plan.zone)


async def _visit(request: Request, number: str) -> VisitPage:
    house = house_of(request)
    now = house.clock.now()
    path = await path_of(house.database, number, now)
    if path is None:
        raise unknown("unknown-visit", "There is no such visit.")
    return visit_page(chrome(request, f"Visit {path.visit.id}"), house.plan.zone, path, now)


async def _bed(request: Request, number: str) -> tuple[BedPage, Asked]:
    line, asked = await _line(request, number)
    house = house_of(request)
    return bed_page(chrome(request, f"Bed {asked.bed.id}"), house.plan.zone, line, asked, _today(house)), asked


async def _line(request: Request, number: str) -> tuple[list[Told], Asked]:
    house, form = house_of(request), Form(request.query_params)
    zone, now, today = ZoneInfo(house.plan.zone), house.clock.now(), _today(house)
    day, count = form.day("day") or today, form.number("days") or USUAL
    if day > today or day < today - timedelta(days=3660):
        raise invalid("no-such-day", "Choose a day that has begun, of the last ten years.")
    if count not in DAYS:
        raise invalid("no-such-period", f"days is one of {', '.join(map(str, DAYS))}.")
    await refuse_gone(house, day)
    start, end = (
        datetime.combine(each, time(), zone).astimezone(UTC) for each in (day - timedelta(days=count - 1), day + timedelta(days=1))
    )
    plan, _ = await house.plans_then.at(min(end, now))
    asked = Asked(_known(plan, house.plan, number), day, count, start, min(end, now))
    return await bed_line(house.database, asked.bed.id, start, asked.end, now), asked


def _known(then: Plan, today: Plan, number: str) -> Bed:
    """The bed as it was built then, else as it is now."""
    found = next((plan.beds[each] for plan in (then, today) for each in plan.beds if each == number), None)
    if found is None:
        raise unknown("unknown-bed", "There is no such bed.")
    return found


def _today(house: House) -> date:
    return house.clock.now().astimezone(ZoneInfo(house.plan.zone)).date()
