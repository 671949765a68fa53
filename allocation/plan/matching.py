"""Second stage: who comes is matched with the free places, all at once, one start after the other. `bound` binds rooms on top of it."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocation.plan.problem import FORBIDDEN, Bools, Floats, Ints, Problem, heads, held


def matched(problem: Problem, value: Floats) -> Ints:
    """[n] places, -1 where there is none: those who lie stay where they may, the others get the most valuable places together.

    `value` [n, m] is the problem's, or less of it where rooms are bound. Stays are taken by start, so that a place free at the start
    stays free: those who come later are not placed yet.
    """
    lying = staying(problem)
    where = np.where(lying, problem.now, -1).astype(np.intp)
    starts = np.unique(problem.start[~lying])
    for start in starts:
        batch = np.flatnonzero(~lying & (problem.start == start))
        worth = value if batch.size == len(value) else value[batch]
        taken = (where >= 0).any()
        free = np.maximum((problem.capacity - held(problem, where))[:, start:].min(axis=1), 0) if taken else problem.capacity[:, start]
        if taken and problem.mixing.any():
            worth = np.maximum(worth - _mixed(problem, batch, where)[:, problem.room], 0)
        where[batch] = assigned(worth, np.minimum(free, len(batch)))
    return where


def staying(problem: Problem) -> Bools:
    """[n] who lies in a place and may."""
    lying = problem.now >= 0
    rows = np.flatnonzero(lying)
    lying[rows] = problem.cost[rows, problem.now[rows]] < FORBIDDEN
    return lying


def assigned(value: Floats, free: Ints) -> Ints:
    """[k] places for k stays, each place as often as it is free; -1 where nothing is worth more than waiting."""
    places = np.repeat(np.arange(free.size), free)
    table = value if np.array_equal(free, np.ones_like(free)) else value[:, places]
    rows, columns = linear_sum_assignment(table, maximize=True)
    found = np.full(len(value), -1, np.intp)
    found[rows] = np.where(table[rows, columns] > 0, places[columns], -1)
    return found


def _mixed(problem: Problem, batch: Ints, where: Ints) -> Ints:
    """[batch, r] what joining those already placed costs by mixing."""
    women, men, everyone = heads(problem, where)
    unknown, hard = everyone - women - men, problem.never[:, None]
    table = np.zeros((len(batch), len(problem.mixing)), np.int64)
    for sex, minded in (
        (0, (women < men) | (hard & (unknown > 0))),
        (1, (men < women) | (hard & (unknown > 0))),
        (-1, hard & (everyone > 0)),
    ):
        rows = np.flatnonzero(problem.sex[batch] == sex)
        if rows.size:
            joined = problem.cover[batch[rows]].astype(np.float32) @ minded.T.astype(np.float32)
            table[rows] = joined.astype(np.int64) * problem.mixing
    return table
