"""The managers' page: figures now, occupancy over a period, the week's shape, cleaning turns, wards; and the same figures as tables.

flow.web hands in the report of `flow.history.reports` and the live picture; templates/manager draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.kpi import DEFINITIONS, DEFINITIONS_VERSION, LONG_WAIT, TARGET_PERCENT, TURN_AIM, OccupancyReport, Sample, WardFigures
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.availability import Counts, counted, occupancy
from flow.views.charts import WEEKDAYS, HeatMap, Ranges, Stack, StepLine, Tick, heat_map, ranges, stack, step_line, time_ticks
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, Period, PeriodBar, days_words
from flow.views.request_form import Option
from flow.views.tables import Files
from flow.views.times import waited

STEPS: Mapping[int, timedelta] = {
    2: timedelta(minutes=15),
    8: timedelta(hours=1),
    31: timedelta(hours=4),
    92: timedelta(hours=6),
}
"""The distance of the moments drawn, of periods of at most so many days; of longer ones a day."""
LONG = 60
"""Days from which on a chart is offered to look closer."""

LEFT, RIGHT = 56, 620
TURN_LEFT, TURN_RIGHT = 208, 696


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which beds: of a ward, of a specialty's wards, of a type; of each where it says nothing."""

    ward: str = ""
    specialty: str = ""
    kind: str = ""

    def wards(self, plan: Plan) -> tuple[str, ...] | None:
        """The wards that are meant; None for all."""
        if self.ward:
            return (self.ward,)
        return plan.wards_of(self.specialty) if self.specialty else None

    def of_ward(self, ward: str, plan: Plan) -> bool:
        """Whether a ward is meant."""
        wards = self.wards(plan)
        return wards is None or ward in wards

    @property
    def filters(self) -> dict[str, str]:
        """As the page's address has it."""
        asked = {"ward": self.ward, "specialty": self.specialty, "type": self.kind}
        return {name: value for name, value in asked.items() if value}


EVERY_BED = Chosen()


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure with what stands under it; `define` names its definition."""

    title: str
    value: str
    note: str
    define: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means."""

    id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class WardRow:
    """A ward's line, as shown."""

    ward: str
    name: str
    beds: int
    mean: str
    peak: str
    turns: int
    median: str
    p90: str
    lost: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One moment's figures, as shown and exported."""

    at: str
    iso: str
    sample: Sample
    percent: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A weekday's means, one an hour."""

    day: str
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManagerPage:
    """`scope` says of which beds, `period` of which time; `known` whether there is any history yet, `long` that the chart can be looked at
    closer, with the hours of `hours_href`; `heat_words` of which days the week's shape is."""

    chrome: Chrome
    when: PeriodBar
    asked: Chosen
    scope: str
    period: str
    wards: tuple[Option, ...]
    specialties: tuple[Option, ...]
    types: tuple[Option, ...]
    board_href: str
    kpis: tuple[Kpi, ...]
    line: StepLine
    stack: Stack
    ticks: tuple[Tick, ...]
    heat: HeatMap
    heat_words: str
    heat_rows: tuple[HeatRow, ...]
    turns: Ranges
    ward_rows: tuple[WardRow, ...]
    rows: tuple[SampleRow, ...]
    definitions: tuple[Definition, ...]
    version: int
    known: bool
    long: bool
    hours_href: str
    zone: str
    files: Files | None = None


def step_of(period: Period) -> timedelta:
    """The distance of the moments drawn."""
    return next((step for days, step in STEPS.items() if period.days <= days), timedelta(days=1))


def manager_page(
    chrome: Chrome,
    plan: Plan,
    report: OccupancyReport,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    at: datetime,
    *,
    when: AskedPeriod,
    asked: Chosen = EVERY_BED,
) -> ManagerPage:
    """The page of one period, of the beds asked for; `beds` and `requests` are the live picture of the whole house."""
    bar = when.bar("/manager", asked.filters)
    now = _now(plan, beds, asked)
    figures = [row for row in report.wards if asked.of_ward(row.ward, plan) and (row.beds or not asked.kind)]
    heat, drawn = heat_map(report.hours, plan.zone), _recorded(report, when)
    return ManagerPage(
        chrome=chrome,
        when=bar,
        asked=asked,
        scope=scope_words(plan, asked) + ("" if bar.fixed else f" · {now.staffed} staffed beds now"),
        period=f"{when.period.words} · {_every(report)}",
        wards=tuple(Option(each.id, f"{each.id} {each.name}") for each in plan.wards),
        specialties=specialties_of(plan),
        types=types_of(plan),
        board_href=f"/manager/board?{urlencode({**when.period.asked, **asked.filters})}",
        kpis=_past(report, when.period) if bar.fixed else _kpis(report, now, list(requests), at, when.period),
        line=step_line(drawn.samples, LEFT, RIGHT, 8, 150, TARGET_PERCENT),
        stack=stack(drawn.samples, LEFT, RIGHT, 178, 312),
        ticks=time_ticks(drawn.start, _last_drawn(drawn) - timedelta(microseconds=1), plan.zone, LEFT, RIGHT),
        heat=heat,
        heat_words=_heat_words(drawn, when.period, fixed=bar.fixed),
        heat_rows=tuple(HeatRow(day, tuple(_number(mean, 1) for mean in row)) for day, row in zip(WEEKDAYS, heat.rows, strict=True)),
        turns=_turn_ranges(figures, plan),
        ward_rows=tuple(_ward_row(row, plan) for row in figures),
        rows=tuple(_sample_row(sample, plan.zone) for sample in drawn.samples),
        definitions=tuple(Definition(name, _TITLES[name], words) for name, words in DEFINITIONS.items()),
        version=DEFINITIONS_VERSION,
        known=any(sample.beds for sample in drawn.samples),
        long=when.period.days > LONG,
        hours_href=f"/api/v1/history/occupancy?{urlencode({'bucket': 'hour', **asked.filters})}",
        zone=plan.zone,
    )


def _recorded(report: OccupancyReport, when: AskedPeriod) -> OccupancyReport:
    """From the record's first moment on; the last one is drawn in any case."""
    samples = tuple(sample for sample in report.samples if when.knows(sample.at)) or report.samples[-1:]
    return replace(report, samples=samples, start=samples[0].at) if len(samples) < len(report.samples) else report


def _last_drawn(report: OccupancyReport) -> datetime:
    """Its last moment; a midnight at which it ends begins no day of it."""
    return report.samples[-1].at if len(report.samples) > 1 else report.end


def _kpis(report: OccupancyReport, now: Counts, requests: Sequence[BedRequest], at: datetime, period: Period) -> tuple[Kpi, ...]:
    then = report.samples[0].percent if report.samples else None
    percent = occupancy(now)
    ago = f" · {then:.1f} % {period.length} ago" if then is not None else ""
    waiting = [request for request in requests if request.is_unplaced]
    longest = min((request.created_at for request in waiting), default=None)
    over = sum(at - request.created_at >= LONG_WAIT for request in waiting)
    beyond = f" + {now.temporary} in temporary places" if now.temporary else ""
    long_ago = f"longest {waited(longest.timestamp(), at.timestamp())} · " if longest is not None else ""
    return (
        Kpi("Occupied now", _number(percent, 1, " %"), f"{now.occupied} of {now.staffed} staffed beds{beyond}{ago}", "occupancy"),
        Kpi("Free and ready", str(now.free), f"{now.cleaning} more in cleaning · {now.reserved} promised", "free"),
        _turn_kpi(report),
        Kpi("Waiting over 4 h", str(over), f"{long_ago}{len(waiting)} waiting, whole house", "waiting"),
        _lost_kpi(report, period),
    )


def _past(report: OccupancyReport, period: Period) -> tuple[Kpi, ...]:
    """Of a period that is over: how it began and ended instead of now."""
    begun, ended = report.samples[0], report.samples[-1]
    was = f" · {begun.percent:.1f} % at the beginning" if begun.percent is not None else ""
    return (
        Kpi("Occupied at the end", _number(ended.percent, 1, " %"), f"{ended.occupied} of {ended.staffed} staffed beds{was}", "occupancy"),
        Kpi("Free at the end", str(ended.free), f"{ended.cleaning} more in cleaning · {ended.coming} promised", "free"),
        _turn_kpi(report),
        _lost_kpi(report, period),
    )


def _turn_kpi(report: OccupancyReport) -> Kpi:
    turns, before = report.turns, report.turns_before
    was = f" · was {before.p50:.0f}" if before.p50 is not None else ""
    return Kpi("Cleaning turn, median", _number(turns.p50, 0, " min"), f"aim {TURN_AIM}{was} · {turns.count} turns", "turn")


def _lost_kpi(report: OccupancyReport, period: Period) -> Kpi:
    share = 100 * report.lost_days / report.bed_days if report.bed_days else None
    return Kpi("Bed-days out of use", f"{report.lost_days:.0f}", f"{period.length} · {_number(share, 1, ' %')} of all bed-days", "lost")


_TITLES: Mapping[str, str] = {
    "occupancy": "Occupied now, occupancy",
    "mean_occupancy": "Mean occupancy",
    "peak_occupancy": "Peak occupancy",
    "free": "Free and ready",
    "turn": "Cleaning turn",
    "waiting": "Waiting over 4 h",
    "lost": "Bed-days out of use",
}


def _now(plan: Plan, beds: Mapping[BedId, BedState], asked: Chosen) -> Counts:
    chosen = [bed for bed in plan.beds.values() if asked.of_ward(bed.ward, plan) and asked.kind in ("", bed.type)]
    places = [
        state for state in beds.values() if state.temporary is not None and asked.of_ward(state.temporary.ward, plan) and not asked.kind
    ]
    return Counts(**counted(chain((beds[bed.id] for bed in chosen if bed.id in beds), places)))


def scope_words(plan: Plan, asked: Chosen) -> str:
    """Which beds, in words."""
    of = plan.ward_name(asked.ward) if asked.ward else asked.specialty or "whole house"
    return f"{of} · {asked.kind.replace('_', ' ')}" if asked.kind else of


def specialties_of(plan: Plan) -> tuple[Option, ...]:
    """The specialties of the wards, in the order of the file."""
    return tuple(Option(each, each) for each in dict.fromkeys(ward.specialty or ward.name for ward in plan.wards))


def types_of(plan: Plan) -> tuple[Option, ...]:
    """The types of the beds, in the order of the file."""
    return tuple(Option(each, each.replace("_", " ")) for each in dict.fromkeys(bed.type for bed in plan.beds.values()))


def _every(report: OccupancyReport) -> str:
    minutes = int(report.every.total_seconds() // 60)
    if minutes == 1440:
        return "every day"
    return f"every {minutes} min" if minutes < 60 else "every hour" if minutes == 60 else f"every {minutes // 60} h"


def _heat_words(report: OccupancyReport, period: Period, *, fixed: bool) -> str:
    """The week's shape is of four weeks at least."""
    days = max(28, (report.end - report.start).days)
    return f"the {days} days until {days_words(period.last, period.last)}" if fixed else f"last {days} days"


def _turn_ranges(figures: Iterable[WardFigures], plan: Plan) -> Ranges:
    rows = []
    for row in figures:
        t = row.turns
        if t.p25 is not None and t.p50 is not None and t.p75 is not None and t.p90 is not None:
            rows.append((plan.ward_name(row.ward), t.p25, t.p50, t.p75, t.p90))
    return ranges(rows, TURN_AIM, TURN_LEFT, TURN_RIGHT)


def _ward_row(row: WardFigures, plan: Plan) -> WardRow:
    return WardRow(
        ward=row.ward,
        name=plan.ward_name(row.ward),
        beds=row.beds,
        mean=_number(row.mean, 1),
        peak=_number(row.peak, 1),
        turns=row.turns.count,
        median=_number(row.turns.p50, 0),
        p90=_number(row.turns.p90, 0),
        lost=f"{row.lost_days:.1f}",
    )


def _sample_row(sample: Sample, zone: str) -> SampleRow:
    local = sample.at.astimezone(ZoneInfo(zone))
    return SampleRow(local.strftime("%a %d %b %H:%M"), local.isoformat(timespec="minutes"), sample, _number(sample.percent, 1))


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "–" if value is None else f"{value:.{digits}f}{unit}"
