"""What somebody asks of the KPIs, read from the address, and the cases of a period: counting four weeks takes a moment, so they are
shared for some seconds by everybody, whatever they cut them by."""

import asyncio
import time
from datetime import datetime

from starlette.requests import Request

from flow.domain.kpis.cases import Asked, Case
from flow.domain.kpis.table import By
from flow.history.kpis import kpi_cases
from flow.views.kpi_page import types_of
from flow.web.api.wire import one_of
from flow.web.parts import House, house_of

_SHARED_SECONDS = 15.0
_MOST = 20
NONE = "none"


class KpiShelf:
    """Cases by period, each read once and shared while they are fresh."""

    def __init__(self) -> None:
        self._kept: dict[tuple[datetime, datetime], tuple[float, asyncio.Task[list[Case]]]] = {}

    async def cases(self, house: House, start: datetime, end: datetime) -> list[Case]:
        """Every case of a period, some seconds old at most."""
        now = time.monotonic()
        kept = self._kept.get((start, end))
        if kept is None or now - kept[0] > _SHARED_SECONDS or _failed(kept[1]):
            self._kept = {key: each for key, each in list(self._kept.items())[-_MOST:] if now - each[0] <= _SHARED_SECONDS}
            reading = asyncio.ensure_future(kpi_cases(house.database, house.plan, start, end, house.clock.now()))
            kept = self._kept[start, end] = (now, reading)
        return await asyncio.shield(kept[1])


def _failed(task: "asyncio.Task[list[Case]]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def asked_of(request: Request, usual: By | None) -> Asked:
    """`ward`, `type` and `by` of the address; the ward is looked at by who reads it."""
    params = request.query_params
    kind = params.get("type") or None
    if kind is not None:
        kind = one_of(request, "type", types_of(house_of(request).plan))
    said = one_of(request, "by", (*By, NONE)) if params.get("by") else None
    by = usual if said is None else None if said == NONE else By(said)
    return Asked(params.get("ward") or None, kind, by)
