"""Fourth stage, while there is time: one move or swap after the other; worse ones are taken now and then, ever more rarely."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from allocation.plan.problem import FORBIDDEN, Ints, Problem, heads, held

Rows = list[list[int]]


class Board:
    """A plan that is being changed: what is free by place and period, the heads of its room beside it (one list for all places of a
    room), in plain lists, which Python reads faster than arrays of one. The last place is waiting."""

    def __init__(self, problem: Problem, where: Ints) -> None:
        m, t = problem.capacity.shape
        women, men = (table.tolist() for table in heads(problem, where)[:2])
        room = problem.room.tolist()
        self.free: Rows = [*(problem.capacity - held(problem, where)).tolist(), [1 << 20] * t]
        self.heads: tuple[Rows, Rows] = ([*(women[at] for at in room), [0] * t], [*(men[at] for at in room), [0] * t])
        self.where: list[int] = np.where(where < 0, m, where).tolist()
        self.lying: list[set[int]] = [set() for _ in range(m + 1)]
        for stay, place in enumerate(self.where):
            self.lying[place].add(stay)
        self.cost: Rows = problem.full_cost.tolist()
        self.mixing: list[int] = [*problem.mixing[problem.room].tolist(), 0]
        self.sex: list[int] = problem.sex.tolist()
        self.start: list[int] = problem.start.tolist()
        self.end: list[int] = problem.end.tolist()

    def leave(self, stay: int, place: int) -> int:
        """Take a stay out of its place; what that changes, its own cost aside."""
        start, end, sex = self.start[stay], self.end[stay], self.sex[stay]
        free, rarer = self.free[place], 0
        if sex >= 0:
            own, other = self.heads[sex][place], self.heads[1 - sex][place]
            for period in range(start, end):
                rarer -= own[period] <= other[period]
                own[period] -= 1
        for period in range(start, end):
            free[period] += 1
        return rarer * self.mixing[place]

    def enter(self, stay: int, place: int) -> int:
        """Put a stay into a place; what that changes, its own cost aside."""
        start, end, sex = self.start[stay], self.end[stay], self.sex[stay]
        free, rarer = self.free[place], 0
        if sex >= 0:
            own, other = self.heads[sex][place], self.heads[1 - sex][place]
            for period in range(start, end):
                rarer += own[period] < other[period]
                own[period] += 1
        for period in range(start, end):
            free[period] -= 1
        return rarer * self.mixing[place]

    def joining(self, stay: int, place: int) -> int:
        """What entering would change, without doing it."""
        mixing, sex = self.mixing[place], self.sex[stay]
        if not mixing or sex < 0:
            return 0
        start, end = self.start[stay], self.end[stay]
        own, other = self.heads[sex][place], self.heads[1 - sex][place]
        return mixing * sum([a < b for a, b in zip(own[start:end], other[start:end], strict=True)])

    def settle(self, stay: int, place: int) -> None:
        self.lying[self.where[stay]].discard(stay)
        self.lying[place].add(stay)
        self.where[stay] = place

    def moved(self, stay: int, to: int, limit: float) -> int | None:
        """The change of moving a stay, done if it is at most `limit`; else None."""
        old = self.where[stay]
        alone = self.cost[stay][to] - self.cost[stay][old]
        left = self.leave(stay, old)
        change = alone + left + self.joining(stay, to)
        if change > limit:
            self.enter(stay, old)
            return None
        self.enter(stay, to)
        self.settle(stay, to)
        return change

    def swapped(self, stay: int, other: int, limit: float) -> int | None:
        """The change of two stays changing places, done if both fit and it is at most `limit`; else None."""
        a, b = self.where[stay], self.where[other]
        if self.cost[other][a] >= FORBIDDEN:
            return None
        change = self.cost[stay][b] + self.cost[other][a] - self.cost[stay][a] - self.cost[other][b]
        if change - 4 * (self.mixing[a] + self.mixing[b]) > limit:
            return None
        change += self.leave(stay, a) + self.leave(other, b)
        fits = self.fits(stay, b) and self.fits(other, a)
        if fits:
            change += self.enter(stay, b) + self.enter(other, a)
            if change <= limit:
                self.settle(stay, b)
                self.settle(other, a)
                return change
            self.leave(stay, b)
            self.leave(other, a)
        self.enter(stay, a)
        self.enter(other, b)
        return None

    def fits(self, stay: int, place: int) -> bool:
        return min(self.free[place][self.start[stay] : self.end[stay]]) > 0

    def in_the_way(self, stay: int, place: int) -> list[int]:
        """Who lies in the place in a period in which it is full and the stay needs it."""
        free, start, end = self.free[place], self.start[stay], self.end[stay]
        full = [period for period in range(start, end) if free[period] <= 0]
        starts, ends = self.start, self.end
        return sorted(one for one in self.lying[place] if all(starts[one] <= period < ends[one] for period in full))


def _numbers(seed: int) -> Iterator[float]:
    """Even between 0 and 1, without end."""
    drawn = np.random.default_rng(seed)
    while True:
        yield from drawn.random(4096).tolist()


def anneal(
    problem: Problem,
    where: Ints,
    candidates: list[list[int]],
    *,
    steps: int,
    heat: float,
    seed: int,
    going: Callable[[], bool],
    keep_best: bool = True,
) -> Ints:
    """The best plan met from this one (else the last one), each stay trying its candidate places. Cools from `heat` to a fortieth.

    `going` is asked every thousand steps; the last of them cool in any case by `steps`.
    """
    board, dice = Board(problem, where), _numbers(seed).__next__
    movable = [stay for stay, tried in enumerate(candidates) if len(tried) > 1]
    change = best = 0
    kept = board.where.copy() if keep_best else board.where
    for step in range(steps if movable else 0):
        if step % 1000 == 0 and not going():
            break
        temperature = heat * 0.025 ** (step / steps)
        stay = movable[int(dice() * len(movable))]
        tried = candidates[stay]
        to = tried[int(dice() * len(tried))]
        change += _tried(board, dice, stay, to, -temperature * math.log(dice() + 1e-12))
        if keep_best and change < best:
            best, kept = change, board.where.copy()
    found = np.array(kept, np.intp)
    return np.where(found == len(problem.room), -1, found)


def _tried(board: Board, dice: Callable[[], float], stay: int, to: int, limit: float) -> int:
    """The change made: a move where there is room, else a swap with one who is in the way; nothing where neither is worth it."""
    if to == board.where[stay]:
        return 0
    if board.fits(stay, to):
        return board.moved(stay, to, limit) or 0
    others = board.in_the_way(stay, to)
    if not others:
        return 0
    return board.swapped(stay, others[int(dice() * len(others))], limit) or 0
