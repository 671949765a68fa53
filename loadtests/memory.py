"""What a process holds over time, and whether it grows: the soak's judge.

A process that has warmed up may breathe; what counts is the straight line through the rest, over its whole length, beside what it held.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, linear_regression

WARM = 0.4
"""The share of a soak in which caches fill."""
GROWTH = 0.05
"""How much of what it held a process may grow by in the rest."""
BREATH_MB = 8.0
"""Growth below which nothing is said: arenas and page tables come in lumps."""


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds since the start, and megabytes."""

    at: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A process over a soak; `grew` is the rise of the line through what was measured after the warm-up, MB."""

    name: str
    first: float
    warm: float
    last: float
    grew: float
    per_minute: float

    @property
    def leaks(self) -> bool:
        """It grew by more than breathing."""
        return self.grew > max(BREATH_MB, GROWTH * self.warm)


def judged(name: str, samples: Sequence[Held]) -> Judged:
    """The line through what was held after the warm-up. ValueError for a soak too short to draw one."""
    rest = samples[int(len(samples) * WARM) :]
    if len(rest) < 5:
        raise ValueError("too few samples for a judgement")
    slope, _ = linear_regression([one.at for one in rest], [one.megabytes for one in rest])
    length = rest[-1].at - rest[0].at
    edge = max(1, len(rest) // 10)
    warm, last = (fmean(one.megabytes for one in part) for part in (rest[:edge], rest[-edge:]))
    return Judged(name, samples[0].megabytes, warm, last, slope * length, slope * 60)


def below(pid: int) -> Iterator[int]:
    """A process and all that it started, and they, as of now (Linux)."""
    yield pid
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for one in started:
        yield from below(int(one))


def held_by(pid: int) -> tuple[str, float]:
    """A process's name and megabytes of its own (Linux: without the pages that it shares); ("", 0) when it is gone."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return "", 0.0
    private = sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))
    return name, private / 1024
