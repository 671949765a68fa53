"""Beside the matching: the plan as a linear program, without mixing. Its duals say what a place in a room is worth in each period."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from allocation.plan.problem import FORBIDDEN, Bools, Floats, Ints

COLUMNS = 24  # of each stay's cheapest rooms to start from; more are priced in where they pay


@dataclass(frozen=True)
class Relaxed:
    """`place[j, t]` >= 0 is what one more place is worth; `reduced[i, j]` what choosing j costs i above the best, all prices paid."""

    bound: float
    place: Floats
    reduced: Floats


def relax(cost: Ints, cover: Bools, capacity: Ints, weight: Floats, unplaced: Ints | int) -> Relaxed:
    """The fluid plan of stays counted `weight` times. [n, m], [n, t], [m, t], [n]."""
    n, m = cost.shape
    if not n:
        return Relaxed(0.0, np.zeros(capacity.shape), np.zeros(cost.shape))
    periods = _binding(cover)
    chosen = np.zeros((n, m + 1), bool)
    np.put_along_axis(chosen, np.argpartition(cost, min(COLUMNS, m - 1), axis=1)[:, :COLUMNS], True, axis=1)
    chosen[:, :m] &= cost < FORBIDDEN
    chosen[:, m] = True
    wide = np.column_stack([cost, np.full(n, unplaced)]).astype(float)
    while True:  # every round adds columns, so it ends
        bound, who, worth = _solved(wide, chosen, cover[:, periods], capacity[:, periods], weight)
        reduced = cost - who[:, None] + cover[:, periods] @ worth.T
        missing = (reduced < -1e-6) & ~chosen[:, :m] & (cost < FORBIDDEN)
        if not missing.any():
            break
        chosen[:, :m] |= missing
    place = np.zeros(capacity.shape)
    place[:, periods] = worth
    return Relaxed(bound, place, np.maximum(reduced, 0.0))


def _binding(cover: Bools) -> Ints:
    """The periods in which somebody starts: in all others a room holds no more than before."""
    starts = np.unique(np.argmax(cover, axis=1)[cover.any(axis=1)])
    return starts.astype(np.int32)


def _solved(wide: Floats, chosen: Bools, cover: Bools, capacity: Ints, weight: Floats) -> tuple[float, Floats, Floats]:
    """Objective, dual of each stay, dual of each place [m, periods]."""
    (m, t), n = capacity.shape, len(wide)
    stay, room = np.nonzero(chosen)
    columns = np.arange(len(stay))
    each = csr_array((np.ones(len(stay)), (stay, columns)), (n, len(stay)))
    entry, period = np.nonzero(cover[stay] & (room < m)[:, None])
    held = csr_array((np.ones(len(entry)), (room[entry] * t + period, entry)), (m * t, len(stay)))
    solved = linprog(wide[stay, room], A_ub=held, b_ub=capacity.ravel(), A_eq=each, b_eq=weight, method="highs-ds")
    return solved.fun, solved.eqlin.marginals, -solved.ineqlin.marginals.reshape(m, t)
