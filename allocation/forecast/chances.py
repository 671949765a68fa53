"""Distributions of counts: an array holds the probability of 0, 1, 2, ... at its places and sums to 1.

Sources: the occupancy of a ward as patients left plus patients come follows UCL's patientflow (King et al., "Machine learning for real-time
aggregated prediction of hospital admission for emergency patients", npj Digital Medicine 2022); coverage of counts is judged by the
non-randomised probability integral transform (Czado, Gneiting, Held, "Predictive model assessment for count data", Biometrics 2009).
"""

from collections.abc import Iterable
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Chances = NDArray[np.float64]
NONE: Chances = np.ones(1)
"""Certainly 0."""
_POISSON = 1e-9


def leavings(each: Iterable[float]) -> Chances:
    """How many of n independent patients leave (Poisson-binomial): `each` holds their n probabilities; shape (n + 1,)."""
    chosen = np.asarray(list(each), np.float64)
    found = np.zeros(chosen.size + 1)
    found[0] = 1.0
    for place, chance in enumerate(chosen):
        found[1 : place + 2] = found[1 : place + 2] * (1 - chance) + found[: place + 1] * chance
        found[0] *= 1 - chance
    return found


def comings(mean: float, spread: float) -> Chances:
    """How many come (negative binomial): `mean` patients, variance mean + spread * mean squared; spread 0 is Poisson. The array ends where
    hardly anything is left, which is laid on its last place."""
    if mean <= 0:
        return NONE
    most = int(mean + 12 * np.sqrt(mean + spread * mean * mean) + 12)
    counts = np.arange(most + 1)
    if spread < _POISSON:
        logs = counts * np.log(mean) - mean - gammaln(counts + 1)
    else:
        size = 1 / spread
        logs = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        logs += size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    found: Chances = np.exp(logs)
    found[-1] += max(0.0, 1 - found.sum())
    return np.asarray(found / found.sum())


def together(parts: Iterable[Chances]) -> Chances:
    """The sum of independent counts."""
    return reduce(np.convolve, parts, NONE)


def lying(leaving: Chances, coming: Chances) -> Chances:
    """Who lies there afterwards: of the n patients of `leaving`, shape (n + 1,), those who stay, and those who come."""
    return np.convolve(leaving[::-1], coming)


def capped(chances: Chances, most: int) -> tuple[Chances, float]:
    """No more than `most`: what lies above is laid on `most`; and the mean number that found no place. Shape (most + 1,)."""
    found = np.zeros(most + 1)
    held = min(most + 1, chances.size)
    found[:held] = chances[:held]
    above = chances[most + 1 :]
    found[most] += above.sum()
    return found, float(above @ np.arange(1, above.size + 1))


def quantile(chances: Chances, share: float) -> int:
    """The least count that is not exceeded with this probability."""
    found = int(np.searchsorted(np.cumsum(chances), share - 1e-9))
    return min(found, chances.size - 1)


def trimmed(chances: Chances, least: float = 1e-7) -> tuple[int, tuple[float, ...]]:
    """The first count worth keeping, and the chances from there on; they still sum to 1."""
    kept = np.flatnonzero(chances > least)
    first, last = (int(kept[0]), int(kept[-1])) if kept.size else (0, chances.size - 1)
    part = chances[first : last + 1]
    return first, tuple(float(chance) for chance in part / part.sum())


def inside(low: int, chances: Chances, seen: int, tail: float) -> float:
    """How much of what was seen lies between the `tail` and the 1 - `tail` quantile, 0 to 1: a count stands for the stretch between the
    probabilities of less and of no more than it, so that the mean is 1 - 2 * tail where the chances were right."""
    place = seen - low
    if not 0 <= place < chances.size:
        return 0.0
    below, at = float(chances[:place].sum()), float(chances[place])
    if at <= 0:
        return float(tail <= below <= 1 - tail)
    return max(0.0, min(below + at, 1 - tail) - max(below, tail)) / at
