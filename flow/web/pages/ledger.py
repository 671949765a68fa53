"""The managers' page of the minute ledger, and its tables as files.

Adding up four weeks takes a moment, so it is shared for some seconds.
"""

import asyncio
import time
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
from flow.views.ledger_page import PERIODS, LedgerPage, ledger_page, period
from flow.views.tables import Report, files
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import unknown

_SHARED_SECONDS = 15.0
Added = tuple[Ledger, list[Ghost], Looked, Mapping[WardId | None, Times]]


class LedgerShelf:
    """Ledgers by period and ward, each added up once and shared while it is fresh."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str | None], tuple[float, asyncio.Task[Added]]] = {}

    async def added(self, house: House, key: str, ward: str | None) -> Added:
        """The ledger, the ghosts, the checks and the cleans of a period and ward, some seconds old at most."""
        now = time.monotonic()
        kept = self._kept.get((key, ward))
        if kept is None or now - kept[0] > _SHARED_SECONDS or _failed(kept[1]):
            kept = self._kept[key, ward] = (now, asyncio.ensure_future(_add(house, key, ward)))
        return await asyncio.shield(kept[1])


def _failed(task: "asyncio.Task[Added]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _add(house: House, key: str, ward: str | None) -> Added:
    start, end = period(key, house.clock.now())
    found = await minute_ledger(house.database, start, end, house.plan.zone, ward)
    cleans = await times_by_ward(house.database, start, end, [WardId(ward)] if ward else None)
    return found, await ghost_beds(house.database, start, end, ward), await looked(house.database, start, end, ward), cleans


async def page(request: Request) -> Response:
    """What the idle bed-minutes were lost to."""
    view, found = await _view(request)
    tables = exported.report(view, found, house_of(request).plan.zone)
    return html(request, "manager/ledger.html", replace(view, files=files(tables, request.url.query)))


async def report(request: Request) -> Report:
    """The tables of the page, and its sums."""
    return exported.report(*await _view(request), house_of(request).plan.zone)


async def _view(request: Request) -> tuple[LedgerPage, Ledger]:
    key, ward = _asked(request)
    found, ghosts, seen, cleans = await request.app.state.ledgers.added(house_of(request), key, ward)
    return ledger_page(chrome(request, "Minute ledger"), house_of(request).plan, found, ghosts, seen, cleans, key=key, ward=ward), found


def _asked(request: Request) -> tuple[str, str | None]:
    key, ward = request.query_params.get("range", "7d"), request.query_params.get("ward") or None
    if ward is not None and ward not in house_of(request).plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    return key if key in PERIODS else "7d", ward
