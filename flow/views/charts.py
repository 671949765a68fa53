"""Charts as geometry: from figures to paths, cells and ticks, which templates/manager draws as SVG with classes for colour.

Counts are step lines; stacked areas always stand on zero, only the line of percentages may start higher. Pure functions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from flow.domain.kpi import HIGH_PERCENT, Sample

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEVELS = 7


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis and what stands beside it."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One area of a stack; `name` chooses its colour, `label_y` where its word stands (None: too thin to be named)."""

    name: str
    words: str
    path: str
    label_y: float | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """Percentages over time in a box; `paths` are several where figures are missing."""

    left: int
    right: int
    top: int
    bottom: int
    paths: tuple[str, ...]
    y: tuple[Tick, ...]
    target_y: float
    high_y: float


@dataclass(frozen=True, slots=True)
class Stack:
    """Counts over time, one upon another from zero."""

    left: int
    right: int
    top: int
    bottom: int
    layers: tuple[Layer, ...]
    y: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A mean; `level` 0 to 6 chooses its shade, -1 where nothing is known; `high` gets an outline."""

    x: float
    y: float
    level: int
    percent: float | None
    words: str
    high: bool


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Hour by weekday; `low` and `top` are the percentages at the two ends of the ramp; a few cells may lie below it."""

    width: float
    height: float
    cells: tuple[HeatCell, ...]
    rows: tuple[tuple[float | None, ...], ...]
    low: int
    top: int


@dataclass(frozen=True, slots=True)
class Range:
    """A row of a range chart: bar from the first to the third quartile, line at the median, dot at the 90th percentile; `figures` are the
    four as the table has them."""

    words: str
    start: float
    end: float
    median: float
    dot: float
    beyond: bool
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranges:
    """All rows on one scale; `x` are its ticks, `aim` the published aim."""

    rows: tuple[Range, ...]
    x: tuple[Tick, ...]
    aim: float


def time_ticks(start: datetime, end: datetime, zone: str, left: float, right: float) -> tuple[Tick, ...]:
    """Ticks at local midnights, or every three hours of a single day, at most eight; like `Sun 15`, `09:00`, of months `15 Mar`."""
    local, span = start.astimezone(ZoneInfo(zone)), (end - start).total_seconds()
    one_day = end - start <= timedelta(hours=36)
    step = timedelta(hours=3) if one_day else timedelta(days=max(1, ceil(span / 86400 / 8)))
    at = local.replace(hour=local.hour // 3 * 3 if one_day else 0, minute=0, second=0, microsecond=0)
    words = "%H:%M" if one_day else "%a %d" if span <= 60 * 86400 else "%d %b"
    found = []
    while at <= end:
        if at >= start:
            place = left + (right - left) * (at - start).total_seconds() / span
            found.append(Tick(round(place, 1), at.strftime(words)))
        at += step
    return tuple(found)


def step_line(samples: Sequence[Sample], left: int, right: int, top: int, bottom: int, target: float) -> StepLine:
    """Occupancy as a step line. The scale ends at 100 and begins at a ten or twenty below the lowest figure."""
    known = [sample.percent for sample in samples if sample.percent is not None]
    lowest = max(0.0, min(70.0, min(known, default=70.0) - 2))
    gap = 10 if lowest >= 40 else 20
    low, high = gap * floor(lowest / gap), 100
    y = _scale(low, high, bottom, top)
    x = _scale(0, max(1, len(samples) - 1), left, right)
    return StepLine(
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        paths=_step_paths([sample.percent for sample in samples], x, y),
        y=tuple(Tick(y(value), f"{value:.0f}") for value in _steps(low, high, gap)),
        target_y=y(target),
        high_y=y(HIGH_PERCENT),
    )


def stack(samples: Sequence[Sample], left: int, right: int, top: int, bottom: int) -> Stack:
    """What the beds that are not occupied are doing, standing on zero."""
    series = [
        ("out", "Out of use", [sample.out for sample in samples]),
        ("cleaning", "Cleaning", [sample.cleaning for sample in samples]),
        ("coming", "Promised", [sample.coming for sample in samples]),
        ("free", "Free", [sample.free for sample in samples]),
    ]
    whole = max([sum(counts) for counts in zip(*(values for _, _, values in series), strict=True)], default=0)
    gap = _gap(whole)
    most = max(gap, gap * ceil(whole / gap))
    x, y = _scale(0, max(1, len(samples) - 1), left, right), _scale(0, most, bottom, top)
    below = [0] * len(samples)
    layers: list[Layer] = []
    ends: list[float] = []
    for name, words, values in series:
        above = [under + value for under, value in zip(below, values, strict=True)]
        middle = y((below[-1] + above[-1]) / 2) if samples else bottom
        layers.append(Layer(name, words, _area_path(below, above, x, y), None))
        ends.append(middle)
        below = above
    spread = _spread(ends, 16, top + 5, bottom + 4)
    placed = (Layer(layer.name, layer.words, layer.path, round(at, 1)) for layer, at in zip(layers, spread, strict=True))
    return Stack(left, right, top, bottom, tuple(placed), tuple(Tick(y(value), f"{value:.0f}") for value in _steps(0, most, gap)))


def heat_map(samples: Iterable[Sample], zone: str, cell: float = 19.0, row: float = 37.0) -> HeatMap:
    """Mean occupancy by local hour and weekday: the mean of each hour's moments."""
    local = ZoneInfo(zone)
    found: dict[tuple[int, int], list[float]] = {}
    for sample in samples:
        if sample.percent is not None:
            at = sample.at.astimezone(local)
            found.setdefault((at.weekday(), at.hour), []).append(sample.percent)
    means = {place: sum(values) / len(values) for place, values in found.items()}
    low = min(floor(_low_end(means.values())), 98)
    top = max(ceil(max(means.values(), default=90.0)), low + 2)
    cells = tuple(_cell(day, hour, means.get((day, hour)), low, top, cell, row) for day in range(7) for hour in range(24))
    rows = tuple(tuple(means.get((day, hour)) for hour in range(24)) for day in range(7))
    return HeatMap(24 * cell, 7 * row, cells, rows, low, top)


def _low_end(means: Iterable[float]) -> float:
    """Where the ramp begins: under all but a twentieth of the cells, so that one odd hour does not bleach the rest."""
    known = sorted(means)
    return known[len(known) // 20] if known else 80.0


def _cell(day: int, hour: int, mean: float | None, low: int, top: int, width: float, height: float) -> HeatCell:
    level = -1 if mean is None else max(0, min(LEVELS - 1, int(LEVELS * (mean - low) / (top - low))))
    said = "no figures" if mean is None else f"{mean:.1f} %"
    high = mean is not None and mean >= HIGH_PERCENT
    return HeatCell(round(hour * width, 1), round(day * height, 1), level, mean, f"{WEEKDAYS[day]} {hour:02d}:00, {said}", high)


def ranges(rows: Iterable[tuple[str, float, float, float, float]], aim: float, left: int, right: int) -> Ranges:
    """Rows of (words, p25, p50, p75, p90) in minutes on one scale from zero; dots beyond its end stand at the end."""
    given = list(rows)
    longest = max([aim * 1.5, *(row[3] for row in given), *(min(row[4], 3 * aim) for row in given)])
    gap = 30 if longest <= 240 else 60
    most = gap * ceil(longest / gap)
    x = _scale(0, most, left, right)
    drawn = tuple(
        Range(words, x(p25), x(p75), x(p50), x(min(p90, most)), p90 > most, tuple(f"{each:.0f}" for each in (p25, p50, p75, p90)))
        for words, p25, p50, p75, p90 in given
    )
    return Ranges(drawn, tuple(Tick(x(value), f"{value:.0f}") for value in _steps(0, most, gap)), x(aim))


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: round(start + (end - start) * (value - low) / (high - low), 1)


def _steps(low: float, high: float, gap: float) -> list[float]:
    return [low + gap * n for n in range(int((high - low) / gap) + 1)]


def _gap(most: float) -> int:
    """A round distance of ticks that leaves three to six of them."""
    for gap in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000):
        if most / gap <= 4:
            return gap
    return 5000


def _step_paths(values: Sequence[float | None], x: Callable[[float], float], y: Callable[[float], float]) -> tuple[str, ...]:
    """Each run of known values as one path: across at a value, then up or down to the next."""
    paths: list[str] = []
    current = ""
    for place, value in enumerate(values):
        if value is None:
            paths, current = [*paths, current], ""
        elif not current:
            current = f"M{x(place)} {y(value)}"
        else:
            current += f"H{x(place)}V{y(value)}"
    return tuple(path for path in [*paths, current] if path)


def _area_path(below: Sequence[int], above: Sequence[int], x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """Out along the upper edge in steps, back along the lower."""
    if not above:
        return ""
    out = f"M{x(0)} {y(above[0])}" + "".join(f"H{x(place)}V{y(value)}" for place, value in enumerate(above) if place)
    last = len(below) - 1
    back = f"V{y(below[last])}" + "".join(f"V{y(below[place])}H{x(place)}" for place in range(last - 1, -1, -1))
    return out + back + "Z"


def _spread(places: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Labels from the bottom up, pushed apart to at least `gap`, kept between top and bottom: what came out above is pushed down again."""
    found: list[float] = []
    limit = bottom
    for place in places:
        found.append(min(place + 5, limit))
        limit = found[-1] - gap
    limit = top
    for place in reversed(range(len(found))):
        found[place] = max(found[place], limit)
        limit = found[place] + gap
    return found
