"""A request made by hand is over when the stay ends to which it belongs, and no sooner."""

from dataclasses import replace

import pytest

from flow.domain.commands import AssignBed, MergeVisits, Person, RequestBed, TakeUpRequest
from flow.domain.events import Kind
from flow.domain.house_rules import BEFORE
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Order
from tests.hearing import T0, House, check

R1, A1 = RequestId("R1"), BedId("4B-A-01")


def asked(house: House, **more: object) -> BedRequest:
    house.does(RequestBed(replace(BedRequest(R1, PatientId("1"), T0, "private"), **more)))
    return house.hospital.requests[R1]


def in_casualty() -> House:
    house = House()
    house.hears("A01", "ED")
    return house


@pytest.mark.parametrize("end", ["A03", "A11"])
def test_a_request_ends_with_its_stay_and_the_bed_is_free_again(end: str) -> None:
    house = in_casualty()
    assert asked(house).visit == "V1"
    house.does(AssignBed(R1, A1, override_reason="asked for"))
    told = house.hears(end, "ED")
    assert house.hospital.requests[R1].status is RequestStatus.CANCELLED
    assert house.hospital.beds[A1].reserved_for is None
    assert Kind.REQUEST_OVER in {event.kind for event in told}
    check(house)


def test_it_can_be_taken_up_again() -> None:
    house = in_casualty()
    asked(house)
    house.hears("A03", "ED")
    house.does(TakeUpRequest(R1))
    assert house.hospital.requests[R1].is_unplaced


def test_the_end_of_another_stay_leaves_it_alone() -> None:
    house = House()
    asked(house)
    house.hears("A04", "OPD", visit="V9")
    house.hears("A03", "OPD", visit="V9")
    assert house.hospital.requests[R1].is_unplaced, "asked for before any stay began"
    two = in_casualty()
    two.hears("A01", "ED", visit="V2")
    assert asked(two).visit is None, "nobody can say which of two stays it is for"


def test_casualty_closes_its_number_when_the_admission_has_one() -> None:
    house = in_casualty()
    asked(house)
    house.hears("A01", "ED", visit="V2")
    house.hears("A03", "ED", visit="V1")
    assert (house.hospital.requests[R1].is_unplaced, house.hospital.requests[R1].visit) == (True, "V2")
    house.hears("A03", "ED", visit="V2")
    assert house.hospital.requests[R1].status is RequestStatus.CANCELLED
    check(house)


def test_a_merged_visits_request_goes_on_under_the_survivor() -> None:
    house = in_casualty()
    asked(house)
    house.does(MergeVisits(VisitId("V1"), VisitId("V5"), Person(PatientId("1")), T0, Order(T0)))
    assert (house.hospital.requests[R1].is_unplaced, house.hospital.requests[R1].visit) == (True, "V5")
    house.hears("A03", "ED", visit="V5")
    assert house.hospital.requests[R1].status is RequestStatus.CANCELLED


def test_days_before_the_rule_are_judged_without_it() -> None:
    house = in_casualty()
    house.hospital.told_rules = BEFORE
    assert asked(house).visit is None
    house.hears("A05", visit="V3")
    assert list(house.hospital.requests) == [R1], "nor did a plan ask for a bed"
    house.hears("A03", "ED")
    assert house.hospital.requests[R1].is_unplaced
