"""A planned stay asks for a bed by itself (A05, A14), whatever order the letters come in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.domain.care import Care, Isolation
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, CancelRequest, EditRequest, MergePatients, RequestBed
from flow.domain.decide.planned import request_of, type_for
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.domain.request_rules import RequestRules
from tests.hearing import PLAN, T0, House, check

A1 = BedId("4B-A-01")
OWN = request_of(VisitId("V1"))
NEEDED = "||||||||20260303100000+0000"


def live(house: House) -> list[BedRequest]:
    return list(house.hospital.waiting())


@pytest.mark.parametrize("trigger", ["A05", "A14"])
def test_a_planned_stay_asks_for_a_bed(trigger: str) -> None:
    house = House()
    house.hears(trigger, "", tail=f"PV2{NEEDED}")
    (made,) = live(house)
    assert (made.id, made.made_by, made.visit, made.type, made.patient) == (OWN, MadeBy.PLAN, "V1", "general", "1")
    assert (made.created_at, made.ready_at) == (T0, T0.replace(day=3, hour=10))
    house.hears(trigger, "", at=-1, tail=f"PV2{NEEDED}")
    assert [(r.id, r.created_at) for r in live(house)] == [(OWN, T0 - timedelta(hours=1))]
    check(house)


def test_a_plan_that_has_its_bed_asks_for_none() -> None:
    house = House()
    house.hears("A05", "4B^A^1")
    assert (live(house), house.hospital.beds[A1].reserved_for) == ([], "visit:V1")


def test_a_plan_called_off_asks_no_more_and_gives_back_a_promised_bed() -> None:
    house = House()
    house.hears("A05")
    house.does(AssignBed(OWN, A1))
    house.hears("A38")
    assert (live(house), house.hospital.beds[A1].reserved_for) == ([], None)
    check(house)


@pytest.mark.parametrize("place", ["4B^A^1", "ICU^I^1", "ED"])
def test_a_plan_that_comes_true_is_over_wherever_it_leads(place: str) -> None:
    house = House()
    house.hears("A05")
    house.hears("A01", place)
    assert house.hospital.requests[OWN].status is RequestStatus.ARRIVED
    house.hears("A11", place)
    check(house)


def test_a_promise_stands_while_the_patient_waits_in_casualty() -> None:
    house = House()
    house.hears("A05")
    house.does(AssignBed(OWN, A1))
    house.hears("A01", "ED")
    assert (house.hospital.requests[OWN].status, house.hospital.beds[A1].reserved_for) == (RequestStatus.ASSIGNED, f"request:{OWN}")
    house.hears("A02", "4B^A^1")
    assert house.hospital.requests[OWN].status is RequestStatus.ARRIVED


def test_what_a_person_said_is_not_overruled_by_the_plan() -> None:
    house = House()
    house.hears("A05")
    house.does(EditRequest(replace(house.hospital.requests[OWN], type="private", priority=1)))
    house.hears("A05", tail=f"PV2{NEEDED}")
    assert (live(house)[0].type, live(house)[0].ready_at) == ("private", None)
    house.does(CancelRequest(OWN))
    house.hears("A05")
    assert live(house) == []


def test_who_waits_already_is_not_asked_for_again_and_the_desk_takes_the_plan_s_place() -> None:
    house, own = House(), BedRequest(RequestId("R1"), PatientId("1"), T0, "private")
    house.does(RequestBed(own))
    house.hears("A05")
    assert [r.id for r in live(house)] == ["R1"]
    other = House()
    other.hears("A05")
    other.does(RequestBed(own))
    assert [r.id for r in live(other)] == ["R1"]


def test_outpatients_and_a_house_that_wants_none_get_none() -> None:
    house = House()
    letter = (
        "MSH|^~\\&|HIS|H|||20260301080000+0000||ADT^A05|1|P|2.5\rEVN|A05|20260301080000+0000\rPID|1||1^^^H^MR||N^N\rPV1||O"
        + "|" * 17
        + "V1"
    )
    house.reads(letter)
    assert (live(house), len(house.hospital.visits)) == ([], 1)
    quiet = House(replace(PLAN, requests=RequestRules(from_plans=False)))
    quiet.hears("A05")
    assert live(quiet) == []


def test_the_type_is_the_commonest_of_the_specialty() -> None:
    assert (type_for(PLAN, "intensive care"), type_for(PLAN, "Medicine"), type_for(PLAN, None)) == ("icu", "general", "general")


def test_a_merged_person_s_plan_goes_on_under_the_survivor() -> None:
    house = House()
    house.hears("A05")
    house.does(MergePatients(PatientId("1"), PatientId("9")), Origin.FEED)
    assert [(r.id, r.patient) for r in live(house)] == [(OWN, "9")]


def test_care_goes_over_to_the_visit_and_its_bed() -> None:
    house = House()
    wanted = BedRequest(RequestId("R1"), PatientId("1"), T0, "general", isolation_kind=Isolation.DROPLET, organism="influenza")
    house.does(RequestBed(wanted))
    house.hears("A01", "4B^A^1")
    care = Care(Isolation.DROPLET, "influenza")
    assert (house.hospital.visits[VisitId("V1")].care, house.hospital.beds[A1].care, house.hospital.beds[A1].isolation) == (
        care,
        care,
        True,
    )
    house.hears("A02", "4B^A^2")
    moved = house.hospital.beds[BedId("4B-A-02")]
    assert (moved.care, moved.isolation, house.hospital.beds[A1].care) == (care, True, Care())
    assert house.hospital.beds[A1].now.clean == "isolation"


LETTERS = st.lists(
    st.tuples(
        st.sampled_from(["A05", "A14", "A38", "A01", "A11", "A08", "A03"]), st.sampled_from(["", "ED", "ICU^I^1"]), st.integers(0, 5)
    ),
    min_size=2,
    max_size=5,
    unique=True,
)


def _open(letters: list[tuple[str, str, int]]) -> list[Any]:
    house = House()
    for trigger, place, hour in letters:
        house.hears(trigger, place, at=hour)
        check(house)
    return [(r.id, r.status, r.created_at, r.ready_at, r.type, r.visit) for r in live(house)]


@settings(max_examples=150)
@given(LETTERS, st.randoms())
def test_the_order_of_arrival_makes_no_difference(letters: list[tuple[str, str, int]], dice: Any) -> None:
    """Hours of one visit's letters are all different here, so that what is told last is the same in any order."""
    told = list({hour: (trigger, place, hour) for trigger, place, hour in letters}.values())
    shuffled = list(told)
    dice.shuffle(shuffled)
    assert _open(told) == _open(shuffled)
