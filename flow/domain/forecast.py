"""A forecast of occupied beds as data: what it is made from, what it says, and how good the last ones were.

`flow.history.forecasts` reads and keeps it, `allocation.forecast` makes and judges it, `flow.views.forecast_page` draws it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import BedId, WardId

HORIZONS = (4, 8, 24)
"""Hours ahead."""
ENOUGH_DAYS = 28
"""Of history; with less there is no forecast."""
LOWEST_COVERAGE, HIGHEST_COVERAGE = 0.72, 0.88
"""Of the 80 % band in the last 28 days; outside, the forecast is calibrating."""
FEWEST_JUDGED = 21
"""Fewer forecasts that came due say nothing of a band: a week of three huddles."""


class Level(StrEnum):
    """What a forecast is of."""

    HOUSE = "house"
    SPECIALTY = "specialty"
    WARD = "ward"


class ForecastState(StrEnum):
    """How far a forecast may be trusted: its bands have held; they have not, or nobody knows yet; there is none."""

    FORECAST = "forecast"
    CALIBRATING = "calibrating"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch in which a bed was occupied by a visit, or out of use (no visit). `expected` is when the patient was expected to leave, as
    `heard` at the moment of writing."""

    bed: BedId
    ward: WardId
    visit: str | None
    start: datetime
    end: datetime | None
    heard: datetime
    expected: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Somebody whom a plan (A05, A14) announced for a moment: known since, due at, until it was over, and whether it was by coming.
    `ward` is that of the promised bed."""

    known: datetime
    due: datetime
    specialty: str | None
    visit: str | None = None
    ward: WardId | None = None
    over: datetime | None = None
    came: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What a forecast is made from; `first` is when the hospital's history begins."""

    first: datetime | None
    pieces: tuple[Piece, ...]
    planned: tuple[Planned, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What somebody considers: beds opened (above 0) or closed (below) by ward, planned admissions put off by so many hours: `delayed` of
    them, those that are due next, or (0) all."""

    beds: Mapping[WardId, int] = field(default_factory=dict)
    delay: int = 0
    delayed: int = 0

    @property
    def is_any(self) -> bool:
        """Whether anything would be different."""
        return bool(self.delay) or any(self.beds.values())


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many beds of a ward, a specialty or the house are occupied in so many hours. `chances` holds the probability of `low`, `low` + 1,
    ... occupied beds; the last is at most `staffed`. `short` is the expected number of patients above the staffed beds; `widened` by how
    many beds the 80 and the 90 % band reach further than the chances say, on either side."""

    level: Level
    name: str
    hours: int
    now: int
    staffed: int
    low: int
    chances: tuple[float, ...]
    short: float
    state: ForecastState = ForecastState.CALIBRATING
    widened: tuple[int, int] = (0, 0)

    @property
    def full(self) -> float:
        """The probability that every staffed bed is occupied."""
        return self.chances[-1] if self.low + len(self.chances) - 1 >= self.staffed else 0.0

    @property
    def median(self) -> int:
        """As likely more as less."""
        return self.quantile(0.5)

    @property
    def band_80(self) -> tuple[int, int]:
        """Holds in eight of ten cases."""
        return self._band(0.1, self.widened[0])

    @property
    def band_90(self) -> tuple[int, int]:
        """Holds in nine of ten cases."""
        (low, high), (inner_low, inner_high) = self._band(0.05, self.widened[1]), self.band_80
        return min(low, inner_low), max(high, inner_high)

    def quantile(self, share: float) -> int:
        """The least number of beds that is not exceeded with this probability."""
        total = 0.0
        for place, chance in enumerate(self.chances):
            total += chance
            if total >= share - 1e-9:
                return self.low + place
        return self.low + len(self.chances) - 1

    def _band(self, tail: float, widened: int) -> tuple[int, int]:
        return max(0, self.quantile(tail) - widened), min(self.staffed, self.quantile(1 - tail) + widened)


@dataclass(frozen=True, slots=True)
class Judged:
    """The forecasts of the last 28 days that came due, against what happened. `issued` of the `count` were on the table before their
    huddle; the others were made afterwards from the history before them. Coverages are shares; errors and pinball losses are in beds,
    `_now` those of "as many as now", `_week` of "as many as at that hour a week before"; `brier_usual` that of saying how often it was full
    at that hour in the four weeks before. `widen_*` is by how many beds each band would have had to reach further; `weight` how much of the
    next forecast (0 to 1) are the patients' own chances, the rest what is usual."""

    level: Level
    name: str
    hours: int
    count: int
    issued: int
    covered_80: float
    covered_90: float
    mae: float
    mae_now: float
    mae_week: float
    pinball: float
    pinball_now: float
    pinball_week: float
    brier: float
    brier_usual: float
    widen_80: int = 0
    widen_90: int = 0
    weight: float = 1.0

    @property
    def is_enough(self) -> bool:
        """Whether so many say anything."""
        return self.count >= FEWEST_JUDGED

    @property
    def holds(self) -> bool:
        """Whether the 80 % band has covered about as much as it says."""
        return self.is_enough and LOWEST_COVERAGE <= self.covered_80 <= HIGHEST_COVERAGE

    @property
    def pinball_under(self) -> float | None:
        """How far the pinball loss lies under the better of the two naive ones, as a share."""
        naive = min(self.pinball_now, self.pinball_week)
        return 1 - self.pinball / naive if naive else None


@dataclass(frozen=True, slots=True)
class Outlooks:
    """The forecast of the house and its parts made `at` a moment, for a `huddle` or for whoever asks. `days` is how much history there is;
    with too little, `rows` is empty."""

    at: datetime
    days: float
    rows: tuple[Outlook, ...]
    huddle: datetime | None = None
    what_if: WhatIf = field(default_factory=WhatIf)

    @property
    def state(self) -> ForecastState:
        """That of the house: the most careful of its horizons."""
        states = {row.state for row in self.rows if row.level is Level.HOUSE}
        worst = (ForecastState.NONE, ForecastState.CALIBRATING, ForecastState.FORECAST)
        return next((state for state in worst if state in states), ForecastState.NONE)
