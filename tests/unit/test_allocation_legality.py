"""Every suggestion is legal and no legal bed is forgotten, by an independent checker over random hospitals; scores and counts add up; and
without the rule that is cited the bed is offered. `python -m tests.benchmarks.legality` does it 100,000 times."""

import random
from collections.abc import Mapping

import pytest

from allocation.engine import Engine, Suggestions
from allocation.rules import RULES, Rule
from flow.domain.hospital import Hospital
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from tests.allocation_worlds import NOW, legal, random_hospital, random_plan, random_request

PLANS, STATES = 60, 40


def check(engine: Engine, hospital: Hospital, request: BedRequest) -> Suggestions:
    """One random state: the beds offered are the legal ones, each score is the sum of its terms, the order is total."""
    found = engine.suggest(request, hospital, NOW, limit=99)
    beds = hospital.plan.beds
    assert {one.bed for one in found.ranked} == {bed.id for bed in beds.values() if legal(hospital, bed, request)}
    assert found.legal + sum(found.blocked.values()) == len(beds)
    assert all(one.score == sum(term.points for term in one.terms) for one in found.ranked)
    assert [(-one.score, one.bed) for one in found.ranked] == sorted((-one.score, one.bed) for one in found.ranked)
    return found


def states(seed: int, plans: int, each: int, rules: Mapping[str, Rule] = RULES) -> int:
    """Checks `each` states of `plans` hospitals; one engine follows each hospital. Returns how many beds were suggested."""
    dice, offered = random.Random(seed), 0
    for _ in range(plans):
        plan = random_plan(dice)
        engine = Engine(plan, rules=rules)
        for _ in range(each):
            offered += check(engine, random_hospital(dice, plan), random_request(dice)).legal
    return offered


@pytest.mark.parametrize("seed", range(2))
def test_random_states_are_served_legally(seed: int) -> None:
    assert states(seed, PLANS, STATES) > PLANS * STATES / 4, "the states must leave something to suggest"


def test_without_the_rule_that_is_cited_the_bed_is_offered() -> None:
    """The counterfactual, for every rule: take it away, and the beds that it alone keeps back are offered, no others."""
    dice = random.Random(7)
    flipped: set[str] = set()
    for _ in range(400):
        plan = random_plan(dice)
        hospital, request = random_hospital(dice, plan), random_request(dice)
        found = Engine(plan).suggest(request, hospital, NOW, limit=99)
        for one in found.unblock:
            without = Engine(plan, rules={name: rule for name, rule in RULES.items() if name != one.rule})
            offered = {each.bed: each.score for each in without.suggest(request, hospital, NOW, limit=99).ranked}
            assert one.bed not in {each.bed for each in found.ranked}
            assert offered[one.bed] == one.score
            flipped.add(one.rule)
    assert flipped == set(RULES)


def test_an_engine_that_follows_answers_as_a_new_one() -> None:
    """Columns brought up to date change by change are those made afresh, also after what was undecided is taken back."""
    dice = random.Random(11)
    for _ in range(60):
        plan: Plan = random_plan(dice)
        engine, hospital = Engine(plan), random_hospital(dice, plan)
        for _ in range(6):
            changed = random_hospital(dice, plan)
            for bed in dice.sample(sorted(plan.beds), min(3, len(plan.beds))):
                hospital.put(changed.beds[bed])
            request = random_request(dice)
            assert engine.suggest(request, hospital, NOW, 9) == Engine(plan).suggest(request, hospital, NOW, 9)


@pytest.mark.parametrize("forgotten", RULES)
def test_the_checker_catches_an_engine_that_forgets_a_rule(forgotten: str) -> None:
    rules = {name: rule for name, rule in RULES.items() if name != forgotten}
    with pytest.raises(AssertionError):
        states(3, PLANS, STATES, rules)
