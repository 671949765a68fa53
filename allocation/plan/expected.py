"""Beside the relaxed plan: those who may come, drawn from those who came so far, so that a place is priced by who could need it."""

from dataclasses import dataclass

import numpy as np

from allocation.plan.problem import Bools, Floats, Ints
from allocation.plan.relaxed import relax

DRAWN = 40  # at most this many for each coming period, each counted for its share of the rate


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


def worth(seen: Seen, cost: Ints, cover: Bools, capacity: Ints, *, period: int, unplaced: int, seed: int) -> Floats:
    """[m, t] what a place will be worth in each coming period to those who may come, those present (cost, cover) placed at their best."""
    dice = np.random.default_rng(seed)
    t = capacity.shape[1]
    coming = np.repeat(np.arange(period + 1, t), min(DRAWN, len(seen.length)))
    who = dice.integers(len(seen.length), size=len(coming))
    until = np.minimum(coming + seen.length[who], t)
    periods = np.arange(t)
    later = (coming[:, None] <= periods) & (periods < until[:, None])
    share = rate(seen, period) / max(1, min(DRAWN, len(seen.length)))
    costs = np.vstack([cost, seen.cost[who] * (until - coming)[:, None]]).astype(np.int32)
    weight = np.append(np.ones(len(cost)), np.full(len(coming), share))
    return relax(costs, np.vstack([cover, later]), capacity, weight, unplaced).place
