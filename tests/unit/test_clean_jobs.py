"""Cleaning jobs decided: made by every leaving, taken, begun, done once, looked at, handed on; a late tap loses nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cause import Origin
from flow.domain.cleaning_commands import (
    AskClean,
    CleanDaily,
    EscalateJob,
    GiveJob,
    InspectClean,
    ReportProblem,
    SettleProblem,
    Tap,
    TapClean,
)
from flow.domain.cleaning_job import CleanJob, End, Step, Why
from flow.domain.cleaning_rules import CleaningRules, is_sampled
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId
from flow.errors import Refused
from tests.hearing import House
from tests.plans import small_plan

A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
MINUTES = timedelta(minutes=1)


def left(house: House, bed: BedId = A1) -> CleanJob:
    """A patient came and left."""
    place = f"4B^A^{int(bed[-1])}"
    house.hears("A01", place)
    house.hears("A03", place)
    return job(house, bed)


def job(house: House, bed: BedId = A1) -> CleanJob:
    found = house.hospital.beds[bed].job
    assert found is not None
    return found


def tap(house: House, what: Tap, cleaner: str = "meena", bed: BedId = A1, **more: object) -> None:
    given = {"job": job(house, bed).id, **more}
    house.does(TapClean(bed, what, cleaner, **given))  # type: ignore[arg-type]


def refused(house: House, what: Tap, cleaner: str = "meena", **more: object) -> str:
    with pytest.raises(Refused) as caught:
        tap(house, what, cleaner, **more)
    return caught.value.code


def inspecting() -> House:
    return House(replace(small_plan(), cleaning=CleaningRules(inspect_percent=100)))


# --- made ---


def test_every_leaving_makes_a_job_and_so_does_asking() -> None:
    house = House()
    assert (left(house).why, house.hospital.beds[A1].now.stage) == (Why.LEFT, Stage.WAITING)
    house.does(SetBedStatus(A2, BedStatus.CLEANING))
    assert job(house, A2).why is Why.ASKED
    house.does(AskClean(BedId("4B-A-03"), Why.FOUND_DIRTY))
    assert job(house, BedId("4B-A-03")).why is Why.FOUND_DIRTY
    assert house.status(BedId("4B-A-03")) is BedStatus.CLEANING


def test_a_second_word_on_a_dirty_bed_keeps_its_job_and_may_make_it_urgent() -> None:
    house = House()
    first = left(house)
    house.does(AskClean(A1, stat=True))
    assert (job(house).id, job(house).stat, house.hospital.beds[A1].now.clean) == (first.id, True, CleanKind.STAT)
    assert house.does(AskClean(A1, stat=True)) == []


def test_an_urgent_isolation_clean_stays_an_isolation_clean() -> None:
    house = House()
    house.does(AskClean(A1, isolation=True))
    house.does(AskClean(A1, stat=True))
    assert (house.hospital.beds[A1].now.clean, job(house).stat) == (CleanKind.ISOLATION, True)


def test_the_patient_who_comes_back_cancels_the_job() -> None:
    house = House()
    left(house)
    house.hears("A13", "4B^A^1")
    assert (house.status(A1), job(house).end) == (BedStatus.OCCUPIED, End.CANCELLED)


# --- done ---


def test_taken_begun_and_done_with_the_times_of_the_work() -> None:
    house = House()
    asked = left(house).asked_at
    tap(house, Tap.START)
    assert (job(house).cleaner, job(house).started_at, house.hospital.beds[A1].now.stage) == ("meena", house.now, Stage.IN_PROGRESS)
    tap(house, Tap.DONE)
    done = job(house)
    assert (house.status(A1), done.end, done.cleaned_at, done.asked_at) == (BedStatus.AVAILABLE, End.DONE, house.now, asked)
    assert house.hospital.beds[A1].cleaned_at == house.now


def test_a_tap_sent_late_counts_from_when_it_was_made_but_the_bed_is_free_from_now() -> None:
    house = House()
    left(house)
    begun = house.now + 5 * MINUTES
    tap(house, Tap.START, at=begun)
    tap(house, Tap.DONE, at=begun + 20 * MINUTES)
    done = job(house)
    assert (done.started_at, done.cleaned_at, done.ended_at) == (begun, begun + 20 * MINUTES, house.now)
    assert house.hospital.beds[A1].now.since == house.now


def test_a_phone_whose_clock_is_wrong_tells_no_time_that_cannot_be() -> None:
    house = House()
    asked = left(house).asked_at
    tap(house, Tap.START, at=asked - timedelta(days=1))
    assert job(house).started_at == asked
    tap(house, Tap.DONE, at=house.now + timedelta(days=9))
    assert job(house).cleaned_at == house.now


def test_two_finish_one_bed_and_it_is_done_once() -> None:
    house = House()
    left(house)
    number = job(house).id
    tap(house, Tap.START, "meena")
    tap(house, Tap.DONE, "ravi")
    assert refused(house, Tap.DONE, "meena") == "already-clean"
    assert (job(house).id, job(house).cleaner, house.status(A1)) == (number, "ravi", BedStatus.AVAILABLE)


def test_a_patient_comes_while_the_cleaner_taps_done_and_the_work_is_written_down() -> None:
    house = House()
    left(house)
    tap(house, Tap.START)
    tapped = house.now + 10 * MINUTES
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    assert (job(house).end, house.hospital.beds[A1].discrepancy) == (End.OVERTAKEN, "occupied before the cleaning was finished")
    tap(house, Tap.DONE, at=tapped)
    bed = house.hospital.beds[A1]
    assert (bed.status, bed.visit, bed.cleaned_at, bed.discrepancy) == (BedStatus.OCCUPIED, "V2", tapped, None)
    assert job(house).cleaned_at == tapped


def test_a_promise_put_on_the_bed_meanwhile_loses_no_tap() -> None:
    house = House()
    left(house)
    seen = house.hospital.beds[A1].seq
    house.does(AskClean(A1, stat=True))
    with pytest.raises(Refused, match="changed since"):
        house.does(TapClean(A1, Tap.START, "meena", if_seq=seen))
    tap(house, Tap.START, if_seq=seen)
    assert house.hospital.beds[A1].now.stage is Stage.IN_PROGRESS


def test_a_tap_on_the_clean_of_yesterday_does_not_touch_todays() -> None:
    house = House()
    old = left(house).id
    tap(house, Tap.DONE)
    left(house)
    assert refused(house, Tap.DONE, job=old) == "other-job"
    assert house.status(A1) is BedStatus.CLEANING


def test_what_a_colleague_is_at_is_theirs() -> None:
    house = House()
    left(house)
    tap(house, Tap.START, "ravi")
    assert refused(house, Tap.START, "meena") == "taken"
    assert refused(house, Tap.PAUSE, "meena") == "taken"
    tap(house, Tap.PAUSE, "ravi")
    assert house.hospital.beds[A1].now.stage is Stage.SUSPENDED
    started = job(house).started_at
    tap(house, Tap.START, "ravi")
    assert job(house).started_at == started


# --- isolation ---


def test_an_isolation_clean_goes_step_by_step_and_only_by_the_trained() -> None:
    house = House()
    house.does(AskClean(A1, isolation=True))
    assert job(house).steps == (Step.LINEN, Step.WASH, Step.DISINFECT)
    assert refused(house, Tap.START) == "not-trained"
    tap(house, Tap.START, trained=True)
    assert refused(house, Tap.DONE, trained=True) == "steps-left"
    assert refused(house, Tap.STEP, trained=True, step=Step.WASH) == "other-step"
    for step in job(house).steps:
        tap(house, Tap.STEP, trained=True, step=step)
        tap(house, Tap.STEP, trained=True, step=step)
    assert job(house).next_step is None
    tap(house, Tap.DONE, trained=True)
    assert house.status(A1) is BedStatus.AVAILABLE


def test_a_supervisor_gives_an_isolation_clean_to_the_trained_alone() -> None:
    house = House()
    house.does(AskClean(A1, isolation=True))
    with pytest.raises(Refused, match="trained"):
        house.does(GiveJob(A1, job(house).id, "ravi", trained=False))


# --- offered and handed on ---


def test_an_offer_without_an_answer_goes_on_and_then_to_the_supervisor() -> None:
    house = House()
    number = left(house).id
    house.does(GiveJob(A1, number, "meena"), Origin.SYSTEM)
    assert job(house).is_offered
    house.does(GiveJob(A1, number, "ravi", passed=True), Origin.SYSTEM)
    assert (job(house).cleaner, job(house).passed) == ("ravi", ("meena",))
    assert refused(house, Tap.COMING, "meena") == "handed-on"
    house.does(EscalateJob(A1, number), Origin.SYSTEM)
    assert (job(house).cleaner, job(house).escalated_at, job(house).passed) == (None, house.now, ("meena", "ravi"))
    tap(house, Tap.COMING, "meena")
    assert (job(house).cleaner, job(house).escalated_at, job(house).acknowledged_at) == ("meena", None, house.now)


def test_who_has_answered_keeps_the_job() -> None:
    house = House()
    number = left(house).id
    house.does(GiveJob(A1, number, "meena"), Origin.SYSTEM)
    tap(house, Tap.COMING)
    with pytest.raises(Refused, match="has somebody"):
        house.does(GiveJob(A1, number, "ravi", passed=True), Origin.SYSTEM)
    assert house.does(EscalateJob(A1, number), Origin.SYSTEM) == []
    assert refused(house, Tap.START, "ravi") == "taken"


def test_a_supervisor_may_give_even_a_begun_job_to_another() -> None:
    house = House()
    left(house)
    tap(house, Tap.START)
    house.does(GiveJob(A1, job(house).id, "ravi"))
    assert (job(house).cleaner, house.hospital.beds[A1].now.stage) == ("ravi", Stage.SUSPENDED)
    tap(house, Tap.START, "ravi")


def test_whoever_has_no_phone_is_told_by_word_of_mouth_and_not_waited_for() -> None:
    house = House()
    house.does(GiveJob(A1, left(house).id, "meena", told=True))
    assert not job(house).is_offered and job(house).acknowledged_at == house.now


# --- inspection ---


def test_the_sample_is_the_same_everywhere_and_about_as_large_as_said() -> None:
    jobs = [f"4B-A-01@{number:x}" for number in range(4000)]
    chosen = [is_sampled(each, 10) for each in jobs]
    assert chosen == [is_sampled(each, 10) for each in jobs]
    assert 320 < sum(chosen) < 480
    assert not any(is_sampled(each, 0) for each in jobs) and all(is_sampled(each, 100) for each in jobs)


def test_a_sampled_clean_waits_for_the_supervisor_and_is_free_when_good() -> None:
    house = inspecting()
    left(house)
    tap(house, Tap.START)
    tap(house, Tap.DONE)
    cleaned = house.now
    assert (house.status(A1), house.hospital.beds[A1].now.stage) == (BedStatus.CLEANING, Stage.INSPECTION)
    assert refused(house, Tap.DONE) == "already-clean"
    house.does(InspectClean(A1, job(house).id, good=True))
    assert (house.status(A1), job(house).cleaned_at, job(house).inspected_at) == (BedStatus.AVAILABLE, cleaned, house.now)


def test_a_clean_that_is_not_good_goes_back_to_whoever_did_it() -> None:
    house = inspecting()
    left(house)
    tap(house, Tap.START)
    tap(house, Tap.DONE)
    house.does(InspectClean(A1, job(house).id, good=False))
    again = job(house)
    assert (house.hospital.beds[A1].now.stage, again.cleaner, again.failed, again.is_offered) == (Stage.WAITING, "meena", 1, True)
    tap(house, Tap.START)
    tap(house, Tap.DONE)
    assert house.hospital.beds[A1].now.stage is Stage.INSPECTION


def test_an_urgent_clean_is_not_held_up_by_an_inspection() -> None:
    house = inspecting()
    house.does(AskClean(A1, stat=True))
    tap(house, Tap.START)
    tap(house, Tap.DONE)
    assert house.status(A1) is BedStatus.AVAILABLE


# --- problems and daily cleans ---


def test_a_problem_pauses_the_clean_and_proposes_a_block() -> None:
    house = House()
    left(house)
    tap(house, Tap.START)
    house.does(ReportProblem(A1, "p1", OutOfUse.REPAIR, "meena", job(house).id))
    assert (house.status(A1), house.hospital.beds[A1].now.stage, job(house).problem) == (BedStatus.CLEANING, Stage.SUSPENDED, "p1")
    assert refused(house, Tap.DONE) == "problem-open"
    house.does(SettleProblem(A1, "p1", block=False))
    tap(house, Tap.START)
    house.does(ReportProblem(A1, "p2", OutOfUse.REPAIR, "meena", job(house).id))
    house.does(SettleProblem(A1, "p2", block=True, reason=OutOfUse.REPAIR))
    assert (house.status(A1), job(house).end) == (BedStatus.MAINTENANCE, End.BLOCKED)


def test_a_report_evicts_nobody_and_takes_hold_at_the_leaving() -> None:
    house = House()
    house.hears("A01", "4B^A^1")
    assert house.does(ReportProblem(A1, "p1", OutOfUse.REPAIR, "meena")) == []
    house.does(SettleProblem(A1, "p1", block=True))
    bed = house.hospital.beds[A1]
    assert (bed.status, bed.visit, bed.closes and bed.closes.reason) == (BedStatus.OCCUPIED, "V1", OutOfUse.REPAIR)


def test_a_daily_clean_changes_no_status() -> None:
    house = House()
    house.hears("A01", "4B^A^1")
    house.does(AskClean(A1, Why.FOUND_DIRTY))
    bed = house.hospital.beds[A1]
    assert (bed.status, bed.daily_asked_at, bed.job) == (BedStatus.OCCUPIED, house.now, None)
    house.does(CleanDaily(A1, "meena"))
    assert (house.status(A1), house.hospital.beds[A1].daily_at) == (BedStatus.OCCUPIED, house.now)


# --- whom it served ---


def test_a_clean_that_got_somebody_out_of_the_emergency_department_says_so() -> None:
    plan = small_plan()
    icu = next(ward for ward in plan.wards if ward.id == "ICU")
    ed = replace(icu, beds=tuple(replace(bed, type="emergency") for bed in icu.beds))
    house = House(replace(plan, wards=(plan.wards[0], ed)))
    left(house)
    tap(house, Tap.START)
    tap(house, Tap.DONE)
    house.hears("A01", "ICU^I^1", visit="V2", mrn="2")
    house.hears("A02", "4B^A^1", visit="V2", mrn="2", pv6="ICU^I^1")
    assert (job(house).freed, job(house).cleaner) == ("ed", "meena")
