"""Suggesting beds: City General (500 beds) and twenty of it (10,000), almost full, one question after the other with reasons in words.

    python -m tests.benchmarks.suggest [--questions 300]

Between two questions three beds change, so the time holds what it costs to follow the hospital. By the clock on a busy machine p95
is mostly waiting for a core: it is that of the best of three rounds, and processor time stands beside it. References in the same run:
scipy's bare matching of 60 x 500 (600 x 10,000) random points, and a plain loop that asks every bed in Python whether it is legal, no more.
"""

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

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
ROUNDS = 3
HEAD = ["beds", "p50 ms", "p95 ms", "processor p95 ms", "matching ms", "p50 / matching", "plain loop ms", "p50 / plain loop", "aim p95 ms"]


def copies(plan: Plan, times: int) -> Plan:
    """So many hospitals in one."""
    return replace(plan, wards=tuple(copied(ward, number) for number in range(times) for ward in plan.wards))


def copied(ward: Ward, number: int) -> Ward:
    """A ward under another name."""
    name = WardId(f"{number}.{ward.id}")
    rooms = tuple(replace(room, ward=name, id=RoomId(f"{number}.{room.id}")) for room in ward.rooms)
    beds = tuple(replace(bed, ward=name, id=BedId(f"{number}.{bed.id}"), room=RoomId(f"{number}.{bed.room}")) for bed in ward.beds)
    return replace(ward, id=name, rooms=rooms, beds=beds)


class Asking:
    """An engine that follows an almost full hospital and is asked one question after the other."""

    def __init__(self, plan: Plan) -> None:
        self.dice = random.Random(1)
        self.hospital, self.other = random_hospital(self.dice, plan), random_hospital(self.dice, plan)
        self.engine, self.beds = Engine(plan), list(plan.beds)
        self.ask()

    def ask(self) -> tuple[float, float]:
        """Three beds change, then one question: milliseconds by the clock, and of processor time."""
        for bed in self.dice.sample(self.beds, 3):
            self.hospital.beds[bed], self.other.beds[bed] = self.other.beds[bed], self.hospital.beds[bed]
        self.hospital.seq += 3
        request, begun, spent = random_request(self.dice), perf_counter(), thread_time()
        self.engine.suggest(request, self.hospital, NOW, 5)
        return 1000 * (perf_counter() - begun), 1000 * (thread_time() - spent)

    def round(self, questions: int) -> tuple[float, float, float]:
        """p95 and p50 by the clock, p95 of processor time."""
        clock, processor = zip(*(self.ask() for _ in range(questions)), strict=True)
        return float(np.percentile(clock, 95)), median(clock), float(np.percentile(processor, 95))


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
    asking = Asking(plan)
    p95, p50, processor = min(asking.round(questions) for _ in range(ROUNDS))
    points = np.random.default_rng(1).integers(0, 1000, (60 if times == 1 else 600, len(plan.beds)))
    matching = timed(lambda: linear_sum_assignment(points), TIMES[times])
    plain = timed(lambda: ask_each(asking.hospital, plan, asking.dice), TIMES[times])
    figures = [f"{value:.2f}" for value in (p50, p95, processor, matching, p50 / matching, plain, p50 / plain)]
    good = p95 <= AIMS[times]
    return [f"{len(plan.beds):,}", *figures, f"{AIMS[times]:g}: {met(good)}"], good


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
    asked = f"{questions} questions a round, best five beds each. {where}."
    write_section("suggest", "Suggest beds for one request", f"{asked}\n\n{table(HEAD, rows)}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
