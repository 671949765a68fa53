"""Leave of absence, tracking, and numbered movements (IHE PAM), told by letters in every order."""

from datetime import timedelta
from itertools import permutations

import pytest

from flow.domain.bed import BedStatus
from flow.domain.ids import BedId, VisitId
from flow.domain.visit import Course, VisitStatus
from flow.errors import Unreadable
from tests.hearing import T0, House, check

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


@pytest.fixture
def house() -> House:
    return House()


def course(house: House) -> Course:
    return house.hospital.visits[VisitId("V1")].course


def zbe(number: str, start: float, edit: str, original: str = "", historic: str = "N") -> str:
    return f"ZBE|{number}^HIS|{T0 + timedelta(hours=start):%Y%m%d%H%M%S}+0000||{edit}|{historic}|{original}"


def beds(house: House) -> list[tuple[str | None, float]]:
    return [(move.bed, (move.start - T0) / timedelta(hours=1)) for move in course(house).movements]


# --- leave of absence ---


def test_a_leave_keeps_the_bed_and_tells_when_the_patient_is_back(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A21", "4B^A^1", at=1, tail="PV2|" + "|" * 46 + "20260303180000+0000")
    bed = house.hospital.beds[A1]
    assert (course(house).status, bed.status, bed.on_leave) == (VisitStatus.ON_LEAVE, BedStatus.OCCUPIED, True)
    assert bed.expected_back == course(house).expected_back == T0.replace(day=3, hour=18)
    house.hears("A22", "4B^A^1", at=2)
    assert (course(house).status, house.holder(A1), house.hospital.beds[A1].on_leave) == (VisitStatus.IN_PROGRESS, "V1", False)
    assert beds(house) == [(A1, 0)]
    check(house)


def test_a_leave_and_a_return_are_taken_back(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A21", at=1)
    house.hears("A52", at=2)
    assert course(house).status is VisitStatus.IN_PROGRESS
    house.hears("A21", at=3)
    house.hears("A22", at=4)
    house.hears("A53", at=5)
    assert (course(house).status, house.holder(A1)) == (VisitStatus.ON_LEAVE, "V1")


def test_who_returns_to_another_bed_lies_there(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A21", at=1)
    house.hears("A22", "4B^A^2", at=2)
    assert (house.holder(A2), house.status(A1)) == ("V1", BedStatus.CLEANING)


def test_a_leave_after_the_discharge_opens_nothing(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A03", at=1)
    house.hears("A21", at=2)
    house.hears("A22", at=3)
    assert course(house).status is VisitStatus.FINISHED


# --- tracking ---


def test_who_is_away_is_shown_where_and_keeps_the_bed(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.reads(tracking("A09", 1, "CT^1"))
    assert (course(house).away, course(house).temporary, house.holder(A1)) == (True, "CT^1", "V1")
    house.reads(tracking("A10", 2, "CT^1"))
    assert (course(house).away, course(house).temporary) == (True, "CT^1")
    house.reads(tracking("A10", 3, ""))
    assert (course(house).away, course(house).temporary, house.holder(A1)) == (False, None, "V1")


def tracking(trigger: str, hour: int, temporary: str) -> str:
    when = f"{T0 + timedelta(hours=hour):%Y%m%d%H%M%S}+0000"
    pv1 = "PV1|" + "|".join({2: "I", 11: temporary, 19: "V1"}.get(n, "") for n in range(1, 20))
    return f"MSH|^~\\&|HIS|H|||{when}||ADT^{trigger}|T{hour}|P|2.5\rEVN|{trigger}|{when}\rPID|1||1^^^H^MR\r{pv1}"


@pytest.mark.parametrize(("trigger", "cancel", "away"), [("A09", "A33", False), ("A10", "A32", True)])
def test_a_tracking_is_taken_back(house: House, trigger: str, cancel: str, away: bool) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A09", at=1)
    house.hears(trigger, at=2)
    house.hears(cancel, at=3)
    house.hears("A33", at=4) if trigger == "A09" else None
    assert course(house).away is away


# --- numbered movements ---


def test_a_numbered_movement_is_put_right_and_taken_out(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A02", "4B^A^2", at=4, tail=zbe("2", 4, "INSERT"))
    house.hears("Z99", "4B^A^3", at=5, tail=zbe("2", 3, "UPDATE", "A02"))
    assert beds(house) == [(A1, 0), (A3, 3)]
    assert (house.holder(A3), house.holder(A2)) == ("V1", None)
    house.hears("Z99", "4B^A^3", at=6, tail=zbe("2", 3, "CANCEL", "A02"))
    assert (beds(house), house.holder(A1)) == ([(A1, 0)], "V1")
    assert house.status(A3) is BedStatus.AVAILABLE  # it never happened: no cleaning
    check(house)


def test_a_historic_movement_moves_nobody_now(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A02", "4B^A^2", at=8, tail=zbe("2", 8, "INSERT"))
    house.hears("Z99", "4B^A^3", at=9, tail=zbe("3", 4, "INSERT", "A02", "Y"))
    assert (beds(house), house.holder(A2), house.status(A3)) == ([(A1, 0), (A3, 4), (A2, 8)], "V1", BedStatus.AVAILABLE)


def test_an_edited_discharge_and_an_edited_admission(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A03", at=8, tail=zbe("2", 8, "INSERT"))
    house.hears("Z99", at=9, tail=zbe("2", 6, "UPDATE", "A03"))
    house.hears("Z99", "4B^A^2", at=10, tail=zbe("1", 1, "UPDATE", "A01"))
    assert [(m.bed, m.start, m.end) for m in course(house).movements] == [(A2, T0 + timedelta(hours=1), T0 + timedelta(hours=6))]


def test_a_cancel_by_number_undoes_that_movement_and_no_later_one(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A02", "4B^A^2", at=2, tail=zbe("2", 2, "INSERT"))
    house.hears("A02", "4B^A^3", at=4, tail=zbe("3", 4, "INSERT"))
    house.hears("Z99", "4B^A^2", at=5, tail=zbe("2", 2, "DELETE", "A02"))
    assert (beds(house), house.holder(A3)) == ([(A1, 0), (A3, 4)], "V1")


def test_a_cancel_with_a_number_nobody_knows_undoes_by_kind(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A02", "4B^A^2", at=2)
    house.hears("A12", "4B^A^1", at=3, tail=zbe("2", 2, "CANCEL"))
    assert (beds(house), house.holder(A1)) == ([(A1, 0)], "V1")


def test_a_reference_changes_nothing_of_the_movement_it_names(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A08", "4B^A^2", at=3, tail=zbe("1", 0, "REFERENCE", "A01"))
    assert (beds(house), house.holder(A1)) == ([(A1, 0)], "V1")


def test_a_z99_that_only_refers_moves_nobody(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("Z99", "4B^A^2", at=3, tail=zbe("1", 0, "REFERENCE", "A02"))
    assert (beds(house), house.holder(A1)) == ([(A1, 0)], "V1")


@pytest.mark.parametrize("edit", ["REFERENCE", ""])
def test_the_start_of_a_movement_that_is_not_edited_is_not_the_time_of_the_event(house: House, edit: str) -> None:
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A02", "4B^A^2", at=2)
    house.hears("A03", at=5, tail=zbe("1", 0, edit))
    assert (course(house).status, course(house).movements[-1].end) == (VisitStatus.FINISHED, T0 + timedelta(hours=5))


def test_an_amendment_does_not_take_the_place_of_the_movement_it_names(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    for edit in ("INSERT", "UPDATE"):
        house.hears("A08", "4B^A^2", tail=zbe("1", 0, edit))
        assert (course(house).status, beds(house), house.holder(A1)) == (VisitStatus.IN_PROGRESS, [(A1, 0)], "V1")


def test_an_amendment_that_names_the_event_it_amends_puts_its_movement_right(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A08", "4B^A^2", at=3, tail=zbe("1", 0, "UPDATE", "A01"))
    assert (beds(house), house.holder(A2)) == ([(A2, 0)], "V1")
    check(house)


def test_a_movement_is_taken_out_by_any_message(house: House) -> None:
    house.hears("A01", "4B^A^1", at=0, tail=zbe("1", 0, "INSERT"))
    house.hears("A02", "4B^A^2", at=2, tail=zbe("2", 2, "INSERT"))
    house.hears("A08", "4B^A^1", at=3, tail=zbe("2", 2, "DELETE", "A02"))
    assert (beds(house), house.holder(A1), house.status(A2)) == ([(A1, 0)], "V1", BedStatus.AVAILABLE)


@pytest.mark.parametrize(("historic", "holder"), [("Y", None), ("N", "V1")])
def test_a_historic_movement_of_which_only_the_day_is_known_moves_nobody_now(house: House, historic: str, holder: str | None) -> None:
    house.hears("A01", "4B^A^1", at=20, tail=zbe("1", 20, "INSERT"))
    house.hears("Z99", "4B^A^2", at=30, tail=f"ZBE|2^HIS|{T0:%Y%m%d}||INSERT|{historic}|A02")
    assert house.holder(A2) == holder


EDITED = (
    ("A01", "4B^A^1", 0, zbe("1", 0, "INSERT")),
    ("A02", "4B^A^2", 4, zbe("2", 4, "INSERT")),
    ("Z99", "4B^A^3", 5, zbe("2", 3, "UPDATE", "A02")),
    ("A02", "4B^A^1", 6, zbe("3", 6, "INSERT")),
    ("A12", "4B^A^3", 7, zbe("3", 6, "CANCEL")),
)


def test_every_order_of_edited_movements_ends_alike() -> None:
    for arrival in permutations(EDITED):
        house = House()
        for trigger, place, hour, tail in arrival + arrival:
            house.hears(trigger, place, at=hour, tail=tail)
        assert (beds(house), house.place_of("V1")) == ([(A1, 0), (A3, 3)], (VisitStatus.IN_PROGRESS, A3))
        check(house)


@pytest.mark.parametrize(
    "tail", ["", "ZBE||20260301||INSERT|N|A02", zbe("1", 0, "UPDATE", "A40"), zbe("1", 0, "UPDATE", "X12"), zbe("1", 0, "", "A02")]
)
def test_an_edit_that_says_too_little_is_kept(house: House, tail: str) -> None:
    with pytest.raises(Unreadable) as problem:
        house.hears("Z99", "4B^A^1", tail=tail)
    assert problem.value.code == "no-movement"


def test_a_bed_that_was_passed_through_unheard_wants_cleaning() -> None:
    """A02 whose PV1-6 is not ours: PV1-3 is trusted, the missed move inferred (HL7.md, A02)."""
    house = House()
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A02", "4B^A^3", at=4, pv6="4B^A^2")
    assert [(move.bed, move.start == move.end) for move in course(house).movements] == [(A1, False), (A2, True), (A3, False)]
    assert [house.status(bed) for bed in (A1, A2, A3)] == [BedStatus.CLEANING, BedStatus.CLEANING, BedStatus.OCCUPIED]
    house.hears("A02", "4B^A^2", at=2, pv6="4B^A^1")
    assert [(move.bed, move.start == move.end) for move in course(house).movements] == [(A1, False), (A2, False), (A3, False)]
    assert [house.status(bed) for bed in (A1, A2, A3)] == [BedStatus.CLEANING, BedStatus.CLEANING, BedStatus.OCCUPIED]
    check(house)


def test_a_cancelled_transfer_passed_through_nothing() -> None:
    house = House()
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A02", "4B^A^3", at=4, pv6="4B^A^2")
    house.hears("A12", "4B^A^1", at=5, pv6="4B^A^3")
    assert [house.status(bed) for bed in (A1, A2, A3)] == [BedStatus.OCCUPIED, BedStatus.AVAILABLE, BedStatus.AVAILABLE]
    assert house.hospital.beds[A2].left_by is None
    check(house)


def test_a_bed_that_somebody_has_is_not_soiled_by_a_missed_move() -> None:
    house = House()
    house.hears("A01", "4B^A^2", visit="V9", mrn="9", at=0)
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A02", "4B^A^3", at=4, pv6="4B^A^2")
    assert (house.holder(A2), house.status(A2)) == ("V9", BedStatus.OCCUPIED)
    check(house)
