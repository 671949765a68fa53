"""The rolling back-test: the forecasts of the last 28 days that have come due, against what happened and against two naive forecasts.

What was issued before a huddle is judged as it was issued; a huddle without one is forecast now, from the history before it, leaning on
what is usual (`usual`) as far as what had come due by that midnight taught. Before it `outlook` forecasts; after it `bands` widens what did
not hold. Sources: pinball loss and Brier score as in Gneiting and Raftery, "Strictly
proper scoring rules" (JASA 2007); widening by split conformal quantile regression (Romano, Patterson, Candes, NeurIPS 2019).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np

from allocation.forecast.chances import inside, quantile
from allocation.forecast.outlook import Scene, outlooks, scene
from allocation.forecast.rates import WINDOW, Rates, rates
from allocation.forecast.stays import Clock, Groups, Numbers, Plans, Stays, plans, stays
from allocation.forecast.tallies import Tallies, tallies
from allocation.forecast.usual import Key, Lessons, Usual, blended
from flow.domain.forecast import HORIZONS, Judged, Outlook, Outlooks, Past
from flow.domain.plan import Plan

JUDGED_DAYS = 28
LEAST_LEARNT = 14
"""Whole days of history behind a forecast made afterwards."""
QUANTILES = (0.05, 0.1, 0.5, 0.9, 0.95)
_WEEK = 168.0
_DAY_ONE = date(1970, 1, 1)


@dataclass(frozen=True)
class Case:
    """A forecast of a group that came due: what was `seen`, of how many `staffed` beds; `now` and `week` are what the naive ones said, and
    `often` how often it was full at that hour in the weeks before."""

    outlook: Outlook
    issued: bool
    seen: int
    staffed: int
    now: int
    week: int
    often: float


def back_test(plan: Plan, past: Past, issued: Iterable[Outlooks], now: datetime) -> tuple[Judged, ...]:
    """Every group at every horizon of which a forecast came due in the last 28 days; `issued` are those of these days,
    also for huddles that are held at other times by now."""
    if past.first is None:
        return ()
    bench = Bench.of(plan, past, now)
    known = {each.huddle: each for each in issued if each.huddle is not None}
    found: dict[Key, list[Case]] = {}
    lessons = Lessons()
    for huddle in sorted({*known, *_huddles(plan, bench, now)}):
        said = known.get(huddle)
        at = said.at if said is not None else huddle - timedelta(minutes=plan.forecast.lead_minutes)
        plain = bench.afterwards(at)
        rows = said.rows if said is not None else bench.leaning(plain, at, lessons)
        for key, case in bench.cases(rows, at, issued=said is not None):
            found.setdefault(key, []).append(case)
        bench.teach(lessons, plain, at)
    weights = lessons.weights(bench.end)
    return tuple(replace(judged(key, cases), weight=weights.get(key, 1.0)) for key, cases in found.items())


def _huddles(plan: Plan, bench: "Bench", now: datetime) -> list[datetime]:
    today = now.astimezone(bench.clock.zone).date()
    days = [today - timedelta(days=back) for back in range(JUDGED_DAYS, -1, -1)]
    first = bench.counted.first + LEAST_LEARNT
    return [at for day in days if (day - _DAY_ONE).days >= first for at in plan.forecast.on(day, plan.zone)]


@dataclass(frozen=True)
class Bench:
    """The past as columns, with what was learnt on each morning of it."""

    plan: Plan
    past: Past
    groups: Groups
    clock: Clock
    stays: Stays
    plans: Plans
    counted: Tallies
    end: float
    learnt: dict[int, Rates]
    counted_at: dict[float, tuple[Numbers, Numbers]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, past: Past, now: datetime) -> "Bench":
        """Of everything that is known now."""
        groups, clock = Groups.of(plan), Clock(plan.zone)
        columns, end = stays(past, groups, clock), clock.hours(now)
        announced = plans(past.planned, groups, clock)
        return cls(plan, past, groups, clock, columns, announced, count(past, columns, groups, clock, end), end, {})

    def afterwards(self, at: datetime) -> Sequence[Outlook]:
        """What those who lay there then, and those who come, would have said."""
        hours = self.clock.hours(at)
        day = int(hours // 24)
        if day not in self.learnt:
            self.learnt[day] = rates(self.counted, day, WINDOW)
        return outlooks(self.scene(self.learnt[day], hours))

    def leaning(self, plain: Sequence[Outlook], at: datetime, lessons: Lessons) -> Sequence[Outlook]:
        """The forecast that would have been issued: with what was usual, as far as was known on that midnight to do good."""
        start = self.clock.hours(at)
        return blended(plain, plain, self.usual(start), self.groups, lessons.weights(start // 24 * 24))

    def teach(self, lessons: Lessons, plain: Iterable[Outlook], at: datetime) -> None:
        """What came of a forecast, where it has come due."""
        start = self.clock.hours(at)
        usual, places = self.usual(start), {name: place for place, name in enumerate(self.groups.names)}
        for row in plain:
            if start + row.hours <= self.end:
                place = places[row.level, row.name]
                seen = int(self._counts(start + row.hours)[0][place])
                lessons.learn(row, usual[row.hours][:, place], start + row.hours, seen)

    def usual(self, start: float) -> Usual:
        """What was seen so many hours after this hour on each of the days before, as known at `start` (hours since 1970)."""
        begun = self.counted.first * 24.0
        days = [day for day in range(1, WINDOW + 1) if start - 24 * day >= begun]
        empty = np.zeros((0, len(self.groups.names)))
        return {hours: np.array([self._counts(start - 24 * day + hours)[0] for day in days]) if days else empty for hours in HORIZONS}

    def scene(self, learnt: Rates, hours: float) -> Scene:
        """The house at a moment (hours since 1970), by what was learnt."""
        return scene(self.stays, self.plans, self.groups, learnt, hours)

    def cases(self, rows: Iterable[Outlook], at: datetime, *, issued: bool) -> Iterable[tuple[Key, Case]]:
        """What came of a forecast's rows, where they have come due."""
        start = self.clock.hours(at)
        places = {name: place for place, name in enumerate(self.groups.names)}
        then = {hours: self._counts(start + hours) for hours in HORIZONS if start + hours <= self.end}
        week = {hours: self._counts(start + hours - _WEEK) for hours in then}
        usual = self.usual(start)
        for row in rows:
            place = places.get((row.level, row.name))
            if place is None or row.hours not in then or not row.staffed:
                continue
            (seen, staffed), (before, _) = then[row.hours], week[row.hours]
            full = usual[row.hours][:, place] >= row.staffed
            often = float(full.mean()) if full.size else 0.0
            case = Case(row, issued, int(seen[place]), int(staffed[place]), row.now, int(before[place]), often)
            yield (row.level, row.name, row.hours), case

    def _counts(self, at: float) -> tuple[Numbers, Numbers]:
        """Occupied and staffed beds by group."""
        if at not in self.counted_at:
            wards, member = len(self.groups.beds), self.groups.member.astype(np.float64)
            staffed = np.maximum(0, self.groups.beds - self.stays.out(at, wards))
            self.counted_at[at] = member @ self.stays.occupied(at, wards), member @ staffed
        return self.counted_at[at]


def count(past: Past, columns: Stays, groups: Groups, clock: Clock, now: float) -> Tallies:
    """The whole days of the history up to last midnight."""
    assert past.first is not None, "somebody asks of a history that has not begun"
    seen = min((clock.hours(piece.start) for piece in past.pieces), default=now)
    first = int(np.ceil(max(clock.hours(past.first), seen) / 24))
    return tallies(columns, groups, first, int(now // 24))


def judged(key: Key, cases: Sequence[Case]) -> Judged:
    """The figures of one group at one horizon."""
    level, name, hours = key
    full = np.array([case.seen >= case.staffed for case in cases], np.float64)
    said = np.array([case.outlook.full for case in cases])
    often = np.array([case.often for case in cases])
    return Judged(
        level=level,
        name=name,
        hours=hours,
        count=len(cases),
        issued=sum(case.issued for case in cases),
        covered_80=_covered(cases, 0.1),
        covered_90=_covered(cases, 0.05),
        mae=_mean(abs(case.outlook.median - case.seen) for case in cases),
        mae_now=_mean(abs(case.now - case.seen) for case in cases),
        mae_week=_mean(abs(case.week - case.seen) for case in cases),
        pinball=_mean(_pinball([case.outlook.quantile(share) for share in QUANTILES], case.seen) for case in cases),
        pinball_now=_mean(_pinball([case.now] * len(QUANTILES), case.seen) for case in cases),
        pinball_week=_mean(_pinball([case.week] * len(QUANTILES), case.seen) for case in cases),
        brier=float(((said - full) ** 2).mean()),
        brier_usual=float(((often - full) ** 2).mean()),
        widen_80=widening(cases, 0.1),
        widen_90=widening(cases, 0.05),
    )


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _covered(cases: Iterable[Case], tail: float) -> float:
    return _mean(inside(case.outlook.low, np.asarray(case.outlook.chances), case.seen, tail) for case in cases)


def _pinball(said: Sequence[int], seen: int) -> float:
    """The mean over the quantiles: what was seen above a quantile costs its share, below it the rest."""
    return _mean(max(share * (seen - each), (share - 1) * (seen - each)) for share, each in zip(QUANTILES, said, strict=True))


def widening(cases: Sequence[Case], tail: float) -> int:
    """By how many beds a band has to reach further on either side so that it would have held as often as it says (split conformal: the
    ceil((n + 1) * share)-th smallest of how far each was missed). A band is never made narrower."""
    missed = sorted(_missed(case, tail) for case in cases)
    rank = int(np.ceil((len(missed) + 1) * (1 - 2 * tail)))
    return max(0, missed[min(rank, len(missed)) - 1])


def _missed(case: Case, tail: float) -> int:
    chances, low = np.asarray(case.outlook.chances), case.outlook.low
    return max(low + quantile(chances, tail) - case.seen, case.seen - low - quantile(chances, 1 - tail))
