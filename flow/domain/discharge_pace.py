"""How long the steps of a discharge take in this house, and when a patient will be out by it.

The pace is learnt from past discharges (`step_minutes`, flow.history.discharges) and told in the log, so that what was expected at a moment
can be worked out again. Steps run beside each other as `GATES` says; the longest road to the exit counts. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import hypot

from flow.domain.discharge import Discharge, Milestone

ENOUGH = 8
"""Discharges from which a step's pace is taken; before it, what the house's rules expect stands."""
LEAST = 5.0
"""Minutes within which no open step is expected to be done."""
HANGING = 0.15
"""The share of the time it has hung that a step hangs on, beyond what nine of ten take."""
MUCH = timedelta(minutes=15)
"""By how much an expectation must move to be told anew."""
STEP = timedelta(minutes=5)
"""Expectations are rounded up to these, so that a screen does not tremble."""


@dataclass(frozen=True, slots=True)
class Took:
    """Minutes from when a step could be done until it was: half of them took `p50` at most, nine of ten `p90`."""

    p50: int
    p90: int


USUAL: Mapping[Milestone, Took] = {
    Milestone.ORDER: Took(30, 120),
    Milestone.SUMMARY: Took(60, 150),
    Milestone.PHARMACY: Took(45, 120),
    Milestone.BILLING: Took(60, 150),
    Milestone.TPA: Took(150, 240),
    Milestone.ONWARD: Took(240, 1440),
    Milestone.CERTIFICATE: Took(60, 180),
    Milestone.POLICE: Took(180, 480),
    Milestone.MORTUARY: Took(60, 180),
    Milestone.TRANSPORT: Took(30, 75),
    Milestone.EXIT: Took(20, 60),
}
"""Until a house has a history of its own: NABH's discharge times of insured and paying patients, divided over their steps."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of the house, as the log tells it; a step that is missing goes by `USUAL`. `learnt_at` is when it was counted."""

    id: str = "discharge"
    took: Mapping[Milestone, Took] = field(default_factory=dict)
    learnt_at: datetime | None = None
    seq: int = 0

    def of(self, step: Milestone) -> Took:
        """What a step takes."""
        return self.took.get(step) or USUAL[step]


@dataclass(frozen=True, slots=True)
class Out:
    """When a patient will be out: half of such patients are by `p50`, nine of ten by `p90`."""

    p50: datetime
    p90: datetime


Span = tuple[float, float]
"""Minutes: half, and nine of ten."""


def expected_out(discharge: Discharge, pace: Pace, now: datetime) -> Out | None:
    """When the patient will be out; None where there is no order yet."""
    if not discharge.is_ordered:
        return None
    ends: dict[Milestone, Span] = {}
    for step in discharge.steps:
        ends[step] = (0, 0) if step in discharge.marks else _end(discharge, pace, step, ends, now)
    half, most = ends[Milestone.EXIT]
    return Out(_rounded(now + timedelta(minutes=half)), _rounded(now + timedelta(minutes=most)))


def _end(discharge: Discharge, pace: Pace, step: Milestone, ends: Mapping[Milestone, Span], now: datetime) -> Span:
    """Minutes from now until a step is done; spreads of steps one after the other are added as for independent times."""
    took, since = pace.of(step), discharge.open_since(step)
    if since is not None:
        return _rest(took, (now - since).total_seconds() / 60)
    half, most = max((ends[gate] for gate in discharge.gates(step) if gate in ends), key=lambda end: end[0])
    middle = half + took.p50
    return middle, middle + hypot(most - half, took.p90 - took.p50)


def _rest(took: Took, elapsed: float) -> Span:
    """What is left of a step that has been open for so long: of those that take longer than that, as far as two figures tell. What has
    hung for hours does not come loose within minutes: a share of the time it has hung."""
    elapsed = max(elapsed, 0)
    half = took.p50 - elapsed if elapsed < took.p50 else max((took.p90 - elapsed) / 2, HANGING * elapsed)
    middle = max(half, LEAST)
    return middle, max(took.p90 - elapsed, 2 * middle)


def tells_more(old: Discharge, new: Discharge, now: datetime) -> bool:
    """Whether a new expectation of the same discharge is worth telling: the log is no place for minutes that tremble."""
    if new == replace(old, expected=new.expected, latest=new.latest) and new.expected is not None and old.expected is not None:
        moved, past = abs(new.expected - old.expected), old.expected <= now
        later = abs((new.latest or now) - (old.latest or now))
        return moved >= MUCH or later >= 2 * MUCH or (past and new.expected != old.expected)
    return new != old


def _rounded(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + STEP


def step_minutes(discharges: Iterable[Discharge]) -> dict[Milestone, list[float]]:
    """The minutes that each step took in discharges that ended with the patient's leaving; of one done before it could be, none."""
    found: dict[Milestone, list[float]] = {}
    for discharge in discharges:
        if discharge.called_off or not discharge.is_ordered:
            continue
        for step, mark in discharge.marks.items():
            since = discharge.open_since(step) if step in discharge.steps and step is not Milestone.ORDER else None
            if since is not None and mark.at > since:
                found.setdefault(step, []).append((mark.at - since).total_seconds() / 60)
    return found


def learnt(minutes: Mapping[Milestone, Sequence[float]]) -> dict[Milestone, Took]:
    """The pace by what was seen, rounded to whole minutes; steps seen too seldom are left out."""
    return {step: Took(_quantile(seen, 0.5), _quantile(seen, 0.9)) for step, seen in minutes.items() if len(seen) >= ENOUGH}


def _quantile(seen: Sequence[float], share: float) -> int:
    ranked = sorted(seen)
    return round(ranked[min(int(share * len(ranked)), len(ranked) - 1)])
