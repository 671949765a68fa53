"""Second stage: who comes is matched with the free places, all at once, one start after the other; `search` improves on it."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocation.plan.problem import FORBIDDEN, Ints, Problem, heads


def matched(problem: Problem) -> Ints:
    """[n] rooms, -1 where there is none: those who lie stay where they may, the others get the cheapest places together.

    Stays are taken by start, so that a place free at the start stays free: those who come later are not placed yet.
    """
    m = problem.cost.shape[1]
    full = problem.full_cost
    lying = (problem.now >= 0) & (full[np.arange(len(full)), problem.now] < FORBIDDEN)
    rooms = np.where(lying, problem.now, -1).astype(np.int32)
    for start in np.unique(problem.start[~lying]):
        batch = np.flatnonzero(~lying & (problem.start == start))
        women, men, everyone = heads(problem, rooms)
        free = np.maximum((problem.capacity - everyone)[:, start:].min(axis=1), 0)
        places = np.repeat(np.arange(m), np.minimum(free, len(batch)))
        wide = full[batch, :m].astype(np.int64) + _mixed(problem, batch, women, men)
        rooms[batch] = _assigned(wide, places, problem.unplaced)
    return rooms


def _mixed(problem: Problem, batch: Ints, women: Ints, men: Ints) -> Ints:
    """[batch, m] what joining those already placed costs by mixing."""
    minding = np.flatnonzero(problem.mixing)
    table = np.zeros((len(batch), len(problem.mixing)), np.int64)
    for sex, own, other in ((0, women, men), (1, men, women)):
        rows = np.flatnonzero(problem.sex[batch] == sex)
        joined = problem.cover[batch[rows]].astype(np.float32) @ (own < other)[minding].T.astype(np.float32)
        table[np.ix_(rows, minding)] = joined.astype(np.int64) * problem.mixing[minding]
    return table


def _assigned(cost: Ints, places: Ints, unplaced: int) -> Ints:
    """[k] rooms for k stays from the places (each the number of its room), -1 where waiting is cheaper or all there is."""
    k = len(cost)
    table = np.full((k, len(places) + k), float(unplaced))
    table[:, : len(places)] = np.minimum(cost[:, places], FORBIDDEN)
    _, columns = linear_sum_assignment(table)
    rooms: Ints = np.append(places, np.full(k, -1)).astype(np.int32)[columns]
    return rooms
