"""Whom beds are cleaned for ahead of time, and that the engine says a dirty bed's place in the order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from allocation.arrivals import expected, usual
from allocation.cleaning import cleaning_jobs, cleaning_order
from flow.domain.bed import Stage
from flow.domain.ids import BedId, VisitId
from tests.unit.test_cleaning_value import ENGINE, ICU, MEN, NOW, PLAN, WOMEN, WOMEN_2, asks, dirty, full_hospital


def test_comings_are_counted_by_what_the_bed_is_and_who_came() -> None:
    comings = {(WOMEN, "F"): 10, (WOMEN_2, "F"): 18, (MEN, "M"): 2, (ICU, None): 7, (BedId("gone"), "F"): 99}
    found = usual(PLAN, comings, 14.0)
    assert found == {("general", "Medicine", "F"): 2.0, ("icu", "Intensive care", None): 0.5}, "two men in 14 days are no expectation"
    assert usual(PLAN, {(WOMEN, "F"): 3}, 0.1) == {("general", "Medicine", "F"): 3.0}, "a log of an hour is taken for a day"


def test_who_is_planned_for_these_hours_is_not_expected_twice() -> None:
    hospital, means = full_hospital(), {("general", "Medicine", "F"): 1.5}
    assert [one.count for one in expected(hospital, NOW, means)] == [1.5]
    asks(hospital, "planned", 60, ready_at=NOW + timedelta(hours=2))
    assert [one.count for one in expected(hospital, NOW, means)] == [0.5]
    asks(hospital, "tomorrow", 60, ready_at=NOW + timedelta(hours=20))
    assert [one.count for one in expected(hospital, NOW, means)] == [0.5]


def test_nobody_cleans_now_for_who_comes_tomorrow() -> None:
    hospital = full_hospital()
    dirty(hospital, WOMEN, 10)
    asks(hospital, "x", 60, ready_at=NOW + timedelta(hours=20))
    assert cleaning_order(ENGINE, hospital, NOW)[0].unblocks is None
    asks(hospital, "x", 60, ready_at=NOW + timedelta(hours=3))
    assert cleaning_order(ENGINE, hospital, NOW)[0].unblocks == "x"


def test_a_bed_that_a_plan_reserved_is_cleaned_before_one_nobody_wants() -> None:
    hospital = full_hospital()
    dirty(hospital, MEN, 90)
    dirty(hospital, WOMEN, 10)
    hospital.put(replace(hospital.beds[WOMEN], reserved_for=f"visit:{VisitId('V9')}"))
    first = cleaning_order(ENGINE, hospital, NOW)[0]
    assert (first.bed, first.reason) == (WOMEN, "for a planned admission")


def test_what_is_under_way_comes_first_with_whom_it_serves() -> None:
    hospital = full_hospital()
    dirty(hospital, MEN, 90)
    dirty(hospital, WOMEN, 10, Stage.IN_PROGRESS)
    asks(hospital, "x", 30)
    assert [(clean.bed, clean.unblocks) for clean in cleaning_jobs(ENGINE, hospital, NOW)] == [(WOMEN, "x"), (MEN, None)]
    assert [clean.bed for clean in cleaning_order(ENGINE, hospital, NOW)] == [MEN]


@pytest.fixture
def queued() -> object:
    """A hospital whose women's beds are dirty, the newer one first in the order."""
    hospital = full_hospital()
    dirty(hospital, WOMEN, 60)
    dirty(hospital, WOMEN_2, 10)
    asks(hospital, "other", 30)
    yield hospital
    ENGINE.queue([])


def test_a_suggestion_says_the_place_in_the_order_of_cleaning(queued: object) -> None:
    woman = asks(queued, "x", 5)  # type: ignore[arg-type]
    ENGINE.queue([ICU, WOMEN_2, WOMEN])

    def said() -> dict[str, str]:
        found = ENGINE.suggest(woman, queued, NOW)  # type: ignore[arg-type]
        return {one.bed: term.reason for one in found.ranked for term in one.terms if term.name == "ready"}

    assert said()[WOMEN].endswith("min wait, second in the cleaning queue")
    assert said()[WOMEN_2].endswith("min wait, next to be cleaned"), "the ICU's bed is in another ward's queue"
    ENGINE.queue([])
    assert said()[WOMEN].endswith("min wait, next to be cleaned"), "without an order the longest dirty is next"


def test_what_would_unblock_a_dirty_bed_says_when_it_is_ready(queued: object) -> None:
    man = asks(queued, "m", 5, sex="M")  # type: ignore[arg-type]
    ENGINE.queue([WOMEN_2, WOMEN])
    found = ENGINE.suggest(man, queued, NOW)  # type: ignore[arg-type]
    remedy = next(one.remedy for one in found.unblock if one.bed in (WOMEN, WOMEN_2))
    assert "; ready about " in remedy
    assert remedy.endswith(("second in the cleaning queue", "next to be cleaned"))
