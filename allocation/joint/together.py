"""Second stage: who may not come beside whom. Every bed of the table is legal for its request alone; two newcomers in one room may not be.

The clashes are of pairs: both sexes in a bay that nobody has bound yet, or one whose sex nobody knows beside anybody; somebody without
precautions beside somebody infectious; two organisms. A `Binding` says of a room who may still come into it, so that none of those pairs
can arise there; `search` chooses it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.grid import SEX, UNKNOWN
from allocation.joint.table import Table
from allocation.layout import Mask
from flow.domain.plan import SexPolicy

NOBODY, WALLS = 0, -1
"""Of a room's infectious: none may come; or everybody only where the bed has walls of its own. Above: those of this organism alone."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Who may still come into a room: one sex, or below 0 the one request `-1 - sex` alone; and who of the infectious. None: left open."""

    sex: int | None = None
    infection: int | None = None


class People:
    """What of requests and beds bears on being together, as columns: of n requests, of k beds."""

    def __init__(self, table: Table) -> None:
        layout, rows = table.grid.layout, table.rows
        self.sex = [a.sex for a in table.asked]
        self.isolated = [a.isolation is not None for a in table.asked]
        names = sorted({a.request.organism for a in table.asked if a.request.organism is not None and a.isolation is not None})
        number = {name: place for place, name in enumerate(names, 1)}
        self.organism = [number.get(a.request.organism or "", 0) if a.isolation is not None else 0 for a in table.asked]
        self.room = layout.room[rows].tolist()
        self.same = layout.policy[SexPolicy.SAME][rows].tolist()
        self.single = layout.single[rows].tolist()
        self.apart = (layout.single | layout.intensive)[rows].tolist()
        self._sex = np.array(self.sex, np.int8)
        self._isolated = np.array(self.isolated, np.bool_)
        self._organism = np.array(self.organism, np.intp)
        self._apart, self._single = np.array(self.apart, np.bool_), np.array(self.single, np.bool_)

    @cached_property
    def beds_of(self) -> dict[int, NDArray[np.intp]]:
        """The columns of each room."""
        found: dict[int, list[int]] = {}
        for column, room in enumerate(self.room):
            found.setdefault(room, []).append(column)
        return {room: np.array(columns, np.intp) for room, columns in found.items()}

    def by_sex(self, i: int, a: int, j: int, b: int) -> bool:
        """Both sexes in a bay that whoever comes first binds, or anybody beside one whose sex nobody knows."""
        return (self.same[a] or self.same[b]) and (self.sex[i] != self.sex[j] or self.sex[i] == UNKNOWN)

    def by_infection(self, i: int, a: int, j: int, b: int) -> bool:
        """Either one lies unprotected beside the other."""
        alike = self.organism[i] == self.organism[j] != 0
        return self._endangered(j, b, i, alike) or self._endangered(i, a, j, alike)

    def _endangered(self, j: int, b: int, other: int, alike: bool) -> bool:
        """Who needs isolation and has no walls needs everybody beside to be alike; who needs none, nobody infectious."""
        if self.isolated[j]:
            return not self.single[b] and not alike
        return self.isolated[other] and not self.apart[b]

    def clashes(self, chosen: Sequence[int]) -> Iterator[tuple[int, bool, bool, int, int]]:
        """(room, by sex, by infection, one, other) of each pair that may not be together; `chosen` are columns, -1 for none."""
        for room, there in self.newcomers(chosen).items():
            for place, i in enumerate(there):
                for j in there[:place]:
                    sex, infection = self.by_sex(i, chosen[i], j, chosen[j]), self.by_infection(i, chosen[i], j, chosen[j])
                    if sex or infection:
                        yield room, sex, infection, i, j

    def newcomers(self, chosen: Sequence[int]) -> dict[int, list[int]]:
        """Who is to come into each room."""
        found: dict[int, list[int]] = {}
        for i, column in enumerate(chosen):
            if column >= 0:
                found.setdefault(self.room[column], []).append(i)
        return found

    def beside(self, i: int, column: int, chosen: Sequence[int], there: Iterable[int]) -> bool:
        """Whether this one may come beside those chosen already."""
        pairs = ((j, chosen[j]) for j in there)
        return not any(self.by_sex(i, column, j, b) or self.by_infection(i, column, j, b) for j, b in pairs)

    def options(self, binding: Binding, *, sex: bool, infection: bool, there: Iterable[int] = ()) -> list[Binding]:
        """The ways to bind a room in which those clashes arose among these, keeping what is bound already."""
        sexes = [SEX["F"], SEX["M"], *(-1 - i for i in there if self.sex[i] == UNKNOWN)] if sex else [binding.sex]
        kinds = [NOBODY, WALLS, *sorted(set(self.organism) - {0})] if infection else [binding.infection]
        return [Binding(one, kind) for one in sexes for kind in kinds]

    def open(self, room: int, binding: Binding) -> Mask:
        """[n, beds of the room] who may come where."""
        beds = self.beds_of[room]
        found = np.ones((self._sex.size, beds.size), np.bool_)
        if binding.sex is not None:
            of_sex = self._sex == binding.sex if binding.sex >= 0 else np.arange(self._sex.size) == -1 - binding.sex
            found &= of_sex[:, None]
        if binding.infection == WALLS:
            found &= np.where(self._isolated[:, None], self._single[beds], self._apart[beds])
        elif binding.infection == NOBODY:
            found &= ~self._isolated[:, None]
        elif binding.infection is not None:
            found &= (self._organism == binding.infection)[:, None]
        return found

    def fits(self, there: Iterable[int], chosen: Sequence[int], room: int, binding: Binding) -> list[int]:
        """Those of a room's newcomers that a binding lets in."""
        opened, beds = self.open(room, binding), self.beds_of[room].tolist()
        return [i for i in there if opened[i, beds.index(chosen[i])]]
