"""Last stage: matching, prices and candidates from the relaxed plan, annealing, then rounds of exact re-solves until time is up."""

from collections.abc import Callable

import numpy as np

from allocation.plan.anneal import anneal
from allocation.plan.matching import matched
from allocation.plan.problem import FORBIDDEN, Floats, Ints, Plan, Problem, price
from allocation.plan.relaxed import relax
from allocation.plan.rounds import Search, lawful

STEPS = 40_000  # of annealing a second, about
FEW = 8  # candidate rooms of a stay at least
NEAR = 0.6  # of a unit of cost: the reduced cost still worth trying
ANNEALED = 0.25  # of the time where a clock tells it; the rest is for the rounds
ROUND = 0.06  # of the time at most for one re-solve ...
SHORTEST = 1.0  # ... but a second at least
WALK = 0.02  # of the time for a walk


def solve(problem: Problem, *, seconds: float, seed: int, clock: Callable[[], float] | None = None) -> Plan:
    """The best plan found in about `seconds`, by the `clock` (its time in seconds).

    With 0 seconds: the matching alone. Without a clock: annealing of bounded steps, the same for the same seed.
    """
    rooms = lawful(problem, matched(problem))
    if seconds > 0 and len(rooms):
        until = clock() + seconds if clock else 0.0
        search = _search(problem, int(STEPS * seconds * WALK), seed)
        steps = int(STEPS * seconds * (ANNEALED if clock else 1))
        annealed = clock() + ANNEALED * seconds if clock else 0.0
        going = (lambda: clock() < annealed) if clock else (lambda: True)
        heat = 0.5 * search.unit
        rooms = anneal(problem, rooms, search.candidates, steps=steps, heat=heat, seed=seed, going=going)
        if clock:
            rooms = search.improved(rooms, lambda: until - clock(), max(SHORTEST, ROUND * seconds))
    return price(problem, lawful(problem, rooms))


def _search(problem: Problem, steps: int, seed: int) -> Search:
    """Prices from the relaxed plan, the rooms worth trying, and the unit of cost: what mixing once costs, or a like price."""
    full, m = problem.full_cost, problem.cost.shape[1]
    reduced = relax(full[:, :m], problem.cover, problem.capacity, np.ones(len(full)), problem.unplaced).reduced
    minded = problem.mixing[(problem.mixing > 0) & (problem.mixing < FORBIDDEN)]
    allowed = full[:, :m] < FORBIDDEN
    prices = minded if len(minded) else full[:, :m][allowed]
    unit = float(np.median(prices)) if len(prices) else 1.0
    tried = [_worth_trying(row, may, unit) for row, may in zip(reduced, allowed, strict=True)]
    return Search(problem, tried, reduced, unit, NEAR, steps, seed)


def _worth_trying(reduced: Floats, allowed: Ints, unit: float) -> list[int]:
    near = allowed & (reduced < NEAR * unit)
    near[np.argsort(reduced, kind="stable")[:FEW]] = True
    return np.flatnonzero(near & allowed).tolist()
