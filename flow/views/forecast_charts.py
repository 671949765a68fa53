"""The forecast as geometry: a fan from now on behind the past day's steps, and the wards' bands side by side. Pure functions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from flow.domain.forecast import Outlook
from flow.views.charts import Tick

LEFT, RIGHT, TOP, BOTTOM = 48, 640, 14, 232
ROW_LEFT, ROW_RIGHT = 208, 696
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Count:
    """How many beds were occupied at a moment."""

    at: datetime
    words: str
    occupied: int


@dataclass(frozen=True, slots=True)
class Fan:
    """Occupied beds: `past` as steps, also those since the forecast was made, then the bands as areas and the median as a line; `marks` are
    the medians at their hours, `counts` what `past` is drawn from. `staffed_y` is where the staffed beds lie, None above the scale."""

    past: str
    band_90: str
    band_80: str
    median: str
    marks: tuple[Tick, ...]
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]
    now_x: float
    now_y: float
    staffed_y: float | None
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class BandRow:
    """A group's bands in percent of its staffed beds; `now` is a ring, `words` and `said` name it."""

    words: str
    said: str
    band_90: tuple[float, float]
    band_80: tuple[float, float]
    median: float
    now: float


@dataclass(frozen=True, slots=True)
class Bands:
    """All rows on one scale of percent."""

    rows: tuple[BandRow, ...]
    x: tuple[Tick, ...]


def fan(rows: Sequence[Outlook], past: Iterable[tuple[datetime, int]], at: datetime, zone: str) -> Fan | None:
    """One group's horizons, the nearest first; None without any."""
    if not rows:
        return None
    known = list(past)
    last, staffed = rows[-1].hours, rows[0].staffed
    lowest = min([row.band_90[0] for row in rows] + [rows[0].now] + [count for _, count in known])
    highest = max([row.band_90[1] for row in rows] + [rows[0].now] + [count for _, count in known])
    counts = _counts(known, rows[0].now, at, zone)
    gap = _gap(max(1, highest - lowest))
    low, high = gap * floor(lowest / gap), max(gap * ceil(highest / gap), gap * (floor(lowest / gap) + 1))
    high = staffed if highest <= staffed <= high + 2 * gap else high
    x = _scale(-24, last, LEFT, RIGHT)
    y = _scale(low, high, BOTTOM, TOP)
    edges = [(0, rows[0].now, rows[0].now, rows[0].now, rows[0].now), *((r.hours, *r.band_90, *r.band_80) for r in rows)]
    middle = [(0, rows[0].now), *((row.hours, row.median) for row in rows)]
    return Fan(
        past=_steps([((each.at - at) / timedelta(hours=1), each.occupied) for each in counts], x, y),
        band_90=_area([(hour, under, over) for hour, under, over, _, _ in edges], x, y),
        band_80=_area([(hour, under, over) for hour, _, _, under, over in edges], x, y),
        median="M" + "L".join(f"{x(hour)} {y(count)}" for hour, count in middle),
        marks=tuple(Tick(x(row.hours), f"{y(row.median)}") for row in rows),
        x=_clock(at, last, zone, x),
        y=tuple(Tick(y(value), str(value)) for value in range(low, high + 1, gap)),
        now_x=x(0),
        now_y=y(rows[0].now),
        staffed_y=y(staffed) if staffed <= high else None,
        counts=counts,
    )


def bands(rows: Iterable[tuple[str, Outlook]]) -> Bands:
    """Groups with their names, in percent of their staffed beds; those without any are left out."""
    shown = [(words, row) for words, row in rows if row.staffed]
    lowest = min([100 * min(row.band_90[0], row.now) / row.staffed for _, row in shown], default=50.0)
    low = max(0, 10 * floor((lowest - 2) / 10))
    x = _scale(low, 100, ROW_LEFT, ROW_RIGHT)
    step = 10 if low >= 40 else 20
    ticks = tuple(Tick(x(value), f"{value}") for value in range(step * ceil(low / step), 101, step))
    return Bands(tuple(_band_row(words, row, x) for words, row in shown), ticks)


def _band_row(words: str, row: Outlook, x: Callable[[float], float]) -> BandRow:
    def place(count: int) -> float:
        return x(min(100.0, 100 * count / row.staffed))

    low, high = row.band_80
    said = f"{words}: {row.median} of {row.staffed}, {low} to {high} in eight of ten cases"
    outer, inner = row.band_90, row.band_80
    return BandRow(words, said, (place(outer[0]), place(outer[1])), (place(inner[0]), place(inner[1])), place(row.median), place(row.now))


def _clock(at: datetime, last: int, zone: str, x: Callable[[float], float]) -> tuple[Tick, ...]:
    """Every six hours of the hospital's day."""
    local = at.astimezone(ZoneInfo(zone))
    tick = local.replace(hour=local.hour // 6 * 6, minute=0, second=0, microsecond=0) - _DAY
    found = []
    while (tick - local) / timedelta(hours=1) <= last:
        if tick >= local - _DAY:
            found.append(Tick(x((tick - local) / timedelta(hours=1)), f"{tick:%a %d}" if not tick.hour else f"{tick:%H:%M}"))
        tick += timedelta(hours=6)
    return tuple(found)


def _counts(past: Iterable[tuple[datetime, int]], now: int, at: datetime, zone: str) -> tuple[Count, ...]:
    """The day before and what came since, with what was counted when the forecast was made."""
    found = sorted([(moment, count) for moment, count in past if moment >= at - _DAY and moment != at] + [(at, now)])
    local = ((moment.astimezone(ZoneInfo(zone)), count) for moment, count in found)
    return tuple(Count(moment, f"{moment:%a %d %b %H:%M}", count) for moment, count in local)


def _steps(past: Sequence[tuple[float, int]], x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """Across at a count, then up or down to the next."""
    return f"M{x(past[0][0])} {y(past[0][1])}" + "".join(f"H{x(hour)}V{y(count)}" for hour, count in past[1:])


def _area(edges: Sequence[tuple[float, int, int]], x: Callable[[float], float], y: Callable[[float], float]) -> str:
    out = "L".join(f"{x(hour)} {y(over)}" for hour, _, over in edges)
    back = "L".join(f"{x(hour)} {y(under)}" for hour, under, _ in reversed(edges))
    return f"M{out}L{back}Z"


def _gap(span: int) -> int:
    return next((gap for gap in (1, 2, 5, 10, 20, 50, 100, 200, 500) if span / gap <= 6), 1000)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: round(start + (end - start) * (value - low) / max(high - low, 1e-9), 1)
