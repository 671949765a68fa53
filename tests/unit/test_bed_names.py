"""Beds as people say them: in the own ward by the door's number alone, elsewhere with the ward; never one of two."""

from dataclasses import replace

import pytest

from flow.domain.bed_names import beds_called, spoken
from flow.domain.ids import BedId, WardId
from tests.plans import small_plan

PLAN = small_plan()
HERE = WardId("4B")


@pytest.mark.parametrize("text", ["4B-A-03", "A3", "a3", "A 03", "a-3", "bed A3", "4B A3", "4b a-03", "Ward 4B A3", "4B^A^3", " A3 "])
def test_a_bed_is_known_by_whatever_people_call_it(text: str) -> None:
    assert beds_called(PLAN, text, HERE) == ("4B-A-03",)


@pytest.mark.parametrize(
    ("text", "found"), [("ICU I1", ("ICU-I-01",)), ("icu^i^1", ("ICU-I-01",)), ("I1", ()), ("A9", ()), ("", ()), ("bed", ())]
)
def test_a_bed_elsewhere_is_named_with_its_ward(text: str, found: tuple[str, ...]) -> None:
    assert beds_called(PLAN, text, HERE) == found
    assert beds_called(PLAN, text) == found


def test_the_own_ward_comes_first_and_a_name_of_two_beds_is_none_of_them() -> None:
    here, icu = PLAN.wards
    twin = replace(
        icu, id=WardId("5A"), name="Ward 4B", beds=tuple(replace(bed, id=BedId(f"5A-{bed.id}"), label="A3") for bed in here.beds[:1])
    )
    plan = replace(PLAN, wards=(here, replace(twin, beds=tuple(replace(bed, ward=twin.id) for bed in twin.beds))))
    assert beds_called(plan, "A3", HERE) == ("4B-A-03",) and beds_called(plan, "A3", twin.id) == ("5A-4B-A-01",)
    assert beds_called(plan, "Ward 4B A3") == ("4B-A-03", "5A-4B-A-01")


def test_two_numbers_stay_two() -> None:
    assert (spoken("1 12"), spoken("11 02"), spoken("Bed 007"), spoken("W5")) == ("1-12", "11-2", "7", "w5")


def test_a_ward_is_named_by_number_and_name_said_once() -> None:
    assert [PLAN.ward_name(ward) for ward in ("4B", "ICU", "9Z")] == ["4B Ward 4B", "ICU", "9Z"]
