"""Temporary places: numbered, hold a visit like a bed, promised to nobody, outside the bed base, gone when empty."""

from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, PlaceKind
from flow.domain.commands import AssignBed, Chart, ClosePlace, OpenPlace, Person, RequestBed, Told
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused
from flow.views.availability import availability, occupancy
from tests.hearing import T0, House, check

B4, A1 = WardId("4B"), BedId("4B-A-01")
T1, T2 = BedId("4B:trolley-1"), BedId("4B:trolley-2")


def put(house: House, act: Act, bed: str | None) -> None:
    fact = Fact(act, house.now, Order(house.now, number=house.hospital.seq), bed)
    house.does(Chart((Told(VisitId("M1"), Person(PatientId("1"), "M", 40), fact),), by_person=True))


@pytest.fixture
def house() -> House:
    found = House()
    found.does(OpenPlace(B4, PlaceKind.TROLLEY))
    found.does(OpenPlace(B4, PlaceKind.TROLLEY, near=A1))
    return found


def test_places_are_numbered_and_a_number_is_given_again(house: House) -> None:
    assert house.status(T1) is house.status(T2) is BedStatus.AVAILABLE
    house.does(ClosePlace(T1))
    assert (house.hospital.beds[T1].gone, house.does(ClosePlace(T1))) == (True, [])
    house.does(OpenPlace(B4, PlaceKind.TROLLEY))
    assert house.status(T1) is BedStatus.AVAILABLE
    check(house)


def test_a_place_holds_a_visit_and_needs_no_cleaning(house: House) -> None:
    put(house, Act.ADMIT, T1)
    assert house.holder(T1) == "M1"
    with pytest.raises(Refused, match="lies there"):
        house.does(ClosePlace(T1))
    put(house, Act.TRANSFER, A1)
    assert (house.status(T1), house.holder(A1)) == (BedStatus.AVAILABLE, "M1")
    house.hears("A01", T2, visit="V2", mrn="2")
    house.hears("A03", T2, visit="V2", mrn="2")
    assert house.status(T2) is BedStatus.AVAILABLE
    check(house)


def test_who_lies_on_a_trolley_still_waits_for_a_bed(house: House) -> None:
    house.does(RequestBed(BedRequest(RequestId("R1"), PatientId("1"), T0, "general")))
    put(house, Act.ADMIT, T1)
    assert house.hospital.requests[RequestId("R1")].status is RequestStatus.WAITING
    with pytest.raises(Refused, match="promised to nobody"):
        house.does(AssignBed(RequestId("R1"), T2))
    check(house)


def test_places_are_outside_the_bed_base(house: House) -> None:
    before = availability(house.hospital.plan, House().hospital.beds, 1, T0)
    put(house, Act.ADMIT, T1)
    after = availability(house.hospital.plan, house.hospital.beds, 1, T0)
    assert (after.totals.temporary, after.wards[0].temporary, after.wards[1].temporary) == (1, 1, 0)
    assert (after.totals.staffed, after.totals.occupied, after.totals.free) == (before.totals.staffed, 0, before.totals.free)
    assert occupancy(after.totals) == 0


def test_what_makes_no_sense_is_refused(house: House) -> None:
    for command in (OpenPlace(WardId("9Z"), PlaceKind.CHAIR), OpenPlace(B4, PlaceKind.SHARED, BedId("ICU-I-01")), ClosePlace(A1)):
        with pytest.raises(Refused):
            house.does(command)
    house.does(ClosePlace(T1))
    with pytest.raises(Refused, match="out of use"):
        put(house, Act.ADMIT, T1)
    assert house.now - T0 < timedelta(days=1)
