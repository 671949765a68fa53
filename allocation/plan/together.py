"""Beside the matching: who may not come beside whom. Every place may be lawful for a stay alone; two newcomers in one room may not be.

The clashes are of pairs: both sexes in a room that must never be mixed, or one whose sex nobody knows beside anybody there; somebody
without precautions beside somebody infectious; two organisms. A `Binding` says of a room who may still come into it, so that none of
those pairs can arise there; `bound` chooses it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.plan.matching import staying
from allocation.plan.problem import Bools, Ints, Problem

UNKNOWN = -1
NOBODY, WALLS = 0, -1
"""Of a room's infectious: none may come; or everybody only where the place has walls of its own. Above: those of this organism alone."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Who may still come into a room: one sex, or the one stay `lone`; and who of the infectious. None where that is left open."""

    sex: int | None = None
    lone: int | None = None
    infection: int | None = None


SHUT = Binding(lone=-1)
"""Nobody comes into the room any more."""


class People:
    """What of stays and places bears on being together, in plain lists, which Python reads faster one by one."""

    def __init__(self, problem: Problem) -> None:
        n, m = problem.cost.shape
        infection = problem.infection
        self.problem = problem
        self.is_minded = bool(problem.never.any()) or (infection is not None and bool(infection.isolated.any()))
        self.sex: list[int] = problem.sex.tolist()
        self.room: list[int] = problem.room.tolist()
        self.never: list[bool] = problem.never.tolist()
        self.start: list[int] = problem.start.tolist()
        self.end: list[int] = problem.end.tolist()
        self.now: list[int] = np.where(staying(problem), problem.now, -1).tolist()
        self.isolated: list[bool] = infection.isolated.tolist() if infection else [False] * n
        self.organism: list[int] = infection.organism.tolist() if infection else [0] * n
        self.walls: list[bool] = infection.walls.tolist() if infection else [True] * m
        self.apart: list[bool] = infection.apart.tolist() if infection else [True] * m

    @cached_property
    def places_of(self) -> dict[int, NDArray[np.intp]]:
        """The places of each room."""
        order = np.argsort(self.problem.room, kind="stable")
        rooms, first = np.unique(self.problem.room[order], return_index=True)
        return dict(zip(rooms.tolist(), np.split(order, first[1:]), strict=True))

    def by_sex(self, i: int, j: int, room: int) -> bool:
        """Both sexes where they never mix, or anybody there beside one whose sex nobody knows."""
        return self.never[room] and (self.sex[i] != self.sex[j] or self.sex[i] == UNKNOWN)

    def by_infection(self, i: int, a: int, j: int, b: int) -> bool:
        """Either one lies unprotected beside the other."""
        alike = self.organism[i] == self.organism[j] != 0
        return self._endangered(j, b, i, alike) or self._endangered(i, a, j, alike)

    def _endangered(self, j: int, b: int, other: int, alike: bool) -> bool:
        """Who needs isolation and has no walls needs everybody beside to be alike; who needs none, nobody infectious."""
        if self.isolated[j]:
            return not self.walls[b] and not alike
        return self.isolated[other] and not self.apart[b]

    def clashes(self, where: Ints) -> Iterator[tuple[int, bool, bool, int, int]]:
        """(room, by sex, by infection, one, other) of each pair that may not be together, one of them newly come."""
        if not self.is_minded:
            return
        at = where.tolist()
        for room, there in self.lying(where).items():
            for number, i in enumerate(there):
                for j in there[:number]:
                    if not self._meet(i, at[i], j, at[j]):
                        continue
                    sex, infection = self.by_sex(i, j, room), self.by_infection(i, at[i], j, at[j])
                    if sex or infection:
                        yield room, sex, infection, i, j

    def _meet(self, i: int, a: int, j: int, b: int) -> bool:
        """In the same periods, and not there together already."""
        return self.start[i] < self.end[j] and self.start[j] < self.end[i] and not (self.now[i] == a and self.now[j] == b)

    def lying(self, where: Ints) -> dict[int, list[int]]:
        """Who is to lie in each room."""
        found: dict[int, list[int]] = {}
        for i, place in enumerate(where.tolist()):
            if place >= 0:
                found.setdefault(self.room[place], []).append(i)
        return found

    def beside(self, i: int, place: int, where: list[int], there: Iterable[int]) -> bool:
        """Whether this one may come beside those placed already."""
        room = self.room[place]
        met = [j for j in there if self._meet(i, place, j, where[j])]
        return not any(self.by_sex(i, j, room) or self.by_infection(i, place, j, where[j]) for j in met)

    def options(self, binding: Binding, *, sex: bool, infection: bool, there: Iterable[int] = ()) -> list[Binding]:
        """The ways to bind a room in which those clashes arose among these, keeping what is bound already."""
        alone = [Binding(lone=i) for i in there if self.sex[i] == UNKNOWN]
        sexes = [Binding(sex=0), Binding(sex=1), *alone] if sex else [binding]
        kinds = [NOBODY, WALLS, *sorted(set(self.organism) - {0})] if infection else [binding.infection]
        return [Binding(one.sex, one.lone, kind) for one in sexes for kind in kinds]

    def open(self, room: int, binding: Binding) -> Bools:
        """[n, places of the room] who may come where."""
        places, infection = self.places_of[room], self.problem.infection
        found = np.ones((len(self.sex), places.size), np.bool_)
        if binding.sex is not None:
            found &= (self.problem.sex == binding.sex)[:, None]
        if binding.lone is not None:
            found &= (np.arange(len(self.sex)) == binding.lone)[:, None]
        if infection is None or binding.infection is None:
            return found
        if binding.infection == WALLS:
            return found & np.where(infection.isolated[:, None], infection.walls[places], infection.apart[places])
        kept = ~infection.isolated if binding.infection == NOBODY else infection.organism == binding.infection
        return found & kept[:, None]

    def fits(self, there: Iterable[int], where: Ints, room: int, binding: Binding) -> list[int]:
        """Those to lie in a room whom a binding lets in; who lies there already is not asked."""
        opened, places = self.open(room, binding), self.places_of[room].tolist()
        return [i for i in there if self.now[i] == where[i] or opened[i, places.index(where[i])]]
