"""The managers' page: figures now, occupancy over a period, the week's shape, cleaning turns, wards; and the same figures as tables.

flow.web hands in the report of `flow.history.reports` and the live picture; templates/manager draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from flow.views.request_form import Option
from flow.views.tables import Files
from flow.views.times import waited

PERIODS: Mapping[str, tuple[str, timedelta, timedelta]] = {
    "24h": ("24 h", timedelta(days=1), timedelta(minutes=15)),
    "7d": ("7 days", timedelta(days=7), timedelta(hours=1)),
    "28d": ("28 days", timedelta(days=28), timedelta(hours=4)),
    "90d": ("90 days", timedelta(days=90), timedelta(hours=6)),
    "365d": ("a year", timedelta(days=365), timedelta(days=1)),
}
"""By key of the address: words, length, distance of the moments drawn."""

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

    def query(self, key: str) -> str:
        """As the page's address has it, with the period."""
        asked = {"range": key, "ward": self.ward, "specialty": self.specialty, "type": self.kind}
        return urlencode({name: value for name, value in asked.items() if value})


EVERY_BED = Chosen()


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that chooses a period."""

    words: str
    href: str
    here: bool


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
    """`scope` says of which beds, `period` of which time; `known` whether there is any history yet."""

    chrome: Chrome
    range: str
    asked: Chosen
    scope: str
    period: str
    choices: tuple[Choice, ...]
    wards: tuple[Option, ...]
    specialties: tuple[Option, ...]
    types: tuple[Option, ...]
    board_href: str
    kpis: tuple[Kpi, ...]
    line: StepLine
    stack: Stack
    ticks: tuple[Tick, ...]
    heat: HeatMap
    heat_days: int
    heat_rows: tuple[HeatRow, ...]
    turns: Ranges
    ward_rows: tuple[WardRow, ...]
    rows: tuple[SampleRow, ...]
    definitions: tuple[Definition, ...]
    version: int
    known: bool
    files: Files | None = None


def period(key: str, at: datetime, zone: str) -> tuple[datetime, datetime, timedelta]:
    """Start, end and step of a period (unknown keys mean seven days); the end is the last whole step of the hospital's day."""
    _, length, step = PERIODS.get(key, PERIODS["7d"])
    local = at.astimezone(ZoneInfo(zone))
    whole = min(step, timedelta(hours=1)).total_seconds() / 60
    floor = local.replace(minute=int(local.minute // whole * whole), second=0, microsecond=0)
    end = floor.astimezone(at.tzinfo)
    return end - length, end, step


def manager_page(
    chrome: Chrome,
    plan: Plan,
    report: OccupancyReport,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    at: datetime,
    *,
    key: str = "7d",
    asked: Chosen = EVERY_BED,
) -> ManagerPage:
    """The page of one period, of the beds asked for; `beds` and `requests` are the live picture of the whole house."""
    key = key if key in PERIODS else "7d"
    now = _now(plan, beds, asked)
    figures = [row for row in report.wards if asked.of_ward(row.ward, plan) and (row.beds or not asked.kind)]
    heat = heat_map(report.hours, plan.zone)
    return ManagerPage(
        chrome=chrome,
        range=key,
        asked=asked,
        scope=f"{scope_words(plan, asked)} · {now.staffed} staffed beds now",
        period=_period(report, plan.zone),
        choices=tuple(Choice(words, f"/manager?{asked.query(name)}", name == key) for name, (words, _, _) in PERIODS.items()),
        wards=tuple(Option(each.id, f"{each.id} {each.name}") for each in plan.wards),
        specialties=specialties_of(plan),
        types=types_of(plan),
        board_href=f"/manager/board?{asked.query(key)}",
        kpis=_kpis(report, now, list(requests), at, PERIODS[key][0]),
        line=step_line(report.samples, LEFT, RIGHT, 8, 150, TARGET_PERCENT),
        stack=stack(report.samples, LEFT, RIGHT, 178, 312),
        ticks=time_ticks(report.start, report.end, plan.zone, LEFT, RIGHT),
        heat=heat,
        heat_days=max(28, (report.end - report.start).days),
        heat_rows=tuple(HeatRow(day, tuple(_number(mean, 1) for mean in row)) for day, row in zip(WEEKDAYS, heat.rows, strict=True)),
        turns=_turn_ranges(figures, plan),
        ward_rows=tuple(_ward_row(row, plan) for row in figures),
        rows=tuple(_sample_row(sample, plan.zone) for sample in report.samples),
        definitions=tuple(Definition(name, _TITLES[name], words) for name, words in DEFINITIONS.items()),
        version=DEFINITIONS_VERSION,
        known=any(sample.beds for sample in report.samples),
    )


def _kpis(report: OccupancyReport, now: Counts, requests: Sequence[BedRequest], at: datetime, words: str) -> tuple[Kpi, ...]:
    then = report.samples[0].percent if report.samples else None
    percent = occupancy(now)
    ago = f" · {then:.1f} % {words} ago" if then is not None else ""
    waiting = [request for request in requests if request.is_unplaced]
    longest = min((request.created_at for request in waiting), default=None)
    over = sum(at - request.created_at >= LONG_WAIT for request in waiting)
    turns, before = report.turns, report.turns_before
    share = 100 * report.lost_days / report.bed_days if report.bed_days else None
    was = f" · was {before.p50:.0f}" if before.p50 is not None else ""
    beyond = f" + {now.temporary} in temporary places" if now.temporary else ""
    long_ago = f"longest {waited(longest.timestamp(), at.timestamp())} · " if longest is not None else ""
    return (
        Kpi("Occupied now", _number(percent, 1, " %"), f"{now.occupied} of {now.staffed} staffed beds{beyond}{ago}", "occupancy"),
        Kpi("Free and ready", str(now.free), f"{now.cleaning} more in cleaning · {now.reserved} promised", "free"),
        Kpi("Cleaning turn, median", _number(turns.p50, 0, " min"), f"aim {TURN_AIM}{was} · {turns.count} turns", "turn"),
        Kpi("Waiting over 4 h", str(over), f"{long_ago}{len(waiting)} waiting, whole house", "waiting"),
        Kpi("Bed-days out of use", f"{report.lost_days:.0f}", f"{words} · {_number(share, 1, ' %')} of all bed-days", "lost"),
    )


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


def _period(report: OccupancyReport, zone: str) -> str:
    local = ZoneInfo(zone)
    start, end = report.start.astimezone(local), report.end.astimezone(local)
    minutes = int(report.every.total_seconds() // 60)
    every = f"every {minutes} min" if minutes < 60 else "every hour" if minutes == 60 else f"every {minutes // 60} h"
    every = "every day" if minutes == 1440 else every
    return f"{start:%d %b %Y %H:%M} to {end:%d %b %H:%M} · {every}"


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
