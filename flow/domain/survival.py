"""Quantiles of waits of which some are not over: Kaplan and Meier's curve (JASA 53, 1958, p. 457). Pure.

Whoever waits yet, or went without what was waited for, has waited at least so long (right-censored). Leaving them out would make a
house look the quicker the longer it lets people wait.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import ceil, inf

Span = tuple[float, bool]
"""How long, and whether what was waited for ended it."""


def quantile(spans: Iterable[Span], share: float) -> float | None:
    """The first moment by which that share had what they waited for; None where so many have not."""
    return quantiles(spans, (share,))[0]


def quantiles(spans: Iterable[Span], shares: Sequence[float]) -> tuple[float | None, ...]:
    """The same for several shares at once, the smallest first."""
    known = list(spans)
    return quantiles_of([length for length, over in known if over], [length for length, over in known if not over], shares)


def quantiles_of(over: Sequence[float], waited: Sequence[float], shares: Sequence[float]) -> tuple[float | None, ...]:
    """The same of waits that ended with what was waited for, and of those that did not. Until the next of these is out of sight the curve
    is counting: after so many of those left, so much of the share that waits is gone."""
    ended, found = sorted(over), list[float | None]()
    waiting, left, place = 1.0, len(over) + len(waited), 0
    for seen in [*sorted(waited), inf]:
        until = bisect_right(ended, seen, place)
        while len(found) < len(shares):
            nth = max(1, ceil(left * (1 - (1 - shares[len(found)] + 1e-9) / waiting)))
            if place + nth > until:
                break
            found.append(ended[place + nth - 1])
        if len(found) == len(shares) or until == len(ended):
            break
        waiting *= 1 - (until - place) / left
        left, place = left - (until - place) - 1, until
    return (*found, *(None for _ in range(len(shares) - len(found))))
