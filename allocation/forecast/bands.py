"""How far a forecast may be trusted: whether the bands of the last 28 days held, and how much wider they are drawn where they did not.

Before it `judge` found out; this is the last step of a forecast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flow.domain.forecast import LOWEST_COVERAGE, ForecastState, Judged, Level, Outlook


def marked(rows: Iterable[Outlook], verdicts: Mapping[tuple[Level, str, int], Judged]) -> tuple[Outlook, ...]:
    """The rows as they are shown. Not yet judged, or outside 72 to 88 %: calibrating; below 72 % the bands reach further, by conformal
    widening. Bands that hold too often are left as they are: they err on the safe side."""
    return tuple(_marked(row, verdicts.get((row.level, row.name, row.hours))) for row in rows)


def _marked(row: Outlook, verdict: Judged | None) -> Outlook:
    if verdict is None or not verdict.is_enough:
        return replace(row, state=ForecastState.CALIBRATING)
    if verdict.holds:
        return replace(row, state=ForecastState.FORECAST)
    widened = (verdict.widen_80, max(verdict.widen_80, verdict.widen_90)) if verdict.covered_80 < LOWEST_COVERAGE else (0, 0)
    return replace(row, state=ForecastState.CALIBRATING, widened=widened)
