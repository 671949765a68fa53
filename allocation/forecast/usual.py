"""The plain forecast beside the patients' own: as many as lay there at that hour on the days of the four weeks before. And how far each
group leans on it, learnt from what came of both.

`outlook` counts those who lie there, leave and come; it knows nothing of a house that steers itself (fewer are sent to a full ward), which
is what the hours of the weeks before show. The forecast lies between both, quantile by quantile, with the weight that would have had the
least pinball loss over the forecasts that have come due. Before it `outlook`; after it `bands`. Sources: Lichtendahl, Grushka-Cockayne,
Winkler, "Is it better to average probabilities or quantiles?" (Management Science 2013), whose answer is quantiles: chances averaged give
bands that are too wide.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from allocation.forecast.chances import Chances, trimmed
from allocation.forecast.stays import Groups, Numbers
from flow.domain.forecast import Level, Outlook

LEAST_DAYS = 7
"""Fewer say nothing of what is usual."""
CASES_LENT = 20
"""Forecasts that a group is lent by all groups of its level."""
_NARROWEST = 0.6
_SHARES = (np.arange(400) + 0.5) / 400
_TRIED = np.linspace(0, 1, 11)
"""The weights that are tried."""

Key = tuple[Level, str, int]
Weights = Mapping[Key, float]
"""The share of the patients' own forecast, 0 to 1; what is not named is that alone."""
Usual = Mapping[int, Numbers]
"""By hours ahead the occupied beds of each group at that hour of so many days before, shape (days, groups)."""


def key_of(row: Outlook) -> Key:
    """What a forecast is told apart by."""
    return row.level, row.name, row.hours


def usually(counts: Numbers, staffed: int) -> tuple[Chances, float]:
    """The chances of 0 to `staffed` occupied beds, from the counts of some days, each spread over its neighbours; and by how many patients
    the counts lie above the staffed beds, on the mean."""
    width = max(_NARROWEST, 1.06 * float(counts.std()) * counts.size**-0.2)
    beds = np.arange(staffed + 1)
    each = np.exp(-0.5 * ((beds[None, :] - np.clip(counts, 0, staffed)[:, None]) / width) ** 2)
    each[counts > staffed] = beds == staffed
    return np.asarray((each / each.sum(axis=1, keepdims=True)).mean(axis=0)), float(np.maximum(0, counts - staffed).mean())


@dataclass(frozen=True)
class Considered:
    """What is usual in a ward, by what somebody considers: how many find no bed, and by how many that is more than without it."""

    short: float
    crowded: float


def blended(rows: Iterable[Outlook], plain: Iterable[Outlook], usual: Usual, groups: Groups, weights: Weights) -> list[Outlook]:
    """The rows, leaning on what is usual. `plain` are the same without what somebody considers: by as many as then fewer or more would
    come, and find a bed, the usual counts are fewer or more."""
    before, found = {key_of(row): row for row in plain}, list(rows)
    wards = {
        (row.name, row.hours): _ward(row, before[key_of(row)], usual[row.hours][:, _place(row, groups)])
        for row in found
        if row.level is Level.WARD and len(usual[row.hours]) >= LEAST_DAYS
    }
    return [
        _blended(row, before[key_of(row)], wards, usual, groups, weights) if len(usual[row.hours]) >= LEAST_DAYS else row for row in found
    ]


def _place(row: Outlook, groups: Groups) -> int:
    return groups.names.index((row.level, row.name))


def _ward(row: Outlook, before: Outlook, counts: Numbers) -> Considered:
    short = usually(counts + _all_there(row) - _all_there(before), row.staffed)[1]
    return Considered(short, short - usually(counts, before.staffed)[1])


def _blended(
    row: Outlook, before: Outlook, wards: Mapping[tuple[str, int], Considered], usual: Usual, groups: Groups, weights: Weights
) -> Outlook:
    weight, place = weights.get(key_of(row), 1.0), _place(row, groups)
    if weight >= 1:
        return row
    own = [wards[name, row.hours] for name, at in groups.wards.items() if groups.member[place, at]]
    crowded = 0.0 if row.level is Level.WARD else sum(each.crowded for each in own)
    counts = usual[row.hours][:, place] + _all_there(row) - _all_there(before) - crowded
    return _mixed(row, usually(counts, row.staffed)[0], sum(each.short for each in own), weight)


def _all_there(row: Outlook) -> float:
    """On the mean, those who would find no bed counted in."""
    return row.low + float(np.arange(len(row.chances)) @ np.asarray(row.chances)) + row.short


def _mixed(row: Outlook, usual: Chances, short: float, weight: float) -> Outlook:
    low, chances = trimmed(_between(quantiles(_spread_out(row)), quantiles(usual), weight, row.staffed))
    return replace(row, low=low, chances=chances, short=weight * row.short + (1 - weight) * short)


def _between(own: Numbers, usual: Numbers, weight: float, most: int) -> Chances:
    """The chances of 0 to `most` whose quantiles lie between those of both; half a bed is half the one below and half the one above."""
    at = weight * own + (1 - weight) * usual
    below = np.floor(at).astype(np.intp)
    above = np.bincount(np.minimum(below + 1, most), weights=at - below, minlength=most + 1)
    return np.asarray((np.bincount(below, weights=1 - (at - below), minlength=most + 1) + above) / _SHARES.size)


def quantiles(chances: Chances) -> Numbers:
    """The counts that are not exceeded with each of the shares."""
    return np.minimum(np.searchsorted(np.cumsum(chances), _SHARES - 1e-9), chances.size - 1).astype(np.float64)


def _spread_out(row: Outlook) -> Chances:
    found = np.zeros(row.staffed + 1)
    found[row.low : row.low + len(row.chances)] = row.chances
    return found


@dataclass
class Lessons:
    """What came of forecasts: of each when it came due, and the loss that it would have had with each of the weights tried."""

    of: dict[Key, list[tuple[float, Numbers]]] = field(default_factory=lambda: defaultdict(list))

    def learn(self, row: Outlook, counts: Numbers, due: float, seen: int) -> None:
        """One more case: the forecast, what was usual, when it came due and what was seen then."""
        if len(counts) >= LEAST_DAYS and row.staffed:
            own, usual = quantiles(_spread_out(row)), quantiles(usually(counts, row.staffed)[0])
            missed = seen - usual - _TRIED[:, None] * (own - usual)
            self.of[key_of(row)].append((due, np.maximum(_SHARES * missed, (_SHARES - 1) * missed).mean(axis=1)))

    def weights(self, until: float) -> dict[Key, float]:
        """By what had come due until a moment. A group leans on all of its level at that horizon."""
        known = {key: [loss for due, loss in cases if due <= until] for key, cases in self.of.items()}
        lent = {pair: _lent([own for key, own in known.items() if (key[0], key[2]) == pair]) for pair in {(k[0], k[2]) for k in known}}
        return {key: _least(lent[key[0], key[2]] + np.sum(own, axis=0)) for key, own in known.items()}


def _lent(groups: list[list[Numbers]]) -> Numbers:
    cases = [loss for own in groups for loss in own]
    return np.asarray(CASES_LENT * np.mean(cases, axis=0)) if cases else np.zeros(_TRIED.size)


def _least(losses: Numbers) -> float:
    """The weight of the least loss; the patients' own alone where nothing is known, or nothing is lost by it."""
    return float(_TRIED[::-1][np.argmin(losses[::-1])])
