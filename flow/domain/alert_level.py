"""How hard the house is pressed now: the level by its own written rules, and the rule that fired.

Pure. `measured` counts, `standing` compares with `flow.domain.alert_rules`; the command centre (flow.views.command_centre) shows both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.alert_rules import AlertLevel, AlertRules, Measure, usual_rules
from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.cleaning_rules import CleaningRules
from flow.domain.ids import BedId, VisitId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy, RequestStatus

_MINUTE = timedelta(minutes=1)
_BEGUN = frozenset({Stage.IN_PROGRESS, Stage.INSPECTION})
_WITHOUT = frozenset({RequestStatus.WAITING, RequestStatus.READY, RequestStatus.ASSIGNED})


@dataclass(frozen=True, slots=True)
class Measured:
    """`occupancy` in percent, None where no bed is staffed; `expected` as well, None without a forecast."""

    occupancy: float | None
    boarders: int
    dirty: int
    expected: float | None = None

    def of(self, measure: Measure) -> float | None:
        """One of them."""
        found: float | None = getattr(self, measure.value)
        return found


@dataclass(frozen=True, slots=True)
class Fired:
    """A threshold that is reached: how it stands, and from where on it counts."""

    measure: Measure
    value: float
    threshold: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Level `number` of `rules`, from 1; `fired` are the thresholds of it that are reached, none at the first. `kept`: its rule holds no
    more, but has not for long enough."""

    number: int
    level: AlertLevel
    fired: tuple[Fired, ...]
    above: AlertLevel | None
    kept: bool = False


def rules_of(plan: Plan) -> AlertRules:
    """The hospital's rules; those that come with Bedflow where its file names none."""
    return plan.alert if plan.alert.levels else usual_rules(len(plan.beds), plan.alert.hold_minutes)


def standing(rules: AlertRules, measured: Measured) -> Standing:
    """The highest level whose rule is fulfilled."""
    number, fired = 1, tuple[Fired, ...]()
    for place, level in enumerate(rules.levels[1:], start=2):
        found = tuple(_fired(level, measured))
        if found and len(found) >= level.reached:
            number, fired = place, found
    return Standing(number, rules.levels[number - 1], fired, _above(rules, number))


def kept(rules: AlertRules, found: Standing, number: int) -> Standing:
    """The level that is kept where it is above the one found."""
    number = min(number, len(rules.levels))
    return found if number <= found.number else Standing(number, rules.levels[number - 1], (), _above(rules, number), kept=True)


def _above(rules: AlertRules, number: int) -> AlertLevel | None:
    return rules.levels[number] if number < len(rules.levels) else None


def _fired(level: AlertLevel, measured: Measured) -> Iterator[Fired]:
    for measure, threshold in level.thresholds.items():
        value = measured.of(measure)
        if value is not None and value >= threshold:
            yield Fired(measure, value, threshold)


def measured(
    plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], at: datetime, expected: float | None = None
) -> Measured:
    """The figures now; `expected` is what the newest forecast has."""
    states = [beds[bed] for bed in plan.beds if bed in beds]
    staffed = sum(state.staffed for state in states)
    occupied = sum(state.status is BedStatus.OCCUPIED for state in states)
    return Measured(
        100 * occupied / staffed if staffed else None,
        len(boarders(plan, beds, requests, at)),
        sum(waits_too_long(state, plan.cleaning, at) for state in states),
        expected,
    )


def clean_due(state: BedState, rules: CleaningRules) -> datetime | None:
    """By when the clean of a bed should have begun; None of a bed that does not wait for one to begin."""
    if state.status is not BedStatus.CLEANING or state.now.stage in _BEGUN:
        return None
    job = state.job if state.job is not None and state.job.is_open else None
    if job is not None and (job.started_at is not None or job.cleaned_at is not None):
        return None
    asked = job.asked_at if job is not None else state.now.since
    return asked + (rules.stat_aim if job is not None and job.stat else rules.response_aim) * _MINUTE


def waits_too_long(state: BedState, rules: CleaningRules, at: datetime) -> bool:
    """Whether a bed waits for its clean past the aim."""
    due = clean_due(state, rules)
    return due is not None and due <= at


@dataclass(frozen=True, slots=True)
class Boarder:
    """Somebody without a bed of a ward: by their request, or by the temporary place they lie in (then without one)."""

    request: BedRequest | None
    place: BedState | None


def boarders(plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], at: datetime) -> list[Boarder]:
    """Everybody who needs a bed now and lies in none of a ward, as `DEFINITIONS` says. Each is counted once."""
    lying: dict[VisitId, BedState] = {state.visit: state for state in beds.values() if state.visit is not None}
    found, seen = [], set[VisitId | None]()
    for request in requests:
        if request.status not in _WITHOUT or request.made_by is MadeBy.MOVE or request.clock_from > at:
            continue
        place = lying.get(request.visit) if request.visit is not None else None
        if place is None or place.temporary is not None or plan.beds[place.id].type == "emergency":
            found.append(Boarder(request, place))
            seen.add(request.visit)
    alone = (state for visit, state in lying.items() if state.temporary is not None and visit not in seen)
    return found + [Boarder(None, state) for state in alone]
