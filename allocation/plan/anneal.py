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

    def moved(self, stay: int, to: int, limit: float) -> None:
        """Move a stay if that costs at most `limit` more."""
        old = self.where[stay]
        alone = self.cost[stay][to] - self.cost[stay][old]
        left = self.leave(stay, old)
        change = alone + left + self.joining(stay, to)
        if change > limit:
            self.enter(stay, old)
            return
        self.enter(stay, to)
        self.settle(stay, to)

    def swapped(self, stay: int, other: int, limit: float) -> None:
        """Let two stays change places if both fit and that costs at most `limit` more."""
        a, b = self.where[stay], self.where[other]
        if self.cost[other][a] >= FORBIDDEN:
            return
        change = self.cost[stay][b] + self.cost[other][a] - self.cost[stay][a] - self.cost[other][b]
        if change - 4 * (self.mixing[a] + self.mixing[b]) > limit:
            return
        change += self.leave(stay, a) + self.leave(other, b)
        fits = self.fits(stay, b) and self.fits(other, a)
        if fits:
            change += self.enter(stay, b) + self.enter(other, a)
            if change <= limit:
                self.settle(stay, b)
                self.settle(other, a)
                return
            self.leave(stay, b)
            self.leave(other, a)
        self.enter(stay, a)
        self.enter(other, b)

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
    heat: tuple[float, float],
    ease: float,
    seed: int,
    spent: Callable[[], float],
) -> Ints:
    """Where `steps` moves lead from this plan, each stay trying its candidate places; it cools from the first heat to the second.

    Mixing sexes costs `ease` of its price at first and all of it at the end: so a room may pass from one sex to the other.
    `spent` is asked every thousand steps: the share of the time that is gone, beside that of the steps.
    """
    board, dice = Board(problem, where), _numbers(seed).__next__
    movable = [stay for stay, tried in enumerate(candidates) if len(tried) > 1]
    hot, cold = heat
    temperature, whole = hot, board.mixing
    for step in range(steps if movable else 0):
        if step % 1000 == 0:
            done = max(step / steps, spent())
            if done >= 1:
                break
            temperature = hot * (cold / hot) ** done
            board.mixing = [round(price * (ease + (1 - ease) * done)) for price in whole]
        stay = movable[int(dice() * len(movable))]
        tried = candidates[stay]
        to = tried[int(dice() * len(tried))]
        _try(board, dice, stay, to, -temperature * math.log(dice() + 1e-12))
    found = np.array(board.where, np.intp)
    return np.where(found == len(problem.room), -1, found)


def _try(board: Board, dice: Callable[[], float], stay: int, to: int, limit: float) -> None:
    """A move where there is room, else a swap with one who is in the way; nothing where neither is worth it."""
    if to == board.where[stay]:
        return
    if board.fits(stay, to):
        board.moved(stay, to, limit)
    elif others := board.in_the_way(stay, to):
        board.swapped(stay, others[int(dice() * len(others))], limit)
