"""How long the joint plan takes, beside plain scipy matching of the same table in the same run.

python -m tests.benchmarks.plan
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocation.plan.problem import UNPLACED, Problem
from allocation.plan.solve import solve

ROUNDS = 5


def house(waiting: int, beds: int, *, bays: bool, seed: int = 4) -> Problem:
    """Single rooms, or bays of four that mind being mixed, most of a day's six blocks free, and those who wait."""
    dice = np.random.default_rng(seed)
    rooms = beds // 4 if bays else beds
    capacity = np.repeat(dice.integers(0, 4, (rooms, 1)) if bays else np.ones((rooms, 1)), 6, axis=1).astype(np.int32)
    return Problem(
        cost=dice.integers(0, 1000, (waiting, rooms)).astype(np.int32),
        start=np.zeros(waiting, np.int32),
        end=np.full(waiting, 6, np.int32),
        capacity=capacity,
        sex=dice.integers(0, 2, waiting).astype(np.int8),
        mixing=np.full(rooms, 500 if bays else 0),
        now=np.full(waiting, -1, np.int32),
        move=np.zeros(waiting, np.int32),
        unplaced=np.full(waiting, UNPLACED),
        room=np.arange(rooms),
    )


def best(run: Callable[[], object]) -> float:
    """Milliseconds, the best of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def main() -> None:
    for waiting, beds, bays in ((60, 500, False), (60, 500, True), (600, 10_000, False)):
        problem = house(waiting, beds, bays=bays)
        places = np.repeat(np.arange(len(problem.capacity)), problem.capacity[:, 0])
        plain = best(partial(linear_sum_assignment, problem.cost[:, places].astype(float)))
        ours = best(partial(solve, problem, seconds=0.05, seed=1) if bays else partial(solve, problem))
        print(f"{waiting} x {beds}{' with bays' if bays else ''}: {ours:.1f} ms, plain matching {plain:.1f} ms, ratio {ours / plain:.1f}")


if __name__ == "__main__":
    main()
