"""Quantiles of waits of which some are not over: Kaplan and Meier's curve (JASA 53, 1958, p. 457). Pure.

Whoever waits yet, or went without what was waited for, has waited at least so long (right-censored). Leaving them out would make a
house look the quicker the longer it lets people wait.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from math import ceil

Span = tuple[float, bool]
"""How long, and whether what was waited for ended it."""


def quantile(spans: Iterable[Span], share: float) -> float | None:
    """The first moment by which that share had what they waited for; None where so many have not."""
    return quantiles(spans, (share,))[0]


def quantiles(spans: Iterable[Span], shares: Sequence[float]) -> tuple[float | None, ...]:
    """The same for several shares at once, the smallest first."""
    curve = iter(_curve(spans))
    found: list[float | None] = []
    at, waiting = 0.0, 1.0
    for share in shares:
        while waiting > 1 - share + 1e-9:
            try:
                at, waiting = next(curve)
            except StopIteration:
                return (*found, *(None for _ in range(len(shares) - len(found))))
        found.append(at)
    return tuple(found)


def quantiles_of(over: Sequence[float], waited: Sequence[float], shares: Sequence[float]) -> tuple[float | None, ...]:
    """The same of waits that ended with what was waited for, and of those that did not. While nobody has gone without, the curve is
    counting: no product is needed up to the first of them."""
    ended, count = sorted(over), len(over) + len(waited)
    known = ended[: bisect_left(ended, min(waited))] if waited else ended
    places = [max(1, ceil(count * (share - 1e-9))) for share in shares]
    if max(places) <= len(known):
        return tuple(known[place - 1] for place in places)
    return quantiles([*((length, True) for length in over), *((length, False) for length in waited)], shares)


def _curve(spans: Iterable[Span]) -> Iterator[tuple[float, float]]:
    """Each moment at which a wait ended, and the share that waits on after it: the product of those who got through each."""
    known = sorted(spans, key=lambda span: (span[0], not span[1]))
    waiting, left = 1.0, len(known)
    for length, is_over in known:
        if is_over:
            waiting *= 1 - 1 / left
            yield length, waiting
        left -= 1
