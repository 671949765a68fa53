"""Messages that name no visit (HL7.md rule 2): what is the patient's only one is meant, and nothing else is guessed."""

from itertools import permutations

import pytest

from adt_feed.mapping.triggers import TRIGGERS
from flow.domain.ids import BedId, VisitId
from flow.domain.visit import VisitStatus
from flow.errors import Unreadable
from tests.hearing import House, check

A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
PLANS = ("A05", "A14", "A27", "A38")
OTHERS = sorted(trigger for trigger, row in TRIGGERS.items() if row.act and trigger not in (*PLANS, "A08", "A17"))


@pytest.fixture
def house() -> House:
    found = House()
    found.hears("A01", "4B^A^1")
    return found


@pytest.mark.parametrize("trigger", OTHERS)
def test_which_stay_is_meant_is_not_guessed(house: House, trigger: str) -> None:
    with pytest.raises(Unreadable) as problem:
        house.hears(trigger, "4B^A^2", visit="")
    assert problem.value.code == "no-visit"
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, A1)


@pytest.mark.parametrize("trigger", ["A27", "A38"])
def test_a_plan_is_cancelled_where_it_is_the_only_one(house: House, trigger: str) -> None:
    with pytest.raises(Unreadable):
        house.hears(trigger, visit="")
    house.hears("A05", "4B^A^2", visit="")
    house.hears(trigger, visit="")
    assert house.hospital.beds[A2].reserved_for is None
    for planned in ("P1", "P2"):
        house.hears("A05", visit=planned)
    with pytest.raises(Unreadable) as problem:
        house.hears(trigger, visit="")
    assert problem.value.code == "no-visit"
    check(house)


@pytest.mark.parametrize("trigger", ["A05", "A14"])
def test_a_plan_means_the_only_planned_stay_or_opens_one(trigger: str) -> None:
    house = House()
    house.hears("A05", "4B^A^1", visit="P1")
    house.hears(trigger, "4B^A^2", visit="")
    assert [visit.id for visit in house.hospital.visits.values()] == ["P1"]
    assert house.hospital.beds[A2].reserved_for == "visit:P1"
    house.hears("A05", visit="P2")
    house.hears(trigger, visit="", at=40)
    assert len(house.hospital.visits) == 3
    check(house)


def test_an_outpatients_coming_does_not_use_up_a_plan() -> None:
    for arrival in permutations([("A05", "4B^A^1", "", 1.0), ("A04", "", "V1", 2.0)]):
        house = House()
        for trigger, place, visit, at in arrival:
            house.hears(trigger, place, visit=visit, at=at)
        assert (house.hospital.beds[A1].reserved_for or "").startswith("visit:planned-")
        house.hears("A01", "4B^A^2", visit="V2", at=3)
        assert house.hospital.beds[A1].reserved_for is None
        assert house.hospital.visits[VisitId("V1")].is_open
        check(house)
