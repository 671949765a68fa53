"""One instance, briefly: the planner obeys the benchmark, does better than a matching, and knows nothing of later arrivals."""

from dataclasses import replace

import numpy as np
import pytest

from allocation.plan.relaxed import relax
from tests.pas.drivers import arrays, daily, whole
from tests.pas.evaluator import evaluate
from tests.pas.reader import DATA, Instance, read

SMALLEST = DATA / "testdata05.txt"
BOUND = 620.8
pytestmark = pytest.mark.skipif(not SMALLEST.exists(), reason="the benchmark's instances are not beside the project")


@pytest.fixture(scope="module")
def instance() -> Instance:
    return read(SMALLEST)


def test_the_relaxed_plan_is_the_published_bound(instance: Instance) -> None:
    ward = arrays(instance)
    stays = ward.last > ward.first
    nights = np.arange(instance.nights)
    cover = ((ward.first[:, None] <= nights) & (nights < ward.last[:, None]))[stays]
    cost = (ward.night * (ward.last - ward.first)[:, None])[stays]
    assert relax(cost, cover, ward.beds, np.ones(len(cost)), 1 << 20).bound / 10 == pytest.approx(BOUND, abs=0.05)


def test_the_whole_horizon_in_two_seconds(instance: Instance) -> None:
    assert BOUND <= evaluate(instance, whole(instance, 2.0)) < 1.3 * BOUND


def test_a_day_knows_nothing_of_later_arrivals(instance: Instance) -> None:
    until = 2
    early = replace(instance, patients=tuple(patient for patient in instance.patients if patient.first < until))
    known = [row for row, patient in enumerate(instance.patients) if patient.first < until]
    short, whole_file = daily(early, 0.0, days=until), daily(instance, 0.0, days=until)
    assert short == [whole_file[row] for row in known]


def test_a_room_with_more_than_its_beds_is_refused(instance: Instance) -> None:
    crowded = [[0] * (patient.last - patient.first) for patient in instance.patients]
    with pytest.raises(ValueError, match="more patients than beds"):
        evaluate(instance, crowded)
