"""The managers' page of the minute ledger, and its tables as files.

Adding up four weeks takes a moment, so it is shared for some seconds.
"""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.check import Looked
from flow.domain.ghosts import Ghost
from flow.domain.ids import WardId
from flow.domain.ledger_sums import Ledger
from flow.history.checks import looked
from flow.history.clean_jobs import Times, times_by_ward
from flow.history.ledger import ghost_beds, minute_ledger
from flow.views.exported import ledger as exported
from flow.views.ledger_page import RULES, LedgerPage, ledger_page
from flow.views.period import MINUTE, AskedPeriod, Period
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.period_asked import files_query, period_of
from flow.web.problems import unknown
from flow.web.shelf import Shelf

Added = tuple[Ledger, list[Ghost], Looked, Mapping[WardId | None, Times]]
Shared = Shelf[tuple[Period, str | None], Added]
"""Ledger, ghosts, checks and cleans by period and ward."""


async def page(request: Request) -> Response:
    """What the idle bed-minutes were lost to."""
    when = await period_of(request, RULES)
    view, found = await _view(request, when)
    tables = exported.report(view, found, house_of(request).plan.zone)
    return html(request, "manager/ledger.html", replace(view, files=files(tables, files_query(request, when))))


async def report(request: Request) -> Report:
    """The tables of the page, and its sums."""
    return exported.report(*await _view(request, await period_of(request, RULES, exact=True)), house_of(request).plan.zone)


async def _view(request: Request, when: AskedPeriod) -> tuple[LedgerPage, Ledger]:
    house, ward, when = house_of(request), _ward(request), when.floored(MINUTE)
    shelf: Shared = request.app.state.ledgers
    found, ghosts, seen, cleans = await shelf.get((when.period, ward), lambda: _add(house, when.period, ward))
    return ledger_page(chrome(request, "Minute ledger"), house.plan, found, ghosts, seen, cleans, when=when, ward=ward), found


async def _add(house: House, period: Period, ward: str | None) -> Added:
    start, end = period.start, period.end
    found = await minute_ledger(house.database, start, end, period.zone, ward)
    cleans = await times_by_ward(house.database, start, end, [WardId(ward)] if ward else None)
    return found, await ghost_beds(house.database, start, end, ward), await looked(house.database, start, end, ward), cleans


def _ward(request: Request) -> str | None:
    ward = request.query_params.get("ward") or None
    if ward is not None and ward not in house_of(request).plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    return ward
