"""The past as columns: who lay in which ward from when to when, when their leaving was announced, which beds were out of use.

Before it `flow.history.forecasts` read the pieces; after it `tallies` counts them by day and hour. Times are hours of the hospital's own
clock since 1970: a day is 24 of them, also where the clocks are changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from flow.domain.forecast import Level, Past, Piece, Planned
from flow.domain.plan import Plan

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
_APART = 1.0
"""A visit that was away from the ward for less than this many hours has stayed there: it changed beds, or a letter was late."""


class Clock:
    """Moments as hours of the local clock since 1970."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def hours(self, at: datetime) -> float:
        """One moment."""
        return (at.astimezone(self.zone).replace(tzinfo=None) - datetime(1970, 1, 1)) / timedelta(hours=1)  # noqa: DTZ001  # local on purpose

    def until(self, at: datetime | None) -> float:
        """One moment; infinity for one that has not come."""
        return np.inf if at is None else self.hours(at)


@dataclass(frozen=True)
class Groups:
    """The house, its specialties and its wards; `member` says which wards each is made of, shape (groups, wards). `specialty` is each
    ward's, as a number."""

    names: tuple[tuple[Level, str], ...]
    member: NDArray[np.bool_]
    specialty: Places
    beds: Numbers

    @classmethod
    def of(cls, plan: Plan) -> "Groups":
        """Those of a plan; a ward that names no specialty is one of its own."""
        wards = [ward for ward in plan.wards if ward.beds]
        named = [ward.specialty or ward.name for ward in wards]
        specialties = list(dict.fromkeys(named))
        names = [(Level.HOUSE, "")] + [(Level.SPECIALTY, name) for name in specialties] + [(Level.WARD, str(ward.id)) for ward in wards]
        rows = [[True] * len(wards), *([name == each for each in named] for name in specialties), *np.eye(len(wards), dtype=bool).tolist()]
        numbers = np.array([specialties.index(name) for name in named], np.intp)
        beds = np.array([len(ward.beds) for ward in wards], np.float64)
        return cls(tuple(names), np.array(rows, np.bool_).reshape(len(names), len(wards)), numbers, beds)

    @cached_property
    def wards(self) -> dict[str, int]:
        """Each ward's place."""
        return {name: place for place, (_, name) in enumerate(n for n in self.names if n[0] is Level.WARD)}

    def specialty_of(self, name: str) -> int | None:
        """A specialty's number."""
        found = [each for level, each in self.names if level is Level.SPECIALTY]
        return found.index(name) if name in found else None


@dataclass(frozen=True)
class Stays:
    """One row a stay in a ward; `leave` is infinity for who is still there, `told` when a leaving was first announced (infinity: never),
    `lead` by how many hours a plan had announced the coming and `after_due` how many hours after the moment it named it was (nan: none
    had). `said_*` are all announcements in the order in which they were heard, `out_*` the
    beds out of use."""

    ward: Places
    arrive: Numbers
    leave: Numbers
    told: Numbers
    lead: Numbers
    after_due: Numbers
    said_stay: Places
    said_at: Numbers
    said_expected: Numbers
    out_ward: Places
    out_from: Numbers
    out_to: Numbers

    def here(self, at: float) -> Places:
        """The stays of those who are there at a moment."""
        return np.flatnonzero((self.arrive <= at) & (self.leave > at))

    def expected(self, at: float) -> Numbers:
        """When each was expected to leave, as known at a moment; nan where nobody had said."""
        found = np.full(self.ward.size, np.nan)
        heard = self.said_at <= at
        found[self.said_stay[heard]] = self.said_expected[heard]
        return found

    def first_expected(self) -> Numbers:
        """When each was first expected to leave: what was said later says too little of how late it gets."""
        found = np.full(self.ward.size, np.nan)
        given = np.flatnonzero(~np.isnan(self.said_expected))[::-1]
        found[self.said_stay[given]] = self.said_expected[given]
        return found

    def occupied(self, at: float, wards: int) -> Places:
        """Patients by ward."""
        return np.bincount(self.ward[self.here(at)], minlength=wards)

    def out(self, at: float, wards: int) -> Places:
        """Beds out of use by ward."""
        return np.bincount(self.out_ward[(self.out_from <= at) & (self.out_to > at)], minlength=wards)


@dataclass(frozen=True)
class Plans:
    """One row a patient whom a plan announced: since when, for when, until when it stood (infinity: it stands), whether it ended by coming,
    and the wards to which such a patient may come: that of the promised bed, else those of the specialty, else all."""

    known: Numbers
    due: Numbers
    over: Numbers
    came: NDArray[np.bool_]
    wards: tuple[Places, ...]

    def open(self, at: float) -> Places:
        """Those who are announced at a moment and have not come."""
        return np.flatnonzero((self.known <= at) & (self.over > at))


def plans(planned: Iterable[Planned], groups: Groups, clock: Clock) -> Plans:
    """The columns of what was announced."""
    rows = list(planned)
    return Plans(
        known=np.array([clock.hours(one.known) for one in rows], np.float64),
        due=np.array([clock.hours(one.due) for one in rows], np.float64),
        over=np.array([clock.until(one.over) for one in rows], np.float64),
        came=np.array([one.came for one in rows], np.bool_),
        wards=tuple(_wards(one, groups) for one in rows),
    )


def _wards(one: Planned, groups: Groups) -> Places:
    if one.ward is not None and one.ward in groups.wards:
        return np.array([groups.wards[one.ward]], np.intp)
    number = groups.specialty_of(one.specialty or "")
    own = np.flatnonzero(groups.specialty == number) if number is not None else np.zeros(0, np.intp)
    return own if own.size else np.arange(len(groups.beds))


def stays(past: Past, groups: Groups, clock: Clock) -> Stays:
    """The columns of a past."""
    known = [piece for piece in past.pieces if piece.ward in groups.wards]
    plans: dict[str | None, Planned] = {one.visit: one for one in past.planned if one.visit is not None and one.came}
    rows = [_merged(own) for own in _chains(piece for piece in known if piece.visit is not None)]
    said = sorted(
        (clock.hours(piece.heard), place, np.nan if piece.expected is None else clock.hours(piece.expected))
        for place, own in enumerate(rows)
        for piece in own.said
    )
    out = [piece for piece in known if piece.visit is None]
    told = np.full(len(rows), np.inf)
    for at, place, expected in reversed(said):
        if not np.isnan(expected):
            told[place] = at
    announced = [plans.get(row.first.visit) if row.is_first else None for row in rows]
    return Stays(
        ward=np.array([groups.wards[row.first.ward] for row in rows], np.intp),
        arrive=np.array([clock.hours(row.first.start) for row in rows], np.float64),
        leave=np.array([clock.until(row.end) for row in rows], np.float64),
        told=told,
        lead=_after(rows, [one.known if one is not None else None for one in announced]),
        after_due=_after(rows, [one.due if one is not None else None for one in announced]),
        said_stay=np.array([place for _, place, _ in said], np.intp),
        said_at=np.array([at for at, _, _ in said], np.float64),
        said_expected=np.array([expected for _, _, expected in said], np.float64),
        out_ward=np.array([groups.wards[piece.ward] for piece in out], np.intp),
        out_from=np.array([clock.hours(piece.start) for piece in out], np.float64),
        out_to=np.array([clock.until(piece.end) for piece in out], np.float64),
    )


@dataclass(frozen=True)
class _Row:
    """The pieces of one stay: the first, its end, those that changed what was expected, and whether the visit began with it."""

    first: Piece
    end: datetime | None
    said: tuple[Piece, ...]
    is_first: bool


def _after(rows: Sequence[_Row], moments: Sequence[datetime | None]) -> Numbers:
    """How many hours after these moments the stays began; nan where there is none."""
    pairs = zip(rows, moments, strict=True)
    return np.array([np.nan if at is None else (row.first.start - at) / timedelta(hours=1) for row, at in pairs], np.float64)


@dataclass(frozen=True)
class _Chain:
    pieces: tuple[Piece, ...]
    is_first: bool


def _chains(pieces: Iterable[Piece]) -> Iterable[_Chain]:
    """The pieces of each visit in order, cut where it came into another ward, or had been away."""
    ordered = sorted(pieces, key=lambda piece: (str(piece.visit), piece.start, piece.heard))
    for _, own in groupby(ordered, key=lambda piece: piece.visit):
        chain: list[Piece] = []
        is_first = True
        for piece in own:
            if chain and _apart(chain[-1], piece):
                yield _Chain(tuple(chain), is_first)
                chain, is_first = [], False
            chain.append(piece)
        yield _Chain(tuple(chain), is_first)


def _apart(one: Piece, other: Piece) -> bool:
    gone = one.end is not None and (other.start - one.end) / timedelta(hours=1) > _APART
    return gone or one.ward != other.ward


def _merged(chain: _Chain) -> _Row:
    said, last = [], None
    for piece in chain.pieces:
        if piece.expected != last:
            said.append(piece)
            last = piece.expected
    return _Row(chain.pieces[0], chain.pieces[-1].end, tuple(said), chain.is_first)
