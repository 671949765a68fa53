"""Last stage: matching, then prices and candidates from the relaxed plan, then one improvement after the other until time is up."""

from collections.abc import Callable

import numpy as np

from allocation.plan.anneal import anneal
from allocation.plan.matching import matched
from allocation.plan.problem import FORBIDDEN, Floats, Ints, Plan, Problem, heads, price
from allocation.plan.relaxed import relax

STEPS = 40_000  # a second, about
FEW = 8  # candidate rooms of a stay at least


def solve(problem: Problem, *, seconds: float, seed: int, clock: Callable[[], float] | None = None) -> Plan:
    """The best plan found in about `seconds`, the same for the same seed while the clock does not cut it short.

    With 0 seconds: the matching alone. `clock` tells seconds; without it the steps alone are bounded.
    """
    rooms = matched(problem)
    if seconds > 0 and len(rooms):
        until = clock() + seconds if clock else 0.0
        candidates, heat = _candidates(problem)
        going = (lambda: clock() < until) if clock else (lambda: True)
        rooms, _ = anneal(problem, rooms, candidates, steps=int(STEPS * seconds), heat=heat, seed=seed, going=going)
    return price(problem, _lawful(problem, rooms))


def _candidates(problem: Problem) -> tuple[list[list[int]], float]:
    """The rooms worth trying for each stay, by reduced cost, and the heat to start with: what mixing once costs, or a like price."""
    full, m = problem.full_cost, problem.cost.shape[1]
    weight = np.ones(len(full))
    reduced = relax(full[:, :m], problem.cover, problem.capacity, weight, problem.unplaced).reduced
    minded = problem.mixing[(problem.mixing > 0) & (problem.mixing < FORBIDDEN)]
    unit = float(np.median(minded)) if len(minded) else float(np.median(full[:, :m][full[:, :m] < FORBIDDEN]))
    return [_worth_trying(row, allowed, unit) for row, allowed in zip(reduced, full[:, :m] < FORBIDDEN, strict=True)], 0.5 * unit


def _worth_trying(reduced: Floats, allowed: Ints, unit: float) -> list[int]:
    near = allowed & (reduced < 0.6 * unit)
    near[np.argsort(reduced, kind="stable")[:FEW]] = True
    return np.flatnonzero(near & allowed).tolist()


def _lawful(problem: Problem, rooms: Ints) -> Ints:
    """Nobody is put into a room that must never be mixed and would be: the newcomers there are left waiting."""
    women, men, _ = heads(problem, rooms)
    mixed = (np.minimum(women, men) > 0).any(axis=1) & (problem.mixing >= FORBIDDEN)
    newcomers = (rooms >= 0) & (problem.now != rooms)
    return np.where(newcomers & mixed[rooms], -1, rooms).astype(np.int32)
