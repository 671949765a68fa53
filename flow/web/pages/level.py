"""The managers' page of the escalation level, and its changes as CSV."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alert_level import rules_of
from flow.views.ledger_page import period
from flow.views.level_page import Found, asked, change_rows, csv_text, level_page
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of


async def page(request: Request) -> Response:
    """How hard the house was pressed."""
    house = house_of(request)
    rules = rules_of(house.plan)
    key, least = asked(request.query_params, len(rules.levels))
    start, end = _period(house, key)
    found = await _found(house, start, end)
    view = level_page(chrome(request, "Escalation level"), house.plan, rules, found, key=key, least=least, start=start, end=end)
    return html(request, "manager/level.html", view)


async def export(request: Request) -> Response:
    """The changes of the page as CSV."""
    house = house_of(request)
    key, least = asked(request.query_params, len(rules_of(house.plan).levels))
    start, end = _period(house, key)
    rows = change_rows(await _found(house, start, end), least, start, end, house.plan.zone)
    headers = {"content-disposition": f'attachment; filename="level-{key}.csv"'}
    return Response(csv_text(rows), headers=headers, media_type="text/csv; charset=utf-8")


def _period(house: House, key: str) -> tuple[datetime, datetime]:
    """Up to now: a change of this minute is shown."""
    now = house.clock.now()
    return period(key, now)[0], now


async def _found(house: House, start: datetime, end: datetime) -> Found:
    changes = await house.levels.changes(start, end)
    older = {change.version for change in changes} - {rules_of(house.plan).version}
    rules = [(kept.version, kept.first_at, kept.rules) for kept in await house.levels.rules(older)] if older else []
    return Found(changes, rules, await house.levels.looked_at())
