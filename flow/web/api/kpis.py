"""The KPIs over the API: each with its definition, its numerator and denominator, and what it is cut by."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.kpis.aims import Aims
from flow.domain.kpis.cases import Asked, Figure
from flow.domain.kpis.table import By, Measure, Sort, Unit
from flow.domain.roles import May
from flow.web.api.beds import check_ward
from flow.web.api.wire import listing, moment
from flow.web.kpis_asked import asked_of, figures
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of

LONGEST = timedelta(days=366)


class FigureOut(msgspec.Struct):
    """A figure of one group, or (`group` null) of all together. `value` is told: of a span its median, else `ratio`, which is numerator
    by denominator (of a span the mean of those that are over). `cases` are a span's that count: over, `under_way`, ended `otherwise`;
    under five of them there are no percentiles, nor where so many have not ended. `aim` is that of the group's own ward or clinic, or of
    whatever all of them are asked about."""

    group: str | None
    numerator: float
    denominator: float
    ratio: float | None
    value: float | None
    p50: float | None
    p90: float | None
    cases: int
    under_way: int
    otherwise: int
    invalid: int
    aim: float | None


class KpiOut(msgspec.Struct):
    """A KPI with its definition and figures; `aim` is at most so much, `note` what is to be known before anybody acts on it."""

    id: str
    title: str
    version: int
    sort: Sort
    unit: Unit
    numerator: str
    denominator: str
    source: str
    note: str
    aim: float | None
    figures: list[FigureOut]


class KpisOut(msgspec.Struct):
    """The KPIs from `start` to `end`; one that cannot be told apart by the ward or type asked for is left out."""

    start: datetime
    end: datetime
    by: By | None
    ward: str | None
    type: str | None
    items: list[KpiOut]


async def get_kpis(request: Request) -> Response:
    """The KPIs of a period: `from`, `to` (at most 366 days, usually the last seven), `by` (ward, type, hour, weekday), `ward`, `type`."""
    house, principal = house_of(request), principal_of(request)
    now = house.clock.now()
    end = min(_time(request, "to", now), now)
    start = _time(request, "from", end - timedelta(days=7))
    if not start < end <= start + LONGEST:
        raise invalid("bad-period", f"from lies before to, and at most {LONGEST.days} days before it.")
    asked = asked_of(request, None)
    ward = asked.ward or principal.only_ward(May.REPORTS)
    asked = replace(asked, ward=check_ward(house, principal, ward, May.REPORTS).id if ward else None)
    found = await figures(request, start, end, asked)
    items = [_kpi(measure, figures, house.plan.kpi_aims, asked) for measure, figures in found]
    return listing(request, KpisOut(start, end, asked.by, asked.ward, asked.kind, items))


def _kpi(measure: Measure, figures: list[Figure], aims: Aims, asked: Asked) -> KpiOut:
    m, aim = measure, aims.of(measure, asked.ward)
    told = [_figure(m, each, aims.of(m, each.group) if asked.by is By.WARD and each.group else aim) for each in figures]
    return KpiOut(m.id, m.title, m.version, m.sort, m.unit, m.numerator, m.denominator, m.source, m.note, aim, told)


def _figure(measure: Measure, f: Figure, aim: float | None) -> FigureOut:
    return FigureOut(
        f.group or None,
        f.numerator,
        f.denominator,
        f.ratio(measure),
        f.value(measure),
        f.p50,
        f.p90,
        f.cases,
        f.under_way,
        f.otherwise,
        f.invalid,
        aim,
    )


def _time(request: Request, name: str, usual: datetime) -> datetime:
    text = request.query_params.get(name)
    return usual if text is None else moment(text, name)
