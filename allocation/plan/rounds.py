"""Fifth stage, while there is time: rounds of a short walk from the best plan and an exact re-solve with a few rooms' sex left open.

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
HEAT = 0.4  # of the first annealing's
EASIER, HARDER = 1.3, 0.8
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
        size, slow, best = BINARIES / len(np.unique(self.problem.start)), 1.0, where
        total, number = price(self.problem, best).total, 0
        while (left := seconds()) > 0:
            opened = dice.permutation(minding)[: int(size) if number else 0]
            start = self._walked(best, number) if number % 2 and len(opened) < len(minding) else best
            began, limit = seconds(), min(left, share) * slow
            found, proven = placed_anew(settled(self.problem, start, opened), self.reduced, self.near * self.unit, limit)
            took = began - seconds()
            if number:
                size = max(1.0, size * HARDER) if not proven else size * EASIER if took < share / 2 else size
            if not proven:  # HiGHS looks at the wall, the clock given may be the processor's
                slow = min(max(1.0, limit / max(took, 1e-3)), SLOWEST)
            number += 1
            if found is not None and (cost := price(self.problem, legal := without_clashes(self.problem, people, found)).total) <= total:
                best, total = legal, cost
            if proven and len(opened) == len(minding):
                break
        return best

    def _walked(self, where: Ints, number: int) -> Ints:
        """Where a few warm steps lead from here, better or worse: other sexes for some rooms."""
        return anneal(
            self.problem,
            where,
            self.candidates,
            steps=self.steps,
            heat=HEAT * 0.5 * self.unit,
            seed=self.seed + number,
            going=lambda: True,
            keep_best=False,
        )
