"""The joint plan over random hospitals: lawful together by an independent rule book, accepted in order without a refusal, and never worse
than simpler ways to choose; the same for the same hospital, whoever else was asked before."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from allocation.engine import Engine
from allocation.joint.chosen import problem_of
from allocation.joint.plan import JointPlan, assigned, joint_plan
from allocation.joint.table import table
from allocation.plan import bound
from allocation.plan.bound import chosen_together, one_by_one, without_clashes, worth
from allocation.plan.matching import matched
from allocation.plan.problem import Problem
from allocation.plan.together import People
from flow.domain.cause import Cause, Origin
from flow.domain.commands import AssignBed
from flow.domain.decide import decide
from flow.domain.hospital import Hospital, evolve
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import MadeBy
from tests.allocation_worlds import NOW, legal, random_hospital, random_plan, random_request

CAUSE = Cause(Origin.PERSON, "person:desk", NOW)


def world(seed: int) -> tuple[Engine, Hospital, random.Random]:
    """A random hospital with up to nine who wait."""
    dice = random.Random(seed)
    hospital = random_hospital(dice, random_plan(dice))
    for number in range(dice.randint(1, 9)):
        hospital.put(
            replace(random_request(dice), id=RequestId(f"N{number}"), patient=PatientId(f"n{number}"), priority=dice.randint(1, 4))
        )
    return Engine(hospital.plan), hospital, dice


def accept(engine: Engine, hospital: Hospital, request: RequestId, bed: BedId, if_seq: int) -> None:
    """As the desk does it: the rules asked again, then decided."""
    blocked = engine.broken(hospital.requests[request], bed, hospital, NOW)
    for event in decide(hospital, AssignBed(request, bed, blocked, if_seq=if_seq), CAUSE):
        evolve(hospital, hospital.seq + 1, event)


def check(plan: JointPlan, hospital: Hospital, engine: Engine) -> None:
    """Every bed once; each lawful alone and, one after the other in the plan's order, beside those before; none refused."""
    assert len({one.best.bed for one in plan.placements}) == len(plan.placements)
    for one in plan.placements:
        request = hospital.requests[one.request]
        assert legal(hospital, hospital.plan.beds[one.best.bed], request)
        accept(engine, hospital, one.request, one.best.bed, one.bed_seq)
    for one in plan.placements:
        assert legal(hospital, hospital.plan.beds[one.best.bed], hospital.requests[one.request])


@pytest.mark.parametrize("part", range(8))
def test_the_plan_is_lawful_together_and_accepted_whole(part: int) -> None:
    for seed in range(part * 150, part * 150 + 150):
        engine, hospital, _ = world(seed)
        plan = joint_plan(engine, hospital, NOW, moves=False)
        waits = [r for r in hospital.requests.values() if r.is_unplaced]
        assert len(plan.placements) + len(plan.without) == len(waits)
        check(plan, hospital, Engine(hospital.plan))


@pytest.mark.parametrize("part", range(4))
def test_the_table_is_the_engine_s_own(part: int) -> None:
    for seed in range(part * 60, part * 60 + 60):
        engine, hospital, _ = world(seed)
        waits = [r for r in hospital.requests.values() if r.is_live]
        seen = table(engine, waits, hospital, NOW)
        other = Engine(hospital.plan)
        for i, request in enumerate(waits):
            alone = other.scored(request, hospital, NOW)
            assert np.array_equal(alone.kept.legal[seen.rows], seen.legal[i])
            assert np.count_nonzero(alone.kept.legal) == np.count_nonzero(seen.legal[i])
            assert np.array_equal(alone.score[seen.rows], seen.score[i])


def served(seed: int) -> tuple[Problem, int, int]:
    """A random hospital as the planner has it, and what simpler ways come to: one by one, and the matching without its clashes."""
    engine, hospital, _ = world(seed)
    problem = problem_of(table(engine, [r for r in hospital.waiting() if r.is_unplaced], hospital, NOW))
    people = People(problem)
    plain = without_clashes(problem, people, matched(problem, problem.value))
    return problem, worth(problem, one_by_one(problem, people)), worth(problem, plain)


def test_the_plan_is_never_worse_than_simpler_ones() -> None:
    better = 0
    for seed in range(600):
        problem, greedy, plain = served(seed)
        found = chosen_together(problem)
        assert found.worth == worth(problem, found.where) >= max(greedy, plain)
        assert found.worth <= problem.value[linear_sum_assignment(problem.value, maximize=True)].sum()
        assert next(People(problem).clashes(found.where), None) is None
        better += found.worth > max(greedy, plain)
    assert better > 10


def test_that_does_not_rest_on_turning_bindings_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound._Search, "refined", lambda self, found: found)
    for seed in range(800):
        problem, greedy, plain = served(seed)
        assert chosen_together(problem).worth >= max(greedy, plain), seed


def test_the_more_urgent_are_served_whoever_pays() -> None:
    for seed in range(300):
        engine, hospital, _ = world(seed)
        urgent = joint_plan(engine, hospital, NOW, moves=False).total
        for request in list(hospital.requests.values()):
            hospital.put(replace(request, entitlement="private", room_choice=None))
        assert joint_plan(engine, hospital, NOW, moves=False).total.urgency == urgent.urgency


def test_the_same_hospital_gives_the_same_plan() -> None:
    for seed in range(60):
        engine, hospital, _ = world(seed)
        other, again, _ = world(seed + 1000)
        first = joint_plan(engine, hospital, NOW)
        assert joint_plan(engine, hospital, NOW) == first == joint_plan(Engine(hospital.plan), hospital, NOW)
        joint_plan(other, again, NOW)


def test_the_beds_alone_are_those_of_the_plan() -> None:
    engine, hospital, _ = world(7)
    plan = joint_plan(engine, hospital, NOW)
    assert assigned(engine, hospital, NOW) == {one.request: one.best.bed for one in plan.placements}


def test_who_comes_tomorrow_is_not_planned_yet() -> None:
    engine, hospital, _ = world(7)
    late = replace(next(iter(hospital.waiting())), id=RequestId("late"), ready_at=NOW + timedelta(hours=20), made_by=MadeBy.PLAN)
    hospital.put(late)
    plan = joint_plan(engine, hospital, NOW)
    assert [one.reason for one in plan.without if one.request == "late"] == ["Not needed within the next 12 hours"]
