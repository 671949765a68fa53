"""Beside the rounds: a mixed-integer program that places everyone anew at once, most rooms keeping their sex, some left open.

With the sexes settled what is left is nearly a flow, which HiGHS solves in a second; each open room-block adds a binary to it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from allocation.plan.problem import FORBIDDEN, Bools, Floats, Ints, Problem, heads

OPEN, ALL = -1, -2  # beside 0 F and 1 M: to be chosen, and where nobody minds
EXACT = 1e-3  # the share of the cost within which HiGHS may stop


@dataclass(frozen=True)
class Settled:
    """The sex of each room and block, a block being the periods from one start to the next: within it rooms only empty.

    Whoever is of the other sex pays as the rarer one in all those periods: never too little, so the true price is no higher.
    """

    problem: Problem
    where: Ints  # [n] the plan at hand, which the program allows as well
    sex: Ints  # [r, blocks]
    block: Ints  # [t] of each period

    @cached_property
    def surcharge(self) -> Floats:
        """[n, m] what being of the other sex than the place's room costs a stay."""
        by_period = self.sex[:, self.block]
        against = [(by_period == 1 - own) * self.mixing[:, None] for own in (0, 1)]
        extra = np.zeros((len(self.where), len(self.mixing)))
        for own in (0, 1):
            stays = self.problem.sex == own
            extra[stays] = self.problem.cover[stays].astype(float) @ against[own].T
        by_place: Floats = extra[:, self.problem.room]
        return by_place

    @property
    def mixing(self) -> Floats:
        """[r] what mixing costs in the program: no more than waiting."""
        most: Floats = np.minimum(self.problem.mixing, self.problem.unplaced.max(initial=0)).astype(float)
        return most


def settled(problem: Problem, where: Ints, opened: Ints) -> Settled:
    """Every room of the sex most of whom lie in it, open where they are as many or nobody does, and in the rooms opened."""
    starts = np.unique(np.append(problem.start, 0))
    block = np.searchsorted(starts, np.arange(problem.capacity.shape[1]), "right") - 1
    women, men, _ = heads(problem, where)
    sex = np.where(women > men, 0, np.where(men > women, 1, OPEN))[:, starts]
    sex[opened] = OPEN
    sex[(problem.mixing == 0) | (problem.beds.max(axis=1) < 2)] = ALL
    return Settled(problem, where, sex, block)


def placed_anew(at: Settled, reduced: Floats, near: float, seconds: float) -> tuple[Ints | None, bool]:
    """[n] places, -1 for waiting, None if none was found, and whether it is proven; `near`: the reduced cost worth a column."""
    stay, place = np.nonzero(_columns(at, reduced, near))
    wide = at.problem.full_cost + np.pad(at.surcharge, ((0, 0), (0, 1)))
    choices = _Choices(at, stay, place)
    count, mixed = len(stay), choices.night.size
    sexes = len(choices.key)
    limits = [each for each in choices.constraints() if each.A.shape[0]]
    cost = np.concatenate([wide[stay, place], np.zeros(sexes), choices.mixing])
    upper = np.concatenate([np.ones(count + sexes), choices.most_mixed])
    whole = np.append(np.ones(count + sexes), np.zeros(mixed))
    found = milp(
        cost, constraints=limits, integrality=whole, bounds=Bounds(0, upper), options={"time_limit": seconds, "mip_rel_gap": EXACT}
    )
    if found.x is None:
        return None, False
    taken = np.flatnonzero(found.x[:count] > 0.5)
    where = np.full(len(at.where), -1, np.intp)
    where[stay[taken]] = np.where(place[taken] < len(at.problem.room), place[taken], -1)
    return where, found.status == 0


def _columns(at: Settled, reduced: Floats, near: float) -> Bools:
    """[n, m + 1] which place for which stay enters: what is cheap at the relaxed plan's prices, the plan at hand, and waiting."""
    columns = np.ones((len(at.where), reduced.shape[1] + 1), bool)
    columns[:, :-1] = (reduced + at.surcharge < near) & (at.problem.full_cost[:, :-1] < FORBIDDEN)
    columns[np.arange(len(at.where)), at.where] = True  # -1 is the last column: waiting
    return columns


class _Choices:
    """The program's columns: who lies where, then the sex of each open room and block, then the rarer sex's heads by period."""

    def __init__(self, at: Settled, stay: Ints, place: Ints) -> None:
        problem, (m, self.t) = at.problem, at.problem.capacity.shape
        self.problem, self.stay = problem, stay
        self.key = np.flatnonzero(at.sex.ravel() == OPEN)  # room and block
        number = np.full(at.sex.size, -1)
        number[self.key] = np.arange(len(self.key))
        by_night = number.reshape(at.sex.shape)[:, at.block]  # [r, t] which choice of sex, -1 none
        self.night = np.flatnonzero(by_night.ravel() >= 0)  # room and period
        self.choice = by_night.ravel()[self.night]
        self.row = np.full(by_night.size, -1)
        self.row[self.night] = np.arange(self.night.size)
        in_room = self.night // self.t
        self.mixing = at.mixing[in_room]
        women, men, _ = heads(problem, at.where)
        mixed = (np.minimum(women, men) > 0).any(axis=1)
        never = (problem.mixing >= FORBIDDEN) & ~mixed
        self.places = problem.beds.ravel()[self.night].astype(float)
        self.most_mixed = np.where(never[in_room], 0.0, self.places)
        column, period = np.nonzero(problem.cover[stay] & (place < m)[:, None])
        self.column, self.held = column, place[column] * self.t + period
        self.home = problem.room[place[column]] * self.t + period

    def constraints(self) -> list[LinearConstraint]:
        n, k, rest = len(self.problem.cost), len(self.stay), len(self.key) + self.night.size
        once = csr_array((np.ones(k), (self.stay, np.arange(k))), (n, k + rest))
        filled = csr_array((np.ones(len(self.held)), (self.held, self.column)), (self.problem.capacity.size, k + rest))
        capacity = self.problem.capacity.ravel()
        used = np.unique(self.held)
        women, men = self._of_sex(0, -self.places), self._of_sex(1, self.places)
        return [
            LinearConstraint(once, 1, 1),
            LinearConstraint(filled[used], -np.inf, capacity[used]),
            LinearConstraint(women, -np.inf, np.zeros(self.night.size)),
            LinearConstraint(men, -np.inf, self.places),
        ]

    def _of_sex(self, sex: int, places: Floats) -> csr_array:
        """Women fit where a room is theirs, men where it is not; whoever is beyond that is mixed in."""
        theirs = (self.problem.sex[self.stay[self.column]] == sex) & (self.row[self.home] >= 0)
        rows, nights = self.row[self.home[theirs]], np.arange(self.night.size)
        size = self.night.size
        who = csr_array((np.ones(len(rows)), (rows, self.column[theirs])), (size, len(self.stay)))
        chosen = csr_array((places, (nights, self.choice)), (size, len(self.key)))
        beyond = csr_array((-np.ones(size), (nights, nights)), (size, size))
        return csr_array(hstack([who, chosen, beyond]))
