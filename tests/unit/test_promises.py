"""What becomes of a promised bed when the HIS answers, names a bed, or uses one: each arm of the rule."""

from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, Chart, NoteNotice, Person, ReleaseBed, RequestBed, Told
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused
from tests.hearing import House, check

A1, A2, I1 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("ICU-I-01")
R1 = RequestId("R1")


@pytest.fixture
def house() -> House:
    """A general bed, A1, is promised to patient 1."""
    found = House()
    found.does(RequestBed(BedRequest(R1, PatientId("1"), found.now, "general")))
    found.does(AssignBed(R1, A1, until=found.now + timedelta(hours=9)))
    return found


def request(house: House) -> BedRequest:
    return house.hospital.requests[R1]


def test_the_his_took_the_news(house: House) -> None:
    house.does(NoteNotice(R1, A1, Notice.SENT), Origin.SYSTEM)
    assert request(house).notice is Notice.SENT
    assert house.does(NoteNotice(R1, A1, Notice.SENT), Origin.SYSTEM) == []
    house.does(NoteNotice(R1, A1, Notice.REFUSED), Origin.SYSTEM)
    assert request(house).notice is Notice.REFUSED


def test_an_answer_about_an_older_promise_is_not_noted(house: House) -> None:
    with pytest.raises(Refused):
        house.does(NoteNotice(R1, A2, Notice.SENT), Origin.SYSTEM)


def test_an_answer_that_comes_late_does_not_hide_what_the_his_did(house: House) -> None:
    house.hears("A14", "4B^A^1", visit="")
    assert house.does(NoteNotice(R1, A1, Notice.SENT), Origin.SYSTEM) == []
    assert request(house).notice is Notice.CONFIRMED


def test_another_promise_begins_anew(house: House) -> None:
    house.does(NoteNotice(R1, A1, Notice.SENT), Origin.SYSTEM)
    house.does(AssignBed(R1, A2))
    assert request(house).notice is None
    house.does(NoteNotice(R1, A2, Notice.REFUSED), Origin.SYSTEM)
    house.does(ReleaseBed(R1))
    assert request(house).notice is None


def test_a_visit_in_the_promised_bed_confirms(house: House) -> None:
    house.hears("A01", "4B^A^1")
    assert (request(house).status, request(house).notice, request(house).his_bed) == (RequestStatus.ARRIVED, Notice.CONFIRMED, None)


def test_a_visit_in_another_bed_of_the_type_settles_and_releases(house: House) -> None:
    house.hears("A01", "4B^A^2")
    found = request(house)
    assert (found.status, found.bed, found.notice, found.his_bed) == (RequestStatus.ARRIVED, A2, Notice.OTHER_BED, A2)
    assert (house.hospital.beds[A1].reserved_for, house.status(A1)) == (None, BedStatus.AVAILABLE)
    check(house)


def test_a_visit_in_a_bed_of_another_type_leaves_the_promise(house: House) -> None:
    house.hears("A01", "ICU^I^1")
    assert (request(house).status, request(house).notice) == (RequestStatus.ASSIGNED, None)
    assert house.hospital.beds[A1].reserved_for == "request:R1"
    house.hears("A02", "4B^A^1")
    assert request(house).notice is Notice.CONFIRMED


@pytest.mark.parametrize(("trigger", "more"), [("A05", {"visit": ""}), ("A14", {"visit": ""}), ("A15", {"pv42": "4B^A^1"})])
def test_a_plan_for_the_promised_bed_confirms(house: House, trigger: str, more: dict[str, str]) -> None:
    if trigger == "A15":
        house.hears("A01", "ICU^I^1")
    house.hears(trigger, "4B^A^1", **more)  # type: ignore[arg-type]
    assert (request(house).notice, request(house).bed) == (Notice.CONFIRMED, A1)
    check(house)


def test_a_plan_for_another_free_bed_moves_the_promise(house: House) -> None:
    until = house.hospital.beds[A1].reserved_until
    house.hears("A14", "4B^A^2", visit="")
    found = request(house)
    assert (found.status, found.bed, found.notice, found.his_bed) == (RequestStatus.ASSIGNED, A2, Notice.OTHER_BED, A2)
    assert house.hospital.beds[A1].reserved_for is None
    assert (house.hospital.beds[A2].reserved_for, house.hospital.beds[A2].reserved_until) == ("request:R1", until)
    check(house)


def test_a_plan_for_a_bed_promised_to_somebody_else_moves_nothing_and_says_so(house: House) -> None:
    house.does(RequestBed(BedRequest(RequestId("R2"), PatientId("2"), house.now, "general")))
    house.does(AssignBed(RequestId("R2"), A2))
    house.hears("A14", "4B^A^2", visit="")
    assert (request(house).bed, request(house).notice, request(house).his_bed) == (A1, Notice.OTHER_BED, A2)
    assert house.hospital.beds[A2].reserved_for == "request:R2"
    check(house)


def test_a_person_who_admits_by_hand_is_not_the_his(house: House) -> None:
    admitted = Fact(Act.ADMIT, house.now, Order(house.now), "4B-A-01")
    house.does(Chart((Told(VisitId("M1"), Person(PatientId("1")), admitted),), by_person=True))
    assert (request(house).status, request(house).notice) == (RequestStatus.ARRIVED, None)
