"""What somebody asks of the KPIs, read from the address; and the figures, shared for some seconds by everybody who asks for the same."""

from datetime import datetime

from starlette.requests import Request

from flow.domain.kpis.cases import Asked
from flow.domain.kpis.table import By
from flow.history.kpis import Figures, kpi_figures
from flow.views.kpi_page import types_of
from flow.web.parts import house_of
from flow.web.period_asked import cut_of
from flow.web.problems import unknown
from flow.web.shelf import Shelf

NONE = "none"
Shared = Shelf[tuple[datetime, datetime, Asked], Figures]
"""Figures by period and what they are cut by."""


async def figures(request: Request, start: datetime, end: datetime, asked: Asked) -> Figures:
    """Every KPI of a period, some seconds old at most."""
    house = house_of(request)
    shelf: Shared = request.app.state.kpis
    now = house.clock.now()
    return await shelf.get((start, end, asked), lambda: kpi_figures(house.database, house.plan, start, end, now, asked))


CUTS = (*By, NONE)


def asked_of(request: Request, usual: By | None, *, exact: bool = True) -> Asked:
    """`ward`, `type` and `by` of the address; the ward is looked at by who reads it. `exact`: another `by` is refused."""
    params = request.query_params
    kind, types = params.get("type") or None, types_of(house_of(request).plan)
    if kind is not None and kind not in types:
        raise unknown("unknown-type", f"No bed is of this type. There are: {', '.join(types)}.")
    said = cut_of(request, CUTS, usual or NONE, exact=exact)
    return Asked(params.get("ward") or None, kind, None if said == NONE else By(said))
