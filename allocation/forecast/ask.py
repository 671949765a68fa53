"""The one door: a past and a question in, the forecast out. Everything behind it is pure; `flow.main.forecasting` reads and keeps."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allocation.forecast.bands import marked
from allocation.forecast.judge import Bench
from allocation.forecast.outlook import outlooks
from allocation.forecast.rates import WINDOW, rates
from flow.domain.forecast import ENOUGH_DAYS, Judged, Outlooks, Past, WhatIf
from flow.domain.plan import Plan


def forecast(
    plan: Plan, past: Past, verdicts: Iterable[Judged], at: datetime, *, huddle: datetime | None = None, what_if: WhatIf | None = None
) -> Outlooks:
    """The forecast of a moment; without rows where the history is shorter than 28 days. `verdicts` are those of the newest back-test."""
    what_if = what_if or WhatIf()
    days = (at - past.first) / timedelta(days=1) if past.first is not None else 0.0
    if days < ENOUGH_DAYS:
        return Outlooks(at, days, (), huddle, what_if)
    bench = Bench.of(plan, past, at)
    learnt = rates(bench.counted, int(bench.end // 24), WINDOW)
    rows = outlooks(bench.scene(learnt, bench.end), what_if)
    return Outlooks(at, days, marked(rows, {(each.level, each.name, each.hours): each for each in verdicts}), huddle, what_if)
