"""The forecast over the API: every group at every horizon with its bands and chances, and how good the last ones were."""

from datetime import date, datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.forecast import ForecastState, Judged, Level, Outlook
from flow.domain.roles import May
from flow.views.forecast_page import Asked
from flow.web.api.beds import check_ward
from flow.web.api.wire import listing, one_of
from flow.web.forecast_asked import outlooks_of, what_if_of
from flow.web.parts import house_of
from flow.web.security.principal import principal_of


class OutlookOut(msgspec.Struct):
    """Occupied beds of a group at `time`, `hours` ahead: `expected` (the median), bands as [low, high], `chance_of_full` as a share,
    `short` the mean number of patients above the staffed beds. `chances` are those of `low`, `low` + 1, ... occupied beds."""

    level: Level
    name: str | None
    hours: int
    time: datetime
    occupied_now: int
    staffed: int
    expected: int
    band_80: list[int]
    band_90: list[int]
    chance_of_full: float
    short: float
    state: ForecastState
    low: int
    chances: list[float]


class JudgedOut(msgspec.Struct):
    """The forecasts of the last 28 days of a group at a horizon: `issued` of `count` before their huddle. Coverages are shares, errors and
    pinball losses beds; `_now` and `_week` are the simple forecasts "as many as now" and "as a week before",
    `brier_usual` is of "as often full as in the four weeks before"; `weight` is how much of the next forecast is not what is usual."""

    level: Level
    name: str | None
    hours: int
    count: int
    issued: int
    coverage_80: float
    coverage_90: float
    mae: float
    mae_now: float
    mae_week: float
    pinball: float
    pinball_now: float
    pinball_week: float
    brier: float
    brier_usual: float
    weight: float


class ForecastOut(msgspec.Struct):
    """Made at `as_of`, for a `huddle` or (null) from now on. `state` is the house's: none, with no items, under 28 days of history."""

    as_of: datetime
    huddle: datetime | None
    state: ForecastState
    history_days: float
    items: list[OutlookOut]
    judged_on: date | None
    judged: list[JudgedOut]


async def get_forecast(request: Request) -> Response:
    """The forecast from now on, or with `at=issued` that of the last huddle; `ward` for one ward alone. `if_ward` and `if_beds`, once
    for each ward, open (or below 0 close) beds, `delay` puts planned admissions off by so many hours, the next `delayed` of them or all."""
    house, principal = house_of(request), principal_of(request)
    asked = request.query_params.get("ward") or principal.only_ward(May.REPORTS)
    ward = check_ward(house, principal, asked, May.REPORTS).id if asked else None
    issued = one_of(request, "at", ("now", "issued")) == "issued"
    what_if = what_if_of(request)
    found = await outlooks_of(house, Asked(issued=issued and not what_if.is_any, what_if=what_if))
    judged_on, verdicts = await house.forecasts.judged()
    out = ForecastOut(
        as_of=found.at,
        huddle=found.huddle,
        state=found.state,
        history_days=round(found.days, 2),
        items=[_outlook(row, found.at) for row in found.rows if ward is None or (row.level, row.name) == (Level.WARD, ward)],
        judged_on=judged_on,
        judged=[_judged(each) for each in verdicts if ward is None or (each.level, each.name) == (Level.WARD, ward)],
    )
    return listing(request, out)


def _outlook(row: Outlook, at: datetime) -> OutlookOut:
    return OutlookOut(
        level=row.level,
        name=row.name or None,
        hours=row.hours,
        time=at + timedelta(hours=row.hours),
        occupied_now=row.now,
        staffed=row.staffed,
        expected=row.median,
        band_80=list(row.band_80),
        band_90=list(row.band_90),
        chance_of_full=round(row.full, 6),
        short=round(row.short, 4),
        state=row.state,
        low=row.low,
        chances=[round(chance, 6) for chance in row.chances],
    )


def _judged(each: Judged) -> JudgedOut:
    return JudgedOut(
        each.level,
        each.name or None,
        each.hours,
        each.count,
        each.issued,
        *(round(figure, 4) for figure in (each.covered_80, each.covered_90, each.mae, each.mae_now, each.mae_week)),
        *(round(figure, 4) for figure in (each.pinball, each.pinball_now, each.pinball_week, each.brier, each.brier_usual, each.weight)),
    )
