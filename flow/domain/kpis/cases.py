"""Cases and the figures they add up to, over all and cut by ward, type, hour or weekday. Pure.

A case carries its share of a KPI's numerator and denominator; a case of a span besides how it ended, so that those under way count.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flow.domain.kpis.table import FEW, MEASURES, By, Measure, Sort, Unit
from flow.domain.survival import quantiles


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


def counted(cases: Iterable[Case], asked: Asked, zone: str) -> list[tuple[Measure, list[Figure]]]:
    """The figures of every KPI that knows what was asked for, in the order of the table; the first of each is of all together."""
    own: dict[str, list[Case]] = {}
    for case in cases:
        if asked.ward in (None, case.place) and asked.kind in (None, case.type):
            own.setdefault(case.kpi, []).append(case)
    known = (measure for measure in MEASURES.values() if can_choose(measure, asked.ward, asked.kind))
    return [(measure, figures(measure, own.get(measure.id, []), asked.by, zone)) for measure in known]


def figures(measure: Measure, cases: Iterable[Case], by: By | None, zone: str) -> list[Figure]:
    """All cases together, then each group in the order of its key; none where the KPI is not cut like that."""
    every = list(cases)
    groups: dict[str, list[Case]] = {}
    if by is not None and by in measure.by:
        local = ZoneInfo(zone)
        for case in every:
            groups.setdefault(_key(case, by, local), []).append(case)
    return [_figure("", every, measure), *(_figure(name, groups[name], measure) for name in sorted(groups))]


def _key(case: Case, by: By, zone: ZoneInfo) -> str:
    if by is By.WARD or by is By.TYPE:
        return (case.place if by is By.WARD else case.type) or NOWHERE
    if case.at is None:
        return NOWHERE
    local = case.at.astimezone(zone)
    return f"{local:%H}" if by is By.HOUR else str(local.isoweekday())


NOWHERE = "?"
"""The group of what lies in no bed of the file."""


def _figure(group: str, cases: list[Case], measure: Measure) -> Figure:
    ended = Counter(case.ending for case in cases)
    spans = [(case.minutes, case.ending is Ending.OVER) for case in cases if case.ending not in (None, Ending.INVALID)]
    told = measure.sort is Sort.SPAN and len(spans) >= FEW
    p50, p90 = quantiles(spans, (0.5, 0.9)) if told else (None, None)
    return Figure(
        group,
        sum(case.numerator for case in cases),
        sum(case.denominator for case in cases),
        len(spans) if measure.sort is Sort.SPAN else 0,
        ended[Ending.OPEN],
        ended[Ending.GONE],
        ended[Ending.INVALID],
        p50,
        p90,
    )
