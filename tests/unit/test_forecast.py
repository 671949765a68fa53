"""The forecast itself: against every case written out, what always holds of it, and what a what-if may do."""

from datetime import timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.forecast.ask import forecast
from allocation.forecast.bands import marked
from allocation.forecast.outlook import coming_means, leaving_chances, outlooks, planned_chances, scene
from allocation.forecast.rates import Rates
from allocation.forecast.stays import Clock, Groups, plans, stays
from flow.domain.forecast import ENOUGH_DAYS, ForecastState, Judged, Level, Outlook, Past, Piece, Planned, WhatIf
from flow.domain.ids import BedId, WardId
from tests.forecast_pasts import END, HOUR, lived, plan_of, ward
from tests.unit.test_forecast_chances import by_cases

PLAN = plan_of(ward("W", 10), ward("X", 8), ward("Y", 12, "Surgery"))
GROUPS, CLOCK = Groups.of(PLAN), Clock("UTC")
NO_PLANS = plans((), GROUPS, CLOCK)


def lying(name: str, bed: int, since: float, expected: float | None = None, of: str = "W") -> Piece:
    start = END - since * HOUR
    return Piece(BedId(f"{of}-{bed:02d}"), WardId(of), name, start, None, start, None if expected is None else END + expected * HOUR)


def rates(leaving: float, coming: float = 0.0, spread: float = 0.0) -> Rates:
    hazards, none = np.full((2, 15, 24), leaving), np.zeros((2, 15, 24))
    hours = np.full((3, 7, 24), coming)
    late = np.array([-1.0, 0.0, 1.0, 2.0])
    return Rates(hazards, none, hours, np.full(3, spread), late, np.array([5.0]), np.ones((3, 24)), late)


def at_end(past: Past, known: Rates) -> list[Outlook]:
    columns = stays(past, GROUPS, CLOCK)
    return outlooks(scene(columns, plans(past.planned, GROUPS, CLOCK), GROUPS, known, CLOCK.hours(END)))


def test_a_ward_of_three_by_every_case() -> None:
    """One leaves with chance 1 - exp(-0.4), one by a date 3 h ahead (3 of 4 were out by then + 1 h), one by a date 12 h ahead (none yet);
    nobody comes but one who is planned in 2 h: nine of ten such come,
    all of them until 2 h after the moment named."""
    pieces = (lying("a", 0, 30), lying("b", 1, 50, expected=3), lying("c", 2, 70, expected=12))
    planned = (Planned(END - HOUR, END + 2 * HOUR, "Medicine", ward=WardId("W")),)
    found = next(row for row in at_end(Past(END, pieces, planned), rates(0.1)) if (row.name, row.hours) == ("W", 4))
    gone = by_cases([1 - np.exp(-0.4), 0.75, 0.0])
    wanted = [0.0] * 5
    for leave, chance in enumerate(gone):
        wanted[3 - leave] += chance * 0.1
        wanted[3 - leave + 1] += chance * 0.9
    assert [0.0] * found.low + list(found.chances) == pytest.approx(wanted[: found.low + len(found.chances)])
    assert (found.now, found.staffed) == (3, 10)


def test_who_comes_and_leaves_again_is_not_there_at_the_end() -> None:
    past = Past(END, ())
    columns = stays(past, GROUPS, CLOCK)
    without, leaving = (coming_means(scene(columns, NO_PLANS, GROUPS, rates(each, 0.5), CLOCK.hours(END)), 8) for each in (0.0, 0.1))
    assert without.tolist() == pytest.approx([4.0] * 3)
    assert leaving.tolist() == pytest.approx([sum(0.5 * np.exp(-0.1 * (8 - hour - 0.5)) for hour in range(8))] * 3)


def test_who_names_no_ward_is_shared_out_among_those_of_the_specialty() -> None:
    planned = (
        Planned(END - HOUR, END + HOUR, "Medicine"),
        Planned(END - HOUR, END + 9 * HOUR, "Surgery"),
        Planned(END - HOUR, END + HOUR, "Surgery", over=END - HOUR / 2),
        Planned(END + HOUR, END + HOUR, "Surgery"),
    )
    known = scene(stays(Past(END, (), planned), GROUPS, CLOCK), plans(planned, GROUPS, CLOCK), GROUPS, rates(0.1, 0.2), CLOCK.hours(END))
    shows = (0 + 9) / (1 + 10)
    assert planned_chances(known, 4) == [[pytest.approx(shows / 2)], [pytest.approx(shows / 2)], [0.0]], "the second is not due yet"
    assert planned_chances(known, 24)[2] == [pytest.approx(shows)], "one was called off, one is not known of yet"
    assert planned_chances(known, 4, WhatIf(delay=4))[0] == [0.0]
    assert planned_chances(known, 8, WhatIf(delay=4)) == planned_chances(known, 4)


def test_so_many_planned_admissions_are_put_off_and_no_more() -> None:
    """Three are due in three hours, one and two; patients came an hour early, in time, an hour late or two. In eight hours all have come;
    put off by eight, nobody has. In ten, of those due in one hour who are not here yet two in three are, of those due in two half."""
    planned = tuple(Planned(END - HOUR, END + hours * HOUR, None, ward=WardId("W")) for hours in (3, 1, 2))
    known = scene(stays(Past(END, (), planned), GROUPS, CLOCK), plans(planned, GROUPS, CLOCK), GROUPS, rates(0.1, 0.2), CLOCK.hours(END))

    def coming(delayed: int, hours: int = 8) -> list[float]:
        return [round(chance / 0.9, 3) for chance in planned_chances(known, hours, WhatIf(delay=8, delayed=delayed))[0]]

    assert [coming(count) for count in (1, 2)] == [[1, 0, 1], [1, 0, 0]]
    assert coming(0) == coming(3) == coming(99) == [0, 0, 0]
    assert coming(2, 10) == [1, 0.667, 0.5]
    assert coming(2, 24) == [1, 1, 1], "put off is not called off"


def test_a_date_that_everybody_kept_falls_back_to_the_hazard() -> None:
    past = Past(END, (lying("a", 0, 30, expected=-5),))
    columns = stays(past, GROUPS, CLOCK)
    known = scene(columns, NO_PLANS, GROUPS, rates(0.1), CLOCK.hours(END))
    here = columns.here(known.at)
    assert leaving_chances(known, here, columns.expected(known.at)[here], 4)[0] == pytest.approx(1 - np.exp(-0.4))


def test_beds_out_of_use_are_not_staffed() -> None:
    out = Piece(BedId("W-09"), WardId("W"), None, END - HOUR, None, END - HOUR)
    over = Piece(BedId("W-08"), WardId("W"), None, END - 2 * HOUR, END - HOUR, END - 2 * HOUR)
    found = {row.name: row.staffed for row in at_end(Past(END, (out, over)), rates(0.1))}
    assert found == {"": 29, "Medicine": 17, "Surgery": 12, "W": 9, "X": 8, "Y": 12}


@cache
def a_past(seed: int) -> Past:
    return lived(PLAN, 42, seed, daily=2.6 + seed % 3 * 0.5)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5), st.integers(-14, 14), st.integers(0, 24), st.sampled_from(["W", "X", "Y"]))
def test_what_always_holds(seed: int, beds: int, delay: int, where: str) -> None:
    found = forecast(PLAN, a_past(seed), (), END, what_if=WhatIf({WardId(where): beds}, delay))
    assert len(found.rows) == 3 * (1 + 2 + 3)
    for row in found.rows:
        assert sum(row.chances) == pytest.approx(1)
        assert min(row.chances) >= 0
        assert row.low >= 0
        assert row.low + len(row.chances) - 1 <= row.staffed, "never above the staffed beds"
        assert 0 <= row.band_90[0] <= row.band_80[0] <= row.median <= row.band_80[1] <= row.band_90[1] <= row.staffed
        assert 0 <= row.full <= 1
        assert row.short >= 0
    for hours in (4, 8, 24):
        own = {row.name: row for row in found.rows if row.hours == hours}
        assert own[""].now == own["Medicine"].now + own["Surgery"].now == sum(own[name].now for name in "WXY")
        assert own["Medicine"].staffed == own["W"].staffed + own["X"].staffed


def mean(row: Outlook) -> float:
    return sum((row.low + place) * chance for place, chance in enumerate(row.chances))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5), st.integers(-8, 8), st.integers(1, 6), st.sampled_from(["W", "X", "Y"]))
def test_one_more_bed_never_makes_it_fuller(seed: int, beds: int, more: int, where: str) -> None:
    fewer, wider = (forecast(PLAN, a_past(seed), (), END, what_if=WhatIf({WardId(where): each})).rows for each in (beds, beds + more))
    for before, after in zip(fewer, wider, strict=True):
        assert after.full <= before.full + 1e-6
        assert after.short <= before.short + 1e-6
        assert mean(after) >= mean(before) - 1e-5, "who was turned away finds a bed"


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5), st.lists(st.tuples(st.floats(-6, 30), st.sampled_from(["Medicine", "Surgery", None])), max_size=8), st.data())
def test_putting_admissions_off_never_makes_it_fuller(seed: int, due: list[tuple[float, str | None]], data: st.DataObject) -> None:
    planned = tuple(Planned(END - 20 * HOUR, END + hours * HOUR, specialty) for hours, specialty in due)
    past = Past(a_past(seed).first, a_past(seed).pieces, planned)
    less, more = sorted((data.draw(st.integers(0, 24)), data.draw(st.integers(0, 24))))
    soon, late = (forecast(PLAN, past, (), END, what_if=WhatIf(delay=each)).rows for each in (less, more))
    for before, after in zip(soon, late, strict=True):
        assert mean(after) <= mean(before) + 1e-5
        assert after.full <= before.full + 1e-6


def test_under_four_weeks_there_is_no_forecast() -> None:
    past = lived(PLAN, 27, 1)
    found = forecast(PLAN, past, (), END)
    assert (found.rows, found.state, round(found.days)) == ((), ForecastState.NONE, 27)
    assert forecast(PLAN, lived(PLAN, ENOUGH_DAYS, 1), (), END).state is ForecastState.CALIBRATING, "nobody has judged it yet"
    assert forecast(PLAN, Past(None, ()), (), END).rows == ()


def verdict(covered: float, count: int = 84, hours: int = 4, name: str = "") -> Judged:
    level = Level.WARD if name else Level.HOUSE
    return Judged(level, name, hours, count, count, covered, 0.9, 1, 2, 3, 1, 2, 3, 0, 0, widen_80=3, widen_90=2)


@pytest.mark.parametrize(
    ("covered", "count", "state", "widened"),
    [
        (0.80, 84, ForecastState.FORECAST, (0, 0)),
        (0.72, 84, ForecastState.FORECAST, (0, 0)),
        (0.88, 84, ForecastState.FORECAST, (0, 0)),
        (0.71, 84, ForecastState.CALIBRATING, (3, 3)),
        (0.89, 84, ForecastState.CALIBRATING, (0, 0)),
        (0.80, 20, ForecastState.CALIBRATING, (0, 0)),
    ],
)
def test_the_state_follows_the_coverage(covered: float, count: int, state: ForecastState, widened: tuple[int, int]) -> None:
    row = Outlook(Level.HOUSE, "", 4, 10, 20, 8, (0.1, 0.2, 0.4, 0.2, 0.1), 0.0)
    (found,) = marked((row,), {(Level.HOUSE, "", 4): verdict(covered, count)})
    assert (found.state, found.widened) == (state, widened)
    low, high = row.band_80
    assert found.band_80 == (low - widened[0], high + widened[0])


def test_the_house_is_as_good_as_its_worst_horizon() -> None:
    verdicts = [verdict(0.8), verdict(0.8, hours=8), verdict(0.6, hours=24), verdict(0.1, name="W")]
    assert forecast(PLAN, a_past(1), verdicts, END).state is ForecastState.CALIBRATING
    assert forecast(PLAN, a_past(1), [*verdicts[:2], verdict(0.8, hours=24)], END).state is ForecastState.FORECAST


def test_what_comes_after_changes_nothing() -> None:
    """A forecast made afterwards for a moment reads nothing of what came later, but that who stayed has stayed."""
    later = lived(PLAN, 50, 3)
    cut = END - timedelta(hours=60)
    then = Past(
        later.first,
        tuple(
            Piece(p.bed, p.ward, p.visit, p.start, p.end if p.end is not None and p.end <= cut else None, p.heard, p.expected)
            for p in later.pieces
            if p.start <= cut
        ),
    )
    from allocation.forecast.judge import Bench

    assert list(Bench.of(PLAN, later, END).afterwards(cut)) == list(Bench.of(PLAN, then, cut).afterwards(cut))
