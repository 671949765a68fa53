"""A bed's last days and a visit's path, for managers: statuses, times and numbers, no names."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.plan import Bed, Plan
from flow.history.bed_line import Told, bed_line, path_of
from flow.views.bed_page import DAYS, Asked, bed_page
from flow.views.bed_page import report as bed_report
from flow.views.tables import Report
from flow.views.visit_page import visit_page
from flow.web.pages.form import Form
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown

USUAL = 7


async def bed(request: Request) -> Response:
    """The days of a bed up to the day of the address, else today."""
    line, asked = await _line(request, request.path_params["bed"])
    house = house_of(request)
    view = bed_page(chrome(request, f"Bed {asked.bed.id}"), house.plan.zone, line, asked, _today(house))
    return html(request, "manager/bed.html", view)


async def report(request: Request) -> Report:
    """The stretches of the page as a report; the bed stands in the query."""
    line, asked = await _line(request, request.query_params.get("bed", ""))
    house = house_of(request)
    return bed_report(bed_page(chrome(request, "Bed"), house.plan.zone, line, asked, _today(house)), house.plan.zone)


async def visit(request: Request) -> Response:
    """The path of a visit."""
    house = house_of(request)
    now = house.clock.now()
    path = await path_of(house.database, request.path_params["visit"], now)
    if path is None:
        raise unknown("unknown-visit", "There is no such visit.")
    view = visit_page(chrome(request, f"Visit {path.visit.id}"), house.plan.zone, path, now)
    return html(request, "manager/visit.html", view)


async def _line(request: Request, number: str) -> tuple[list[Told], Asked]:
    house, form = house_of(request), Form(request.query_params)
    zone, now, today = ZoneInfo(house.plan.zone), house.clock.now(), _today(house)
    day, count = form.day("day") or today, form.number("days") or USUAL
    if day > today or day < today - timedelta(days=3660):
        raise invalid("no-such-day", "Choose a day that has begun, of the last ten years.")
    if count not in DAYS:
        raise invalid("no-such-period", f"days is one of {', '.join(map(str, DAYS))}.")
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
