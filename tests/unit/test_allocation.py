"""Choosing beds: one test for each rule and term, the score is their sum, and an independent checker finds no illegal suggestion."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.asked import asked
from allocation.engine import Suggestions, suggest
from allocation.grid import Grid
from allocation.rules import RULES, broken, words_of
from allocation.terms import TERMS
from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, PatientId, RequestId, RoomId, VisitId, WardId
from flow.domain.plan import Bed, Box, Plan, Room, SexPolicy, Ward
from flow.domain.request import BedRequest
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ICU = BedId("ICU-I-01")
WOMEN, WOMEN_FAR, MEN, SINGLE = BedId("4B-A-01"), BedId("4B-A-03"), BedId("4B-B-01"), BedId("4B-S-01")


def new_hospital(plan: Plan | None = None) -> Hospital:
    hospital = Hospital(plan or small_plan())
    for bed in opened(hospital.plan, NOW - timedelta(days=2)):
        hospital.put(bed)
    return hospital


def wants(**changes: Any) -> BedRequest:
    request = BedRequest(RequestId("R1"), PatientId("p1"), NOW, "general", sex="F", age=40, specialty="Medicine")
    return replace(request, **changes)


def change(hospital: Hospital, bed: BedId, status: BedStatus, **changes: Any) -> None:
    stage = Stage.WAITING if status is BedStatus.CLEANING else None
    hospital.put(replace(hospital.beds[bed], now=Condition(status, NOW, "test", stage), **changes))


def why(hospital: Hospital, bed: BedId, request: BedRequest) -> str | None:
    grid = Grid(hospital.plan)
    grid.follow(hospital)
    row = grid.layout.index[bed]
    return next(words_of(asked(request, hospital, grid, NOW), grid, row, tuple(RULES.values())), None)


def with_single(plan: Plan) -> Plan:
    """The small plan with a single room where S1 is."""
    ward = plan.wards[0]
    beds = tuple(replace(bed, features=bed.features | {"single"}) if bed.id == SINGLE else bed for bed in ward.beds)
    return replace(plan, wards=(replace(ward, beds=beds), *plan.wards[1:]))


def test_a_bed_in_use_is_kept_back() -> None:
    hospital = new_hospital()
    change(hospital, WOMEN, BedStatus.OCCUPIED, visit=VisitId("V"))
    assert why(hospital, WOMEN, wants()) == "occupied"
    change(hospital, WOMEN, BedStatus.OCCUPIED, visit=VisitId("V"), expected_free_at=NOW + timedelta(hours=1))
    assert why(hospital, WOMEN, wants()) is None


def test_a_promised_bed_is_kept_back_from_others() -> None:
    hospital = new_hospital()
    change(hospital, WOMEN, BedStatus.AVAILABLE, reserved_for="request:R9")
    assert why(hospital, WOMEN, wants()) == "reserved"
    assert why(hospital, WOMEN, wants(id=RequestId("R9"))) is None


def test_a_bed_out_of_use_is_kept_back() -> None:
    hospital = new_hospital()
    change(hospital, WOMEN, BedStatus.MAINTENANCE)
    assert why(hospital, WOMEN, wants()) == "out of use"


def test_intensive_beds_are_for_those_who_need_them() -> None:
    hospital = new_hospital()
    assert why(hospital, ICU, wants()) == "ICU bed, kept for those who need it"
    assert why(hospital, WOMEN, wants(type="icu")) == "no ICU bed"
    assert why(hospital, ICU, wants(type="icu")) is None


def test_must_haves_are_there() -> None:
    hospital = new_hospital()
    assert why(hospital, WOMEN, wants(needs=frozenset({"oxygen"}))) is None
    assert why(hospital, WOMEN, wants(needs=frozenset({"negative_pressure"}))) == "no negative pressure"


def test_wards_have_ages() -> None:
    plan = small_plan()
    hospital = new_hospital(replace(plan, wards=(replace(plan.wards[0], age_max=17), *plan.wards[1:])))
    assert why(hospital, WOMEN, wants(age=40)) == "children's ward"
    assert why(hospital, WOMEN, wants(age=9)) is None


def test_the_infectious_lie_alone() -> None:
    hospital = new_hospital(with_single(small_plan()))
    assert why(hospital, WOMEN, wants(isolation=True)) == "not a single room"
    assert why(hospital, SINGLE, wants(isolation=True)) is None


def test_bays_have_sexes() -> None:
    hospital = new_hospital()
    assert why(hospital, MEN, wants(sex="F")) == "men's bay"
    assert why(hospital, WOMEN, wants(sex="M")) == "women's bay"
    assert why(hospital, ICU, wants(sex="M", type="icu")) is None


def test_a_bay_is_bound_by_who_lies_there_or_is_promised_to_come() -> None:
    plan = small_plan()
    rooms = tuple(replace(room, sex=SexPolicy.SAME) for room in plan.wards[0].rooms)
    hospital = new_hospital(replace(plan, wards=(replace(plan.wards[0], rooms=rooms), *plan.wards[1:])))
    assert why(hospital, WOMEN, wants(sex="M")) is None
    change(hospital, WOMEN_FAR, BedStatus.AVAILABLE, reserved_for="request:R7", reserved_sex="F")
    assert why(hospital, WOMEN, wants(sex="M")) == "women's bay"
    change(hospital, WOMEN_FAR, BedStatus.OCCUPIED, visit=VisitId("V"), sex="M")
    assert why(hospital, WOMEN, wants(sex="F")) == "men's bay"


def test_of_unknown_sex_is_laid_beside_nobody_whoever_comes_first() -> None:
    plan = small_plan()
    rooms = tuple(replace(room, sex=SexPolicy.SAME) for room in plan.wards[0].rooms)
    same = replace(plan, wards=(replace(plan.wards[0], rooms=rooms), *plan.wards[1:]))
    keeps_out, beside = "sex not known: only alone or in intensive care", "patient of unknown sex in the bay"
    for unknown in (None, "O", "U", "A"):
        hospital = new_hospital(same)
        assert why(hospital, WOMEN, wants(sex=unknown)) is None, "an empty bay"
        for promised in ({"visit": VisitId("V"), "sex": "F"}, {"reserved_for": "request:R7", "reserved_sex": "F", "held": True}):
            status = BedStatus.OCCUPIED if "visit" in promised else BedStatus.AVAILABLE
            change(hospital, WOMEN_FAR, status, **promised)
            assert why(hospital, WOMEN, wants(sex=unknown)) == keeps_out
            there = {name: unknown if value == "F" else value for name, value in promised.items()}
            hospital = new_hospital(same)
            change(hospital, WOMEN_FAR, status, **there)
            assert {why(hospital, WOMEN, wants(sex=sex)) for sex in "FM"} == {beside}
            assert why(hospital, WOMEN, wants(sex=unknown)) == keeps_out
            assert why(hospital, ICU, wants(sex=unknown, type="icu")) is None
            hospital = new_hospital(same)


def test_of_unknown_sex_lies_in_no_men_s_or_women_s_bay_save_in_a_single_bed() -> None:
    hospital, alone = new_hospital(with_single(small_plan())), new_hospital(with_single(small_plan()))
    for bed in (WOMEN, MEN):
        assert why(hospital, bed, wants(sex=None)) == "sex not known: only alone or in intensive care"
    assert why(alone, SINGLE, wants(sex=None)) is None


def test_the_requested_type_comes_first_then_the_nearest() -> None:
    hospital = new_hospital(with_single(small_plan()))
    found = suggest(wants(), hospital, NOW, limit=10)
    assert [s.bed for s in found.ranked] == [WOMEN, BedId("4B-A-02"), WOMEN_FAR, SINGLE]
    assert suggest(wants(type="private"), hospital, NOW).ranked[0].bed == SINGLE


def test_the_recently_cleaned_is_preferred() -> None:
    hospital = new_hospital()
    plan = hospital.plan
    near = [bed for bed in plan.beds.values() if bed.id in (WOMEN, BedId("4B-A-02"))]
    assert near[0].metres < near[1].metres
    change(hospital, BedId("4B-A-02"), BedStatus.AVAILABLE, cleaned_at=NOW - timedelta(minutes=20))
    best = suggest(wants(), hospital, NOW).ranked[0]
    assert best.bed == "4B-A-02"
    assert "Cleaned 20 min ago" in [term.reason for term in best.terms]


def test_a_dirty_bed_is_offered_with_its_wait() -> None:
    hospital = new_hospital()
    change(hospital, WOMEN, BedStatus.CLEANING)
    found = next(s for s in suggest(wants(), hospital, NOW).ranked if s.bed == WOMEN)
    assert found.ready_at == NOW + timedelta(minutes=60)
    assert "60 min wait, next to be cleaned" in [term.reason for term in found.terms]
    far = next(s for s in suggest(wants(), hospital, NOW).ranked if s.bed == WOMEN_FAR)
    assert (far.ready_at, far.ready) == (None, None)


def test_overriding_names_what_is_broken() -> None:
    hospital = new_hospital()
    assert broken(wants(sex="F"), MEN, hospital, NOW) == ("4B B1: men's bay",)
    change(hospital, WOMEN, BedStatus.MAINTENANCE)
    assert broken(wants(), WOMEN, hospital, NOW) == (), "what a bed's state forbids is for the hospital to refuse"


@pytest.mark.parametrize("one", [*RULES.values(), *TERMS.values()], ids=lambda one: one.__name__)
def test_every_rule_and_term_says_what_it_is(one: Any) -> None:
    assert one.__doc__


# -- random states, an independent checker, counterfactuals

STATUSES = ["available", "available", "occupied", "leaving", "cleaning", "maintenance", "reserved"]


def random_hospital(dice: random.Random) -> Hospital:
    rooms, beds = [], []
    for r in range(4):
        room = RoomId(f"W-{r}")
        rooms.append(Room(room, WardId("W"), f"Room {r}", dice.choice(list(SexPolicy)), "bay", Box(0, 0, 1, 1)))
        for b in range(3):
            features = frozenset(f for f in ("oxygen", "single", "telemetry") if dice.random() < 0.4)
            kind = dice.choice(["general", "general", "icu", "private"])
            beds.append(Bed(BedId(f"W-{r}-{b}"), WardId("W"), room, f"{r}{b}", kind, features, dice.randrange(2, 60), Box(0, 0, 1, 1)))
    ages = dice.choice([(0, 130), (0, 16), (18, 130)])
    ward = Ward(WardId("W"), "W", "Medicine", "1", "general", *ages, tuple(rooms), tuple(beds))
    hospital = new_hospital(replace(small_plan(), wards=(ward,)))
    for bed in hospital.plan.beds:
        hospital.put(random_state(dice, hospital.beds[bed]))
    return hospital


def random_state(dice: random.Random, state: BedState) -> BedState:
    match dice.choice(STATUSES):
        case "occupied":
            sex = dice.choice(["M", "F", None])
            return replace(state, now=Condition(BedStatus.OCCUPIED, NOW, "t"), visit=VisitId("V"), sex=sex)
        case "leaving":
            return replace(
                state, now=Condition(BedStatus.OCCUPIED, NOW, "t"), visit=VisitId("V"), sex=dice.choice("MF"), expected_free_at=NOW
            )
        case "cleaning":
            return replace(state, now=Condition(BedStatus.CLEANING, NOW, "t", Stage.WAITING))
        case "maintenance":
            return replace(state, now=Condition(BedStatus.MAINTENANCE, NOW, "t"))
        case "reserved":
            return replace(state, reserved_for="request:X", reserved_sex=dice.choice(["M", "F", None]))
        case _:
            return state


def legal(hospital: Hospital, bed_id: str, request: BedRequest) -> bool:
    """Legality written a second time, from ALLOCATION's words and not from the rules' code."""
    bed = hospital.plan.beds[BedId(bed_id)]
    state, ward = hospital.beds[bed.id], hospital.plan.ward[bed.ward]
    usable = state.status is not BedStatus.MAINTENANCE and state.reserved_for is None
    usable &= state.visit is None or state.expected_free_at is not None
    fits = request.needs <= bed.features and (bed.type == "icu") == (request.type == "icu")
    fits &= request.age is None or ward.age_min <= request.age <= ward.age_max
    fits &= not request.isolation or "single" in bed.features
    policy = hospital.plan.rooms[bed.room].sex
    if bed.type == "icu" or policy is SexPolicy.ANY:
        return usable and fits
    others = [hospital.beds[other.id] for other in hospital.plan.beds.values() if other.room == bed.room and other.id != bed.id]
    there = {o.sex for o in others if o.visit} | {o.reserved_sex for o in others if o.reserved_for}
    if request.sex is None:
        return usable and fits and (not there if policy is SexPolicy.SAME else "single" in bed.features)
    same = policy is not SexPolicy.SAME or not (there - {request.sex})
    named = {SexPolicy.MALE: "M", SexPolicy.FEMALE: "F"}.get(policy, request.sex)
    return usable and fits and same and named == request.sex


def random_request(dice: random.Random) -> BedRequest:
    needs = frozenset(f for f in ("oxygen", "telemetry") if dice.random() < 0.3)
    kind = dice.choice(["general", "icu", "private"])
    return wants(type=kind, needs=needs, sex=dice.choice(["M", "F", None]), age=dice.choice([5, 40, None]), isolation=dice.random() < 0.2)


@given(seed=st.integers(0, 1_000_000))
def test_every_suggestion_is_legal_and_none_is_forgotten(seed: int) -> None:
    dice = random.Random(seed)
    hospital, request = random_hospital(dice), random_request(dice)
    found = suggest(request, hospital, NOW, limit=99)
    assert {s.bed for s in found.ranked} == {bed for bed in hospital.beds if legal(hospital, bed, request)}
    assert found.legal + sum(found.blocked.values()) == len(hospital.beds)
    check_scores(found, request, hospital)


def check_scores(found: Suggestions, request: BedRequest, hospital: Hospital) -> None:
    """The score is the sum of its terms; ranked downwards; the same again."""
    assert all(s.score == sum(term.points for term in s.terms) for s in found.ranked)
    assert [(-s.score, s.bed) for s in found.ranked] == sorted((-s.score, s.bed) for s in found.ranked)
    assert suggest(request, hospital, NOW, limit=99) == found
    assert all(len(s.terms) <= len(TERMS) for s in found.ranked)


def test_without_the_cited_rule_the_bed_is_legal() -> None:
    """The counterfactual: mend what the reason says, and the answer flips."""
    hospital = new_hospital()
    mended = {
        "men's bay": (MEN, wants(sex="F"), wants(sex="M")),
        "no telemetry": (WOMEN, wants(needs=frozenset({"telemetry"})), wants()),
        "ICU bed, kept for those who need it": (ICU, wants(), wants(type="icu")),
    }
    for reason, (bed, before, after) in mended.items():
        assert why(hospital, bed, before) == reason
        assert why(hospital, bed, after) is None
