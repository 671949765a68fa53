"""Stays, counts and rates of the forecast, each worked out by hand once more."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from allocation.forecast.outlook import by_date, by_hazard
from allocation.forecast.rates import COMINGS_LENT, DAYS_LENT, EVENTS_LENT, Rates, comings, day_hazards, hour_shares, unannounced
from allocation.forecast.stays import Clock, Groups, stays
from allocation.forecast.tallies import tallies
from flow.domain.forecast import Past, Piece, Planned
from flow.domain.ids import BedId, WardId
from tests.forecast_pasts import END, lived, plan_of, ward

DAY = datetime(2026, 11, 16, tzinfo=UTC)
FIRST = (DAY - datetime(1970, 1, 1, tzinfo=UTC)).days
PLAN = plan_of(ward("W", 4), ward("X", 4, "Surgery"))


def at(day: int, hour: float) -> datetime:
    return DAY + timedelta(days=day, hours=hour)


def piece(visit: str | None, start: datetime, end: datetime | None, of: str = "W", expected: datetime | None = None, bed: int = 0) -> Piece:
    return Piece(BedId(f"{of}-{bed:02d}"), WardId(of), visit, start, end, start, expected)


def columns(*pieces: Piece) -> tuple[Groups, Clock, object]:
    groups, clock = Groups.of(PLAN), Clock("UTC")
    return groups, clock, stays(Past(DAY, pieces), groups, clock)


def test_changing_beds_in_a_ward_is_one_stay_and_changing_wards_is_two() -> None:
    groups, clock, _ = columns()
    found = stays(
        Past(DAY, (piece("a", at(0, 1), at(0, 5)), piece("a", at(0, 5), at(1, 2), bed=1), piece("a", at(1, 2), None, "X"))), groups, clock
    )
    assert found.ward.tolist() == [0, 1]
    assert (found.leave[0] - found.arrive[0], np.isinf(found.leave[1])) == (25.0, True)
    assert found.here(clock.hours(at(0, 4))).tolist() == [0]
    assert found.occupied(clock.hours(at(2, 0)), 2).tolist() == [0, 1]


def test_what_was_expected_is_what_was_known_then() -> None:
    groups, clock, _ = columns()
    said = at(1, 14)
    found = stays(
        Past(DAY, (piece("a", at(0, 1), at(1, 9)), piece("a", at(1, 9), at(1, 12), expected=said), piece("a", at(1, 12), at(1, 16)))),
        groups,
        clock,
    )
    known = [found.expected(clock.hours(at(1, hour)))[0] for hour in (8, 10, 13)]
    assert np.isnan(known[0]) and known[1] == clock.hours(said) and np.isnan(known[2])
    assert found.told.tolist() == [clock.hours(at(1, 9))]


def test_a_planned_coming_knows_its_announcement() -> None:
    groups, clock, _ = columns()
    plans = (Planned(at(0, 1), at(0, 9), None, "a", over=at(0, 10), came=True), Planned(at(0, 1), at(0, 9), None, "b", over=at(0, 5)))
    pieces = (piece("a", at(0, 10), at(0, 14)), piece("a", at(0, 14), at(1, 2), "X"), piece("b", at(0, 11), at(1, 2), bed=1))
    found = stays(Past(DAY, pieces, plans), groups, clock)
    assert (found.lead[0], found.after_due[0]) == (9.0, 1.0)
    assert np.isnan(found.lead[1:]).all(), "a transfer was announced by no plan, and what was called off announced nobody"
    counted = tallies(found, groups, FIRST, FIRST + 2)
    assert (counted.planned_ward.tolist(), counted.announced.tolist(), counted.after_due.tolist()) == ([0], [9.0], [1.0])
    assert counted.came.sum() == 3


def test_hours_are_counted_to_the_minute() -> None:
    """Comes at 22:30, is announced at 02:15, leaves at 05:00: 3.75 patient-hours unannounced, 1.5 on day 0 and 2.25 on day 1."""
    groups, clock, _ = columns()
    found = stays(Past(DAY, (piece("a", at(0, 22.5), at(1, 2.25)), piece("a", at(1, 2.25), at(1, 5), expected=at(1, 4)))), groups, clock)
    counted = tallies(found, groups, FIRST, FIRST + 3)
    medicine = counted.there[:, 0]
    assert medicine[0, 0, 22:].tolist() == [0.5, 1.0]
    assert medicine[1, 1, :3].tolist() == [1.0, 1.0, 0.25]
    assert (counted.there.sum(), counted.gone.sum(), counted.told[1, 0, 1, 2]) == (3.75, 0, 1)
    assert (counted.came[0, 0, 22], counted.came.sum()) == (1, 1)
    assert (counted.late.tolist(), counted.lead.tolist()) == ([1.0], [2.75])


def test_all_hours_of_a_random_past_are_counted() -> None:
    plan = plan_of(ward("W", 12), ward("X", 8, "Surgery"))
    past, groups, clock = lived(plan, 20, 1), Groups.of(plan), Clock("UTC")
    end = int(clock.hours(END) // 24)
    counted = tallies(stays(past, groups, clock), groups, end - 10, end)
    low, high = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in (end - 10, end))
    inside = sum(max(0.0, (min(one.end or END, high) - max(one.start, low)) / timedelta(hours=1)) for one in past.pieces)
    assert counted.there.sum() == pytest.approx(inside)
    assert counted.came.sum() == sum(low <= one.start < high for one in past.pieces)
    assert counted.gone.sum() == sum(one.end is not None and low <= one.end < high for one in past.pieces)


def test_a_day_s_hazard_by_hand() -> None:
    """Surgery saw 4 leave in 10 patient-days of day 1, the house 10 in 100; over all days 20 in 200."""
    exposed, events = np.zeros((2, 15)), np.zeros((2, 15))
    exposed[:, 1], events[:, 1] = (90, 10), (6, 4)
    exposed[0, 2], events[0, 2] = 100, 10
    house = (10 + DAYS_LENT * 0.1) / (100 + DAYS_LENT)
    found = day_hazards(exposed, events)
    assert house == pytest.approx(0.1)
    assert found[1, 1] == pytest.approx((4 + DAYS_LENT * house) / (10 + DAYS_LENT))
    assert found[1, 7] == pytest.approx(0.1), "a day of stay that nobody has reached leans on the mean of all"


def test_a_day_s_shape_by_hand() -> None:
    """All leave at 14 h: the house's rate there is 24 times the mean but for what is lent; a specialty without leavings has the house's."""
    there, events = np.full((2, 24), 1000.0), np.zeros((2, 24))
    events[0, 14] = 100
    mean = 100 / 48000
    raw = [(100 * (hour == 14) + EVENTS_LENT) / (2000 + EVENTS_LENT / mean) for hour in range(24)]
    found = hour_shares(there, events)
    assert found[1].tolist() == pytest.approx([each / sum(raw) for each in raw])
    assert found.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert found[0, 14] > found[1, 14]


def test_comings_by_hand() -> None:
    """Two weeks from a Monday: ward 0 gets four a day at 10 h, ward 1 none."""
    came = np.zeros((14, 2, 24))
    came[:, 0, 10] = 4
    monday = FIRST
    coming, spread = comings(came, monday)
    house = (56 + 1) / (56 + 24)
    assert coming[0].sum() == pytest.approx(7 * 4)
    assert coming[0, 2, 10] == pytest.approx(4 * (56 + COMINGS_LENT * house) / (56 + COMINGS_LENT))
    assert coming[1].sum() == 0
    assert spread.tolist() == [0, 0], "the same every day is less than Poisson, and that is as little as it gets"


def test_a_busy_weekday_is_believed_by_how_often_it_was_seen() -> None:
    came = np.zeros((28, 1, 24))
    came[:, 0, 9] = 2
    came[0::7, 0, 9] = 6
    coming, _ = comings(came, FIRST)
    level, seen, usual = (6 * 4 + 2 * 24) / 28, 24, 4 * (6 * 4 + 2 * 24) / 28
    house = (seen + COMINGS_LENT) / (usual + COMINGS_LENT)
    assert coming[0, 0].sum() == pytest.approx(level * (seen + COMINGS_LENT * house) / (usual + COMINGS_LENT))


def test_who_was_announced_in_time_is_not_counted_twice() -> None:
    """Of ten comings of ward 0 four were announced, 2, 2, 10 and 30 hours before; of ten of ward 1 none."""
    found = unannounced(np.zeros(4, np.intp), np.array([2.0, 2.0, 10.0, 30.0]), np.array([10.0, 10.0]))
    house = [4 / 20, 4 / 20, 2 / 20, 1 / 20]
    for hour, count, all_of in zip((0, 1, 5, 20), (4, 4, 2, 1), house, strict=True):
        assert found[0, hour] == pytest.approx(1 - (count + COMINGS_LENT * all_of) / (10 + COMINGS_LENT))
        assert found[1, hour] == pytest.approx(1 - COMINGS_LENT * all_of / (10 + COMINGS_LENT))


def flat(leaving: float, telling: float = 0.0, lead: tuple[float, ...] = (5.0,)) -> Rates:
    shape = (1, 15, 24)
    none = np.zeros(1)
    return Rates(np.full(shape, leaving), np.full(shape, telling), np.zeros((1, 7, 24)), none, none, np.array(lead), np.ones((1, 24)), none)


def test_a_hazard_adds_up_over_the_hours() -> None:
    none, here = np.zeros(1, np.intp), np.array([100.25])
    assert by_hazard(flat(0.02), none, here, here, 108.75)[0] == pytest.approx(1 - np.exp(-0.02 * 8.5))
    assert by_hazard(flat(0.0), none, here, here, 124.0)[0] == 0
    assert by_hazard(flat(0.5), none, np.array([200.0]), np.array([200.0]), 190.0)[0] == 0, "who comes later does not leave before"


def test_who_is_announced_goes_after_the_usual_lead() -> None:
    """All leave 5 hours after the announcement: in 4 hours none, in 10 those announced in the first five (at each hour's middle)."""
    none, here = np.zeros(1, np.intp), np.array([96.0])
    assert by_hazard(flat(0.0, 0.1), none, here, here, 100.0)[0] == 0
    assert by_hazard(flat(0.0, 0.1), none, here, here, 106.0)[0] == pytest.approx(1 - np.exp(-0.5))


def test_a_clinician_s_date_counts_by_those_who_were_as_late() -> None:
    """Past patients left 1 h early, on time, 1 and 3 h late. Due an hour ago: two of them were later still, one of whom goes within 1 h."""
    late = np.array([-1.0, 0.0, 1.5, 3.0])
    chance = by_date(late, np.array([9.0, 20.0, 5.0, np.nan]), 10.0, 11.0)
    assert chance[:2].tolist() == [0.5, 0.0]
    assert np.isnan(chance[2:]).all(), "later than anybody before, and without a date: the hazard says"
