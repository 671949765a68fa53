"""The joint plan: 60 who wait in City General (500 beds), 600 in twenty of it (10,000), everything included, in one process.

    python -m tests.benchmarks.joint [--rounds 5]

Of each size: the table (every rule and term for every pair), the matching of it, the plan with bays, and all of it with the words and
the moves. Reference in the same run: scipy's bare matching of random points of the same shape as the beds that can be had.
"""

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocation.engine import Engine
from allocation.joint.chosen import chosen_together, problem_of
from allocation.joint.plan import joint_plan, waiting
from allocation.joint.table import table
from allocation.plan.matching import matched
from flow.domain.bed import BedState, BedStatus, Condition
from flow.domain.hospital import Hospital
from flow.domain.ids import PatientId, RequestId, VisitId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.domain.visit import Course, Visit, VisitStatus
from flow.plan_file import load_plan
from tests.allocation_worlds import NOW, random_hospital, random_request
from tests.benchmarks.results import machine, met, write_section
from tests.benchmarks.results import table as markdown
from tests.benchmarks.suggest import SAMPLE, copies

SIZES = {1: 60, 20: 600}
AIMS = {1: (20.0, 150.0, 150.0), 20: (1000.0, 1000.0, 1000.0)}
"""Milliseconds: for the matching, with bays, and the table with it."""
HEAD = [
    "waiting x beds",
    "table ms",
    "matching ms",
    "with bays ms",
    "all of these ms",
    "with words ms",
    "moves ms",
    "scipy ms",
    "bays / scipy",
]


def crowded(plan: Plan, waits: int) -> Hospital:
    """A random hospital, nine rooms of ten full and some empty, so that bays are fought for; its patients have visits."""
    dice = random.Random(3)
    hospital = random_hospital(dice, plan)
    for beds in plan.roommates.values():
        full, sex = dice.random() < 0.9, dice.choice("FM")
        for state in [hospital.beds[bed] for bed in beds]:
            hospital.put(filled(state, sex) if full and state.expected_free_at is None else emptied(state) if not full else state)
    for state in list(hospital.beds.values()):
        if state.visit is not None:
            patient = PatientId(f"in-{state.id}")
            hospital.put(Visit(state.visit, patient, Course(VisitStatus.IN_PROGRESS), bed=state.id, sex=state.sex, age=40, care=state.care))
    for number in range(waits):
        since = NOW - timedelta(minutes=dice.randrange(400))
        who = random_request(dice) if dice.random() < 0.3 else BedRequest(RequestId(""), PatientId(""), since, "general", age=40)
        who = replace(who, id=RequestId(f"N{number}"), patient=PatientId(f"n{number}"), sex=dice.choice("FM"))
        hospital.put(replace(who, priority=dice.randint(1, 4), created_at=since))
    return hospital


def filled(state: BedState, sex: str) -> BedState:
    """Somebody lies there and stays."""
    return replace(emptied(state), now=Condition(BedStatus.OCCUPIED, NOW, "t"), visit=VisitId(f"V-{state.id}"), sex=sex)


def emptied(state: BedState) -> BedState:
    """A free bed."""
    return BedState(state.id, Condition(BedStatus.AVAILABLE, NOW, "t"))


def best(work: Callable[[], object], rounds: int) -> float:
    """The shortest of some runs, in ms: the machine is shared."""
    taken = []
    for _ in range(rounds):
        begun = perf_counter()
        work()
        taken.append(1000 * (perf_counter() - begun))
    return min(taken)


def row(times: int, rounds: int) -> tuple[list[str], bool]:
    """One size: a line of the table, and whether its aims were met."""
    plan = copies(load_plan(SAMPLE), times)
    hospital, engine = crowded(plan, SIZES[times]), Engine(plan)
    everyone = waiting(hospital)
    seen = table(engine, everyone, hospital, NOW)
    problem = problem_of(seen)
    value = problem.value
    bare = np.random.default_rng(1).integers(0, 1000, value.shape).astype(np.float64)
    made = best(lambda: table(engine, everyone, hospital, NOW), rounds)
    matching = best(lambda: matched(problem, value), rounds)
    bays = best(lambda: chosen_together(seen), rounds)
    words = best(lambda: joint_plan(engine, hospital, NOW, moves=False), rounds)
    moves = best(lambda: joint_plan(engine, hospital, NOW), 1) - words
    scipy = best(lambda: linear_sum_assignment(bare, maximize=True), rounds)
    good = all(took <= aim for took, aim in zip((matching, bays, made + bays), AIMS[times], strict=True))
    figures = [made, matching, bays, made + bays, words, moves, scipy, bays / scipy]
    size = f"{SIZES[times]} x {len(plan.beds):,} ({value.shape[1]:,} to be had)"
    return [size, *(f"{figure:.2f}" for figure in figures), f"{' / '.join(f'{aim:g}' for aim in AIMS[times][:2])}: {met(good)}"], good


def main() -> int:
    """Measure and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds, where = parser.parse_args().rounds, machine()
    rows, good = zip(*(row(times, rounds) for times in SIZES), strict=True)
    said = (
        f"The shortest of {rounds} rounds; moves once. Aims are for the matching and with bays (10,000 beds: the table included). {where}."
    )
    write_section("joint", "Plan all who wait together", f"{said}\n\n{markdown([*HEAD, 'aims ms'], rows)}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
