"""What somebody asks of the KPIs, read from the address; and the figures, shared for some seconds by everybody who asks for the same."""

import asyncio
import time
from datetime import datetime

from starlette.requests import Request

from flow.domain.kpis.cases import Asked
from flow.domain.kpis.table import By
from flow.history.kpis import Figures, kpi_figures
from flow.views.kpi_page import types_of
from flow.web.api.wire import one_of
from flow.web.parts import House, house_of

_SHARED_SECONDS = 15.0
_MOST = 20
NONE = "none"


class KpiShelf:
    """Figures by what was asked, each counted once and shared while they are fresh."""

    def __init__(self) -> None:
        self._kept: dict[tuple[datetime, datetime, Asked], tuple[float, asyncio.Task[Figures]]] = {}

    async def figures(self, house: House, start: datetime, end: datetime, asked: Asked) -> Figures:
        """Every KPI of a period, some seconds old at most."""
        now, key = time.monotonic(), (start, end, asked)
        kept = self._kept.get(key)
        if kept is None or now - kept[0] > _SHARED_SECONDS or _failed(kept[1]):
            self._kept = {each: own for each, own in list(self._kept.items())[-_MOST:] if now - own[0] <= _SHARED_SECONDS}
            counting = asyncio.ensure_future(kpi_figures(house.database, house.plan, start, end, house.clock.now(), asked))
            kept = self._kept[key] = (now, counting)
        return await asyncio.shield(kept[1])


def _failed(task: "asyncio.Task[Figures]") -> bool:
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
