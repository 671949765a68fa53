"""Charts as geometry: steps, stacks on zero, cells in their place, labels that do not run into each other."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.kpi import Sample
from flow.views.charts import heat_map, ranges, stack, step_line, time_ticks

START = datetime(2026, 11, 16, 18, 30, tzinfo=UTC)
"""Tuesday 00:00 in Kolkata."""
HOUR = timedelta(hours=1)
KOLKATA = "Asia/Kolkata"

counts = st.integers(0, 60)
samples = st.lists(st.tuples(counts, counts, counts, counts, counts), min_size=1, max_size=40).map(
    lambda rows: [Sample(START + n * HOUR, *row) for n, row in enumerate(rows)]
)


def numbers(path: str) -> list[float]:
    return [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", path)]


def vertical(path: str) -> list[float]:
    """Every y of a path of M, H and V."""
    first = re.match(r"M(-?[\d.]+) (-?[\d.]+)", path)
    assert first is not None
    return [float(first[2]), *(float(y) for y in re.findall(r"V(-?[\d.]+)", path))]


def test_a_count_holds_until_the_next_moment() -> None:
    line = step_line([Sample(START, 50, 50), Sample(START + HOUR, 100), Sample(START + 2 * HOUR, 100)], 0, 100, 0, 60, 85)
    assert line.paths == ("M0.0 50.0H50.0V0.0H100.0V0.0",), "50 % on a scale from 40 to 100, then full"


def test_missing_figures_break_the_line() -> None:
    given_some = [Sample(START, 9, 1), Sample(START + HOUR, out=10), Sample(START + 2 * HOUR, 8, 2), Sample(START + 3 * HOUR, 8, 2)]
    assert len(step_line(given_some, 0, 90, 0, 60, 85).paths) == 2
    assert step_line([Sample(START)], 0, 90, 0, 60, 85).paths == ()


@given(samples)
def test_the_line_stays_in_its_box_and_its_ticks_too(rows: list[Sample]) -> None:
    line = step_line(rows, 50, 600, 10, 150, 85)
    assert all(10 <= y <= 150 for path in line.paths for y in vertical(path))
    assert all(10 <= tick.at <= 150 for tick in line.y)
    assert line.y[-1].words == "100"
    assert line.y[-1].at == 10


@given(samples)
def test_a_stack_stands_on_zero_and_adds_up(rows: list[Sample]) -> None:
    drawn = stack(rows, 50, 600, 170, 310)
    assert drawn.y[0].words == "0"
    assert drawn.y[0].at == 310, "never a cut baseline"
    most = float(drawn.y[-1].words)
    tallest = max(sample.beds - sample.occupied for sample in rows)
    assert tallest <= most
    top = min(min(vertical(layer.path)) for layer in drawn.layers)
    assert top == pytest.approx(310 - 140 * tallest / most, abs=0.06)
    assert max(vertical(drawn.layers[0].path)) == 310


@given(samples)
def test_labels_of_a_stack_keep_apart(rows: list[Sample]) -> None:
    places = [layer.label_y for layer in stack(rows, 50, 600, 170, 310).layers]
    assert all(lower is not None and upper is not None and lower - upper >= 15.9 for lower, upper in pairwise(places))
    assert all(place is not None and 165 <= place <= 320 for place in places)


def test_layers_lie_upon_each_other() -> None:
    drawn = stack([Sample(START, 0, free=4, coming=3, cleaning=2, out=1), Sample(START + HOUR, 0, 4, 3, 2, 1)], 0, 10, 0, 100)
    assert [layer.name for layer in drawn.layers] == ["out", "cleaning", "coming", "free"]
    edges = [min(vertical(layer.path)) for layer in drawn.layers]
    assert edges == sorted(edges, reverse=True)
    floors = [max(vertical(layer.path)) for layer in drawn.layers]
    assert floors[1:] == edges[:-1]


def test_the_heat_map_takes_the_mean_of_the_local_hour() -> None:
    week = [Sample(START, 80, 20), Sample(START + timedelta(days=7), 100, 0), Sample(START + 13 * HOUR, 50, 50)]
    drawn = heat_map(week, KOLKATA)
    assert drawn.rows[1][0] == 90.0
    assert drawn.rows[1][13] == 50.0
    assert drawn.rows[0][0] is None
    by_words = {cell.words: cell for cell in drawn.cells}
    assert by_words["Tue 00:00, 90.0 %"].level == 6
    assert by_words["Tue 13:00, 50.0 %"].level == 0
    assert by_words["Mon 05:00, no figures"].level == -1
    assert (drawn.low, drawn.top) == (50, 90)


def test_high_hours_are_outlined() -> None:
    drawn = heat_map([Sample(START, 92, 8), Sample(START + HOUR, 91, 9)], KOLKATA)
    assert [cell.high for cell in drawn.cells if cell.percent is not None] == [True, False]


def test_one_odd_hour_does_not_bleach_the_map() -> None:
    hours = [Sample(START + n * HOUR, 80 + n % 10, 20 - n % 10) for n in range(168)]
    odd = [*hours, Sample(START + timedelta(days=7), 1, 99)]
    assert heat_map(odd, KOLKATA).low == heat_map(hours, KOLKATA).low == 80


def test_nothing_known_is_still_a_map() -> None:
    drawn = heat_map([], KOLKATA)
    assert len(drawn.cells) == 168
    assert {cell.level for cell in drawn.cells} == {-1}


def test_ranges_share_a_scale_from_zero() -> None:
    drawn = ranges([("4B", 30, 45, 60, 90), ("4A", 20, 40, 80, 400)], 60, 100, 700)
    assert (drawn.x[0].words, drawn.x[0].at) == ("0", 100)
    assert drawn.rows[0].start < drawn.rows[0].median < drawn.rows[0].end < drawn.rows[0].dot
    assert [row.beyond for row in drawn.rows] == [False, True]
    assert drawn.rows[1].dot == drawn.x[-1].at == 700


@pytest.mark.parametrize(
    ("length", "first", "most"), [(timedelta(days=1), "00:00", 9), (timedelta(days=7), "Tue 17", 8), (timedelta(days=28), "Tue 17", 8)]
)
def test_ticks_stand_at_local_midnights_and_hours(length: timedelta, first: str, most: int) -> None:
    ticks = time_ticks(START, START + length, KOLKATA, 50, 600)
    assert ticks[0].words == first
    assert ticks[0].at == 50
    assert 2 < len(ticks) <= most
    assert all(50 <= tick.at <= 600 for tick in ticks)
