"""First stage of the joint plan: everyone who waits against every bed that can be had, by the engine's own rules and terms.

After it `chosen` has the planner choose. Two requests that ask the same of a term share its column: 600
requests for 10,000 beds ask each rule and term a few dozen times, not 600 times. `KEYS` names what each of them reads of a request;
`test_the_table_is_the_engine_s_own` holds it to what the engine says one by one.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from allocation.asked import Asked, asked, infections_for
from allocation.engine import Engine, Suggestion, shown
from allocation.grid import ABSENT, AVAILABLE, CLEANING, OCCUPIED, Grid
from allocation.layout import Index, Mask, Points, Times
from allocation.terms import TERMS, Look, load_percent, wanted, wants_negative_pressure
from allocation.weights import urgency
from flow.domain.hospital import Hospital
from flow.domain.request import BedRequest

Key = Callable[[Asked, str | None], Hashable]

KEYS: Mapping[str, Key] = {
    "out_of_use": lambda a, own: None,
    "occupied": lambda a, own: None,
    "reserved": lambda a, own: own,
    "capability": lambda a, own: a.request.type,
    "features": lambda a, own: a.needs,
    "companions": lambda a, own: (a.attendant, a.cot),
    "age": lambda a, own: a.request.age,
    "isolation": lambda a, own: (a.isolation, a.request.organism if a.isolation else None, own),
    "exposure": lambda a, own: (a.isolation is None, a.request.organism if a.isolation else None, own),
    "sex": lambda a, own: (a.sex, own),
    "type": lambda a, own: a.request.type,
    "entitlement": lambda a, own: (a.category, a.chosen),
    "ward": lambda a, own: (a.request.specialty or "").casefold(),
    "own": lambda a, own: ((a.request.specialty or "").casefold(), a.isolation is None),
    "wishes": lambda a, own: a.request.wishes,
    "station": lambda a, own: a.watched,
    "cleaned": lambda a, own: None,
    "ready": lambda a, own: None,
    "scarce": lambda a, own: wanted(a),
    "airborne": lambda a, own: wants_negative_pressure(a),
    "bay": lambda a, own: own,
    "cohort": lambda a, own: (a.isolation is None, a.request.organism if a.isolation else None, own),
    "family": lambda a, own: a.family,
    "load": lambda a, own: None,
    "transport": lambda a, own: a.request.origin.casefold(),
}
"""What a rule or term reads of a request; `own` is its holder where a bed is promised to it already."""


@dataclass(frozen=True, eq=False)
class Table:
    """`n` requests against the `k` beds that can be had: `rows` are theirs in the layout, by id. `score` is the engine's;
    `worth` adds what a wait costs the urgent more, and the patient less who can bear it; `urgency` weighs whom to serve."""

    requests: tuple[BedRequest, ...]
    asked: tuple[Asked, ...]
    rows: Index  # [k]
    legal: Mask  # [n, k]
    score: Points  # [n, k]
    worth: Points  # [n, k]
    urgency: Points  # [n]
    looks: tuple[Look, ...]
    points: tuple[Mapping[str, Points], ...]  # [n] of columns over the whole layout
    minutes: tuple[Times, Times, Times]

    @property
    def grid(self) -> Grid:
        """The hospital that it was made of."""
        return self.looks[0].grid

    def suggestion(self, i: int, column: int) -> Suggestion:
        """A bed with its terms in words, as the engine has it."""
        return shown(self.looks[i], self.points[i], self.minutes, int(self.rows[column]))


def table(
    engine: Engine,
    requests: Sequence[BedRequest],
    hospital: Hospital,
    at: datetime,
    *,
    but_for: frozenset[str] = frozenset(),
    besides: Sequence[int] = (),
) -> Table:
    """Ask the engine's rules and terms about everybody at once. What if: `but_for` some rules, with these rows `besides`."""
    grid = engine.grid
    grid.follow(hospital)
    moment = at.timestamp()
    minutes, load = engine.turnover.minutes(grid, moment), load_percent(grid)
    columns = _Columns(engine, hospital, at)
    everyone = tuple(columns.asked(request) for request in requests)
    looks = tuple(Look(a, grid, engine.weights, minutes[1], load) for a in everyone)
    points = tuple(columns.points(look) for look in looks)
    rows = usable(grid, besides)
    legal = np.array([columns.legal(a, but_for)[rows] for a in everyone], np.bool_).reshape(len(everyone), rows.size)
    score = np.array([columns.score(by_term, rows) for by_term in points], np.int64).reshape(len(everyone), rows.size)
    urgent = np.array([urgency(request, at, engine.weights) for request in requests], np.int64)
    ready = np.array([by_term["ready"][rows] for by_term in points], np.int64).reshape(len(everyone), rows.size)
    worth = score + ready * (haste(urgent) - 100)[:, None] // 100
    return Table(tuple(requests), everyone, rows, legal, score, worth, urgent, looks, points, minutes)


def haste(urgent: Points) -> Points:
    """How much more a wait costs each, in percent of what it costs a routine patient who has just come."""
    return np.clip(urgent, 50, 1000)


def usable(grid: Grid, besides: Sequence[int] = ()) -> Index:
    """Beds that somebody can be given at all, by id."""
    had = (grid.status == AVAILABLE) | (grid.status == CLEANING) | ((grid.status == OCCUPIED) & grid.leaving)
    had[list(besides)] = True
    rows = np.flatnonzero(had)
    return rows[np.argsort(grid.layout.rank[rows])]


class _Columns:
    """Columns already worked out, by what they read."""

    def __init__(self, engine: Engine, hospital: Hospital, at: datetime) -> None:
        self.engine, self.hospital, self.at, self.grid = engine, hospital, at, engine.grid
        self.masks: dict[Hashable, Mask] = {}
        self.terms: dict[Hashable, Points] = {}
        self.sums: dict[Hashable, Points] = {}
        self.infections: dict[Hashable, tuple[Mask, Points]] = {}

    def _own(self, request: BedRequest) -> str | None:
        return request.holder if request.holder in self.grid.holders else None

    def asked(self, request: BedRequest) -> Asked:
        key = (request.organism, self._own(request))
        if key not in self.infections:
            self.infections[key] = infections_for(request, self.hospital, self.grid)
        return asked(request, self.hospital, self.grid, self.at, self.infections[key])

    def points(self, look: Look) -> dict[str, Points]:
        own = self._own(look.asked.request)
        found: dict[str, Points] = {}
        for name, term in TERMS.items():
            key = (name, KEYS[name](look.asked, own))
            if key not in self.terms:
                self.terms[key] = term(look)
            found[name] = self.terms[key]
        return found

    def score(self, points: Mapping[str, Points], rows: Index) -> Points:
        """The sum of the terms at these rows; each column is narrowed once."""
        total = np.zeros(rows.size, np.int64)
        for column in points.values():
            if id(column) not in self.sums:
                self.sums[id(column)] = column[rows]
            total += self.sums[id(column)]
        return total

    def legal(self, a: Asked, but_for: frozenset[str]) -> Mask:
        own = self._own(a.request)
        found: Mask = self.grid.status != ABSENT
        for name, rule in self.engine.rules.items():
            if name in but_for:
                continue
            key = (name, KEYS[name](a, own))
            if key not in self.masks:
                kept = np.zeros(found.size, np.bool_)
                for beds, _ in rule(a, self.grid):
                    kept |= beds
                self.masks[key] = ~kept
            found &= self.masks[key]
        return found
