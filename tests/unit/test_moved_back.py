"""A transfer that never happened leaves no trace on the bed it left: no cleaning, no discrepancy, and A11 still gives back what was."""

from datetime import timedelta

from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Chart, Person, Told
from flow.domain.decide import decide
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.visit import Act, Fact, Order
from tests.plans import small_plan
from tests.unit.test_allocation import NOW

ONE, TWO = BedId("4B-A-01"), BedId("4B-A-02")


def hear(hospital: Hospital, act: Act, minute: int, place: str | None) -> None:
    at = NOW + timedelta(minutes=minute)
    told = Told(VisitId("V1"), Person(PatientId("p1")), Fact(act, at, Order(at), place=place))
    cause = Cause(Origin.FEED, "his", NOW + timedelta(hours=2))
    for event in decide(hospital, Chart((told,), feed="his"), cause):
        evolve(hospital, hospital.seq + 1, event)


def test_a_cancelled_transfer_and_then_a_cancelled_admission_leave_the_beds_as_they_were() -> None:
    hospital = Hospital(small_plan())
    for bed in opened(hospital.plan, NOW):
        hospital.put(bed)
    hear(hospital, Act.ADMIT, 1, ONE)
    hear(hospital, Act.TRANSFER, 2, TWO)
    assert hospital.beds[ONE].status is BedStatus.CLEANING
    hear(hospital, Act.CANCEL_TRANSFER, 3, ONE)
    one, two = hospital.beds[ONE], hospital.beds[TWO]
    assert (one.visit, one.discrepancy, two.status) == ("V1", None, BedStatus.AVAILABLE)
    hear(hospital, Act.CANCEL_ADMIT, 4, ONE)
    assert hospital.beds[ONE].status is BedStatus.AVAILABLE


def test_another_patient_in_a_dirty_bed_is_still_a_discrepancy() -> None:
    hospital = Hospital(small_plan())
    for bed in opened(hospital.plan, NOW):
        hospital.put(bed)
    hear(hospital, Act.ADMIT, 1, ONE)
    hear(hospital, Act.DISCHARGE, 2, None)
    hear(hospital, Act.ADMIT, 3, ONE)
    assert hospital.beds[ONE].discrepancy == "occupied before the cleaning was finished"
