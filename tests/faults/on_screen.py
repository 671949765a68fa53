"""The invariants of TRUST.md that screens can break, judged when a run is over: I3 by the heads, I4 and I5 by samples of every screen.

Each returns what is wrong, one sentence a finding. What a screen says of itself is what `static/js/age.js` and `display.js` make of what
it was sent: LIVE as long as its picture's time is no older than `LATE`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.faults.heads import Look, Past
from tests.faults.screens import Sample

LATE = 12.0
LATEST_WITHIN = 3.0
HONEST_WITHIN = 1.0
"""Between two of the relay's pulses what is on its way to a screen may be younger than the time it is sent with."""
CALM, LOST_REDIS, CRASHED = 2.0, 10.0, 20.0


def short_of(tiles: Mapping[str, int], known: Mapping[str, int]) -> list[str]:
    """Tiles that are older than what was known."""
    return [f"{key} at {tiles.get(key, 0)} of {seq}" for key, seq in known.items() if tiles.get(key, 0) < seq]


def live_and_old(samples: Iterable[Sample], past: Past) -> list[str]:
    """I5: no screen shows LIVE with data older than 12 s."""
    return [
        f"I5: screen {sample.screen} says live with {short[0]}"
        for sample in samples
        if sample.as_of and sample.at - sample.as_of <= LATE and (short := short_of(sample.tiles, past.tiles(sample.at - LATE)))
    ]


def ahead_of_itself(samples: Iterable[Sample], past: Past) -> list[str]:
    """I5: the time until which a screen calls its picture true is honest: it holds everything committed by then."""
    return [
        f"I5: screen {sample.screen} calls itself true and has {short[0]}"
        for sample in samples
        if sample.as_of and (short := short_of(sample.tiles, past.tiles(sample.as_of - HONEST_WITHIN)))
    ]


def late(samples: Iterable[Sample], past: Past) -> list[str]:
    """I4: three seconds after it (re)connected, or after there is a picture again, a screen is at most so far behind."""
    found = []
    for sample in samples:
        since = max(sample.connected, past.picture_stands_since(sample.at))
        if not sample.connected or sample.at - since < LATEST_WITHIN:
            continue
        if short := short_of(sample.tiles, past.tiles(sample.at - LATEST_WITHIN)):
            found.append(f"I4: screen {sample.screen}, {sample.at - since:.1f} s after it came, has {short[0]}")
    return found


class Lags(NamedTuple):
    """How long Redis was behind each head of Postgres, seconds."""

    all: list[float]
    found: list[str]

    def share(self, share: float) -> float:
        """Of those of calm moments."""
        return sorted(self.all)[min(len(self.all) - 1, int(len(self.all) * share))] if self.all else 0.0


def lags(looks: Sequence[Look], blows: Sequence[float], bound: float = LOST_REDIS) -> Lags:
    """I3: Redis is never ahead, and catches up: within `bound` around a blow, else within two seconds (p99)."""
    found = [f"I3: Redis at {x.picture}, Postgres at {x.log}" for x in looks if x.picture and x.log and x.picture > x.log]
    calm, at, caught = [], 0, 0
    for number, look in enumerate(looks):
        if look.log is None or look.log <= at:
            continue
        at, caught = look.log, max(caught, number)
        while caught < len(looks) and (looks[caught].picture or 0) < at:
            caught += 1
        waited = (looks[caught].ended if caught < len(looks) else float("inf")) - look.begun
        near = any(look.begun - bound < blow < look.ended + waited for blow in blows)
        if not near:
            calm.append(waited)
        elif waited > bound:
            found.append(f"I3: Redis was {waited:.1f} s behind {at}")
    told = Lags(calm, found)
    return told if told.share(0.99) <= CALM else Lags(calm, [*found, f"I3: Redis was {told.share(0.99):.1f} s behind (p99)"])
