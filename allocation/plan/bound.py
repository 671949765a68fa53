"""Third stage: choose together. Where newcomers would clash by a hard rule, their room is bound to one sex, or one infection, and everybody
matched again; then each binding is turned over once to see whether another is better.

Deterministic, in a bounded number of matchings. Never worse than one by one, nor than the plain matching without its clashes
(`test_the_plan_is_never_worse_than_simpler_ones`): both are among the starting points.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from allocation.plan.matching import matched, staying
from allocation.plan.problem import FORBIDDEN, Floats, Ints, Problem, held, mixed
from allocation.plan.together import NOBODY, SHUT, UNKNOWN, Binding, People

_CELLS = 3_000_000
"""Cells of matrices that are matched at most, about 100 ms of work."""


@dataclass(frozen=True, eq=False)
class Found:
    """Where everybody is to lie, how rooms are bound, and what that is worth above leaving everybody waiting."""

    where: Ints
    worth: int
    bound: dict[int, Binding] = field(default_factory=dict)


def chosen_together(problem: Problem) -> Found:
    """The best plan found by matching and binding."""
    people = People(problem)
    plain = matched(problem, problem.value)
    if next(people.clashes(plain), None) is None:
        return Found(plain, worth(problem, plain))
    simple = [without_clashes(problem, people, plain), one_by_one(problem, people)]
    lawful = [Found(where, worth(problem, where), _bindings(where, people)) for where in simple]
    search = _Search(problem, people)
    starts = [search.settled(start) for start in ({}, *(found.bound for found in lawful))]
    return search.refined(max((*starts, *lawful), key=lambda found: found.worth))


def worth(problem: Problem, where: Ints) -> int:
    """How much a plan saves of what it would cost to leave everybody waiting; what clashes is not asked."""
    placed = np.flatnonzero(where >= 0)
    soft = replace(problem, mixing=np.where(problem.mixing < FORBIDDEN, problem.mixing, 0))
    return int(problem.value[placed, where[placed]].sum()) - mixed(soft, where)


def without_clashes(problem: Problem, people: People, where: Ints) -> Ints:
    """Of each pair that may not be together the more valuable one stays, or who lies there already."""
    kept = where.copy()
    while (clash := next(people.clashes(kept), None)) is not None:
        kept[min(clash[3:], key=lambda i: (people.now[i] == kept[i], problem.value[i, kept[i]], -i))] = -1
    return kept


def one_by_one(problem: Problem, people: People) -> Ints:
    """By start, whoever waits at the highest cost first: each the best place that is left, and lawful beside those before."""
    where = list(people.now)
    rooms = people.lying(np.array(where))
    free = problem.capacity - held(problem, np.array(where))
    for i in sorted(range(len(where)), key=lambda i: (people.start[i], -int(problem.unplaced[i]), i)):
        if where[i] >= 0:
            continue
        stay = slice(people.start[i], people.end[i])
        open_to = np.where((free[:, stay] > 0).all(axis=1), problem.value[i], 0)
        for place in np.argsort(-open_to, kind="stable").tolist():
            if open_to[place] <= 0:
                break
            there = rooms.setdefault(people.room[place], [])
            if people.beside(i, place, where, there):
                where[i] = place
                free[place, stay] -= 1
                there.append(i)
                break
    return np.array(where, np.intp)


def _bindings(where: Ints, people: People) -> dict[int, Binding]:
    """The bindings under which a lawful choice stays open."""
    found = {}
    for room, there in people.lying(where).items():
        come = [i for i in there if people.now[i] != where[i]]
        kinds = {Binding(lone=i) if people.sex[i] == UNKNOWN else Binding(sex=people.sex[i]) for i in come}
        by_sex = next(iter(kinds)) if len(kinds) == 1 and people.never[room] else Binding()
        infectious = any(people.isolated) and not all(people.walls[place] for place in people.places_of[room])
        ways = people.options(by_sex, sex=False, infection=infectious)
        found[room] = next((way for way in ways if len(people.fits(there, where, room, way)) == len(there)), by_sex)
    return found


class _Search:
    """Matchings under bindings; counts them."""

    def __init__(self, problem: Problem, people: People) -> None:
        self.problem, self.people = problem, people
        self.limit = max(6, min(150, _CELLS // max(1, problem.value.size)))
        self.steps = 0

    def settled(self, bound: dict[int, Binding]) -> Found:
        """Match; bind the rooms where newcomers clash by what is worth most there; match again, until nobody clashes."""
        bound = dict(bound)
        tried = set(bound.items())
        while True:
            self.steps += 1
            where = matched(self.problem, self._masked(bound))
            clashes: dict[int, tuple[bool, bool]] = {}
            for room, sex, infection, _, _ in self.people.clashes(where):
                before = clashes.get(room, (False, False))
                clashes[room] = before[0] or sex, before[1] or infection
            if not clashes:
                return Found(where, worth(self.problem, where), bound)
            lying = self.people.lying(where)
            for room, (sex, infection) in clashes.items():
                ways = self.people.options(bound.get(room, Binding()), sex=sex, infection=infection, there=lying[room])
                # under a binding tried before somebody still clashed, as with one who lies there unprotected: then nobody else comes
                left = [way for way in ways if (room, way) not in tried] or [SHUT]
                bound[room] = max(left, key=lambda way: self._worth(lying[room], where, room, way))
                tried.add((room, bound[room]))

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
                    if trial.worth > found.worth:
                        found, better = trial, True
        return found

    def _others(self, room: int, binding: Binding) -> list[Binding]:
        by_sex = binding.sex is not None or binding.lone is not None
        alone = self._of_no_sex(room) if by_sex else []
        ways = self.people.options(binding, sex=by_sex, infection=binding.infection is not None, there=alone)
        return [way for way in ways if way != binding]

    def _of_no_sex(self, room: int) -> list[int]:
        """The one of unknown sex to whom this room is worth most."""
        unknown = np.flatnonzero(self.problem.sex == UNKNOWN)
        best = self.problem.value[np.ix_(unknown, self.people.places_of[room])].max(axis=1, initial=0)
        return [int(unknown[best.argmax()])] if best.any() else []

    def _worth(self, there: list[int], where: Ints, room: int, way: Binding) -> float:
        return float(sum(self.problem.value[i, where[i]] for i in self.people.fits(there, where, room, way)))

    def _masked(self, bound: dict[int, Binding]) -> Floats:
        value = self.problem.value.copy()
        for room, binding in bound.items():
            value[:, self.people.places_of[room]] *= self.people.open(room, binding)
        return value


def narrowed(problem: Problem, found: Found) -> Problem:
    """The same, with what this plan says of infections and of those of unknown sex made hard rules of stay and place: the later stages
    know only of two sexes. Rooms where nobody isolated is to lie are closed to them."""
    people = People(problem)
    cost, lying = problem.cost.astype(np.int64), people.lying(found.where)
    bound = _bindings(found.where, people) if people.is_minded else {}
    for room, places in people.places_of.items():
        empty = Binding(infection=None if all(people.walls[place] for place in places) else NOBODY)
        shut = ~people.open(room, replace(bound.get(room, empty), sex=None))
        if problem.never[room] and not any(people.sex[i] == UNKNOWN for i in lying.get(room, ())):
            shut |= (problem.sex == UNKNOWN)[:, None]
        cost[:, places] = np.where(shut, FORBIDDEN, cost[:, places])
    there = np.flatnonzero(staying(problem))
    cost[there, problem.now[there]] = problem.cost[there, problem.now[there]]
    return replace(problem, cost=cost)
