"""NABH's indicators by month, and the anonymised table of a month; each with its files."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.anonymous import anonymous as table_of
from flow.domain.anonymous import tally
from flow.domain.kpis.cases import Asked, Figure
from flow.domain.nabh import MONTHS, month_before, months_until, next_month
from flow.domain.report_rules import day_of
from flow.history.anonymised import close, closed
from flow.history.begun import begun
from flow.history.discharged import discharged
from flow.history.returns import returns
from flow.views.nabh_page import MonthPage, anonymous_page, nabh_page
from flow.views.nabh_page import report as tables_of
from flow.views.period import day_in
from flow.views.tables import Report, files
from flow.web.kpis_asked import figures
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import bad_request

CHOICES = 13
INDICATORS = ("nabh", "NABH indicators", "the KPIs' records, over calendar months of the hospital's zone")
ANONYMOUS = ("anonymised", "Discharges without names", "finished visits by week, ward and band of age; small counts hidden")


async def page(request: Request) -> Response:
    """The indicators."""
    return _html(request, "manager/nabh.html", await _indicators(request, exact=False), INDICATORS)


async def report(request: Request) -> Report:
    """Their tables."""
    return tables_of(await _indicators(request, exact=True), *INDICATORS, house_of(request).plan.zone)


async def anonymous(request: Request) -> Response:
    """What may be given away."""
    return _html(request, "manager/anonymised.html", await _anonymous(request, exact=False), ANONYMOUS)


async def anonymous_report(request: Request) -> Report:
    """Its table."""
    return tables_of(await _anonymous(request, exact=True), *ANONYMOUS, house_of(request).plan.zone)


def _html(request: Request, template: str, view: MonthPage, named: tuple[str, str, str]) -> Response:
    tables = tables_of(view, *named, house_of(request).plan.zone)
    return html(request, template, replace(view, files=files(tables, f"month={view.month}" if view.wrong else request.url.query)))


async def _indicators(request: Request, *, exact: bool) -> MonthPage:
    house, today = house_of(request), _today(request)
    last, wrong = _month(request, today, exact=exact)
    found = {month: await _figures(request, month) for month in months_until(last, MONTHS)}
    view = nabh_page(chrome(request, "NABH indicators"), house.plan, found, months_until(today, CHOICES), today, await _begun(house))
    return replace(view, wrong=wrong)


async def _figures(request: Request, month: date) -> dict[str, Figure]:
    house = house_of(request)
    start, end = _bounds(house, month)
    if start >= end:
        return {}
    found = {measure.id: each[0] for measure, each in await figures(request, start, end, Asked())}
    return found | await returns(house.database, house.plan, start, end, house.clock.now())


async def _anonymous(request: Request, *, exact: bool) -> MonthPage:
    """Of months that are over, each as it was when somebody first asked: two tables of a month that goes on would tell who left in
    between, and so would a letter that comes late."""
    house, last = house_of(request), month_before(_today(request))
    month, wrong = _month(request, last, exact=exact)
    if await closed(house.database, month) is None:
        left = await discharged(house.database, house.people, house.plan, *_bounds(house, month))
        await close(house.database, month, tally(left, house.plan.reports.few), house.clock.now())
    standing = await closed(house.database, month)
    assert standing is not None, "what was closed stands"
    found = await asyncio.to_thread(table_of, standing[0])
    view = anonymous_page(
        chrome(request, "Without names"), house.plan, found, month, months_until(last, CHOICES), standing[1], await _begun(house)
    )
    return replace(view, wrong=wrong)


async def _begun(house: House) -> date | None:
    """The day on which the record begins."""
    at = await begun(house.database)
    return day_in(at, house.plan.zone) if at is not None else None


def _bounds(house: House, month: date) -> tuple[datetime, datetime]:
    """A month of the hospital's clock, no further than now."""
    now = house.clock.now().replace(second=0, microsecond=0)
    return day_of(month, house.plan.zone)[0], min(day_of(next_month(month), house.plan.zone)[0], now)


def _today(request: Request) -> date:
    house = house_of(request)
    return house.clock.now().astimezone(ZoneInfo(house.plan.zone)).date()


def _month(request: Request, last: date, *, exact: bool) -> tuple[date, str]:
    """The month, and what is wrong with the one that was asked for: a page shows the newest instead, a file (`exact`) is refused."""
    said, known = request.query_params.get("month") or f"{last:%Y-%m}", months_until(last, CHOICES)
    found = next((each for each in known if f"{each:%Y-%m}" == said), None)
    if found is not None:
        return found, ""
    words = f"Such a month cannot be shown. The months that can be chosen are {known[0]:%B %Y} to {known[-1]:%B %Y}."
    if exact:
        raise bad_request("bad-month", words)
    return known[-1], f"{words} Shown is {known[-1]:%B %Y}."
