"""What is measured of a run, and how two policies differ on the same seeds: mean differences with 95 % intervals (Student's t, paired)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import stdtrit

from allocation.simulation.run import Fate, Outcome
from flow.domain.plan import Plan

LONG = 4 * 60
MEASURES = {
    "off_ward": "off the home ward, %",
    "isolation": "isolation unmet, %",
    "telemetry": "telemetry unmet, %",
    "wait": "mean wait, min",
    "over_4h": "waiting over 4 h, %",
}
PRICE = {
    "asked": "wards asked to let a patient move, per 100 admissions",
    "moved": "patients moved for another's sake, per 100 admissions",
    "displaced": "of these off their home ward",
}
"""What moves cost, beside the cleaning."""


@dataclass(frozen=True, slots=True)
class Measures:
    """One run in figures; shares are percent of those concerned. The infectious count as unmet or not, never as off their ward. Who is
    moved off the home ward for another's sake counts as one who was laid off it; `asked`, `moved`, `displaced` are per 100 admissions."""

    off_ward: float
    isolation: float
    telemetry: float
    wait: float
    over_4h: float
    occupied: float
    patients: int
    sex_violations: int
    asked: float = 0.0
    moved: float = 0.0
    displaced: float = 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of ours against a rival's: both means, and the difference in percent of the rival's mean with its 95 % interval."""

    rival: float
    ours: float
    percent: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """The interval is off zero."""
        return self.low > 0 or self.high < 0


def measured(outcome: Outcome, plan: Plan) -> Measures:
    """The figures of a run."""
    placed = [fate for fate in outcome.fates if fate.bed is not None]
    wards = [not fate.home for fate in placed if not fate.arrival.request.isolation]
    share = 100 / max(1, len(outcome.fates))
    return Measures(
        off_ward=100 * (sum(wards) + outcome.displaced) / max(1, len(wards)),
        isolation=_percent([not _alone(fate, plan) for fate in placed if fate.arrival.request.isolation]),
        telemetry=_percent([not _has(fate, "telemetry", plan) for fate in placed if "telemetry" in fate.arrival.request.needs]),
        wait=_mean([fate.waited for fate in outcome.fates]),
        over_4h=_percent([fate.waited > LONG for fate in outcome.fates]),
        occupied=outcome.occupied,
        patients=len(outcome.fates),
        sex_violations=outcome.sex_violations,
        asked=share * outcome.asked,
        moved=share * len(outcome.moved),
        displaced=share * outcome.displaced,
    )


def difference(rival: Sequence[Measures], ours: Sequence[Measures], name: str) -> Difference:
    """Seed by seed; both in the same order. Raises ValueError for fewer than two."""
    theirs, own = [float(getattr(run, name)) for run in rival], [float(getattr(run, name)) for run in ours]
    if len(own) < 2:
        raise ValueError("an interval needs two seeds or more")
    deltas = [mine - other for mine, other in zip(own, theirs, strict=True)]
    mean = _mean(deltas)
    spread = sqrt(sum((delta - mean) ** 2 for delta in deltas) / (len(deltas) - 1) / len(deltas))
    half = float(stdtrit(len(deltas) - 1, 0.975)) * spread
    unit = (_mean(theirs) or 1.0) / 100
    return Difference(_mean(theirs), _mean(own), mean / unit, (mean - half) / unit, (mean + half) / unit)


def _alone(fate: Fate, plan: Plan) -> bool:
    assert fate.bed is not None
    return plan.beds[fate.bed].type == "isolation" or _has(fate, "single", plan)


def _has(fate: Fate, feature: str, plan: Plan) -> bool:
    assert fate.bed is not None
    return feature in plan.beds[fate.bed].features


def _percent(found: Sequence[bool]) -> float:
    return 100 * sum(found) / len(found) if found else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
