"""The level as it is kept: it rises at once, falls only when a lower one has held for long enough, and every change is remembered. Pure.

`flow.domain.alert_level` says which level the rules give at a moment; `flow.main.levelling` looks and `flow.history.levels` keeps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flow.domain.alert_level import Fired, Measured, Standing
from flow.domain.alert_rules import AlertRules

UNSEEN = timedelta(minutes=10)
"""After a longer time without a look nobody knows which levels there were."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Where the looks stand: when the last was; since when a lower level would do, and the highest that was needed since then."""

    looked_at: datetime
    lower: int | None = None
    lower_since: datetime | None = None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class LevelChange:
    """From level `before` (None: the first look, or nobody had looked since `unseen_since`) to `number` of `levels`: which thresholds
    fired, with their figures, by which `version` of the rules."""

    at: datetime
    before: int | None
    before_name: str
    number: int
    name: str
    levels: int
    fired: tuple[Fired, ...]
    measured: Measured
    version: str
    unseen_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """The level that is kept now: the change that led to it, and what the forecast says."""

    change: LevelChange
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A level from `start` until before `end`."""

    number: int
    name: str
    start: datetime
    end: datetime


def looked(
    rules: AlertRules, found: Standing, figures: Measured, last: LevelChange | None, watch: Watch | None, at: datetime
) -> tuple[LevelChange | None, Watch]:
    """One look: the change it makes, None where it makes none, and where the looks stand after it."""
    after = Watch(at, expected=figures.expected)
    if last is None or watch is None or at - watch.looked_at > UNSEEN:
        unseen = watch.looked_at if watch is not None else None
        return replace(_change(rules, found.number, found.fired, figures, None, at), unseen_since=unseen), after
    if last.version != rules.version or found.number > last.number:
        return _change(rules, found.number, found.fired, figures, last, at), after
    if found.number == last.number:
        return None, after
    since = watch.lower_since or at
    lower = max(found.number, watch.lower or found.number)
    if at - since < timedelta(minutes=rules.hold_minutes):
        return None, replace(after, lower=lower, lower_since=since)
    return _change(rules, lower, found.fired if lower == found.number else (), figures, last, at), after


def _change(
    rules: AlertRules, number: int, fired: tuple[Fired, ...], figures: Measured, last: LevelChange | None, at: datetime
) -> LevelChange:
    return LevelChange(
        at=at,
        before=last.number if last is not None else None,
        before_name=last.name if last is not None else "",
        number=number,
        name=rules.levels[number - 1].name,
        levels=len(rules.levels),
        fired=fired,
        measured=figures,
        version=rules.version,
    )


def until(changes: Sequence[LevelChange], end: datetime) -> Iterator[tuple[LevelChange, datetime]]:
    """Each change, and until when its level was kept."""
    ends = [*(change.unseen_since or change.at for change in changes[1:]), end]
    return zip(changes, ends, strict=False)


def spells(changes: Sequence[LevelChange], start: datetime, end: datetime) -> Iterator[Spell]:
    """The levels of a period, in order; a change before it says how it began. Where nobody looked there is none."""
    for change, over in until(changes, end):
        left, right = max(change.at, start), min(over, end)
        if left < right:
            yield Spell(change.number, change.name, left, right)


def by_level(found: Iterable[Spell]) -> Mapping[tuple[int, str], timedelta]:
    """How long each level was kept, the lowest first."""
    times: dict[tuple[int, str], timedelta] = {}
    for spell in found:
        key = (spell.number, spell.name)
        times[key] = times.get(key, timedelta()) + spell.end - spell.start
    return dict(sorted(times.items()))
