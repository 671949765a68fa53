"""Every bed for one request: which rules keep it back, its points by term, and when it is ready. `engine` ranks and words the best."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocation.asked import Asked
from allocation.grid import ABSENT, Grid
from allocation.layout import Index, Mask, Points, Times
from allocation.ready import Turnover
from allocation.rules import Rule
from allocation.terms import TERMS, Look, load_percent
from flow.domain.weights import Weights


@dataclass(frozen=True, slots=True)
class Reason:
    """The beds that a rule keeps back with the same words."""

    rule: str
    words: str
    beds: Mask


@dataclass(frozen=True, slots=True)
class Kept:
    """What the rules say. `broken` is how many each bed breaks; `blocked` counts every bed under the first."""

    legal: Mask
    broken: Index
    reasons: tuple[Reason, ...]
    blocked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Scored:
    """All beds for one request: `points` by term, `score` their sum, minutes until ready (p10, p50, p90)."""

    look: Look
    kept: Kept
    points: Mapping[str, Points]
    score: Points
    minutes: tuple[Times, Times, Times]


def scored(a: Asked, grid: Grid, weights: Weights, turnover: Turnover, rules: Mapping[str, Rule]) -> Scored:
    """Look at all beds once."""
    minutes = turnover.minutes(grid, a.moment)
    look = Look(a, grid, weights, minutes[1], load_percent(grid))
    points = {name: term(look) for name, term in TERMS.items()}
    score = sum(points.values(), start=np.zeros(grid.layout.size, np.int64))
    return Scored(look, kept_back(a, grid, rules), points, score, minutes)


def kept_back(a: Asked, grid: Grid, rules: Mapping[str, Rule]) -> Kept:
    """Ask every rule about every bed; a rule counts once for a bed, with the first of its words."""
    opened: Mask = grid.status != ABSENT
    legal, broken = opened.copy(), np.zeros(opened.size, np.intp)
    blocked: Counter[str] = Counter()
    reasons: list[Reason] = []
    for name, rule in rules.items():
        fresh = opened.copy()
        for beds, words in rule(a, grid):
            hit = beds & fresh
            fresh &= ~beds
            reasons.append(Reason(name, words, hit))
            blocked[words] += int(np.count_nonzero(hit & legal))
        broken += opened & ~fresh
        legal &= fresh
    return Kept(legal, broken, tuple(reasons), {words: count for words, count in blocked.most_common() if count})


def best(rows: Index, score: Points, rank: Points, limit: int) -> Index:
    """The `limit` rows with the most points, best first; equal scores by the bed's id."""
    key = rank[rows] - score[rows] * rank.size
    if rows.size > limit > 0:
        first = np.argpartition(key, limit - 1)[:limit]
        rows, key = rows[first], key[first]
    return rows[np.argsort(key)][:limit]
