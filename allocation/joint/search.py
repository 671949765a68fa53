"""Third stage: choose together. A matching serves the most urgent first and then the best by points; rooms where newcomers would clash
are bound to one sex, or one infection, and matched again; then each binding is turned over once to see whether another is better.

Deterministic, in a bounded number of matchings. Never worse than one by one, nor than the plain matching without its clashes
(`test_the_plan_is_never_worse_than_simpler_ones`): both are among the starting points.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from allocation.grid import UNKNOWN
from allocation.joint.table import Table
from allocation.joint.together import Binding, People
from allocation.layout import Points

Values = NDArray[np.float64]
Chosen = list[int]
"""A column of the table for each request, -1 for none."""
_CELLS = 3_000_000
"""Cells of matrices that are matched at most, about 100 ms of work."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was chosen, how it is bound, and its total: whole numbers that say first whom it serves, then how well."""

    chosen: Chosen
    total: int
    bound: dict[int, Binding] = field(default_factory=dict)


def values(table: Table) -> Points:
    """[n, k] what each bed counts for each request; 0 where it is not legal. No points outweigh serving somebody more urgent."""
    if not table.worth.size:
        return table.worth
    spread = np.where(table.legal, table.worth, 0)
    most = int(np.abs(spread).max(axis=1, initial=0).sum()) * 2 + 1
    return np.where(table.legal, table.urgency[:, None] * most + table.worth, 0)


def chosen_together(table: Table, people: People, *, bays: bool = True) -> Found:
    """The best plan found. Without `bays`: the matching alone, with those left out who clash."""
    value = values(table)
    if not value.size:
        return Found([-1] * len(table.requests), 0)
    plain = matched(value.astype(np.float64))
    if next(people.clashes(plain), None) is None:
        return Found(plain, total(value, plain))
    kept = _without_clashes(plain, value, people)
    if not bays:
        return Found(kept, total(value, kept))
    search = _Search(value, people)
    starts = [{}, _bindings(kept, people), _bindings(one_by_one(table, value, people), people)]
    return search.refined(max((search.settled(start) for start in starts), key=lambda found: found.total))


def matched(value: Values) -> Chosen:
    """The most valuable matching; what is worth nothing is not chosen."""
    rows, columns = linear_sum_assignment(value, maximize=True)
    chosen = np.full(len(value), -1)
    chosen[rows] = np.where(value[rows, columns] > 0, columns, -1)
    return chosen.tolist()


def total(value: Points, chosen: Chosen) -> int:
    """What a choice amounts to."""
    return sum(int(value[i, column]) for i, column in enumerate(chosen) if column >= 0)


def one_by_one(table: Table, value: Points, people: People) -> Chosen:
    """The most urgent first, each the best bed that is left and lawful beside those before."""
    chosen, taken = [-1] * len(value), np.zeros(value.shape[1], np.bool_)
    rooms: dict[int, list[int]] = {}
    for i in sorted(range(len(value)), key=lambda i: (-int(table.urgency[i]), i)):
        open_to = np.where(taken, 0, value[i])
        for column in np.argsort(-open_to, kind="stable").tolist():
            if open_to[column] <= 0:
                break
            there = rooms.setdefault(people.room[column], [])
            if people.beside(i, column, chosen, there):
                chosen[i], taken[column] = column, True
                there.append(i)
                break
    return chosen


def _without_clashes(chosen: Chosen, value: Points, people: People) -> Chosen:
    """Of each pair that may not be together the more valuable one stays."""
    kept = list(chosen)
    while (clash := next(people.clashes(kept), None)) is not None:
        kept[min(clash[3:], key=lambda i: (int(value[i, kept[i]]), -i))] = -1
    return kept


def _bindings(chosen: Chosen, people: People) -> dict[int, Binding]:
    """The bindings under which a lawful choice stays open."""
    found = {}
    for room, there in people.newcomers(chosen).items():
        sexes = {people.sex[i] if people.sex[i] != UNKNOWN else -1 - i for i in there}
        sex = min(sexes) if len(sexes) == 1 and any(people.same[column] for column in people.beds_of[room]) else None
        mixed = any(people.isolated) and not all(people.single[column] for column in people.beds_of[room])
        ways = people.options(Binding(sex), sex=False, infection=mixed)
        found[room] = next((way for way in ways if len(people.fits(there, chosen, room, way)) == len(there)), Binding(sex))
    return found


class _Search:
    """Matchings under bindings; counts them."""

    def __init__(self, value: Points, people: People) -> None:
        self.value, self.people = value, people
        self.limit = max(6, min(150, _CELLS // value.size))
        self.steps = 0

    def settled(self, bound: dict[int, Binding]) -> Found:
        """Match; bind the rooms where newcomers clash by what is worth most there; match again, until nobody clashes."""
        bound = dict(bound)
        while True:
            self.steps += 1
            chosen = matched(self._masked(bound))
            clashes: dict[int, tuple[bool, bool]] = {}
            for room, sex, infection, _, _ in self.people.clashes(chosen):
                before = clashes.get(room, (False, False))
                clashes[room] = before[0] or sex, before[1] or infection
            if not clashes:
                return Found(chosen, total(self.value, chosen), bound)
            for room, (sex, infection) in clashes.items():
                there = self.people.newcomers(chosen)[room]
                ways = self.people.options(bound.get(room, Binding()), sex=sex, infection=infection, there=there)
                bound[room] = max(ways, key=lambda way: self._worth(chosen, room, way))

    def refined(self, found: Found) -> Found:
        """Turn each binding over, as long as that helps and steps are left."""
        better = True
        while better and self.steps < self.limit:
            better = False
            for room in sorted(found.bound):
                for way in self._others(room, found.bound[room]):
                    if self.steps >= self.limit:
                        return found
                    trial = self.settled({**found.bound, room: way})
                    if trial.total > found.total:
                        found, better = trial, True
        return found

    def _others(self, room: int, binding: Binding) -> list[Binding]:
        there = self._of_no_sex(room) if binding.sex is not None else []
        ways = self.people.options(binding, sex=binding.sex is not None, infection=binding.infection is not None, there=there)
        return [way for way in ways if way != binding]

    def _of_no_sex(self, room: int) -> list[int]:
        """The one of unknown sex to whom this room is worth most."""
        unknown = [i for i, sex in enumerate(self.people.sex) if sex == UNKNOWN]
        best = self.value[unknown][:, self.people.beds_of[room]].max(axis=1, initial=0)
        return [unknown[int(best.argmax())]] if best.any() else []

    def _worth(self, chosen: Chosen, room: int, way: Binding) -> int:
        there = self.people.newcomers(chosen)[room]
        return sum(int(self.value[i, chosen[i]]) for i in self.people.fits(there, chosen, room, way))

    def _masked(self, bound: dict[int, Binding]) -> Values:
        value = self.value.astype(np.float64)
        for room, binding in bound.items():
            beds = self.people.beds_of[room]
            value[:, beds] *= self.people.open(room, binding)
        return value
