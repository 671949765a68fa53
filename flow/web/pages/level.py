"""The managers' page of the escalation level, and its tables as files."""

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alert_level import rules_of
from flow.views import level_page as drawn
from flow.views.level_page import Found, LevelPage, least_of, level_page
from flow.views.period import MINUTE, AskedPeriod
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.period_asked import files_query, period_of


async def page(request: Request) -> Response:
    """How hard the house was pressed."""
    when = await period_of(request)
    view = await _view(request, when)
    tables = drawn.report(view, house_of(request).plan.zone)
    return html(request, "manager/level.html", replace(view, files=files(tables, files_query(request, when))))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return drawn.report(await _view(request, await period_of(request, exact=True)), house_of(request).plan.zone)


async def _view(request: Request, when: AskedPeriod) -> LevelPage:
    """Up to now: a change of this minute is shown."""
    house, floored = house_of(request), when.floored(MINUTE).period
    when = replace(when, period=replace(when.period, start=floored.start))
    rules = rules_of(house.plan)
    found = await _found(house, when.period.start, when.period.end)
    least = least_of(request.query_params, len(rules.levels))
    return level_page(chrome(request, "Escalation level"), house.plan, rules, found, when=when, least=least)


async def _found(house: House, start: datetime, end: datetime) -> Found:
    changes = await house.levels.changes(start, end)
    older = {change.version for change in changes} - {rules_of(house.plan).version}
    rules = [(kept.version, kept.first_at, kept.rules) for kept in await house.levels.rules(older)] if older else []
    return Found(changes, rules, await house.levels.looked_at())
