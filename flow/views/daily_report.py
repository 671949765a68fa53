"""The daily report: one day of the house on one page, without a name. What `flow.main.reporting` gathered becomes the words of the page;
templates/daily_report/report.html draws it by itself, with no file beside it, for a mail and for paper.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.forecast import Judged, Level, Outlook, Outlooks
from flow.domain.kpi import TARGET_PERCENT, OccupancyReport, Sample
from flow.domain.ledger import Owner
from flow.domain.ledger_sums import Ledger, by_owner, shares
from flow.domain.level_history import LevelChange
from flow.domain.plan import Plan
from flow.views.charts import Stack, StepLine, Tick, stack, step_line, time_ticks
from flow.views.forecast_words import calibrating
from flow.views.kpi_page import Counted, Summary, summaries
from flow.views.ledger_words import OWNERS

LEFT, RIGHT = 56, 620
CAUSES = 6
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was read: occupancy, KPIs, ledger, changes of the level (None: no levels), the newest forecast (None: there is none)
    and how well such forecasts have held."""

    day: date
    at: datetime
    occupancy: OccupancyReport
    kpis: Counted
    ledger: Ledger
    levels: Sequence[LevelChange]
    forecast: Outlooks | None
    verdicts: Sequence[Judged] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name, and its cells."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DailyReport:
    """The page; `summary` says it in one sentence, for the mail and the list; `by_hour` are the figures of the chart at its `hours`."""

    hospital: str
    title: str
    made: str
    summary: str
    style: str
    known: bool
    figures: tuple[tuple[str, str, str], ...]
    line: StepLine
    stack: Stack
    ticks: tuple[Tick, ...]
    wards: tuple[Line, ...]
    kpis: tuple[Summary, ...]
    causes: tuple[Line, ...]
    forecast: tuple[Line, ...]
    forecast_made: str
    forecast_trust: str
    levels: tuple[Line, ...]
    hours: tuple[str, ...]
    by_hour: tuple[Line, ...]


def daily_report(plan: Plan, found: Day, style: str) -> DailyReport:
    """The page of a day; `style` is the sheet that it carries."""
    report, zone = found.occupancy, ZoneInfo(plan.zone)
    start, end = report.start, report.end
    figures = _figures(found)
    return DailyReport(
        hospital=plan.name,
        title=f"{found.day:%A %d %B %Y}",
        made=f"{found.at.astimezone(zone):%d %b %Y %H:%M}",
        summary=_summary(plan, found.day, figures),
        style=style,
        known=any(sample.beds for sample in report.samples),
        figures=figures,
        line=step_line(report.samples, LEFT, RIGHT, 8, 150, TARGET_PERCENT),
        stack=stack(report.samples, LEFT, RIGHT, 178, 312),
        ticks=time_ticks(start, end, plan.zone, LEFT, RIGHT),
        wards=tuple(_wards(plan, report)),
        kpis=summaries([(measure.titled(over=True), figures) for measure, figures in found.kpis], plan),
        causes=tuple(_causes(found.ledger)),
        forecast=tuple(_forecast(found.forecast, zone)),
        forecast_made=f"{found.forecast.at.astimezone(zone):%d %b %H:%M}" if found.forecast is not None else "",
        forecast_trust=_trust(found, zone),
        levels=tuple(_levels(found.levels, start, end)),
        hours=tuple(f"{sample.at.astimezone(zone):%H}" for sample in report.samples),
        by_hour=tuple(_by_hour(report.samples)),
    )


def _summary(plan: Plan, day: date, figures: Iterable[tuple[str, str, str]]) -> str:
    return f"{plan.name}, {day:%a %d %b}: " + ", ".join(f"{title.lower()} {value}" for title, value, _ in figures if value != "–")


def _figures(found: Day) -> tuple[tuple[str, str, str], ...]:
    report = found.occupancy
    means = [sample.percent for sample in report.samples if sample.percent is not None]
    mean = sum(means) / len(means) if means else None
    census = _census(report)
    worst = max(found.levels, key=lambda change: change.number, default=None)
    return (
        (
            "Mean occupancy",
            "–" if mean is None else f"{mean:.1f} %",
            f"peak {max(means):.1f} %" if means else "nothing is known of the day",
        ),
        ("Midnight census", "–" if census is None else str(census.occupied), "" if census is None else f"of {census.staffed} staffed beds"),
        ("Idle bed-hours", f"{found.ledger.total / _HOUR:.0f}", "from fit to leave to the next patient"),
        (
            "Highest level",
            worst.name if worst is not None else "–",
            f"{max(0, len(found.levels) - 1)} changes" if worst is not None else "not kept",
        ),
    )


def _census(report: OccupancyReport) -> Sample | None:
    """The beds at the midnight that ends the day; None while there were none."""
    last = report.samples[-1] if report.samples else None
    return last if last is not None and last.beds else None


def _by_hour(samples: Sequence[Sample]) -> Iterable[Line]:
    yield Line("Occupied %", tuple(_number(sample.percent, 1) for sample in samples))
    for name, of in (("Free", "free"), ("Promised", "coming"), ("Cleaning", "cleaning"), ("Out of use", "out")):
        yield Line(name, tuple(str(getattr(sample, of)) for sample in samples))


def _wards(plan: Plan, report: OccupancyReport) -> Iterable[Line]:
    for row in report.wards:
        ward = plan.ward.get(row.ward)  # type: ignore[call-overload]  # a ward's id is a text
        name = row.ward if ward is None or ward.name == row.ward else f"{row.ward} {ward.name}"
        turns = row.turns
        told = (str(row.beds), _number(row.mean, 1), _number(row.peak, 1), str(turns.count), _number(turns.p50, 0), f"{row.lost_days:.1f}")
        yield Line(name, told)


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _causes(found: Ledger) -> Iterable[Line]:
    """The causes that own most of the idle minutes, but for beds that nobody needed."""
    times = by_owner(found.sums)
    percent = shares(times) if times else {}
    owned = sorted((owner for owner in times if owner is not Owner.UNASSIGNED), key=lambda owner: times[owner], reverse=True)
    for owner in owned[:CAUSES]:
        yield Line(OWNERS[owner], (f"{times[owner] / _HOUR:.1f}", f"{percent[owner]} %"))


def _house(found: Outlooks | None, zone: ZoneInfo) -> Iterable[tuple[str, Outlook]]:
    for row in found.rows if found is not None else ():
        if found is not None and row.level is Level.HOUSE:
            yield f"{(found.at + timedelta(hours=row.hours)).astimezone(zone):%a %H:%M}", row


def _forecast(found: Outlooks | None, zone: ZoneInfo) -> Iterable[Line]:
    return (Line(until, _outlook(row)) for until, row in _house(found, zone))


def _trust(found: Day, zone: ZoneInfo) -> str:
    """Which of the house's bands may not be trusted as they say: `Sat 20:00 calibrating: these bands held in 61 % ...`; "" where all
    hold."""
    verdicts = {each.hours: each for each in found.verdicts if each.level is Level.HOUSE}
    told = ((until, calibrating(verdicts.get(row.hours))) for until, row in _house(found.forecast, zone))
    return " ".join(f"{until} {words}." for until, words in told if words)


def _outlook(row: Outlook) -> tuple[str, ...]:
    return str(row.median), f"{row.band_80[0]} to {row.band_80[1]}", str(row.staffed), f"{100 * row.full:.0f} %"


def _levels(changes: Sequence[LevelChange], start: datetime, end: datetime) -> Iterable[Line]:
    """Each level with its hours in the day."""
    hours: dict[str, timedelta] = {}
    for change, after in zip(changes, [*(each.at for each in changes[1:]), end], strict=False):
        hours[change.name] = hours.get(change.name, timedelta()) + max(timedelta(), min(after, end) - max(change.at, start))
    for name, spent in hours.items():
        yield Line(name, (f"{spent / _HOUR:.1f} h",))
