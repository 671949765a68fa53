"""The managers' page of the escalation level, and its tables as files."""

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alert_level import rules_of
from flow.views import level_page as drawn
from flow.views.ledger_page import period
from flow.views.level_page import Found, LevelPage, asked, level_page
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of


async def page(request: Request) -> Response:
    """How hard the house was pressed."""
    view = await _view(request)
    tables = drawn.report(view, house_of(request).plan.zone)
    return html(request, "manager/level.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the page."""
    return drawn.report(await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> LevelPage:
    """Up to now: a change of this minute is shown."""
    house = house_of(request)
    rules = rules_of(house.plan)
    key, least = asked(request.query_params, len(rules.levels))
    end = house.clock.now()
    start, _ = period(key, end)
    found = await _found(house, start, end)
    return level_page(chrome(request, "Escalation level"), house.plan, rules, found, key=key, least=least, start=start, end=end)


async def _found(house: House, start: datetime, end: datetime) -> Found:
    changes = await house.levels.changes(start, end)
    older = {change.version for change in changes} - {rules_of(house.plan).version}
    rules = [(kept.version, kept.first_at, kept.rules) for kept in await house.levels.rules(older)] if older else []
    return Found(changes, rules, await house.levels.looked_at())
