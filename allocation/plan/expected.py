"""Beside the relaxed plan: those who may come, drawn from those who came so far, so that a place is priced by who could need it."""

from dataclasses import dataclass

import numpy as np

from allocation.plan.problem import Bools, Floats, Ints
from allocation.plan.relaxed import relax

DRAWN = 5  # at most this many for each coming period, each counted for its share of the rate
DRAWS = 8  # few in a draw and many draws: better prices than the other way round in the same time


@dataclass(frozen=True)
class Seen:
    """Everyone who came so far: cost of a period in each room [k, m], how long they stay, when they came."""

    cost: Ints
    length: Ints
    came: Ints


def rate(seen: Seen, period: int) -> float:
    """Stays begun in a period. The first period's are the stock; while there is nothing else, Little's law: stock by mean stay."""
    later = np.count_nonzero(seen.came > 0)
    stock = np.count_nonzero(seen.came == 0) / max(1.0, float(seen.length.mean()))
    return (later + stock) / (period + 1) if period else stock


def worth(seen: Seen, cost: Ints, cover: Bools, capacity: Ints, *, period: int, unplaced: int, seed: int, draws: int = DRAWS) -> Floats:
    """[m, t] what a place will be worth in each coming period to those who may come, those present (cost, cover) placed at their best.

    The mean over several draws: the prices of one draw are those of a future that will not come.
    """
    dice = np.random.default_rng(seed)
    prices = np.zeros(capacity.shape)
    for _ in range(draws):
        coming, later, weight = _drawn(seen, capacity.shape[1], period, dice)
        costs = np.vstack([cost, coming]).astype(np.int32)
        counted = np.append(np.ones(len(cost)), weight)
        prices += relax(costs, np.vstack([cover, later]), capacity, counted, unplaced).place
    return prices / draws


def _drawn(seen: Seen, t: int, period: int, dice: np.random.Generator) -> tuple[Ints, Bools, Floats]:
    """Stays that may come after this period: their cost [k, m], their periods [k, t], and how much each counts [k]."""
    each = min(DRAWN, len(seen.length))
    start = np.repeat(np.arange(period + 1, t), each)
    who = dice.integers(len(seen.length), size=len(start))
    until = np.minimum(start + seen.length[who], t)
    periods = np.arange(t)
    later = (start[:, None] <= periods) & (periods < until[:, None])
    cost = seen.cost[who] * (until - start)[:, None].astype(np.int32)
    return cost, later, np.full(len(start), rate(seen, period) / max(1, each))
