"""Last stage, the one door: matching and bindings always; with seconds, prices and candidates from the relaxed plan, annealing, then rounds
of exact re-solves until time is up.

The served joint plan, hindsight and the benchmark of patient admission scheduling all come in here, with data and a budget of their own.
"""

from collections.abc import Callable

import numpy as np

from allocation.plan.anneal import anneal
from allocation.plan.bound import chosen_together, narrowed, without_clashes
from allocation.plan.problem import FORBIDDEN, Floats, Ints, Plan, Problem, price
from allocation.plan.relaxed import relax
from allocation.plan.rounds import Search
from allocation.plan.together import People

STEPS = 40_000  # of annealing a second, about
FEW = 8  # candidate places of a stay at least
NEAR = 0.6  # of a unit of cost: the reduced cost still worth trying
ANNEALED = 0.25  # of the time where a clock tells it; the rest is for the rounds
ROUND = 0.06  # of the time at most for one re-solve ...
SHORTEST = 1.0  # ... but a second at least
WALK = 0.06  # of the time for a walk
HOT, COLD = 0.3, 0.02  # of a unit: the heat of annealing
EASE = 0.1  # of the price of mixing at first


def solve(
    problem: Problem, *, seconds: float = 0.0, seed: int = 1, clock: Callable[[], float] | None = None, begun: Ints | None = None
) -> Plan:
    """The best plan found in about `seconds`, by the `clock` (its time in seconds).

    With 0 seconds: matching and bindings alone. Without a clock: annealing of bounded steps, the same for the same seed.
    With a clock and a plan `begun`, lawful and [n]: that one is improved, without annealing.
    """
    found = chosen_together(problem)
    if seconds <= 0 or not len(found.where):
        return price(problem, found.where)
    where = _improved(narrowed(problem, found), found.where if begun is None else begun, seconds, seed, clock, cold=begun is None)
    better = price(problem, without_clashes(problem, People(problem), where))
    return min(price(problem, found.where), better, key=lambda plan: plan.total)


def _improved(problem: Problem, where: Ints, seconds: float, seed: int, clock: Callable[[], float] | None, *, cold: bool) -> Ints:
    """Annealed from there when begun cold, then re-solved in rounds where a clock tells when to stop."""
    began = clock() if clock else 0.0
    search = _search(problem, int(STEPS * seconds * WALK), seed)
    share = ANNEALED * seconds
    if cold or not clock:
        begun = clock() if clock else 0.0
        where = anneal(
            problem,
            where,
            search.candidates,
            steps=int(STEPS * (2 * share if clock else seconds)),
            heat=(HOT * search.unit, COLD * search.unit),
            ease=EASE,
            seed=seed,
            spent=lambda: (clock() - begun) / share if clock else 0.0,
        )
    return search.improved(where, lambda: began + seconds - clock(), max(SHORTEST, ROUND * seconds)) if clock else where


def _search(problem: Problem, steps: int, seed: int) -> Search:
    """Prices from the relaxed plan, the places worth trying, and the unit of cost: what mixing once costs, or a like price."""
    full, m = problem.full_cost, problem.cost.shape[1]
    reduced = relax(full[:, :m], problem.cover, problem.capacity, np.ones(len(full)), problem.unplaced).reduced
    minded = problem.mixing[(problem.mixing > 0) & (problem.mixing < FORBIDDEN)]
    allowed = full[:, :m] < FORBIDDEN
    prices = minded if len(minded) else full[:, :m][allowed]
    unit = max(float(np.median(prices)), 1.0) if len(prices) else 1.0
    tried = [_worth_trying(row, may, unit) for row, may in zip(reduced, allowed, strict=True)]
    return Search(problem, tried, reduced, unit, NEAR, steps, seed)


def _worth_trying(reduced: Floats, allowed: Ints, unit: float) -> list[int]:
    near = allowed & (reduced < NEAR * unit)
    near[np.argsort(reduced, kind="stable")[:FEW]] = True
    return np.flatnonzero(near & allowed).tolist()
