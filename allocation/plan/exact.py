"""Fourth stage: a mixed-integer program that places everyone anew at once, most rooms keeping their sex, some left open.

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
    rooms: Ints  # [n] the plan at hand, which the program allows as well
    sex: Ints  # [m, blocks]
    block: Ints  # [t] of each period

    @cached_property
    def surcharge(self) -> Floats:
        """[n, m] what being of the other sex than the room costs a stay."""
        by_period = self.sex[:, self.block]
        against = [(by_period == 1 - own) * self._mixing[:, None] for own in (0, 1)]
        extra = np.zeros(self.problem.cost.shape)
        for own in (0, 1):
            stays = self.problem.sex == own
            extra[stays] = self.problem.cover[stays].astype(float) @ against[own].T
        return extra

    @property
    def _mixing(self) -> Floats:
        return np.minimum(self.problem.mixing, self.problem.unplaced).astype(float)


def settled(problem: Problem, rooms: Ints, opened: Ints) -> Settled:
    """Every room of the sex most of whom lie in it, open where they are as many or nobody does, and in the rooms opened."""
    starts = np.unique(np.append(problem.start, 0))
    block = np.searchsorted(starts, np.arange(problem.capacity.shape[1]), "right") - 1
    women, men, _ = heads(problem, rooms)
    sex = np.where(women > men, 0, np.where(men > women, 1, OPEN))[:, starts]
    sex[opened] = OPEN
    sex[(problem.mixing == 0) | (problem.capacity.max(axis=1) < 2)] = ALL
    return Settled(problem, rooms, sex, block)


def placed_anew(at: Settled, reduced: Floats, near: float, seconds: float) -> tuple[Ints | None, bool]:
    """[n] rooms, -1 for waiting, None if none was found, and whether it is proven; `near`: the reduced cost worth a column."""
    stay, room = np.nonzero(_columns(at, reduced, near))
    wide = at.problem.full_cost + np.pad(at.surcharge, ((0, 0), (0, 1)))
    choices = _Choices(at, stay, room)
    count, mixed = len(stay), choices.night.size
    sexes = len(choices.key)
    limits = [each for each in choices.constraints() if each.A.shape[0]]
    cost = np.concatenate([wide[stay, room], np.zeros(sexes), choices.mixing])
    upper = np.concatenate([np.ones(count + sexes), choices.most_mixed])
    whole = np.append(np.ones(count + sexes), np.zeros(mixed))
    found = milp(
        cost, constraints=limits, integrality=whole, bounds=Bounds(0, upper), options={"time_limit": seconds, "mip_rel_gap": EXACT}
    )
    if found.x is None:
        return None, False
    taken = np.flatnonzero(found.x[:count] > 0.5)
    rooms = np.full(len(at.rooms), -1, np.int32)
    rooms[stay[taken]] = np.where(room[taken] < len(at.problem.mixing), room[taken], -1)
    return rooms, found.status == 0


def _columns(at: Settled, reduced: Floats, near: float) -> Bools:
    """[n, m + 1] which room for which stay enters: what is cheap at the relaxed plan's prices, the plan at hand, and waiting."""
    columns = np.ones((len(at.rooms), reduced.shape[1] + 1), bool)
    columns[:, :-1] = (reduced + at.surcharge < near) & (at.problem.full_cost[:, :-1] < FORBIDDEN)
    columns[np.arange(len(at.rooms)), at.rooms] = True  # -1 is the last column: waiting
    return columns


class _Choices:
    """The program's columns: who lies where, then the sex of each open room and block, then the rarer sex's heads by period."""

    def __init__(self, at: Settled, stay: Ints, room: Ints) -> None:
        problem, (m, self.t) = at.problem, at.problem.capacity.shape
        self.problem, self.stay, self.room = problem, stay, room
        self.key = np.flatnonzero(at.sex.ravel() == OPEN)  # room and block
        number = np.full(at.sex.size, -1)
        number[self.key] = np.arange(len(self.key))
        by_night = number.reshape(at.sex.shape)[:, at.block]  # [m, t] which choice of sex, -1 none
        self.night = np.flatnonzero(by_night.ravel() >= 0)  # room and period
        self.choice = by_night.ravel()[self.night]
        self.row = np.full(m * self.t, -1)
        self.row[self.night] = np.arange(self.night.size)
        in_room = self.night // self.t
        self.mixing = np.minimum(problem.mixing, problem.unplaced)[in_room].astype(float)
        women, men, _ = heads(problem, at.rooms)
        mixed = (np.minimum(women, men) > 0).any(axis=1)
        never = (problem.mixing >= FORBIDDEN) & ~mixed
        self.places = problem.capacity.ravel()[self.night].astype(float)
        self.most_mixed = np.where(never[in_room], 0.0, self.places)
        column, period = np.nonzero(problem.cover[stay] & (room < m)[:, None])
        self.column, self.held = column, room[column] * self.t + period

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
        theirs = (self.problem.sex[self.stay[self.column]] == sex) & (self.row[self.held] >= 0)
        rows, nights = self.row[self.held[theirs]], np.arange(self.night.size)
        size = self.night.size
        who = csr_array((np.ones(len(rows)), (rows, self.column[theirs])), (size, len(self.stay)))
        chosen = csr_array((places, (nights, self.choice)), (size, len(self.key)))
        beyond = csr_array((-np.ones(size), (nights, nights)), (size, size))
        return csr_array(hstack([who, chosen, beyond]))
