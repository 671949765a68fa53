"""A day planned with hindsight: never worse than what happened, never into an occupied bed, and no better than the beds allow."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allocation.hindsight import hindsight
from flow.domain.care import Isolation
from flow.domain.hindsight import Day, Lying, Stay
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.plan import SexPolicy
from flow.domain.request import BedRequest
from tests.plans import small_plan

START = datetime(2026, 11, 20, tzinfo=UTC)
PLAN = small_plan()
A1, A2, B1, S1, ICU = (BedId(name) for name in ("4B-A-01", "4B-A-02", "4B-B-01", "4B-S-01", "ICU-I-01"))


def lying(bed: BedId, first: int, last: int, sex: str | None = "F") -> Lying:
    return Lying(bed, START + timedelta(hours=first), START + timedelta(hours=last), sex)


def stay(bed: BedId, first: int, last: int, kind: str = "general", sex: str = "F", **more: object) -> Stay:
    asked = BedRequest(RequestId(f"{bed}{first}"), PatientId("p"), START, kind, sex=sex, specialty="Medicine", age=40)
    return Stay(replace(asked, **more), lying(bed, first, last, sex))  # type: ignore[arg-type]


def judge(*stays: Stay, others: tuple[Lying, ...] = (), out: tuple[Lying, ...] = ()):  # type: ignore[no-untyped-def]
    return hindsight(PLAN, Day(START, stays, others, out), seconds=0.05)


def test_a_day_without_arrivals_and_one_that_was_best_have_no_regret() -> None:
    assert (judge().stays, judge().regret) == (0, 0)
    found = judge(stay(A1, 9, 30), stay(S1, 10, 40, "private"))
    assert (found.stays, found.regret, found.better) == (2, 0, 0)


def test_two_who_should_have_changed_beds_are_regretted() -> None:
    """The one who asked for a private room lies in the bay, the other in the single room."""
    wrong = judge(stay(S1, 9, 30), stay(A1, 10, 40, "private"))
    right = judge(stay(A1, 9, 30), stay(S1, 10, 40, "private"))
    assert wrong.regret > 0
    assert wrong.better == 2
    assert wrong.possible == right.possible == right.happened


def test_a_better_bed_that_was_taken_out_of_use_or_of_the_other_sex_is_not_regretted() -> None:
    poor = stay(A1, 9, 30, "private")
    assert judge(poor).regret > 0
    assert judge(poor, others=(lying(S1, -20, 12),)).regret == 0, "somebody lay there when the patient came"
    assert judge(poor, others=(lying(S1, -20, 9),)).regret > 0, "who had left by then is in nobody's way"
    assert judge(poor, others=(lying(S1, 15, 20),)).regret == 0, "hindsight knows who is to come"
    assert judge(poor, out=(lying(S1, 0, 20, None),)).regret == 0
    icu = stay(ICU, 9, 30, sex="M", specialty="Medicine")
    assert judge(icu).regret > 0, "a man's bed was free in bay B"
    taken = tuple(lying(BedId(f"4B-{bay}-0{n}"), 0, 48, "F" if bay == "A" else "M") for bay in "AB" for n in (1, 2, 3))
    assert judge(icu, others=(*taken[:5], lying(S1, 0, 48))).regret > 0
    assert judge(icu, others=(*taken, lying(S1, 0, 48))).regret == 0


def test_a_bay_is_not_mixed_with_hindsight_either() -> None:
    """Whoever lies in the bay binds it: a man in intensive care could have had its third bed, had there been men."""
    ward = PLAN.ward[WardId("4B")]
    bound = replace(ward, rooms=tuple(replace(room, sex=SexPolicy.SAME if room.name == "Bay A" else room.sex) for room in ward.rooms))
    plan = replace(PLAN, wards=(bound, *PLAN.wards[1:]))
    full = (*(lying(BedId(f"4B-B-0{n}"), 0, 48, "M") for n in (1, 2, 3)), lying(S1, 0, 48))

    def regret(*there: Lying) -> int:
        return hindsight(plan, Day(START, (stay(ICU, 9, 30, sex="M"),), (*full, *there)), seconds=0.05).regret

    assert regret(lying(A1, 0, 48, "M"), lying(A2, 0, 48, "M")) > 0
    assert regret(lying(A1, 0, 48, "F"), lying(A2, 0, 48, "F")) == 0
    assert regret(lying(A1, 0, 8, "F")) > 0, "who had left by then binds nothing"


def test_nobody_is_laid_beside_an_infection_with_hindsight_either() -> None:
    """A woman in intensive care could have had a bed of the women's bay, had nobody infectious lain there meanwhile."""
    poor, single = stay(ICU, 9, 30), lying(S1, 0, 48)
    infectious = replace(lying(A2, 0, 48), isolated=True, organism="MRSA")
    assert judge(poor, others=(single, lying(A2, 0, 48))).regret > 0
    assert judge(poor, others=(single, infectious)).regret == 0
    assert judge(poor, others=(single, replace(infectious, end=START + timedelta(hours=8)))).regret > 0, "who had left by then is no danger"
    assert judge(poor, others=(replace(single, isolated=True), lying(A2, 0, 48))).regret > 0, "the single room has walls of its own"


def test_with_hindsight_the_infectious_one_goes_to_the_single_room_and_the_other_to_the_bay() -> None:
    ill = stay(A1, 9, 30, isolation_kind=Isolation.CONTACT, organism="MRSA")
    found = judge(ill, stay(ICU, 10, 40))
    assert found.regret > 0
    alone = judge(ill, stay(ICU, 10, 40), others=(lying(S1, 0, 48),))
    assert alone.regret == 0, "where the single room is taken, nobody comes beside who is infectious"


def test_whatever_infections_a_day_had_it_is_planned_and_never_worse() -> None:
    dice = random.Random(8)
    beds = [A1, A2, B1, S1, ICU, BedId("4B-A-03"), BedId("ICU-I-02")]
    kinds = [None, None, Isolation.CONTACT, Isolation.AIRBORNE]
    for _ in range(60):
        came = [
            stay(bed, first := dice.randrange(24), first + dice.randrange(1, 30), sex=dice.choice("FM")) for bed in dice.sample(beds, 4)
        ]
        came = [replace(one, request=replace(one.request, isolation_kind=dice.choice(kinds), organism=dice.choice("XY"))) for one in came]
        there = [replace(lying(bed, -9, dice.randrange(1, 40)), isolated=dice.random() < 0.4, organism="X") for bed in dice.sample(beds, 3)]
        found = hindsight(PLAN, Day(START, tuple(came), tuple(there)), seconds=0.001)
        assert found.stays == 4 and found.regret >= 0


def test_a_rule_that_was_broken_is_no_regret_by_itself() -> None:
    """A man lay in the women's bay: what was done counts as it was, and another bed must be worth more."""
    found = judge(stay(A1, 9, 30, sex="M"))
    assert found.happened > 0
    assert found.regret >= 0
