"""Letters decided and evolved: who holds which bed after each trigger, whatever the order of arrival."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from flow.domain.bed import BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cause import Origin
from flow.domain.commands import Chart, Person, ReportBed, SetBedStatus, Told
from flow.domain.events import Kind
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.visit import VisitStatus
from flow.errors import Unreadable
from tests.hearing import House, check

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


@pytest.fixture
def house() -> Iterator[House]:
    fresh = House()
    yield fresh
    check(fresh)


# --- one patient ---


def test_admit_transfer_discharge(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^2", pv6="4B^A^1")
    assert (house.status(A1), house.holder(A2)) == (BedStatus.CLEANING, "V1")
    house.hears("A03", "")
    assert house.status(A2) is BedStatus.CLEANING
    assert house.hospital.beds[A2].now.stage is Stage.WAITING
    assert house.place_of("V1") == (VisitStatus.FINISHED, None)


def test_a_discharge_frees_the_bed_we_know_of(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A03", "4B^A^3")
    assert (house.status(A1), house.status(A3)) == (BedStatus.CLEANING, BedStatus.AVAILABLE)


def test_unknown_visits(house: House) -> None:
    house.hears("A02", "4B^A^1")
    assert house.holder(A1) == "V1"
    house.hears("A03", "4B^A^2", visit="V2", mrn="2")
    assert house.place_of("V2") == (VisitStatus.FINISHED, None)
    assert house.status(A2) is BedStatus.AVAILABLE


def test_a_missed_move_is_inferred(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^3", pv6="4B^A^2")
    assert (house.status(A1), house.holder(A3), house.status(A2)) == (BedStatus.CLEANING, "V1", BedStatus.CLEANING)


def test_a_repeat_is_not_an_event(house: House) -> None:
    house.hears("A01", "4B^A^1", at=1)
    letter = house.hospital.visits[VisitId("V1")].facts[0]
    again = Chart((Told(VisitId("V1"), Person(PatientId("1")), letter),), feed="his")
    assert house.does(again, Origin.FEED) == []


def test_the_status_of_a_bed_never_refuses_a_fact(house: House) -> None:
    house.does(SetBedStatus(A1, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR))
    house.does(SetBedStatus(A2, BedStatus.CLEANING))
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    assert (house.holder(A1), house.holder(A2)) == ("V1", "V2")
    assert house.hospital.beds[A1].discrepancy and house.hospital.beds[A2].discrepancy


def test_cancelled_admission_gives_the_bed_back_as_it_was(house: House) -> None:
    house.does(SetBedStatus(A1, BedStatus.CLEANING, stage=Stage.IN_PROGRESS, clean=CleanKind.ISOLATION))
    before = house.hospital.beds[A1].now
    house.hears("A01", "4B^A^1")
    house.hears("A11", "4B^A^1")
    assert house.hospital.beds[A1].now == before
    assert house.place_of("V1") == (VisitStatus.CANCELLED, None)


def test_cancelled_transfer_restores_both_beds(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^2")
    house.hears("A12", "4B^A^1", pv6="4B^A^2")
    assert (house.holder(A1), house.status(A2)) == ("V1", BedStatus.AVAILABLE)


def test_cancelled_transfer_to_a_bed_taken_since_is_a_conflict(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^2")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A12", "4B^A^1", pv6="4B^A^2")
    assert (house.holder(A1), house.status(A2)) == ("V2", BedStatus.AVAILABLE)
    assert house.hospital.visits[VisitId("V1")].in_conflict
    house.hears("A03", "", visit="V2", mrn="2")
    assert house.holder(A1) == "V1"


def test_cancelled_discharge_to_another_bed(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A03")
    house.hears("A13", "4B^A^2")
    assert (house.holder(A2), house.status(A1)) == ("V1", BedStatus.CLEANING)


def test_an_amendment_moves_nobody_and_reopens_nothing(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A08", "4B^A^2")
    assert (house.holder(A1), house.holder(A2)) == ("V1", None)
    house.hears("A03")
    house.hears("A08", "4B^A^2")
    assert house.place_of("V1") == (VisitStatus.FINISHED, None)


def test_class_changes(house: House) -> None:
    house.hears("A04", "ED")
    house.hears("A06", "4B^A^1")
    assert house.holder(A1) == "V1"
    house.hears("A07", "")
    assert (house.status(A1), house.place_of("V1")) == (BedStatus.CLEANING, (VisitStatus.IN_PROGRESS, None))


def test_a_new_number_takes_the_bed_over_in_one_step(house: House) -> None:
    house.hears("A04", "4B^A^1", visit="OLD")
    events = house.hears("A06", "4B^A^1", visit="NEW", tail="MRG|1||||OLD")
    assert house.holder(A1) == "NEW"
    assert house.place_of("OLD") == (VisitStatus.FINISHED, None)
    assert not any(event.kind is Kind.BED_VACATED for event in events)


def test_away_expected_and_back(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A09", "", pv6="4B^A^1")
    assert (house.holder(A1), house.hospital.beds[A1].away) == ("V1", True)
    house.hears("A10", "4B^A^1")
    house.hears("A16", "4B^A^1", tail="PV2|||||||||20260301200000+0000")
    assert house.hospital.beds[A1].expected_free_at == datetime(2026, 3, 1, 20, tzinfo=UTC)
    house.hears("A25", "4B^A^1")
    assert (house.hospital.beds[A1].away, house.hospital.beds[A1].expected_free_at) == (False, None)


def test_pending_transfer_reserves_and_releases(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A15", "4B^A^1", pv42="4B^A^2")
    assert house.hospital.beds[A2].reserved_for == "visit:V1"
    house.hears("A26", "4B^A^1", tail="PV2|4B^A^2")
    assert house.hospital.beds[A2].reserved_for is None
    house.hears("A15", "4B^A^1", pv42="4B^A^3")
    house.hears("A02", "4B^A^3")
    assert (house.holder(A3), house.hospital.beds[A3].reserved_for) == ("V1", None)


def test_a_plan_reserves_and_never_occupies(house: House) -> None:
    for trigger in ("A05", "A14"):
        house.hears(trigger, "4B^A^1")
        assert (house.status(A1), house.hospital.beds[A1].reserved_for) == (BedStatus.AVAILABLE, "visit:V1")
    house.hears("A38", "4B^A^1")
    assert (house.hospital.beds[A1].reserved_for, house.place_of("V1")) == (None, (VisitStatus.CANCELLED, None))


def test_a_plan_without_a_number_is_used_up_by_the_admission(house: House) -> None:
    for order in permutations([("A05", "4B^A^1", "", 1.0), ("A01", "4B^A^2", "V1", 2.0)]):
        fresh = House()
        for trigger, place, visit, at in order:
            fresh.hears(trigger, place, visit=visit, at=at)
        statuses = sorted(visit.course.status for visit in fresh.hospital.visits.values())
        assert statuses == [VisitStatus.CANCELLED, VisitStatus.IN_PROGRESS]
        assert (fresh.holder(A2), fresh.hospital.beds[A1].reserved_for) == ("V1", None)
        check(fresh)


def test_a_purge_frees_the_bed_of_an_open_visit_only(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A03")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A23", visit="V1")
    assert house.holder(A1) == "V2"
    house.hears("A23", visit="V2", mrn="2")
    assert house.status(A1) is not BedStatus.OCCUPIED


# --- late and out of order ---


def test_a_late_transfer_moves_nobody(house: House) -> None:
    house.hears("A01", "4B^A^1", at=1)
    house.hears("A02", "4B^A^3", at=3)
    house.hears("A02", "4B^A^2", at=2)
    assert (house.holder(A3), house.status(A2)) == ("V1", BedStatus.AVAILABLE)
    assert [m.bed for m in house.hospital.visits[VisitId("V1")].course.movements] == [A1, A2, A3]


def test_a_cancel_before_what_it_cancels_leaves_a_tombstone(house: House) -> None:
    house.hears("A11", "4B^A^1", at=2)
    house.hears("A01", "4B^A^1", at=1)
    assert house.place_of("V1") == (VisitStatus.CANCELLED, None)
    assert house.status(A1) is BedStatus.AVAILABLE


STAY = (("A01", "4B^A^1", 1.0), ("A02", "4B^A^2", 2.0), ("A12", "4B^A^1", 3.0), ("A02", "4B^A^3", 4.0), ("A08", "4B^A^2", 5.0))


def test_every_order_of_a_stay_ends_in_the_same_bed() -> None:
    ends = set()
    for order in permutations(STAY):
        house = House()
        for trigger, place, at in order:
            house.hears(trigger, place, at=at)
        visit = house.hospital.visits[VisitId("V1")]
        ends.add((visit.course, visit.bed, visit.since))
        check(house)
    assert len(ends) == 1


def test_a_clock_that_is_ahead_occupies_nothing_in_the_future(house: House) -> None:
    house.hears("A01", "4B^A^1", at=50)
    assert house.hospital.beds[A1].now.since == house.now
    house.hears("A03", at=51)
    assert house.hospital.beds[A1].now.since == house.now


def test_a_place_mapped_since_is_found_by_a_replay(house: House) -> None:
    house.hears("A01", "9Z^Q^7", at=1)
    assert house.place_of("V1") == (VisitStatus.IN_PROGRESS, None)
    heard = house.hospital.visits[VisitId("V1")].facts[0]
    feed = replace(house.hospital.plan.feeds[0], places={"9Z^Q^7": A3})
    house.hospital.plan = replace(house.hospital.plan, feeds=(feed,))
    again = Chart((Told(VisitId("V1"), Person(PatientId("1")), heard),), feed="his")
    house.does(again, Origin.FEED)
    assert house.holder(A3) == "V1"
    assert house.does(again, Origin.FEED) == []


# --- two patients ---


def test_a_second_claim_waits_and_takes_over_at_once(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A01", "4B^A^1", visit="V3", mrn="3")
    assert (house.holder(A1), house.place_of("V2")) == ("V1", (VisitStatus.IN_PROGRESS, None))
    house.hears("A03", visit="V1")
    assert house.holder(A1) == "V2"
    house.hears("A02", "4B^A^2", visit="V2", mrn="2")
    assert (house.holder(A1), house.holder(A2)) == ("V3", "V2")


def test_a_bed_that_went_over_returns_to_what_the_first_left_behind(house: House) -> None:
    for first_goes, after in (("A03", BedStatus.CLEANING), ("A11", BedStatus.AVAILABLE)):
        house.does(SetBedStatus(A1, BedStatus.AVAILABLE))
        house.hears("A01", "4B^A^1", visit=f"{first_goes}1")
        house.hears("A01", "4B^A^1", visit=f"{first_goes}2", mrn="2")
        house.hears(first_goes, visit=f"{first_goes}1")
        house.hears("A11", visit=f"{first_goes}2", mrn="2")
        assert house.status(A1) is after


def test_a_claim_is_given_up_by_moving_on(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A02", "4B^A^2", visit="V2", mrn="2")
    house.hears("A03", visit="V1")
    assert (house.status(A1), house.holder(A2)) == (BedStatus.CLEANING, "V2")


def test_a_swap_is_one_step(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    other = "PID|2||2^^^H^MR||M^M||19800101|F\rPV1|1|I|4B^A^1||||||||||||||||V2"
    events = house.hears("A17", "4B^A^2", tail=other)
    assert (house.holder(A1), house.holder(A2)) == ("V2", "V1")
    assert not any(event.kind is Kind.BED_VACATED for event in events)


def test_a_swap_that_names_one_visit_twice_is_two_facts_about_it(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A17", "4B^A^2", tail="PID|2||1^^^H^MR||N^N||19800101|F\rPV1|1|I|4B^A^1||||||||||||||||V1")
    assert len(house.hospital.visits[VisitId("V1")].facts) == 3


def test_a_swap_with_a_third_in_the_way_evicts_nobody(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    house.hears("A01", "4B^A^3", visit="V3", mrn="3")
    house.hears("A17", "4B^A^3", tail="PID|2||2^^^H^MR||M^M||19800101|F\rPV1|1|I|4B^A^1||||||||||||||||V2")
    assert (house.holder(A3), house.holder(A1)) == ("V3", "V2")
    assert house.hospital.visits[VisitId("V1")].in_conflict


def test_a_merge_carries_visits_and_requests_over(house: House) -> None:
    house.hears("A01", "4B^A^1", mrn="OLD")
    house.reads("MSH|^~\\&|HIS|H|||20260301100000||ADT^A40|9|P|2.5\rEVN|A40|20260301100000\rPID|1||1^^^H^MR\rMRG|OLD^^^H^MR")
    assert (house.holder(A1), house.hospital.visits[VisitId("V1")].patient) == ("V1", "1")
    house.hears("A02", "4B^A^2", mrn="OLD")
    assert house.hospital.visits[VisitId("V1")].patient == "1"


# --- no visit number ---


def test_without_a_number_a08_means_the_only_open_visit(house: House) -> None:
    with pytest.raises(Unreadable) as none:
        house.hears("A08", "4B^A^1", visit="")
    house.hears("A01", "ED")
    house.hears("A08", "4B^A^1", visit="")
    assert (none.value.code, house.holder(A1)) == ("no-visit", "V1")
    house.hears("A01", "ED", visit="V2")
    with pytest.raises(Unreadable):
        house.hears("A08", "4B^A^2", visit="")


# --- another system's word on a bed ---


def test_reports_of_beds(house: House) -> None:
    def report(code: str) -> None:
        house.does(ReportBed("4B^A^1", code, house.now), Origin.FEED)

    report("C")
    assert house.status(A1) is BedStatus.MAINTENANCE
    report("K")
    assert (house.status(A1), house.hospital.beds[A1].now.clean) == (BedStatus.CLEANING, CleanKind.ISOLATION)
    for code in "UOU":
        report(code)
        assert (house.status(A1), house.hospital.beds[A1].discrepancy is None) == (BedStatus.AVAILABLE, code == "U")
    house.hears("A01", "4B^A^1")
    report("U")
    assert house.holder(A1) == "V1"
    assert house.hospital.beds[A1].discrepancy
    report("O")
    assert house.hospital.beds[A1].discrepancy is None
    report("I")
    assert house.hospital.beds[A1].isolation
    house.hears("A03")
    assert house.hospital.beds[A1].now.clean is CleanKind.ISOLATION
    report("H")
    assert house.hospital.beds[A1].now.clean is CleanKind.ISOLATION
