"""A porter's word that a patient was brought out: the ward is asked at once whether they have left, and one tap makes it the exit."""

from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, Stage
from flow.domain.cause import Cause, Origin
from flow.domain.check import Check, Doubt, Seen
from flow.domain.check_commands import AnswerCheck
from flow.domain.decide import decide
from flow.domain.discharge import Milestone, Way
from flow.domain.discharge_commands import BeginDischarge, CallOffDischarge
from flow.domain.ids import VisitId
from flow.domain.review import whom_to_ask
from flow.domain.transport_commands import Ride
from flow.domain.visit import Act, VisitStatus
from flow.errors import Refused
from tests.unit.test_checks import BED, HOUR, NOW, RULES, WARD, Ward, ride, says_clean

V1 = VisitId("V1")
BIT = timedelta(minutes=12)


@pytest.fixture
def ward() -> Ward:
    found = Ward()
    found.tell("V1", Act.ADMIT, NOW - HOUR, BED)
    return found


def says(ward: Ward, seen: Seen, *, may_discharge: bool = True) -> None:
    (check,) = ward.open
    ward.do(AnswerCheck(check.id, seen, may_discharge=may_discharge))


def asked(ward: Ward) -> list[Doubt]:
    return [check.doubt for check in ward.review()]


@pytest.mark.parametrize("seen", [Seen.EMPTY_DIRTY, Seen.EMPTY_CLEAN])
def test_has_left_is_the_exit_at_the_time_at_which_the_porter_saw_it(ward: Ward, seen: Seen) -> None:
    ward.do(BeginDischarge(V1, Way.CASH))
    ride(ward)
    out = ward.at
    ward.at += BIT
    (check,) = ward.review()
    assert (check.doubt, check.out_at, check.words) == (Doubt.BROUGHT_OUT, out, "The porter has brought the patient out (Exit).")
    says(ward, seen)
    discharge, visit = ward.hospital.discharges[V1], ward.hospital.visits[V1]
    assert (discharge.ended_at, discharge.called_off, discharge.marks[Milestone.EXIT].at) == (out, False, out)
    assert discharge.marks[Milestone.EXIT].source == "person:asha"
    assert (visit.course.status, visit.bed) == (VisitStatus.FINISHED, None)
    assert (ward.bed.status, ward.bed.now.stage) == (
        BedStatus.CLEANING,
        Stage.INSPECTION if seen is Seen.EMPTY_CLEAN else Stage.WAITING,
    )
    assert ward.review() == []


def test_who_may_not_discharge_only_says_that_the_bed_is_empty(ward: Ward) -> None:
    ride(ward)
    ward.review()
    says(ward, Seen.EMPTY_DIRTY, may_discharge=False)
    visit = ward.hospital.visits[V1]
    assert (visit.is_open, visit.bed, ward.bed.status) == (True, None, BedStatus.CLEANING)


def test_still_here_is_asked_again_only_after_another_ride(ward: Ward) -> None:
    ride(ward)
    ward.review()
    says(ward, Seen.OCCUPIED)
    ward.at += 2 * RULES.again_hours * HOUR
    assert asked(ward) == []
    ride(ward)
    assert asked(ward) == [Doubt.BROUGHT_OUT]


@pytest.mark.parametrize(("leaving", "until"), [(False, Ride.DELIVER), (True, Ride.ACCEPT), (True, Ride.PICK_UP)])
def test_nobody_is_asked_before_the_door(ward: Ward, leaving: bool, until: Ride) -> None:
    ride(ward, leaving=leaving, until=until)
    assert asked(ward) == []


def test_the_question_goes_when_the_feed_tells_of_the_leaving(ward: Ward) -> None:
    ride(ward)
    (check,) = ward.review()
    ward.at += BIT
    ward.tell("V1", Act.DISCHARGE)
    assert asked(ward) == []
    assert ward.hospital.checks[check.id].withdrawn_at == ward.at


def test_the_question_goes_when_the_patient_stays_is_on_leave_or_is_fetched_again(ward: Ward) -> None:
    ward.do(BeginDischarge(V1, Way.CASH))
    ride(ward)
    assert asked(ward) == [Doubt.BROUGHT_OUT]
    ward.at += BIT
    ward.do(CallOffDischarge(V1))
    assert asked(ward) == []
    for goes in (lambda each: each.tell("V1", Act.LEAVE_OF_ABSENCE), lambda each: ride(each, leaving=False)):
        other = Ward()
        other.tell("V1", Act.ADMIT, NOW - HOUR, BED)
        ride(other)
        assert asked(other) == [Doubt.BROUGHT_OUT]
        other.at += BIT
        goes(other)
        assert asked(other) == []


def test_the_next_patient_of_the_bed_is_not_sent_home_by_a_late_tap(ward: Ward) -> None:
    ride(ward)
    (check,) = ward.review()
    ward.tell("V1", Act.DISCHARGE)
    ward.at += HOUR
    ward.tell("V2", Act.ADMIT, place=BED)
    with pytest.raises(Refused) as refusal:
        decide(ward.hospital, AnswerCheck(check.id, Seen.EMPTY_DIRTY, may_discharge=True), Cause(Origin.PERSON, "asha", ward.at))
    assert refusal.value.code == "no-check"
    assert ward.bed.visit == "V2"


def test_no_nurse_is_sent_to_look_and_no_budget_spent(ward: Ward) -> None:
    ride(ward)
    ward.review()
    assert list(whom_to_ask(ward.hospital, ward.at, RULES, {WARD: ["asha"]}, {})) == []


def test_a_cleaner_who_has_it_clean_is_believed_beside_the_porter(ward: Ward) -> None:
    ride(ward)
    says_clean(ward)
    found: list[Check] = ward.review()
    assert [check.doubt for check in found] == [Doubt.CLEANED_WHILE_OCCUPIED]
    says(ward, Seen.EMPTY_CLEAN)
    assert ward.bed.status is BedStatus.AVAILABLE
    assert ward.review() == []
