"""Fifth stage, while there is time: rounds of an exact re-solve, after a walk to other sexes of rooms or with a few rooms' sex left open.

More rooms are opened after a round that was easy, fewer after one that was not proven in its share of the time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocation.plan.anneal import anneal
from allocation.plan.bound import without_clashes
from allocation.plan.exact import placed_anew, settled
from allocation.plan.problem import Floats, Ints, Problem, price
from allocation.plan.together import People

BINARIES = 60  # rooms times starts to open at first
WALKS = (((0.2, 0.02), 0.3), ((0.12, 0.02), 0.5))  # in turn: heat in units of cost at first and in the end, and the share of mixing's price
TURNS = 3  # every third round opens rooms, the others walk
SLACK = 0.004  # of the cost: how much worse than the best a plan may be that the next round starts from
EASIER, HARDER = 1.3, 0.7
SLOWEST = 10.0  # seconds on the wall for one of the clock


@dataclass(frozen=True)
class Search:
    """What every round works with: candidate places by stay, reduced costs [n, m], the unit of cost and steps of a walk."""

    problem: Problem
    candidates: list[list[int]]
    reduced: Floats
    unit: float
    near: float  # reduced cost in units that is worth a column
    steps: int
    seed: int

    def improved(self, where: Ints, seconds: Callable[[], float], share: float) -> Ints:
        """The best plan when `seconds()` left are used up, or when nothing remained open to choose; a round takes `share` at most."""
        people, dice = People(self.problem), np.random.default_rng(self.seed)
        minding = np.flatnonzero((self.problem.mixing > 0) & (self.problem.beds.max(axis=1) > 1))
        size, slow, here, best = BINARIES / len(np.unique(self.problem.start)), 1.0, where, price(self.problem, where)
        number = 0
        while (left := seconds()) > 0:
            opening = number > 0 and (number % TURNS == 0 or int(size) >= len(minding))
            opened = dice.permutation(minding)[: int(size) if opening else 0]
            start = self._walked(here, number) if number and not opening else here
            began, limit = seconds(), min(left, share) * slow
            found, proven = placed_anew(settled(self.problem, start, opened), self.reduced, self.near * self.unit, limit)
            took = began - seconds()
            if opening:
                size = max(1.0, size * HARDER) if not proven else size * EASIER if took < share / 2 else size
            if not proven:  # HiGHS looks at the wall, the clock given may be the processor's
                slow = min(max(1.0, limit / max(took, 1e-3)), SLOWEST)
            number += 1
            if found is not None:
                plan = price(self.problem, without_clashes(self.problem, people, found))
                here = plan.where if plan.total <= best.total * (1 + SLACK) else here
                best = min(best, plan, key=lambda one: one.total)
            if proven and len(opened) == len(minding):
                break
        return best.where

    def _walked(self, where: Ints, number: int) -> Ints:
        """Where a few warm steps lead from here, better or worse: other sexes for some rooms."""
        (hot, cold), ease = WALKS[number % len(WALKS)]
        return anneal(
            self.problem,
            where,
            self.candidates,
            steps=self.steps,
            heat=(hot * self.unit, cold * self.unit),
            ease=ease,
            seed=self.seed + number,
            spent=lambda: 0.0,
        )
