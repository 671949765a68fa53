"""Moves in the simulation: asked for as the served plan proposes, agreed to by the ward or not, and within the hospital's rules, even where
a policy proposes whatever comes to its mind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from allocation.joint.moves import Move
from allocation.simulation import moving
from allocation.simulation.demand import ANSWERS, FLAGGED, START
from allocation.simulation.measures import PRICE, measured
from allocation.simulation.policies import OURS, POLICIES, RIVALS
from allocation.simulation.report import Comparison, table
from allocation.simulation.run import CLEANING, Run, Setting
from allocation.simulation.world import World
from flow.domain.bed import BedStatus, Stage
from flow.domain.care import Rest
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.request import BedRequest, RequestStatus
from flow.errors import Refused
from tests.plans import small_plan


def with_single() -> Plan:
    """The small hospital; the room S is one where a patient can be alone."""
    plan = small_plan()
    ward, *others = plan.wards
    beds = tuple(replace(bed, features=bed.features | {"single"}) if bed.room == "4B-S" else bed for bed in ward.beds)
    return replace(plan, wards=(replace(ward, beds=beds), *others))


SMALL = Setting(with_single(), load=1.3, busy=0.8, days=6, warm_up=1)
NOON = START + timedelta(hours=12)


def anybody(world: World, at: datetime) -> Sequence[Move]:
    """Everybody who lies there, to every free bed, for whoever waits."""
    hospital = world.hospital
    lying = [visit for visit in hospital.visits.values() if visit.bed is not None]
    frees = tuple(sorted(world.waiting))[:1]
    return [
        Move(
            visit.id, visit.patient, visit.bed, bed, 1, 1, 0, 0, "", frees, visit.seq, hospital.beds[visit.bed].seq, hospital.beds[bed].seq
        )
        for visit in lying
        if visit.bed is not None
        for bed in sorted(world.free)
    ]


RESTLESS = replace(OURS, propose=anybody)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    found = [Run(SMALL, SMALL.patients(seed), RESTLESS) for seed in range(1, 7)]
    for run in found:
        run.run()
    assert sum(len(run.moved) for run in found) >= 8
    return found


def test_nobody_flagged_is_moved(runs: list[Run]) -> None:
    asked = [run.coming[moved.request].request for run in runs for moved in run.moved]
    assert not [request for request in asked if request.rest]
    everybody = [arrival.request for run in runs for arrival in run.coming.values()]
    assert sum(bool(request.rest) for request in everybody) / len(everybody) == pytest.approx(FLAGGED, abs=0.08)


def test_nobody_is_moved_at_night(runs: list[Run]) -> None:
    rules = SMALL.plan.moves
    hours = [(START + timedelta(minutes=moved.minute)) for run in runs for moved in run.moved]
    assert not [at for at in hours if rules.quiet(at, "UTC")]
    assert not [minute for run in runs for minute in run.asked if rules.quiet(START + timedelta(minutes=minute), "UTC")]


def test_nobody_is_moved_twice_in_a_stay(runs: list[Run]) -> None:
    for run in runs:
        assert max(Counter(moved.request for moved in run.moved).values(), default=0) <= SMALL.plan.moves.a_stay == 1


def test_no_move_breaks_a_hard_rule(runs: list[Run]) -> None:
    beds, rooms = SMALL.plan.beds, SMALL.plan.rooms
    for run in runs:
        assert run.world.sex_violations == 0
        for moved in run.moved:
            request = run.coming[moved.request].request
            assert (beds[moved.to].type == "icu") == (request.type == "icu")
            assert rooms[beds[moved.to].room].sex in (SexPolicy.ANY, {"M": SexPolicy.MALE, "F": SexPolicy.FEMALE}[request.sex or ""])
            assert request.needs - {"telemetry", "negative_pressure"} <= beds[moved.to].features


def test_wards_that_decline_keep_their_patients(runs: list[Run]) -> None:
    assert all(run.coming[moved.request].agrees for run in runs for moved in run.moved)
    asked, moved = sum(len(run.asked) for run in runs), sum(len(run.moved) for run in runs)
    assert 0 < moved < asked


def test_the_bed_left_is_cleaned_before_the_next(runs: list[Run]) -> None:
    for run in runs:
        at = {moved.request: moved for moved in run.moved}
        stays: dict[str, list[tuple[int, int]]] = {}
        for key, fate in run.fates.items():
            if fate.bed is None:
                continue
            start = fate.arrival.minute + fate.waited
            gone, move = fate.arrival.gone(start), at.get(key)
            stays.setdefault(fate.bed, []).append((start, move.minute if move else gone))
            if move:
                assert move.bed == fate.bed
                stays.setdefault(move.to, []).append((move.minute, gone))
        for found in stays.values():
            found.sort()
            assert all(later >= end + CLEANING for (_, end), (later, _) in pairwise(found))


def test_only_ours_moves_anybody_and_the_report_says_how_many() -> None:
    seeds = {policy.key: [SMALL.play(seed, policy) for seed in (1, 2)] for policy in POLICIES}
    assert not [outcome for rival in RIVALS for outcome in seeds[rival.key] if outcome.asked or outcome.moved]
    found = {key: [measured(outcome, SMALL.plan) for outcome in outcomes] for key, outcomes in seeds.items()}
    assert all(f"| {words} | 0.0 | 0.0 | 0.0 |" in table(Comparison("Small", "", found)) for words in PRICE.values())


def test_who_is_moved_off_the_home_ward_counts_as_off_it() -> None:
    outcome = SMALL.play(1, OURS)
    before, after = measured(outcome, SMALL.plan), measured(replace(outcome, displaced=outcome.displaced + 2), SMALL.plan)
    assert after.off_ward > before.off_ward
    assert after.displaced > before.displaced


def in_single(rest: frozenset[Rest] = frozenset()) -> tuple[World, BedRequest]:
    """A healthy man lies in the single room, a bed of the men's bay is free, somebody who must lie alone waits."""
    world = World(SMALL.plan)
    man = patient("man", rest=rest)
    world.ask(man)
    world.place(man, BedId("4B-S-01"), START)
    alone = patient("alone", isolation=True, priority=2)
    world.ask(alone)
    return world, alone


def patient(name: str, *, isolation: bool = False, priority: int = 3, rest: frozenset[Rest] = frozenset()) -> BedRequest:
    return BedRequest(
        RequestId(name),
        PatientId(f"p{name}"),
        START,
        "general",
        sex="M",
        age=50,
        specialty="Medicine",
        priority=priority,
        isolation=isolation,
        rest=rest,
    )


def test_ours_asks_for_whom_the_served_plan_proposes_and_the_patient_goes() -> None:
    world, alone = in_single()
    (move,) = OURS.propose(world, NOON)
    assert (move.visit, move.bed, move.frees) == ("Vman", "4B-S-01", (alone.id,))
    assert moving.ask(world, RequestId("M1"), move, NOON)
    assert not OURS.propose(world, NOON), "one ward is asked for one who waits"
    assert moving.answer(world, RequestId("M1"), True, NOON)
    assert move.to not in world.free, "the bed is kept"
    assert world.move(RequestId("M1"), NOON + timedelta(minutes=45)) == move.bed
    state = world.hospital.beds[move.bed]
    assert (state.status, state.now.stage, move.bed in world.dirty) == (BedStatus.CLEANING, Stage.WAITING, True)
    assert (world.hospital.beds[move.to].visit, world.hospital.visits[move.visit].moves) == (move.visit, 1)


def test_a_ward_that_declines_is_not_asked_again() -> None:
    world, _ = in_single()
    (move,) = OURS.propose(world, NOON)
    moving.ask(world, RequestId("M1"), move, NOON)
    assert not moving.answer(world, RequestId("M1"), False, NOON)
    assert not moving.may_go(world, RequestId("M1"), NOON)
    assert not OURS.propose(world, NOON)
    assert not moving.ask(world, RequestId("M2"), move, NOON)


def test_nobody_flagged_is_proposed_or_asked_for() -> None:
    world, _ = in_single(frozenset({Rest.END_OF_LIFE}))
    assert not OURS.propose(world, NOON)
    assert not [move for move in anybody(world, NOON) if moving.ask(world, RequestId("M1"), move, NOON)]


def test_a_move_that_helps_nobody_any_more_is_withdrawn() -> None:
    world, alone = in_single()
    (move,) = OURS.propose(world, NOON)
    moving.ask(world, RequestId("M1"), move, NOON)
    moving.answer(world, RequestId("M1"), True, NOON)
    made_do = replace(alone, isolation=False)
    world.ask(made_do)
    other = next(bed for bed in sorted(world.free) if bed.startswith("4B-B"))
    world.place(made_do, other, NOON)
    assert not moving.may_go(world, RequestId("M1"), NOON)
    assert move.to in world.free
    assert world.hospital.requests[RequestId("M1")].status is RequestStatus.CANCELLED


def test_who_leaves_before_the_move_frees_the_bed_that_was_kept() -> None:
    world, _ = in_single()
    (move,) = OURS.propose(world, NOON)
    moving.ask(world, RequestId("M1"), move, NOON)
    moving.answer(world, RequestId("M1"), True, NOON)
    world.leave(move.bed, NOON)
    assert move.to in world.free
    assert not moving.may_go(world, RequestId("M1"), NOON)


def test_nobody_is_asked_for_who_could_not_be_there_by_night() -> None:
    world, _ = in_single()
    rules = world.hospital.plan.moves
    longest = ANSWERS[1] - 1 + rules.minutes
    last = START + timedelta(hours=21) - timedelta(minutes=longest)
    assert moving.too_late(world, last)
    assert not moving.too_late(world, last - timedelta(minutes=1))


def test_a_world_moves_nobody_without_a_bed_that_is_kept() -> None:
    world, _ = in_single()
    (move,) = OURS.propose(world, NOON)
    moving.ask(world, RequestId("M1"), move, NOON)
    with pytest.raises((ValueError, KeyError, Refused)):
        world.move(RequestId("M1"), NOON)
