"""What is expected and not yet done: pending transfers and discharges, plans and leaves, told with gaps and with times to come."""

from itertools import permutations

import pytest

from flow.domain.ids import BedId
from flow.domain.visit import VisitStatus
from tests.hearing import T0, House, course, house
from tests.unit.test_course import at as moment

__all__ = ["house"]
A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


def stamp(hour: float) -> str:
    return f"{moment(hour):%Y%m%d%H%M%S}+0000"


def pv2(field: int, said: str) -> str:
    return "PV2" + "|" * field + said


# --- EVN-6 of what is pending may lie in the future ---


def test_a_pending_discharge_is_taken_back_before_its_time_comes(house: House) -> None:
    for trigger, tail in (("A16", pv2(9, stamp(20))), ("A25", "")):
        house.hears(trigger, at=1 if tail else 2, evn6=stamp(20), tail=tail)
        assert course(house).expected_free_at == (moment(20) if tail else None)
        assert house.hospital.beds[A1].expected_free_at == course(house).expected_free_at


def test_a_pending_transfer_whose_time_is_to_come_is_taken_back(house: House) -> None:
    house.hears("A15", pv42="4B^A^2", at=1, evn6=stamp(20))
    assert house.hospital.beds[A2].reserved_for == "visit:V1"
    house.hears("A26", at=2, evn6=stamp(20), tail=pv2(1, "4B^A^2"))
    assert house.hospital.beds[A2].reserved_for is course(house).reserved is None


def test_a_plan_whose_time_is_to_come_is_taken_back() -> None:
    for cancel in ("A27", "A38"):
        house = House()
        house.hears("A14", pv42="4B^A^2", at=1, evn6=stamp(20))
        house.hears(cancel, at=2, evn6=stamp(20))
        assert (course(house).status, course(house).reserved) == (VisitStatus.CANCELLED, None)


def test_a_transfer_ahead_of_its_time_uses_the_pending_one_up(house: House) -> None:
    house.hears("A15", pv42="4B^A^2", at=1, evn6=stamp(20))
    house.hears("A02", "4B^A^2", at=2)
    assert (course(house).reserved, house.hospital.beds[A2].reserved_for, house.holder(A2)) == (None, None, "V1")


def test_a_discharge_told_for_later_is_taken_back_by_its_own_time() -> None:
    letters = (("A01", "4B^A^1", 0, ""), ("A03", "", 1, stamp(9)), ("A13", "4B^A^1", 2, stamp(9)))
    for arrival in permutations(letters):
        house = House()
        for trigger, place, hour, evn6 in arrival + arrival:
            house.hears(trigger, place, at=hour, evn6=evn6)
        assert (course(house).status, house.holder(A1)) == (VisitStatus.IN_PROGRESS, "V1")
        assert [move.end for move in course(house).movements] == [None]


def test_of_two_pending_transfers_the_one_that_is_named_is_taken_back(house: House) -> None:
    house.hears("A15", pv42="4B^A^2", at=1)
    house.hears("A15", pv42="4B^A^3", at=2)
    house.hears("A26", at=3, tail=pv2(1, "4B^A^2"))
    assert (course(house).reserved, house.hospital.beds[A3].reserved_for) == (A3, "visit:V1")
    house.hears("A26", at=4, tail=pv2(1, "4B^A^3"))
    assert course(house).reserved is None


# --- an empty field changes nothing, "" deletes ---


@pytest.mark.parametrize("trigger", ["A05", "A14", "A15"])
def test_a_bed_that_is_kept_stays_kept_where_none_is_named(house: House, trigger: str) -> None:
    house.hears(trigger, pv42="4B^A^2", at=1)
    house.hears(trigger, at=2)
    assert course(house).reserved == A2
    house.hears(trigger, pv42='""', at=3)
    assert course(house).reserved is house.hospital.beds[A2].reserved_for is None


def test_an_expected_time_stays_where_none_is_told_and_goes_where_it_is_deleted(house: House) -> None:
    house.hears("A16", at=1, tail=pv2(9, stamp(20)))
    house.hears("A16", at=2)
    assert course(house).expected_free_at == moment(20)
    house.hears("A16", at=3, tail=pv2(9, '""'))
    assert course(house).expected_free_at is None


def test_a_leave_told_again_keeps_its_end(house: House) -> None:
    house.hears("A21", at=1, tail=pv2(47, stamp(30)))
    house.hears("A21", at=2)
    assert course(house).expected_back == moment(30)
    house.hears("A21", at=3, tail=pv2(47, '""'))
    assert (course(house).expected_back, course(house).status) == (None, VisitStatus.ON_LEAVE)
    house.hears("A22", at=4)
    house.hears("A21", at=5)
    assert course(house).expected_back is None


# --- what does not touch a pending transfer ---


@pytest.mark.parametrize("between", [("A21", "A22"), ("A09", "A10"), ("A03", "A13"), ("A01",), ("A08",)])
def test_a_pending_transfer_outlives(house: House, between: tuple[str, ...]) -> None:
    house.hears("A15", pv42="4B^A^2", at=1)
    for hour, trigger in enumerate(between, start=2):
        house.hears(trigger, "4B^A^1", at=hour)
    assert (course(house).reserved, house.hospital.beds[A2].reserved_for, house.holder(A1)) == (A2, "visit:V1", "V1")


def test_a_cancelled_transfer_leaves_it_pending(house: House) -> None:
    house.hears("A15", pv42="4B^A^2", at=1)
    house.hears("A02", "4B^A^2", at=2)
    house.hears("A12", "4B^A^1", at=3)
    assert (house.holder(A1), house.hospital.beds[A2].reserved_for) == ("V1", "visit:V1")


def test_nobody_waits_for_the_bed_they_lie_in(house: House) -> None:
    house.hears("A14", "4B^A^1", at=1)
    assert course(house).reserved is house.hospital.beds[A1].reserved_for is None


def test_the_helper_tells_the_time_the_tests_mean() -> None:
    assert moment(0) == T0
