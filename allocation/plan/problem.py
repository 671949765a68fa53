"""First stage of the joint plan: stays, rooms and periods as arrays, and what a plan costs; every later stage reads these."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = 1 << 28
UNPLACED = 1 << 20
Ints = NDArray[np.signedinteger[Any]]  # int32 where it is kept
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """`n` stays, `m` rooms, `t` periods (nights, or four-hour blocks); costs are scaled integers.

    A cost or a mixing of FORBIDDEN or more is a hard rule. Who lies in `now` is already there: leaving costs `move`, on top of `cost`.
    A sex not known mixes with nobody, and is kept out of rooms of several places that must never be mixed.
    """

    cost: Ints  # [n, m] a whole stay of i in room j
    start: Ints  # [n] periods [start, end)
    end: Ints  # [n]
    capacity: Ints  # [m, t]
    sex: NDArray[np.int8]  # [n] 0 F, 1 M, -1 not known
    mixing: Ints  # [m] per period and person of the rarer sex in the room
    now: Ints  # [n] the room a patient lies in, -1: none
    move: Ints  # [n] cost of leaving it
    unplaced: int = UNPLACED  # a stay left waiting

    @cached_property
    def cover(self) -> Bools:
        """[n, t] the periods of each stay."""
        periods = np.arange(self.capacity.shape[1])
        return (self.start[:, None] <= periods) & (periods < self.end[:, None])

    @cached_property
    def full_cost(self) -> Ints:
        """[n, m + 1] with moves counted, hard rules marked, and the last column: left waiting."""
        n, m = self.cost.shape
        full = np.full((n, m + 1), self.unplaced, np.int32)
        full[:, :m] = np.minimum(self.cost, FORBIDDEN)
        lying = np.flatnonzero(self.now >= 0)
        full[lying] = np.minimum(full[lying] + self.move[lying, None], FORBIDDEN)
        full[lying, self.now[lying]] -= np.where(full[lying, self.now[lying]] < FORBIDDEN, self.move[lying], 0)
        never = (self.mixing >= FORBIDDEN) & (self.capacity.max(axis=1, initial=0) > 1)
        full[np.ix_(self.sex < 0, np.append(never, False))] = FORBIDDEN
        return full


@dataclass(frozen=True)
class Plan:
    """`rooms[i]` is -1 where a stay is left waiting. The parts add up to the total."""

    rooms: Ints
    places: int  # of rooms for stays, as given
    moves: int
    mixed: int
    waiting: int

    @property
    def total(self) -> int:
        return self.places + self.moves + self.mixed + self.waiting


def heads(problem: Problem, rooms: Ints) -> tuple[Ints, Ints, Ints]:
    """[m, t] each: women, men and everyone, by room and period."""
    shape = problem.capacity.shape
    counts = []
    for chosen in (problem.sex == 0, problem.sex == 1, problem.sex == problem.sex):
        table = np.zeros(shape, np.int32)
        placed = np.flatnonzero(chosen & (rooms >= 0))
        np.add.at(table, rooms[placed], problem.cover[placed].astype(np.int32))
        counts.append(table)
    return counts[0], counts[1], counts[2]


def price(problem: Problem, rooms: Ints) -> Plan:
    """What this plan costs, by part. Raises ValueError where a room holds more than its capacity."""
    women, men, everyone = heads(problem, rooms)
    if np.any(everyone > problem.capacity):
        raise ValueError("a room holds more than its places")
    placed = np.flatnonzero(rooms >= 0)
    moved = (problem.now >= 0) & (rooms != problem.now)
    mixed = int((np.minimum(women, men).sum(axis=1, dtype=np.int64) * problem.mixing).sum())
    places = int(problem.cost[placed, rooms[placed]].sum(dtype=np.int64))
    return Plan(rooms, places, int(problem.move[moved].sum()), mixed, problem.unplaced * int((rooms < 0).sum()))
