"""What cleaning a bed is worth: whom it unblocks, who is expected, and that one patient pulls one bed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allocation.cleaning import EXPECTED, Expected, at_home, cleaning_order, shortage
from allocation.engine import Engine
from flow.domain.bed import BedStatus, CleanKind, Condition, Stage
from flow.domain.care import Isolation
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
WOMEN, WOMEN_2, MEN, ICU = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-B-01"), BedId("ICU-I-01")
PLAN = small_plan()
ENGINE = Engine(PLAN)


def full_hospital() -> Hospital:
    """Somebody in every bed."""
    hospital = Hospital(PLAN)
    for state in opened(PLAN, NOW - timedelta(days=2)):
        sex = "M" if "-B-" in state.id else "F"
        hospital.put(replace(state, now=replace(state.now, status=BedStatus.OCCUPIED), visit=VisitId(f"V-{state.id}"), sex=sex))
    return hospital


def dirty(hospital: Hospital, bed: BedId, minutes: int, stage: Stage = Stage.WAITING, clean: CleanKind = CleanKind.ROUTINE) -> None:
    now = Condition(BedStatus.CLEANING, NOW - timedelta(minutes=minutes), "test", stage, clean)
    hospital.put(replace(hospital.beds[bed], now=now, visit=None, sex=None))


def asks(hospital: Hospital, key: str, minutes: int, **more: object) -> BedRequest:
    start = BedRequest(RequestId(key), PatientId(key), NOW - timedelta(minutes=minutes), "general", sex="F", age=40, specialty="Medicine")
    request = replace(start, **more)  # type: ignore[arg-type]
    hospital.put(request)
    return request


def order(hospital: Hospital, *expected: Expected) -> list[BedId]:
    return [clean.bed for clean in cleaning_order(ENGINE, hospital, NOW, expected)]


def test_the_bed_somebody_waits_for_comes_before_the_longest_dirty() -> None:
    hospital = full_hospital()
    dirty(hospital, MEN, 90)
    dirty(hospital, WOMEN, 10)
    assert order(hospital) == [MEN, WOMEN], "with nobody waiting the longest dirty is first"
    asks(hospital, "x", 30)
    found = cleaning_order(ENGINE, hospital, NOW)
    assert [(clean.bed, clean.unblocks) for clean in found] == [(WOMEN, "x"), (MEN, None)]
    assert found[0].reason == "for a priority 3 patient of Medicine waiting 0 h 30 min"


def test_one_patient_pulls_one_bed_and_what_is_being_cleaned_counts() -> None:
    hospital = full_hospital()
    dirty(hospital, WOMEN, 90)
    dirty(hospital, WOMEN_2, 10)
    asks(hospital, "x", 30)
    assert [clean.unblocks for clean in cleaning_order(ENGINE, hospital, NOW)] == ["x", None]
    dirty(hospital, WOMEN, 90, Stage.IN_PROGRESS)
    assert [(clean.bed, clean.unblocks) for clean in cleaning_order(ENGINE, hospital, NOW)] == [(WOMEN_2, None)]


def test_the_sicker_and_the_longer_waiting_go_first() -> None:
    hospital = full_hospital()
    dirty(hospital, WOMEN, 90)
    dirty(hospital, MEN, 10)
    asks(hospital, "woman", 30)
    asks(hospital, "man", 30, sex="M", priority=2)
    assert order(hospital) == [MEN, WOMEN]
    asks(hospital, "now", 17, priority=1)
    asks(hospital, "hours", 7 * 60, sex="M")
    assert order(hospital) == [WOMEN, MEN], "what is needed now comes before what has waited since morning"


def test_a_rule_that_keeps_the_bed_back_gives_it_no_value() -> None:
    hospital = full_hospital()
    dirty(hospital, ICU, 90)
    asks(hospital, "x", 30)
    assert cleaning_order(ENGINE, hospital, NOW)[0].value == 0
    asks(hospital, "icu", 5, type="icu", specialty="Intensive care", priority=1)
    assert cleaning_order(ENGINE, hospital, NOW)[0].unblocks == "icu"


def test_a_promised_bed_serves_its_own_patient() -> None:
    hospital = full_hospital()
    dirty(hospital, WOMEN, 10)
    mine = asks(hospital, "mine", 5, status=RequestStatus.ASSIGNED, bed=WOMEN)
    asks(hospital, "other", 300)
    hospital.put(replace(hospital.beds[WOMEN], reserved_for=mine.holder))
    assert cleaning_order(ENGINE, hospital, NOW)[0].unblocks == "mine"


def test_beds_are_cleaned_for_those_expected_where_few_are_free() -> None:
    hospital = full_hospital()
    dirty(hospital, MEN, 90)
    dirty(hospital, WOMEN, 10)
    women = replace(asks(hospital, "x", 0), status=RequestStatus.WAITING)
    del hospital.requests[RequestId("x")]
    found = cleaning_order(ENGINE, hospital, NOW, [Expected(women, 2.0)])
    assert [clean.bed for clean in found] == [WOMEN, MEN]
    assert found[0].reason == "Medicine general: 0 free or being cleaned, about 2.0 expected in the next hours"
    assert found[1].value == 0


def test_what_is_being_cleaned_for_nobody_is_as_good_as_free() -> None:
    hospital = full_hospital()
    dirty(hospital, WOMEN, 10)
    dirty(hospital, WOMEN_2, 20, Stage.IN_PROGRESS)
    coming = [Expected(replace(asks(Hospital(PLAN), "x", 0)), 1.0)]
    assert cleaning_order(ENGINE, hospital, NOW, coming)[0].value == round(EXPECTED * shortage(1.0, 1))
    asks(hospital, "takes it", 5)
    assert [clean.value for clean in cleaning_order(ENGINE, hospital, NOW, coming)] == [round(EXPECTED * shortage(1.0, 0))]


def test_a_stat_clean_stays_first() -> None:
    hospital = full_hospital()
    dirty(hospital, MEN, 5, clean=CleanKind.STAT)
    dirty(hospital, WOMEN, 90)
    asks(hospital, "x", 30)
    assert order(hospital) == [MEN, WOMEN]


def test_shortage_is_the_tail_of_a_poisson_number() -> None:
    assert shortage(0.0, 0) == 0.0
    assert abs(shortage(1.0, 0) - 0.632) < 0.001
    assert abs(shortage(2.0, 2) - 0.3233) < 0.001


def test_who_must_lie_alone_for_the_kind_of_isolation_is_at_home_where_that_can_be() -> None:
    ward = PLAN.wards[0]
    alone = replace(ward.beds[-1], type="isolation")
    plan = replace(PLAN, wards=(replace(ward, beds=(*ward.beds[:-1], alone)), *PLAN.wards[1:]))
    hospital = Hospital(plan)
    for kind, home in ((Isolation.AIRBORNE, True), (None, False)):
        assert at_home(replace(asks(full_hospital(), "x", 5), specialty="Surgery", isolation_kind=kind), alone.id, hospital) is home
