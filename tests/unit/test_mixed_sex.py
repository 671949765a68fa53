"""Who is in a bay of the other sex, or promised to one, and who said so: the HIS is asked no rule, so the desk must see it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, Condition
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, VisitId
from flow.domain.plan import SexPolicy
from flow.templating import Templates
from flow.views.mixed_sex import breaches, misplaced
from tests.allocation_worlds import NOW
from tests.unit.test_desk_view import page
from tests.unit.test_joint_moves import bay, hospital_of


@pytest.fixture
def hospital() -> Hospital:
    return hospital_of(bay("S", 3), bay("W", 2, sex=SexPolicy.FEMALE), bay("I", 2, kind="icu"))


def lies(hospital: Hospital, bed: str, sex: str, minutes: int, source: str = "feed:his") -> None:
    now = Condition(BedStatus.OCCUPIED, NOW - timedelta(minutes=minutes), source)
    hospital.put(replace(hospital.beds[BedId(bed)], now=now, visit=VisitId(f"V-{bed}"), sex=sex))


def promised(hospital: Hospital, bed: str, sex: str, minutes: int, by: str = "his") -> None:
    state = hospital.beds[BedId(bed)]
    at = NOW - timedelta(minutes=minutes)
    hospital.put(replace(state, reserved_for=f"visit:V-{bed}", reserved_sex=sex, reserved_at=at, reserved_by=by))


def said(hospital: Hospital) -> list[str]:
    return [each.words for each in misplaced(hospital.plan, hospital.beds)]


def test_a_promise_of_the_his_is_flagged_before_anybody_lies_there(hospital: Hospital) -> None:
    promised(hospital, "W2", "M", 5)
    assert said(hospital) == ["HIS promised a man a women's bay: W W2"]
    (breach,) = breaches(hospital.plan, hospital.beds, NOW)
    assert (breach.bay, breach.who, breach.lasts) == ("Bay W", "0 women, 0 men, 1 man promised", "0 h 05")
    lies(hospital, "W2", "M", 2)
    assert "HIS placed a man in a women's bay: W W2" in said(hospital)


def test_a_bay_of_whoever_comes_first_is_bound_by_the_first(hospital: Hospital) -> None:
    lies(hospital, "S1", "F", 90)
    promised(hospital, "S2", "M", 5)
    lies(hospital, "S3", "F", 2)
    assert said(hospital) == ["HIS promised a man a women's bay: W S2"]
    assert breaches(hospital.plan, hospital.beds, NOW)[0].who == "2 women, 0 men, 1 man promised"


def test_who_leaves_the_very_bed_that_is_promised_is_no_neighbour(hospital: Hospital) -> None:
    lies(hospital, "S1", "F", 90)
    promised(hospital, "S1", "M", 5)
    assert said(hospital) == []


def test_intensive_care_and_those_whose_sex_nobody_knows_are_left_alone(hospital: Hospital) -> None:
    lies(hospital, "I1", "F", 90)
    lies(hospital, "I2", "M", 5)
    lies(hospital, "W1", "U", 5)
    assert said(hospital) == []


def test_it_is_told_who_put_them_there(hospital: Hospital) -> None:
    lies(hospital, "W1", "M", 9, "person:asha")
    promised(hospital, "W2", "M", 5, "asha")
    assert said(hospital) == ["asha promised a man a women's bay: W W2", "A man lies in a women's bay: W W1"], "the newest first"


def test_the_desk_shows_the_newest_and_counts_the_others(hospital: Hospital) -> None:
    promised(hospital, "W2", "M", 5)
    found = misplaced(hospital.plan, hospital.beds)
    html = Templates().render("desk/board.html", replace(page(), misplaced=found * 6))
    assert html.count("HIS promised a man a women&#39;s bay: W W2") == 4
    assert "and 2 more" in html
