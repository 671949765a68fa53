"""What the processes of a server hold over time, and whether one grows: the soak's judge.

Counted is anonymous memory, by the share that is a process's own (`Pss_Anon`, and what of it lies in swap). A page of PostgreSQL's shared
buffers or of a file that is touched for the first time is no growth of whoever touched it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean, median

WARM = 0.4
"""The share of a soak in which caches fill, connections open and statements are prepared."""
PARTS = 24
"""The rest is cut into so many parts, of each the median counts: what is held for a moment (a vacuum, a sort) is no growth."""
FOUND = 2.0
"""MB a minute: a leak that every soak must find, or it does not judge."""
BREATH_MB = 2.0
"""Growth over what is allowed of which nothing is said: arenas come in lumps."""


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds since the start, and megabytes."""

    at: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A process over a soak, MB and MB a minute; `minutes` are those after the warm-up, `expected` is what its work leaves behind."""

    name: str
    first: float
    warm: float
    last: float
    per_minute: float
    minutes: float
    expected: float
    allowed: float

    @property
    def leaks(self) -> bool:
        """It grew by more than its work explains, what it is allowed, and breathing."""
        return (self.per_minute - self.expected - self.allowed) * self.minutes > BREATH_MB


def warm(samples: Sequence[Held]) -> Sequence[Held]:
    """Those after the warm-up."""
    return samples[int(len(samples) * WARM) :]


def judged(name: str, samples: Sequence[Held], allowed: float, expected: float = 0.0) -> Judged:
    """The line through what was held after the warm-up. ValueError for a soak in which a leak of `FOUND` would not be found."""
    rest = warm(samples)
    minutes = (rest[-1].at - rest[0].at) / 60 if rest else 0.0
    if (FOUND - allowed) * minutes <= BREATH_MB:
        raise ValueError(f"too short: a leak of {FOUND:g} MB a minute would not be found")
    edge = max(1, len(rest) // 10)
    first, last = (fmean(one.megabytes for one in part) for part in (rest[:edge], rest[-edge:]))
    return Judged(name, samples[0].megabytes, first, last, _slope(rest), minutes, expected, allowed)


def _slope(samples: Sequence[Held]) -> float:
    """MB a minute, by the middle of all lines through two parts (Theil and Sen): one lump does not turn it."""
    length = max(1, len(samples) // PARTS)
    parts = [samples[start : start + length] for start in range(0, len(samples) - length + 1, length)]
    points = [Held(fmean(one.at for one in part), median(one.megabytes for one in part)) for part in parts]
    return median(60 * (late.megabytes - soon.megabytes) / (late.at - soon.at) for soon, late in combinations(points, 2))


def below(pid: int) -> Iterator[int]:
    """A process and all that it started, and they, as of now (Linux)."""
    yield pid
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for one in started:
        yield from below(int(one))


SESSIONS, POSTGRES = "postgres sessions", "postgres"


def held_below(pid: int) -> Mapping[str, float]:
    """Megabytes by process name of a process and all below it; PostgreSQL's sessions apart from its own workers."""
    sums: dict[str, float] = defaultdict(float)
    for one in below(pid):
        name, megabytes = held_by(one)
        sums[name] += megabytes
    sums.pop("", None)
    return sums


def held_by(pid: int) -> tuple[str, float]:
    """A process's name and megabytes (Linux); ("", 0) when it is gone."""
    home = Path(f"/proc/{pid}")
    try:
        name = (home / "comm").read_text(encoding="utf-8").strip()
        title = (home / "cmdline").read_bytes() if name == POSTGRES else b""
        lines = (home / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return "", 0.0
    held = sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "SwapPss:")))
    return SESSIONS if b" [local] " in title else name, held / 1024
