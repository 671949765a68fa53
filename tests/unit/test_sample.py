"""City General, the sample hospital: what the issue asks of it, and that it fits what the other parts read from it."""

from collections import Counter
from pathlib import Path

import pytest

from flow.domain.plan import SexPolicy, Ward
from flow.plan_file import describe, load_plan
from flow.plan_file.schema import FEATURES
from flow.views.floor import title_size

PLAN = load_plan(Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml")
TYPES = {"icu", "hdu", "general", "private", "semi_private", "nicu", "maternity", "isolation", "paediatric"}
WARDS = pytest.mark.parametrize("ward", PLAN.wards, ids=[ward.id for ward in PLAN.wards])


def test_it_has_five_hundred_beds_in_wards_of_every_size() -> None:
    sizes = [len(ward.beds) for ward in PLAN.wards]
    assert (len(PLAN.beds), sum(sizes)) == (500, 500)
    assert len(PLAN.wards) >= 14
    assert {24, 36, 60} <= set(sizes)
    assert min(sizes) >= 16
    assert max(sizes) <= 60


def test_it_has_every_type_of_bed_and_nothing_misspelt() -> None:
    assert {bed.type for bed in PLAN.beds.values()} >= TYPES
    features = {feature for bed in PLAN.beds.values() for feature in bed.features}
    assert {"oxygen", "suction", "telemetry", "ventilator", "negative_pressure", "attendant", "bariatric", "dialysis"} <= features
    assert features <= FEATURES


def test_it_has_bays_of_men_of_women_and_of_whoever_comes_first() -> None:
    assert {room.sex for room in PLAN.rooms.values()} == set(SexPolicy)
    assert all(room.sex is SexPolicy.FEMALE for room in PLAN.rooms.values() if room.type == "maternity")
    assert all(room.sex is SexPolicy.SAME for room in PLAN.rooms.values() if room.type == "semi_private")


def test_mother_and_baby_stay_together() -> None:
    assert all("cot" in bed.features for bed in PLAN.beds.values() if bed.type == "maternity")


def test_it_has_six_clinics_whose_tokens_differ() -> None:
    assert len({clinic.prefix for clinic in PLAN.clinics}) == len(PLAN.clinics) == 6
    assert all(2 <= len([room for room in clinic.rooms if not room.tele]) <= 4 for clinic in PLAN.clinics)
    assert [clinic.id for clinic in PLAN.clinics if any(room.tele for room in clinic.rooms)] == ["GM"]
    assert all({room.id for room in clinic.rooms} == {each.room for each in clinic.timetable} for clinic in PLAN.clinics)


def test_its_feed_speaks_indian_time() -> None:
    assert [(feed.id, feed.zone, feed.listen) for feed in PLAN.feeds] == [("his", "Asia/Kolkata", None)]


@WARDS
def test_labels_are_short_and_name_one_bed_of_a_ward(ward: Ward) -> None:
    labels = Counter(bed.label for bed in ward.beds)
    assert max(labels.values()) == 1
    assert max(map(len, labels)) <= 3


@WARDS
def test_a_number_can_be_read_from_across_the_ward(ward: Ward) -> None:
    assert min(bed.box.width for bed in ward.beds) >= 125
    assert min(bed.box.height for bed in ward.beds) >= 110
    assert all(2 <= bed.metres <= 46 for bed in ward.beds)


@WARDS
def test_names_of_rooms_fit_over_their_beds(ward: Ward) -> None:
    assert all(title_size(room.name, room.box, [bed.box for bed in ward.beds]) >= 24 for room in ward.rooms)


@pytest.mark.parametrize("age", [0, 5, 16, 40, 90])
def test_every_age_has_a_ward(age: int) -> None:
    assert any(ward.age_min <= age <= ward.age_max for ward in PLAN.wards)


def test_beds_in_demand_are_not_one_of_a_kind() -> None:
    """A patient who needs one would wait for a single bed for days."""
    kept = Counter(feature for bed in PLAN.beds.values() for feature in bed.features)
    assert min(kept.values()) >= 10


def test_it_is_described_in_numbers() -> None:
    said = describe(PLAN)
    assert (said["beds"], sum(said["types"].values()), sum(row["beds"] for row in said["wards"])) == (500, 500, 500)
    assert said["clinics"][0] == {"clinic": "GM", "name": "General medicine", "rooms": 5}
    assert said["feeds"] == ["his"]
