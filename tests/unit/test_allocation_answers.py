"""What an answer of the engine says beside its ranking: when beds are ready and how surely, now or later, what would unblock a bed, equal
scores, room categories, cohorts, and the weights that the hospital's file sets."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from allocation.engine import Engine, Suggestions, suggest
from allocation.grid import Grid
from allocation.ready import History, Ready
from allocation.rules import broken
from allocation.weights import urgency
from flow.domain.bed import BedStatus, Condition, OutOfUse, Stage
from flow.domain.care import Care, Isolation
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, VisitId, WardId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.room_rates import RoomRates
from flow.domain.visit import Course, Visit, VisitStatus
from flow.domain.weights import Weights
from tests.plans import small_plan
from tests.unit.test_allocation import MEN, NOW, SINGLE, WOMEN, WOMEN_FAR, change, new_hospital, wants, with_single

HISTORY = History(clean={WardId("4B"): [20.0] * 9 + [60.0]}, queue={WardId("4B"): [10.0] * 10})


def cleaning(hospital: Hospital, bed: BedId, stage: Stage, minutes: int) -> None:
    begun = NOW - timedelta(minutes=minutes)
    now = Condition(BedStatus.CLEANING, begun, "test", stage, started_at=begun if stage is Stage.IN_PROGRESS else None)
    hospital.put(replace(hospital.beds[bed], now=now))


def spread(hospital: Hospital, bed: BedId, history: History | None = None) -> Ready:
    found = Engine(hospital.plan, history=history).suggest(wants(), hospital, NOW, 9)
    ready = next(one.ready for one in found.ranked if one.bed == bed)
    assert ready is not None
    return ready


def minutes(ready: Ready) -> list[int]:
    return [round((moment - NOW).total_seconds() / 60) for moment in (ready.p10, ready.p50, ready.p90)]


def same_sex(plan: Plan) -> Plan:
    """The small plan, its bays open to whoever comes first."""
    rooms = tuple(replace(room, sex=SexPolicy.SAME) for room in plan.wards[0].rooms)
    return replace(plan, wards=(replace(plan.wards[0], rooms=rooms), *plan.wards[1:]))


def test_a_cleaning_is_measured_against_the_history_of_its_ward() -> None:
    hospital = new_hospital()
    cleaning(hospital, WOMEN, Stage.IN_PROGRESS, 5)
    early, likely, late = minutes(spread(hospital, WOMEN, HISTORY))
    assert (early, likely) == (15, 15)
    assert late > likely
    assert minutes(spread(hospital, WOMEN))[1] == pytest.approx(25, abs=1), "the file's thirty minutes, where there is no history"


def test_a_cleaning_that_has_outlasted_the_usual_is_one_of_the_long_ones() -> None:
    hospital = new_hospital()
    cleaning(hospital, WOMEN, Stage.IN_PROGRESS, 30)
    history = History(clean={WardId("4B"): [20.0] * 10 + [60.0] * 10})
    assert minutes(spread(hospital, WOMEN, history))[1] == 30


def test_a_bed_that_nobody_has_begun_waits_for_its_turn_and_for_the_cleaning() -> None:
    hospital = new_hospital()
    cleaning(hospital, WOMEN, Stage.WAITING, 0)
    early, likely, late = minutes(spread(hospital, WOMEN, HISTORY))
    assert early <= likely == 30 <= late


def test_turns_of_which_only_the_whole_is_known_will_do() -> None:
    hospital = new_hospital()
    history = History(turn={WardId("4B"): [50.0] * 10})
    cleaning(hospital, WOMEN, Stage.WAITING, 20)
    assert minutes(spread(hospital, WOMEN, history)) == [30, 30, 30]
    cleaning(hospital, WOMEN, Stage.IN_PROGRESS, 10)
    assert minutes(spread(hospital, WOMEN, history))[1] == 20, "begun: the file's minutes for the cleaning alone"


def test_a_discharge_expected_comes_before_the_cleaning() -> None:
    hospital = new_hospital()
    change(hospital, WOMEN, BedStatus.OCCUPIED, visit=VisitId("V"), sex="F", expected_free_at=NOW + timedelta(hours=3))
    early, likely, late = minutes(spread(hospital, WOMEN, HISTORY))
    assert early < likely < late
    assert likely == pytest.approx(3 * 60 + 10 + 20, abs=8)


def test_the_spread_covers_what_happens() -> None:
    """Of cleanings drawn from the ward's own history, about eight of ten end between p10 and p90."""
    dice = random.Random(5)
    past = [dice.lognormvariate(3.3, 0.4) for _ in range(400)]
    hospital = new_hospital()
    cleaning(hospital, WOMEN, Stage.IN_PROGRESS, 0)
    early, _, late = minutes(spread(hospital, WOMEN, History(clean={WardId("4B"): past})))
    assert 0.72 <= np.mean([early <= dice.lognormvariate(3.3, 0.4) <= late for _ in range(2000)]) <= 0.88


def test_an_insurers_limit_a_day_is_held_against_the_rates() -> None:
    hospital = new_hospital()
    rates = RoomRates("₹", {"general": 2500, "semi_private": 4500, "private": 8000})
    hospital = replace(hospital, plan=replace(hospital.plan, rates=rates))
    paid = suggest(wants(insurer_limit=4500), hospital, NOW)
    assert points(paid, SINGLE, "entitlement") == -Weights().above_entitlement
    said = next(t.reason for one in paid.ranked if one.bed == SINGLE for t in one.terms if t.name == "entitlement")
    assert said == "Private room at ₹8,000 a day, above what is covered (₹4,500 a day)"
    both = suggest(wants(insurer_limit=4500, entitlement="general"), hospital, NOW)
    assert points(both, SINGLE, "entitlement") == -2 * Weights().above_entitlement, "the lesser of what is named and what is paid"
    assert points(suggest(wants(insurer_limit=9000), hospital, NOW), SINGLE, "entitlement") == 0
    assert points(suggest(wants(insurer_limit=900), hospital, NOW), SINGLE, "entitlement") == -2 * Weights().above_entitlement
    chosen = suggest(wants(insurer_limit=4500, room_choice="private"), hospital, NOW)
    assert points(chosen, SINGLE, "entitlement") == 0, "the patient pays the difference"


def test_take_now_or_wait() -> None:
    hospital = new_hospital()
    for bed in (WOMEN, BedId("4B-A-02")):
        change(hospital, bed, BedStatus.OCCUPIED, visit=VisitId(bed), sex="F")
    cleaning(hospital, WOMEN_FAR, Stage.IN_PROGRESS, 18)
    found = suggest(wants(), hospital, NOW)
    assert found.wait is not None
    assert (found.wait.now, found.wait.bed) == (SINGLE, WOMEN_FAR)
    assert found.wait.minutes <= found.wait.late
    worth = {one.bed: one.score - sum(t.points for t in one.terms if t.name == "ready") for one in found.ranked}
    assert found.wait.gain == worth[WOMEN_FAR] - worth[SINGLE] > 0
    change(hospital, WOMEN_FAR, BedStatus.AVAILABLE)
    assert suggest(wants(), hospital, NOW).wait is None


def remedy(found: Suggestions, bed: BedId) -> tuple[str, Any]:
    return next((one.remedy, one.when) for one in found.unblock if one.bed == bed)


def test_it_says_what_would_unblock_the_best_bed() -> None:
    hospital = new_hospital()
    back = NOW + timedelta(hours=2)
    repair = Condition(BedStatus.MAINTENANCE, NOW, "test", reason=OutOfUse.REPAIR, until=back)
    hospital.put(replace(hospital.beds[WOMEN], now=repair))
    found = suggest(wants(), hospital, NOW)
    assert remedy(found, WOMEN) == ("Return to use (repair)", back)
    assert found.sole["out of use"] == 1
    assert found.sole["men's bay"] == 3


def test_a_bound_bay_says_how_many_must_leave_it() -> None:
    hospital = new_hospital(same_sex(small_plan()))
    change(hospital, WOMEN_FAR, BedStatus.OCCUPIED, visit=VisitId("V"), sex="M")
    change(hospital, BedId("4B-A-02"), BedStatus.AVAILABLE, reserved_for="request:R7", reserved_sex="M")
    said = remedy(suggest(wants(), hospital, NOW), WOMEN)[0]
    assert said == "Free for both sexes once 1 patient of the bay has left and 1 promised bed is given elsewhere"


def test_a_bay_named_for_one_sex_is_not_freed_by_its_patients() -> None:
    hospital = new_hospital()
    change(hospital, MEN, BedStatus.OCCUPIED, visit=VisitId("V"), sex="M")
    assert remedy(suggest(wants(), hospital, NOW), BedId("4B-B-02"))[0] == "An override with its reason"


def test_of_unknown_sex_in_a_bay_says_who_must_leave_it() -> None:
    hospital = new_hospital(same_sex(small_plan()))
    change(hospital, WOMEN_FAR, BedStatus.OCCUPIED, visit=VisitId("V"), sex=None)
    for request in (wants(), wants(sex=None)):
        said = remedy(suggest(request, hospital, NOW), WOMEN)[0]
        assert said == "Free for both sexes once 1 patient of the bay has left"


def test_equal_scores_go_by_the_bed_number() -> None:
    plan = small_plan()
    beds = tuple(replace(bed, metres=10) for bed in reversed(plan.wards[0].beds))
    hospital = new_hospital(replace(plan, wards=(replace(plan.wards[0], beds=beds), *plan.wards[1:])))
    ranked = suggest(wants(), hospital, NOW, limit=3).ranked
    assert [one.bed for one in ranked] == ["4B-A-01", "4B-A-02", "4B-A-03"]
    assert len({one.score for one in ranked}) == 1


def points(found: Suggestions, bed: BedId, term: str) -> int:
    one = next(one for one in found.ranked if one.bed == bed)
    return sum(each.points for each in one.terms if each.name == term)


def test_a_room_above_what_is_covered_costs_points_unless_the_patient_chose_it() -> None:
    hospital = new_hospital(with_single(small_plan()))
    covered = suggest(wants(entitlement="general"), hospital, NOW)
    assert points(covered, SINGLE, "entitlement") == -2 * Weights().above_entitlement
    chosen = suggest(wants(entitlement="general", room_choice="private"), hospital, NOW)
    assert points(chosen, SINGLE, "entitlement") == 0
    assert "Private room, chosen by the patient" in [t.reason for one in chosen.ranked for t in one.terms]
    assert points(suggest(wants(entitlement="private"), hospital, NOW), WOMEN, "entitlement") == -2 * Weights().below_entitlement


def infectious(hospital: Hospital, bed: BedId, organism: str) -> None:
    change(hospital, bed, BedStatus.OCCUPIED, visit=VisitId("V"), sex="F", care=Care(Isolation.CONTACT, organism))


def test_those_with_one_organism_lie_together_and_nobody_else_with_them() -> None:
    hospital = new_hospital(with_single(small_plan()))
    infectious(hospital, WOMEN_FAR, "MRSA")
    same = wants(isolation_kind=Isolation.CONTACT, organism="MRSA")
    assert {one.bed for one in suggest(same, hospital, NOW).ranked} == {WOMEN, BedId("4B-A-02"), SINGLE}
    assert suggest(same, hospital, NOW).ranked[0].bed == WOMEN, "the single room stays for others"
    other = wants(isolation_kind=Isolation.CONTACT, organism="VRE")
    assert {one.bed for one in suggest(other, hospital, NOW).ranked} == {SINGLE}
    assert suggest(wants(), hospital, NOW).blocked["infectious patient in the bay"] == 2


def test_what_goes_by_air_needs_negative_pressure() -> None:
    hospital = new_hospital(with_single(small_plan()))
    airborne = wants(isolation_kind=Isolation.AIRBORNE)
    assert suggest(airborne, hospital, NOW).legal == 0
    ward = hospital.plan.wards[0]
    beds = tuple(replace(bed, features=bed.features | {"negative_pressure"}) for bed in ward.beds)
    hospital = new_hospital(replace(hospital.plan, wards=(replace(ward, beds=beds), *hospital.plan.wards[1:])))
    assert [one.bed for one in suggest(airborne, hospital, NOW).ranked] == [SINGLE]


def test_companions_have_a_place() -> None:
    hospital = new_hospital()
    assert suggest(wants(attendant=True), hospital, NOW).blocked["no attendant bed"] > 0
    assert suggest(wants(mother_of=PatientId("baby")), hospital, NOW).blocked["no cot"] > 0


def test_mother_and_baby_lie_together() -> None:
    hospital = new_hospital()
    there = Visit(VisitId("V"), PatientId("mother"), course=Course(VisitStatus.IN_PROGRESS, claim=MEN))
    hospital.put(there)
    found = suggest(wants(sex="M", baby_of=PatientId("mother")), hospital, NOW)
    assert points(found, MEN, "family") == Weights().with_family
    assert points(found, SINGLE, "family") == Weights().with_family // 2
    assert "In the room of the mother" in [term.reason for term in found.ranked[0].terms]


def test_a_hospital_without_beds_suggests_none() -> None:
    plan = replace(small_plan(), wards=())
    assert suggest(wants(), new_hospital(plan), NOW).ranked == ()
    assert broken(wants(), BedId("trolley"), new_hospital(plan), NOW) == ()


def test_the_hospital_file_has_the_last_word_on_weights() -> None:
    plan = replace(small_plan(), weights=Weights(version="ours-3", near_station=0, wish=7))
    hospital = new_hospital(plan)
    found = suggest(wants(wishes=frozenset({"oxygen"})), hospital, NOW)
    assert found.weights == "ours-3"
    assert (points(found, WOMEN, "station"), points(found, WOMEN, "wishes")) == (0, 7)


def test_the_columns_follow_what_changed_and_nothing_else() -> None:
    hospital = new_hospital()
    grid = Grid(hospital.plan)
    assert grid.follow(hospital) == len(hospital.beds)
    assert grid.follow(hospital) == 0
    change(hospital, MEN, BedStatus.AVAILABLE, reserved_for="request:R7")
    hospital.seq += 1
    assert (grid.follow(hospital), grid.seq) == (1, hospital.seq)
    assert grid.holders == {"request:R7": {grid.layout.index[MEN]}}


def test_words_are_made_for_the_beds_shown_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from allocation.words import WORDS

    said: list[int] = []
    monkeypatch.setitem(WORDS, "type", lambda look, row, worth: said.append(row))  # type: ignore[index]
    suggest(wants(), new_hospital(), NOW, limit=2)
    assert len(said) == 2


def test_nobody_waits_for_ever() -> None:
    weights = Weights()
    late = urgency(wants(priority=4, created_at=NOW - timedelta(hours=20)), NOW, weights)
    today = urgency(wants(priority=3, created_at=NOW - timedelta(hours=7)), NOW, weights)
    assert urgency(wants(priority=1), NOW, weights) > urgency(wants(priority=4), NOW, weights)
    assert late > urgency(wants(priority=1), NOW, weights) > today
