"""The rows behind a figure of the minute ledger, down to the visits, and the same as files."""

from dataclasses import replace
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import WardId
from flow.domain.ledger import Stretch
from flow.domain.ledger_behind import Behind, Wanted, owner_of
from flow.history.ledger import ledger_behind
from flow.views import ledger_behind as drawn
from flow.views.ledger_behind import BehindPage, behind_page
from flow.views.ledger_page import RULES
from flow.views.period import MINUTE, AskedPeriod
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.period_asked import files_query, period_of
from flow.web.problems import unknown


async def page(request: Request) -> Response:
    """Which beds, from when to when, between which visits."""
    when = await period_of(request, RULES)
    view, found = await _view(request, when)
    tables = drawn.report(view, found, house_of(request).plan)
    return html(request, "manager/ledger_behind.html", replace(view, files=files(tables, files_query(request, when))))


async def report(request: Request) -> Report:
    """Every row."""
    return drawn.report(*await _view(request, await period_of(request, RULES, exact=True)), house_of(request).plan)


async def _view(request: Request, when: AskedPeriod) -> tuple[BehindPage, list[Behind]]:
    house, period = house_of(request), when.floored(MINUTE).period
    wanted = _wanted(request, house)
    found = await ledger_behind(house.database, period.start, period.end, period.zone, wanted)
    return behind_page(chrome(request, "Behind the minute ledger"), house.plan, found, wanted, period), found


def _wanted(request: Request, house: House) -> Wanted:
    """What the address says wrongly is left out, but for a ward, which would be another figure."""
    query = request.query_params
    ward = query.get("ward") or None
    if ward is not None and ward not in house.plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    said = query.get("stretch", "")
    stretch = Stretch(said) if said in set(Stretch) else None
    return Wanted(owner_of(query.get("owner", "")), stretch, WardId(ward) if ward is not None else None, _day(query.get("day", "")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
