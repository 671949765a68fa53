"""First stage of the planner: stays, places and periods as arrays, and what a plan costs; every later stage reads these.

The data say what is planned: a bed for each who waits now (a place is a bed, there is one period), a past day with hindsight or a
benchmark's nights (a place is a room of several beds). Nothing below knows which.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = 1 << 48
UNPLACED = 1 << 20
Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Infection:
    """Who needs isolation [n], of which organism (0: nobody knows), and which places [m] have walls of their own; `apart` are those and
    the places where the bed space is the barrier."""

    isolated: Bools
    organism: Ints
    walls: Bools
    apart: Bools


@dataclass(frozen=True)
class Problem:
    """`n` stays, `m` places in `r` rooms, `t` periods (nights, or hours); costs are scaled integers.

    A cost or a mixing of FORBIDDEN or more is a hard rule. Who lies in `now` is already there: leaving costs `move`, on top of `cost`.
    In a room that must never be mixed, one whose sex nobody knows lies with nobody.
    """

    cost: Ints  # [n, m] a whole stay of i in place j
    start: Ints  # [n] periods [start, end)
    end: Ints  # [n]
    capacity: Ints  # [m, t]
    sex: NDArray[np.int8]  # [n] 0 F, 1 M, -1 not known
    mixing: Ints  # [r] per period and person of the rarer sex in the room
    now: Ints  # [n] the place a patient lies in, -1: none
    move: Ints  # [n] cost of leaving it
    unplaced: Ints  # [n] left waiting
    room: Ints  # [m] whose place it is
    infection: Infection | None = None

    @cached_property
    def cover(self) -> Bools:
        """[n, t] the periods of each stay."""
        periods = np.arange(self.capacity.shape[1])
        return (self.start[:, None] <= periods) & (periods < self.end[:, None])

    @cached_property
    def full_cost(self) -> Ints:
        """[n, m + 1] with moves counted, hard rules marked, and the last column: left waiting."""
        n, m = self.cost.shape
        full = np.empty((n, m + 1), np.int64)
        np.minimum(self.cost.astype(np.int64, copy=False), FORBIDDEN, out=full[:, :m])
        full[:, m] = self.unplaced
        lying = np.flatnonzero(self.now >= 0)
        if lying.size:
            stay_put = full[lying, self.now[lying]]
            full[lying] += self.move[lying, None]
            full[:, np.append(self._closed[self.room], False)] = FORBIDDEN
            full[lying, self.now[lying]] = stay_put
        return np.minimum(full, FORBIDDEN, out=full)

    @cached_property
    def value(self) -> Floats:
        """[n, m] how much less a place costs than waiting; 0 where it costs as much or is forbidden."""
        full = self.full_cost
        value: Floats = np.maximum(full[:, -1:] - full[:, :-1], 0).astype(np.float64)
        return value

    @cached_property
    def never(self) -> Bools:
        """[r] the rooms of several beds that must never be mixed."""
        never: Bools = (self.mixing >= FORBIDDEN) & (self.beds.max(axis=1, initial=0) > 1)
        return never

    @cached_property
    def beds(self) -> Ints:
        """[r, t] the capacity of each room."""
        return _by_room(self, self.capacity)

    @property
    def _closed(self) -> Bools:
        """[r] rooms that must never be mixed and are, and those where one of unknown sex lies: nobody else comes there."""
        women, men, everyone = heads(self, self.now)
        mixed = (np.minimum(women, men) > 0) | (everyone > women + men)
        closed: Bools = mixed.any(axis=1) & self.never
        return closed


@dataclass(frozen=True)
class Plan:
    """`where[i]` is a place, -1 where a stay is left waiting. The parts add up to the total."""

    where: Ints
    places: int  # of places for stays, as given
    moves: int
    mixed: int
    waiting: int

    @property
    def total(self) -> int:
        return self.places + self.moves + self.mixed + self.waiting


def heads(problem: Problem, where: Ints) -> tuple[Ints, Ints, Ints]:
    """[r, t] each: women, men and everyone, by room and period."""
    women, men, everyone = (np.zeros((len(problem.mixing), problem.capacity.shape[1]), np.int32) for _ in range(3))
    placed = np.flatnonzero(where >= 0)
    rooms = problem.room[where[placed]]
    for table, chosen in ((women, problem.sex[placed] == 0), (men, problem.sex[placed] == 1), (everyone, placed >= 0)):
        np.add.at(table, rooms[chosen], problem.cover[placed[chosen]].astype(np.int32))
    return women, men, everyone


def held(problem: Problem, where: Ints) -> Ints:
    """[m, t] how many lie in each place."""
    table = np.zeros(problem.capacity.shape, np.int32)
    placed = np.flatnonzero(where >= 0)
    np.add.at(table, where[placed], problem.cover[placed].astype(np.int32))
    return table


def price(problem: Problem, where: Ints) -> Plan:
    """What this plan costs, by part. Raises ValueError where a place holds more than its capacity."""
    if np.any(held(problem, where) > problem.capacity):
        raise ValueError("a place holds more than its capacity")
    placed = np.flatnonzero(where >= 0)
    moved = (problem.now >= 0) & (where != problem.now)
    places = int(problem.cost[placed, where[placed]].sum(dtype=np.int64))
    waiting = int(problem.unplaced[where < 0].sum(dtype=np.int64))
    return Plan(where, places, int(problem.move[moved].sum(dtype=np.int64)), mixed(problem, where), waiting)


def mixed(problem: Problem, where: Ints) -> int:
    """What the plan costs because both sexes lie in a room."""
    if not problem.mixing.any():
        return 0
    women, men, _ = heads(problem, where)
    return int((np.minimum(women, men).sum(axis=1, dtype=np.int64) * problem.mixing).sum())


def _by_room(problem: Problem, table: Ints) -> Ints:
    found = np.zeros((len(problem.mixing), table.shape[1]), np.int64)
    np.add.at(found, problem.room, table)
    return found
