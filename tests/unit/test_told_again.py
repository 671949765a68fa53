"""The same told again, and what says nothing new: it amends, and neither moves nor reopens nor ends what is pending (HL7.md, Triggers)."""

from itertools import permutations

import pytest

from flow.domain.bed import BedStatus
from flow.domain.course import chart
from flow.domain.ids import BedId, VisitId
from flow.domain.visit import Act, VisitStatus
from tests.hearing import House, course, house
from tests.unit.test_course import PLAN, at, fact

__all__ = ["house"]
A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


def test_an_admission_told_again_ends_no_leave(house: House) -> None:
    house.hears("A21", at=1)
    for place in ("4B^A^1", "", "4B", "^^^H"):
        house.hears("A01", place)
        assert (course(house).status, house.holder(A1)) == (VisitStatus.ON_LEAVE, "V1")
    assert len(course(house).movements) == 1


def test_an_admission_told_again_to_another_bed_is_put_right(house: House) -> None:
    house.hears("A01", "4B^A^2", at=1)
    assert (house.holder(A2), house.status(A1)) == ("V1", BedStatus.CLEANING)
    house.hears("A11", at=2)
    assert (course(house).status, house.status(A2)) == (VisitStatus.CANCELLED, BedStatus.AVAILABLE)


def test_who_was_registered_is_admitted_for_the_first_time() -> None:
    house = House()
    house.hears("A04", "ED", at=0)
    house.hears("A14", pv42="4B^A^2", at=1)
    house.hears("A01", "ED", at=2)  # still in casualty; the plan is used up all the same
    assert (course(house).reserved, house.hospital.beds[A2].reserved_for) == (None, None)


def test_a_transfer_to_where_the_patient_is_moves_nobody(house: House) -> None:
    house.hears("A09", at=1)
    house.hears("A02", "4B^A^1", pv6="4B^A^1", at=2)
    assert (course(house).away, len(course(house).movements)) == (True, 1)
    house.hears("A02", "4B^A^2", pv6="4B^A^2", at=3)  # we thought otherwise: PV1-3 is trusted
    assert (house.holder(A2), course(house).away) == ("V1", False)


def test_a_transfer_that_moves_nobody_reopens_nothing(house: House) -> None:
    house.hears("A03", at=1)
    house.hears("A02", "4B^A^1", pv6="4B^A^1", at=2)
    assert (course(house).status, house.status(A1)) == (VisitStatus.FINISHED, BedStatus.CLEANING)
    house.hears("A02", "4B^A^2", pv6="4B^A^1", at=3)
    assert (course(house).status, house.holder(A2)) == (VisitStatus.IN_PROGRESS, "V1")


def test_a_transfer_of_an_unknown_visit_opens_it_though_it_moves_nobody() -> None:
    house = House()
    house.hears("A02", "4B^A^1", pv6="4B^A^1")
    assert (course(house).status, house.holder(A1)) == (VisitStatus.IN_PROGRESS, "V1")


def test_the_last_move_is_undone_however_often_it_was_told(house: House) -> None:
    for hour in (1, 2):
        house.hears("A02", "4B^A^2", pv6="4B^A^1", at=hour)
    house.hears("A02", "4B^A^3", at=3)
    house.hears("A12", at=4)
    assert house.holder(A2) == "V1"
    house.hears("A12", at=5)
    assert (house.holder(A1), house.status(A2), house.status(A3)) == ("V1", BedStatus.AVAILABLE, BedStatus.AVAILABLE)
    assert [move.bed for move in course(house).movements] == [A1]


@pytest.mark.parametrize("named", ["", "20260301150000+0000"])
def test_a_discharge_that_was_told_twice_is_taken_back_as_one(house: House, named: str) -> None:
    house.hears("A03", at=5)
    house.hears("A08", at=6)
    house.hears("A03", at=7, pv45="20260301143000+0000")
    house.hears("A13", at=8, evn6=named)
    assert (course(house).status, house.holder(A1)) == (VisitStatus.IN_PROGRESS, "V1")
    assert [(move.bed, move.end) for move in course(house).movements] == [(A1, None)]


def test_an_earlier_discharge_is_not_taken_back_with_the_last(house: House) -> None:
    house.hears("A03", at=1)
    house.hears("A01", "4B^A^2", at=2)
    house.hears("A03", at=3)
    house.hears("A13", at=4)
    assert [(move.bed, move.end is None) for move in course(house).movements] == [(A1, False), (A2, True)]


def test_a_leave_that_was_told_twice_is_taken_back_as_one(house: House) -> None:
    for trigger, cancel in (("A21", "A52"), ("A09", "A33")):
        for told in (trigger, trigger, cancel):
            house.hears(told)
        assert (course(house).status, course(house).away) == (VisitStatus.IN_PROGRESS, False)
    for told in ("A21", "A22", "A21", "A22", "A22", "A53"):
        house.hears(told)
    assert course(house).status is VisitStatus.ON_LEAVE


def test_a_transfer_after_another_stay_in_the_house_is_a_move_of_its_own(house: House) -> None:
    house.hears("A02", "4B^A^2", at=1)
    house.hears("A03", at=2)
    house.hears("A02", "4B^A^2", at=3)
    house.hears("A12", at=4)
    assert course(house).status is VisitStatus.FINISHED


def test_a_transfer_that_is_cancelled_during_a_leave_does_not_end_it(house: House) -> None:
    house.hears("A02", "4B^A^2", at=1)
    house.hears("A21", at=2)
    house.hears("A12", "4B^A^1", at=3)
    assert (course(house).status, house.holder(A1)) == (VisitStatus.ON_LEAVE, "V1")


def test_a_late_letter_does_not_change_what_a_newer_one_says_of_the_patient(house: House) -> None:
    house.hears("A08", sex="F", at=5)
    house.hears("A08", sex="M", at=3)
    assert house.hospital.visits[VisitId("V1")].sex == house.hospital.beds[A1].sex == "F"


# --- ties: one control id for two letters, and no field may leave it to arrival ---

OF_ONE_RANK = {
    "a place and none": [fact(Act.TRANSFER, 1, None), fact(Act.TRANSFER, 1, "")],
    "two ends": [fact(Act.DISCHARGE, 1, ended_at=at(3)), fact(Act.DISCHARGE, 1, ended_at=at(2))],
    "two expected": [fact(Act.PEND_DISCHARGE, 1, expected=at(8)), fact(Act.PEND_DISCHARGE, 1, expected=at(9))],
    "two classes": [fact(Act.AMEND, 1, klass="I"), fact(Act.AMEND, 1, klass="O")],
    "two specialties": [fact(Act.AMEND, 1, specialty="ENT"), fact(Act.AMEND, 1, specialty="MED")],
    "two tracked": [fact(Act.LEAVE_FOR, 1, temporary="CT"), fact(Act.LEAVE_FOR, 1, temporary="MR")],
    "two priors": [fact(Act.TRANSFER, 1, "4B^A^2", prior="X"), fact(Act.TRANSFER, 1, "4B^A^2", prior="4B^A^2")],
}


@pytest.mark.parametrize("tied", OF_ONE_RANK.values(), ids=list(OF_ONE_RANK))
def test_what_is_told_at_one_rank_is_ordered_by_what_it_says(tied: list[object]) -> None:
    stay = [fact(Act.ADMIT, 0, "4B^A^1"), *tied, fact(Act.CANCEL_TRANSFER, 4, number=9)]
    ends = {chart((*arrival, *arrival), PLAN.bed_at) for arrival in permutations(stay)}  # type: ignore[arg-type]
    assert len(ends) == 1
