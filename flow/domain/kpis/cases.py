"""Cases and the figures they add up to, over all and cut by ward, type, hour or weekday. Pure.

A case carries its share of a KPI's numerator and denominator; a case of a span besides how it ended, so that those under way count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flow.domain.kpis.table import FEW, MEASURES, By, Measure, Sort, Unit
from flow.domain.survival import quantiles_of


class Ending(StrEnum):
    """Of a span: it is over; is under way; ended without what was waited for; cannot be (negative)."""

    OVER = "over"
    OPEN = "open"
    GONE = "gone"
    INVALID = "invalid"


class Case(NamedTuple):
    """One case; a tuple, as weeks of a house are tens of thousands of them. `place` is a ward's or clinic's id, `at` when its
    clock began (None: it has no hour), `minutes` how long a span has lasted."""

    kpi: str
    place: str = ""
    type: str = ""
    at: datetime | None = None
    numerator: float = 0.0
    denominator: float = 0.0
    ending: Ending | None = None
    minutes: float = 0.0


def span(kpi: str, place: str, kind: str, begun: datetime, end: datetime, ending: Ending, paused: float = 0.0) -> Case:
    """A span from `begun` to `end` without the minutes it was `paused`; a negative one is invalid."""
    minutes = (end - begun).total_seconds() / 60 - paused
    if minutes < 0:
        return Case(kpi, place, kind, begun, ending=Ending.INVALID)
    over = ending is Ending.OVER
    return Case(kpi, place, kind, begun, minutes if over else 0.0, float(over), ending, minutes)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures: of a ward and a type of bed (`kind`), or of all; and what they are cut by."""

    ward: str | None = None
    kind: str | None = None
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI of one group ("" all together). `cases` are the spans that count: over, `under_way` and ended `otherwise`; percentiles are
    None under `FEW` of them, and where so many have not ended."""

    group: str
    numerator: float = 0.0
    denominator: float = 0.0
    cases: int = 0
    under_way: int = 0
    otherwise: int = 0
    invalid: int = 0
    p50: float | None = None
    p90: float | None = None

    def ratio(self, measure: Measure) -> float | None:
        """Numerator by denominator, in the KPI's unit: of spans the mean of those that are over."""
        if measure.sort is Sort.SUM:
            return self.numerator
        if self.denominator == 0:
            return None
        return self.numerator / self.denominator * (100 if measure.unit is Unit.PERCENT else 1)

    def value(self, measure: Measure) -> float | None:
        """What is told: of spans the median."""
        return self.p50 if measure.sort is Sort.SPAN else self.ratio(measure)


def can_choose(measure: Measure, ward: str | None, kind: str | None) -> bool:
    """Whether the KPI knows its cases' wards and types; one that does not says nothing of a ward alone."""
    return (ward is None or (By.WARD in measure.by and not measure.clinics)) and (kind is None or By.TYPE in measure.by)


@dataclass(slots=True)
class Sums:
    """What cases add up to; sums add up. `over` are the minutes of spans that are over, `waited` of those that are not."""

    numerator: float = 0.0
    denominator: float = 0.0
    under_way: int = 0
    otherwise: int = 0
    invalid: int = 0
    over: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def count(self, case: Case) -> None:
        """One case more."""
        self.numerator += case.numerator
        self.denominator += case.denominator
        self.under_way += case.ending is Ending.OPEN
        self.otherwise += case.ending is Ending.GONE
        self.invalid += case.ending is Ending.INVALID
        if case.ending is Ending.OVER:
            self.over.append(case.minutes)
        elif case.ending in (Ending.OPEN, Ending.GONE):
            self.waited.append(case.minutes)

    def add(self, other: "Sums") -> None:
        """What others added up to."""
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.under_way += other.under_way
        self.otherwise += other.otherwise
        self.invalid += other.invalid
        self.over += other.over
        self.waited += other.waited


Kept = Mapping[tuple[str, str], Sums]
"""Sums by KPI and group, cut as asked."""


def counted(cases: Iterable[Case], asked: Asked, zone: str, kept: Kept = MappingProxyType({})) -> list[tuple[Measure, list[Figure]]]:
    """The figures of every KPI that knows what was asked for, in the order of the table; the first of each is of all together. `kept`
    has been added up before, for the very question."""
    own: dict[str, list[Case]] = {}
    for case in cases:
        if asked.ward in (None, case.place) and asked.kind in (None, case.type):
            own.setdefault(case.kpi, []).append(case)
    before: dict[str, dict[str, Sums]] = {}
    for (kpi, group), sums in kept.items():
        before.setdefault(kpi, {})[group] = sums
    known = (measure for measure in MEASURES.values() if can_choose(measure, asked.ward, asked.kind))
    return [(measure, figures(measure, own.get(measure.id, []), asked.by, zone, before.get(measure.id, {}))) for measure in known]


def figures(
    measure: Measure, cases: Iterable[Case], by: By | None, zone: str, kept: Mapping[str, Sums] = MappingProxyType({})
) -> list[Figure]:
    """All cases together, then each group in the order of its key; none where the KPI is not cut like that."""
    whole, groups = Sums(), dict[str, Sums]()
    is_cut, local = by is not None and by in measure.by, ZoneInfo(zone)
    for case in cases:
        whole.count(case)
        if is_cut and by is not None:
            groups.setdefault(_key(case, by, local), Sums()).count(case)
    for group, sums in kept.items():
        whole.add(sums)
        if is_cut:
            groups.setdefault(group or NOWHERE, Sums()).add(sums)
    return [_figure("", whole, measure), *(_figure(name, groups[name], measure) for name in sorted(groups))]


def _key(case: Case, by: By, zone: ZoneInfo) -> str:
    if by is By.WARD or by is By.TYPE:
        return (case.place if by is By.WARD else case.type) or NOWHERE
    if case.at is None:
        return NOWHERE
    local = case.at.astimezone(zone)
    return f"{local:%H}" if by is By.HOUR else str(local.isoweekday())


NOWHERE = "?"
"""The group of what lies in no bed of the file."""


def _figure(group: str, sums: Sums, measure: Measure) -> Figure:
    is_span = measure.sort is Sort.SPAN
    cases = len(sums.over) + len(sums.waited) if is_span else 0
    p50, p90 = quantiles_of(sums.over, sums.waited, (0.5, 0.9)) if cases >= FEW else (None, None)
    return Figure(
        group,
        sums.numerator,
        sums.denominator,
        cases,
        sums.under_way,
        sums.otherwise,
        sums.invalid,
        p50,
        p90,
    )
