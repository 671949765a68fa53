"""When a bed can be used, with its spread: a cleaning's stage against the ward's history, a discharge expected, the cleaning after it.

A stage under way is conditioned on how long it has lasted: of the ward's past cleanings only those that took longer count. Stages are
added by their medians; their spreads (p50 - p10, p90 - p50) as root of squares, as for independent times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from allocation.grid import AVAILABLE, CLEANING, IN_PROGRESS, INSPECTION, OCCUPIED, Grid
from allocation.layout import Times
from flow.domain.ids import WardId
from flow.domain.plan import Ward
from flow.domain.weights import Weights

_STEPS = 33
_SHARES = (np.arange(_STEPS) + 0.5) / _STEPS
_SPREAD = np.exp(0.35 * ndtri(_SHARES))
"""Before a ward has its own history: cleaning times spread like a log-normal whose 90 % lie within a factor of 1.8."""
_LATE = 60.0 * ndtri(_SHARES)
_LONGEST = np.full(_STEPS, 240.0)
_ENOUGH = 8
_FLOOR = 5.0
"""No stage under way is promised sooner, in minutes; a bed that stands ready says so itself."""
SOONER = 0.5
"""Steps take longer more often than shorter: their p10 lies half as far from the middle as their p90."""
PERCENT = (10, 50, 90)


@dataclass(frozen=True, slots=True)
class History:
    """Minutes that past stages took, by ward: `queue` from dirty to begun, `clean` from begun to ready, `turn` both together, where the
    two are not known apart; `late` by how much patients left after the time expected of them (negative: before it), in the whole house.
    """

    queue: Mapping[WardId, Sequence[float]] = field(default_factory=dict)
    clean: Mapping[WardId, Sequence[float]] = field(default_factory=dict)
    turn: Mapping[WardId, Sequence[float]] = field(default_factory=dict)
    late: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """The moments by which the bed will be ready with 10, 50 and 90 % probability."""

    p10: datetime
    p50: datetime
    p90: datetime


class Turnover:
    """The history as tables: 33 even quantiles a ward, in minutes. Few observations are mixed with what the file expects."""

    def __init__(self, wards: Sequence[Ward], weights: Weights, history: History | None = None) -> None:
        said = history or History()
        self.queue = _stacked([_table(said.queue.get(ward.id, ()), weights.queue_minutes * _SPREAD) for ward in wards])
        self.clean = _stacked([_table(said.clean.get(ward.id, ()), weights.clean_minutes * _SPREAD) for ward in wards])
        self.late = _table(said.late, _LATE)
        begun = np.zeros(len(wards))
        self.turn = _stacked([_table(said.turn.get(ward.id, ()), _LONGEST) for ward in wards])
        self.turns_known = np.array([len(said.turn.get(ward.id, ())) >= _ENOUGH for ward in wards], np.bool_)
        apart = _sum(_left(self.queue, begun), _left(self.clean, begun))
        self.from_dirty = np.where(self.turns_known, _left(self.turn, begun), apart)
        self.whole_clean = _left(self.clean, begun)

    def minutes(self, grid: Grid, moment: float) -> tuple[Times, Times, Times]:
        """p10, p50, p90 in minutes from `moment` for every bed; 0 for a bed that is free, nan for one that nothing is known of."""
        found = np.full((3, grid.layout.size), np.nan)
        found[:, grid.status == AVAILABLE] = 0
        self._cleaning(grid, moment, found)
        self._leaving(grid, moment, found)
        return found[0], found[1], found[2]

    def _cleaning(self, grid: Grid, moment: float, found: NDArray[np.float64]) -> None:
        dirty = np.flatnonzero(grid.status == CLEANING)
        begun = (grid.stage[dirty] == IN_PROGRESS) | (grid.stage[dirty] == INSPECTION)
        under_way, waits = dirty[begun], dirty[~begun]
        started = np.where(np.isnan(grid.started[under_way]), grid.since[under_way], grid.started[under_way])
        found[:, under_way] = _left(self.clean[grid.layout.ward[under_way]], (moment - started) / 60)
        ward, dirty_for = grid.layout.ward[waits], (moment - grid.since[waits]) / 60
        apart = _sum(_left(self.queue[ward], dirty_for), self.whole_clean[:, ward])
        found[:, waits] = np.where(self.turns_known[ward], _left(self.turn[ward], dirty_for), apart)

    def _leaving(self, grid: Grid, moment: float, found: NDArray[np.float64]) -> None:
        rows = np.flatnonzero((grid.status == OCCUPIED) & grid.leaving)
        ahead = (grid.expected[rows] - moment) / 60
        late = self.late - self.late[0]
        gone = _left(np.broadcast_to(late, (rows.size, _STEPS)), -(ahead + self.late[0]))
        known = np.flatnonzero(~np.isnan(grid.latest[rows]))
        gone[:, known] = _by_steps(ahead[known], (grid.latest[rows[known]] - moment) / 60)
        found[:, rows] = _sum(gone, self.from_dirty[:, grid.layout.ward[rows]])


def _by_steps(half: Times, most: Times) -> Times:
    """p10, p50, p90 of leavings whose steps say when half and nine of ten such patients are out; nobody is out much sooner than half."""
    early = half - SOONER * (most - half)
    return np.maximum(np.stack([early, half, most]), _FLOOR)


def _stacked(tables: list[Times]) -> Times:
    return np.array(tables, np.float64).reshape(-1, _STEPS)


def _table(observed: Sequence[float], expected: Times) -> Times:
    """Even quantiles of what was observed; below eight observations the rest is taken from what is expected."""
    if len(observed) >= _ENOUGH:
        return np.quantile(np.asarray(observed, np.float64), _SHARES)
    lent = np.quantile(expected, (np.arange(_ENOUGH - len(observed)) + 0.5) / (_ENOUGH - len(observed)))
    return np.quantile(np.concatenate([np.asarray(observed, np.float64), lent]), _SHARES) if observed else expected


def _left(table: Times, elapsed: Times) -> Times:
    """Minutes left of a stage that has lasted `elapsed` (negative: it begins only then): p10, p50, p90 of those that took longer."""
    over = (table <= elapsed[:, None]).sum(axis=1)
    rest = _STEPS - over
    found = np.empty((3, len(table)))
    rows = np.arange(len(table))
    for place, percent in enumerate(PERCENT):
        at = np.minimum(over + rest * percent // 100, _STEPS - 1)
        found[place] = table[rows, at] - elapsed
    return np.maximum(found, _FLOOR)


def _sum(first: Times, then: Times) -> Times:
    """Two stages one after the other."""
    middle = first[1] + then[1]
    early = np.hypot(first[1] - first[0], then[1] - then[0])
    late = np.hypot(first[2] - first[1], then[2] - then[1])
    return np.stack([np.maximum(middle - early, _FLOOR), middle, middle + late])


def moments(at: datetime, minutes: tuple[float, float, float]) -> Ready:
    """Minutes from `at` as moments."""
    first, half, last = (at + timedelta(minutes=round(value)) for value in minutes)
    return Ready(first, half, last)
