"""Suggesting beds: City General (500 beds) and twenty of it (10,000), almost full, one question after the other with reasons in words.

    python -m tests.benchmarks.suggest [--questions 300]

Between two questions three beds change, so the time holds what it costs to follow the hospital. References in the same run: scipy's
bare matching of 60 x 500 (600 x 10,000) random points, and a plain loop that asks every bed in Python whether it is legal, no more.
"""

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocation.engine import Engine
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, RoomId, WardId
from flow.domain.plan import Plan, Ward
from flow.plan_file import load_plan
from tests.allocation_worlds import NOW, legal, random_hospital, random_request
from tests.benchmarks.results import machine, met, table, write_section

SAMPLE = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"
AIMS = {1: 2.0, 20: 25.0}
TIMES = {1: 20, 20: 3}
"""How often a reference is timed."""


def copies(plan: Plan, times: int) -> Plan:
    """So many hospitals in one."""
    return replace(plan, wards=tuple(copied(ward, number) for number in range(times) for ward in plan.wards))


def copied(ward: Ward, number: int) -> Ward:
    """A ward under another name."""
    name = WardId(f"{number}.{ward.id}")
    rooms = tuple(replace(room, ward=name, id=RoomId(f"{number}.{room.id}")) for room in ward.rooms)
    beds = tuple(replace(bed, ward=name, id=BedId(f"{number}.{bed.id}"), room=RoomId(f"{number}.{bed.room}")) for bed in ward.beds)
    return replace(ward, id=name, rooms=rooms, beds=beds)


def ours(plan: Plan, questions: int) -> tuple[list[float], Hospital]:
    """Milliseconds of each question, and the hospital at the end."""
    dice = random.Random(1)
    hospital, other = random_hospital(dice, plan), random_hospital(dice, plan)
    hospital.requests = dict(list(hospital.requests.items())[: 60 * len(plan.beds) // 500])
    engine, beds, taken = Engine(plan), list(plan.beds), []
    for number in range(questions + 5):
        for bed in dice.sample(beds, 3):
            hospital.beds[bed], other.beds[bed] = other.beds[bed], hospital.beds[bed]
        hospital.seq += 3
        request, begun = random_request(dice), perf_counter()
        engine.suggest(request, hospital, NOW, 5)
        if number >= 5:
            taken.append(1000 * (perf_counter() - begun))
    return taken, hospital


def timed(work: Callable[[], object], times: int) -> float:
    """The median of some runs, in ms."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        work()
        taken.append(1000 * (perf_counter() - begun))
    return median(taken)


def row(times: int, questions: int) -> tuple[list[str], bool]:
    """One size: a line of the table, and whether its aim was met."""
    plan = copies(load_plan(SAMPLE), times)
    taken, hospital = ours(plan, questions)
    p50, p95 = np.percentile(taken, [50, 95])
    points = np.random.default_rng(1).integers(0, 1000, (60 * times, len(plan.beds)))
    matching = timed(lambda: linear_sum_assignment(points), TIMES[times])
    dice, requests = random.Random(2), hospital.requests
    plain = timed(lambda: ask_each(hospital, plan, dice), TIMES[times])
    line = [f"{len(plan.beds):,}", f"{len(requests)}", f"{p50:.2f}", f"{p95:.2f}", f"{matching:.2f}", f"{p50 / matching:.2f}"]
    return [*line, f"{plain:.1f}", f"{p50 / plain:.3f}", f"{AIMS[times]:g}: {met(p95 <= AIMS[times])}"], p95 <= AIMS[times]


def ask_each(hospital: Hospital, plan: Plan, dice: random.Random) -> int:
    """The plain loop."""
    request = random_request(dice)
    return sum(legal(hospital, bed, request) for bed in plan.beds.values())


def main() -> int:
    """Measure and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=300)
    questions, where = parser.parse_args().questions, machine()
    rows, good = zip(*(row(times, questions) for times in AIMS), strict=True)
    head = ["beds", "requests", "p50 ms", "p95 ms", "matching ms", "p50 / matching", "plain loop ms", "p50 / plain loop", "aim p95 ms"]
    write_section("suggest", "Suggest beds for one request", f"{questions} questions, best five. {where}.\n\n{table(head, rows)}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
