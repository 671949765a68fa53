"""Ranks beds for one request: rules keep back, terms add up, ties break the same way every time; every answer carries its reasons.

`grid` brought the columns up to date; after it the desk shows the cards. Words are made for the beds shown only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from allocation.asked import asked
from allocation.grid import Grid
from allocation.layout import Points, Times
from allocation.marks import Mark, mark_of
from allocation.ready import History, Ready, Turnover, moments
from allocation.rules import RULES, Rule, broken, legal
from allocation.scored import Scored, best, scored
from allocation.terms import Look
from allocation.unblock import Unblock, sole, unblocks
from allocation.weights import Weights
from allocation.words import WORDS
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest


@dataclass(frozen=True, slots=True)
class Term:
    """Points a bed wins or loses, why in words, and whether that is as wished: a bed wins points for what will do, too."""

    name: str
    points: int
    reason: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One bed; the terms' points add up to the score. `ready_at` is the median, None where it is free now; `ready` its spread."""

    bed: BedId
    score: int
    terms: tuple[Term, ...]
    ready_at: datetime | None
    ready: Ready | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Take `now`, or wait about `minutes` (late: 90 %) for `bed`, which is worth `gain` points more once it is ready."""

    now: BedId
    bed: BedId
    minutes: int
    late: int
    gain: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best beds in order, how many are legal in all, how many each rule keeps back (each bed under the first it breaks), how many
    it alone keeps back, what would unblock the best of those, and the choice between now and soon; for the hospital as of `seq`."""

    ranked: tuple[Suggestion, ...]
    legal: int
    blocked: Mapping[str, int]
    weights: str
    sole: Mapping[str, int]
    unblock: tuple[Unblock, ...]
    wait: Wait | None
    seq: int


class Engine:
    """The beds of one hospital file, followed from one question to the next. `rules` is all of them, save to ask what if one were not."""

    def __init__(
        self, plan: Plan, weights: Weights | None = None, history: History | None = None, rules: Mapping[str, Rule] = RULES
    ) -> None:
        self.weights = plan.weights if weights is None else weights
        self.rules = rules
        self.grid = Grid(plan)
        self.learn(history)

    def learn(self, history: History | None) -> None:
        """Take over how long cleanings took of late."""
        self.turnover = Turnover(self.grid.layout.wards, self.weights, history)

    def queue(self, beds: Iterable[BedId]) -> None:
        """Take over the order in which beds are to be cleaned; each is told its place among its ward's."""
        places: Counter[WardId] = Counter()
        found: dict[BedId, int] = {}
        for bed in beds:
            ward = self.grid.layout.plan.beds[bed].ward
            places[ward] += 1
            found[bed] = places[ward]
        self.grid.queue = found

    def suggest(self, request: BedRequest, hospital: Hospital, at: datetime, limit: int = 5) -> Suggestions:
        """The best `limit` beds for a request, as the hospital stands at `at`."""
        found = self.scored(request, hospital, at)
        rows = best(np.flatnonzero(found.kept.legal), found.score, self.grid.layout.rank, limit)
        return Suggestions(
            ranked=tuple(shown(found.look, found.points, found.minutes, int(row)) for row in rows),
            legal=int(np.count_nonzero(found.kept.legal)),
            blocked=found.kept.blocked,
            weights=self.weights.version,
            sole=sole(found.kept),
            unblock=unblocks(found),
            wait=_wait(found),
            seq=self.grid.seq,
        )

    def scored(self, request: BedRequest, hospital: Hospital, at: datetime) -> Scored:
        """Legality and points of every bed, for the plan, the cleaning order and the simulation as well."""
        self.grid.follow(hospital)
        return scored(asked(request, hospital, self.grid, at), self.grid, self.weights, self.turnover, self.rules)

    def ready(self, hospital: Hospital, at: datetime) -> Mapping[BedId, Ready]:
        """When each bed will be ready that is not free now; those of which nothing is known are left out."""
        self.grid.follow(hospital)
        columns = self.turnover.minutes(self.grid, at.timestamp())
        first, half, last = (column.tolist() for column in columns)
        rows = np.flatnonzero(columns[1] > 0).tolist()
        return {self.grid.layout.ids[row]: moments(at, (first[row], half[row], last[row])) for row in rows}

    def legal(self, request: BedRequest, hospital: Hospital, at: datetime) -> frozenset[BedId]:
        """The beds that no rule keeps back."""
        self.grid.follow(hospital)
        beds = legal(asked(request, hospital, self.grid, at), self.grid, self.rules)
        return frozenset(self.grid.layout.ids[row] for row in np.flatnonzero(beds))

    def broken(self, request: BedRequest, bed: BedId, hospital: Hospital, at: datetime) -> tuple[str, ...]:
        """The placement rules a bed breaks, in words."""
        return broken(request, bed, hospital, at, self.grid)


def suggest(request: BedRequest, hospital: Hospital, at: datetime, limit: int = 5, weights: Weights | None = None) -> Suggestions:
    """One question to an engine made for it."""
    return Engine(hospital.plan, weights).suggest(request, hospital, at, limit)


def shown(look: Look, points: Mapping[str, Points], minutes: tuple[Times, Times, Times], row: int) -> Suggestion:
    """A bed with its terms in words; `points` and `minutes` are columns of all beds."""
    terms: list[Term] = []
    for name, column in points.items():
        worth = int(column[row])
        words = WORDS[name](look, row, worth)
        if words is not None or worth:
            terms.append(Term(name, worth, words or name.capitalize(), mark_of(name, look, row, worth)))
    first, half, last = (float(column[row]) for column in minutes)
    ready = moments(look.asked.at, (first, half, last)) if half > 0 else None
    score = sum(int(column[row]) for column in points.values())
    return Suggestion(look.grid.layout.ids[row], score, tuple(terms), ready.p50 if ready else None, ready)


def _wait(found: Scored) -> Wait | None:
    """The best bed that is free now against the best that is not yet, where that is the better bed."""
    legal, wait, rank = found.kept.legal, found.minutes[1], found.look.grid.layout.rank
    now = best(np.flatnonzero(legal & (wait == 0)), found.score, rank, 1)
    if not now.size:
        return None
    worth = found.score - found.points["ready"]
    soon = np.flatnonzero(legal & (wait > 0) & (wait <= found.look.weights.longest_wait) & (worth > worth[now[0]]))
    chosen = best(soon, found.score, rank, 1)
    if not chosen.size:
        return None
    ids, row = found.look.grid.layout.ids, chosen[0]
    gain = int(worth[row] - worth[now[0]])
    return Wait(ids[now[0]], ids[row], round(wait[row]), round(found.minutes[2][row]), gain)
