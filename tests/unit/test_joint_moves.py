"""Proposals of moves: who is asked for and who never, what a move is worth, and that what it promises comes true."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from allocation.engine import Engine
from allocation.joint.candidates import as_request, movable
from allocation.joint.moves import vacated
from allocation.joint.plan import JointPlan, joint_plan
from flow.domain.bed import BedState, BedStatus, Condition
from flow.domain.care import Care, Isolation, Rest
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, PatientId, RequestId, RoomId, VisitId, WardId
from flow.domain.plan import Bed, Box, Plan, Room, SexPolicy, Ward
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.domain.request import Move as AskedMove
from flow.domain.visit import Course, Visit, VisitStatus
from flow.views.mixed_sex import breaches
from tests.allocation_worlds import NOW, legal, random_hospital, random_plan, random_request
from tests.plans import small_plan

NIGHT = NOW.replace(hour=18)
"""23:30 in Kolkata."""


def bay(name: str, beds: int, *features: str, kind: str = "general", sex: SexPolicy = SexPolicy.SAME) -> tuple[Room, list[Bed]]:
    room = Room(RoomId(f"W-{name}"), WardId("W"), f"Bay {name}", sex, "bay", Box(0, 0, 1, 1))
    made = [
        Bed(BedId(f"{name}{n}"), WardId("W"), room.id, f"{name}{n}", kind, frozenset(features), 10, Box(0, 0, 1, 1))
        for n in range(1, beds + 1)
    ]
    return room, made


def hospital_of(*bays: tuple[Room, list[Bed]]) -> Hospital:
    rooms, beds = tuple(room for room, _ in bays), tuple(bed for _, some in bays for bed in some)
    ward = Ward(WardId("W"), "Ward W", "Medicine", "1", "general", rooms=rooms, beds=beds)
    hospital = Hospital(replace(small_plan(), wards=(ward,)), seq=1)
    for state in opened(hospital.plan, NOW - timedelta(days=1)):
        hospital.put(state)
    return hospital


def lies(hospital: Hospital, bed: str, sex: str, **more: object) -> Visit:
    """An inpatient in a bed."""
    care = more.pop("care", Care())
    visit = Visit(VisitId(f"V-{bed}"), PatientId(f"p-{bed}"), Course(VisitStatus.IN_PROGRESS), bed=BedId(bed), sex=sex, care=care, **more)  # type: ignore[arg-type]
    hospital.put(visit)
    now = Condition(BedStatus.OCCUPIED, NOW - timedelta(hours=9), "t")
    hospital.put(replace(hospital.beds[BedId(bed)], now=now, visit=visit.id, sex=sex, care=visit.care))
    return visit


def waits(hospital: Hospital, name: str, sex: str, **more: object) -> RequestId:
    hospital.put(BedRequest(RequestId(name), PatientId(name), NOW, "general", sex=sex, specialty="Medicine", **more))  # type: ignore[arg-type]
    return RequestId(name)


def planned(hospital: Hospital) -> JointPlan:
    return joint_plan(Engine(hospital.plan), hospital, NOW)


def man_alone(**more: object) -> Hospital:
    """A man alone in a bay of four, a free bed in the men's bay, three women who wait."""
    hospital = hospital_of(bay("A", 4), bay("M", 1, sex=SexPolicy.MALE))
    lies(hospital, "A1", "M", **more)
    for number in range(3):
        waits(hospital, f"R{number}", "F")
    return hospital


def test_a_man_alone_in_a_bay_makes_way_for_three_women() -> None:
    plan = planned(man_alone())
    assert plan.placements == () and len(plan.without) == 3
    (move,) = plan.moves
    assert (move.visit, move.bed, move.to, set(move.frees)) == ("V-A1", "A1", "M1", {"R0", "R1", "R2"})
    assert move.benefit == move.gain - move.loss - move.price > 3000
    assert move.reason == "The only man in the bay, which is closed to women; helps 3 who would get none"


def test_a_room_under_negative_pressure_is_freed_for_who_needs_it() -> None:
    hospital = hospital_of(bay("N", 1, "single", "negative_pressure", kind="isolation"), bay("A", 2))
    lies(hospital, "N1", "F")
    needs = waits(hospital, "R", "M", isolation=True, isolation_kind=Isolation.AIRBORNE)
    (move,) = planned(hospital).moves
    assert (move.bed, move.frees) == ("N1", (needs,)) and move.to in ("A1", "A2")
    assert move.reason.startswith("Has negative pressure and a single room with no need of them on record")


def test_telemetry_is_kept_unless_the_request_said_that_there_is_no_need() -> None:
    hospital = hospital_of(bay("T", 1, "telemetry"), bay("A", 2))
    visit = lies(hospital, "T1", "F")
    waits(hospital, "R", "F", needs=frozenset({"telemetry"}))
    assert planned(hospital).moves == ()
    brought = BedRequest(RequestId("R0"), visit.patient, NOW - timedelta(days=1), "general", visit=visit.id, status=RequestStatus.ARRIVED)
    hospital.put(brought)
    assert [move.bed for move in planned(hospital).moves] == ["T1"]
    asked = replace(brought, id=RequestId("R1"), made_by=MadeBy.MOVE, needs=frozenset(), status=RequestStatus.CANCELLED)
    hospital.put(replace(brought, needs=frozenset({"telemetry"})))
    hospital.put(asked)
    assert planned(hospital).moves == (), "a move that came to nothing says nothing of what the patient needs"


@pytest.mark.parametrize(
    "more",
    [
        {"care": Care(rest=frozenset({Rest.DEMENTIA}))},
        {"care": Care(rest=frozenset({Rest.END_OF_LIFE}))},
        {"care": Care(isolation=Isolation.DROPLET)},
        {"care": Care(attendant=True)},
        {"moves": 1},
        {"stays": "unwell"},
    ],
    ids=str,
)
def test_some_are_left_where_they_are(more: dict[str, object]) -> None:
    assert planned(man_alone()).moves
    assert planned(man_alone(**more)).moves == ()


def test_nobody_is_moved_at_night() -> None:
    hospital = man_alone()
    assert joint_plan(Engine(hospital.plan), hospital, NIGHT).moves == ()
    ends_at_night = NOW.replace(hour=15)  # 20:30 in Kolkata, done by 21:15
    assert joint_plan(Engine(hospital.plan), hospital, ends_at_night).moves == ()
    assert joint_plan(Engine(hospital.plan), hospital, ends_at_night - timedelta(minutes=20)).moves


def test_who_has_no_bed_to_go_to_takes_nobody_s_turn_to_be_tried() -> None:
    """Thirty whose beds would help more, but who need what is nowhere free, stand before the one who can go."""
    hospital = hospital_of(*(bay(f"P{n}", 1, "oxygen", "single") for n in range(30)), bay("S", 1, "single"), bay("A", 1))
    for n in range(30):
        lies(hospital, f"P{n}1", "F")
    lies(hospital, "S1", "F")
    waits(hospital, "R", "F", isolation=True, isolation_kind=Isolation.CONTACT, priority=1)
    assert [move.bed for move in planned(hospital).moves] == ["S1"]


def test_who_leaves_soon_or_waits_for_a_bed_is_not_moved() -> None:
    hospital = man_alone()
    hospital.put(replace(hospital.beds[BedId("A1")], expected_free_at=NOW + timedelta(hours=1)))
    assert list(movable(hospital)) == []
    hospital = man_alone()
    hospital.put(BedRequest(RequestId("own"), PatientId("p-A1"), NOW, "icu", visit=VisitId("V-A1")))
    assert list(movable(hospital)) == []


def test_two_change_places_where_no_bed_is_free() -> None:
    """A woman in a plain bed waits for telemetry; the woman who has it needs none; no other bed is there."""
    hospital = hospital_of(bay("T", 1, "telemetry"), bay("A", 1))
    has, wants = lies(hospital, "T1", "F"), lies(hospital, "A1", "F")
    brought = BedRequest(RequestId("R0"), has.patient, NOW - timedelta(days=1), "general", visit=has.id, status=RequestStatus.ARRIVED)
    hospital.put(brought)
    asks = BedRequest(RequestId("R1"), wants.patient, NOW, "general", frozenset({"telemetry"}), sex="F", visit=wants.id, priority=2)
    hospital.put(asks)
    (move,) = planned(hospital).moves
    assert (move.visit, move.bed, move.to, move.swap, move.frees) == (has.id, "T1", "A1", wants.id, (asks.id,))
    assert move.reason == "Changes places with the patient in A1, who waits for this bed"


def test_nobody_else_is_asked_for_whom_a_ward_is_asked_already() -> None:
    """Two could make way for one who waits; once one of them is asked, the other is left in peace until the ward declines."""
    hospital = hospital_of(bay("N", 2, "telemetry"), bay("A", 3))
    for bed in ("N1", "N2"):
        patient = lies(hospital, bed, "F")
        hospital.put(
            BedRequest(RequestId(f"R-{bed}"), patient.patient, NOW, "general", visit=patient.id, status=RequestStatus.ARRIVED, seq=1)
        )
    waits(hospital, "R", "F", needs=frozenset({"telemetry"}))
    first, second = planned(hospital).moves
    asked = AskedMove(first.bed, first.to, frees=first.frees)
    request = BedRequest(RequestId("M1"), first.patient, NOW, "general", visit=first.visit, move=asked)
    hospital.put(request)
    assert planned(hospital).moves == ()
    hospital.put(replace(request, status=RequestStatus.CANCELLED, move=replace(asked, answer="she sleeps")))
    assert second.bed in {move.bed for move in planned(hospital).moves}


def test_what_the_patient_loses_counts_against_it() -> None:
    """From a private room to a general bed: the type, and two categories."""
    hospital = hospital_of(bay("S", 1, kind="private"), bay("W", 1, sex=SexPolicy.FEMALE))
    lies(hospital, "S1", "F")
    waits(hospital, "R", "M")
    (move,) = planned(hospital).moves
    w = hospital.plan.weights
    assert move.loss == w.type_match + 2 * w.below_entitlement
    assert move.benefit == move.gain - move.loss - hospital.plan.moves.price


def test_a_price_that_is_too_high_is_not_paid() -> None:
    hospital = man_alone()
    hospital.plan = replace(hospital.plan, moves=replace(hospital.plan.moves, price=100_000))
    assert planned(hospital).moves == ()


def crowded(seed: int) -> Hospital:
    """A random hospital in which those who lie there have visits, and some wait."""
    dice = random.Random(seed)
    hospital = random_hospital(dice, random_plan(dice))
    for state in list(hospital.beds.values()):
        if state.visit is not None:
            course = Course(VisitStatus.IN_PROGRESS, specialty=dice.choice(["Medicine", "Surgery", None]))
            visit = Visit(state.visit, PatientId(f"in-{state.id}"), course, bed=state.id, sex=state.sex, care=state.care)
            hospital.put(replace(visit, age=40))
    for number in range(dice.randint(2, 7)):
        hospital.put(replace(random_request(dice), id=RequestId(f"N{number}"), patient=PatientId(f"n{number}")))
    return hospital


def test_what_a_move_promises_comes_true() -> None:
    """The patient may lie in the other bed by the independent rule book, and with them there those who are named are better off."""
    seen = 0
    for seed in range(600):
        hospital = crowded(seed)
        before = planned(hospital)
        for move in before.moves:
            seen += 1
            visit = hospital.visits[move.visit]
            without = vacated(hospital, move.bed, NOW)
            asks = as_request(visit, hospital.plan.beds[move.bed], None, NOW)
            assert legal(without, hospital.plan.beds[move.to], asks)
            after = planned(moved(without, visit, move.to))
            had = {one.request: one.best.score for one in before.placements}
            has = {one.request: one.best.score for one in after.placements}
            assert after.total.urgency >= before.total.urgency
            helped = [number for number in move.frees if number in has and has[number] > had.get(number, -(10**6))]
            assert helped, (seed, move)
    assert seen >= 10


def moved(hospital: Hospital, visit: Visit, to: BedId) -> Hospital:
    """The patient lies in the other bed."""
    old = hospital.beds[to]
    there: BedState = replace(old, now=Condition(BedStatus.OCCUPIED, NOW, "t"), visit=visit.id, sex=visit.sex, care=visit.care)
    return replace(hospital, beds={**hospital.beds, to: there}, visits={**hospital.visits, visit.id: replace(visit, bed=to)})


def test_mixed_sex_breaches_as_they_stand() -> None:
    plan: Plan = hospital_of(bay("A", 3), bay("M", 2, sex=SexPolicy.MALE), bay("X", 2, sex=SexPolicy.ANY)).plan
    hospital = Hospital(plan)
    for state in opened(plan, NOW - timedelta(days=1)):
        hospital.put(state)
    for place, sex in (("A1", "M"), ("X1", "M"), ("X2", "F"), ("M1", "M")):
        lies(hospital, place, sex)
    assert breaches(plan, hospital.beds, NOW) == ()
    lies(hospital, "A2", "F")
    hospital.put(replace(hospital.beds[BedId("A2")], now=Condition(BedStatus.OCCUPIED, NOW - timedelta(minutes=90), "t")))
    lies(hospital, "M2", "F")
    found = breaches(plan, hospital.beds, NOW)
    assert [(b.bay, b.who, b.lasts) for b in found] == [("Bay M", "1 woman, 1 man", "9 h 00"), ("Bay A", "1 woman, 1 man", "1 h 30")]
