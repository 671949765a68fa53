"""The figures managers read, as records with their definitions: what was counted over a stretch of time, and what each figure means.

`flow.history.reports` counts them, `flow.views.occupancy_page` shows them, the CSV carries them; all cite the same definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import NamedTuple

DEFINITIONS_VERSION = 1

DEFINITIONS: Mapping[str, str] = {
    "occupancy": "Occupied beds / staffed and unblocked beds (every bed that is not out of use), at one moment.",
    "mean_occupancy": "Occupied bed-hours / staffed and unblocked bed-hours in the period.",
    "peak_occupancy": "The highest occupancy at any of the moments drawn.",
    "free": "Available beds that nobody has been promised.",
    "turn": "From the request for cleaning (the patient's leaving) to the bed being ready; turns under a minute, taps taken back, "
    "are left out.",
    "waiting": "Bed requests without a bed whose patients have waited 240 minutes or more since the request.",
    "lost": "Bed-hours out of use / 24, in the period; its share is of all beds' hours.",
}

TARGET_PERCENT = 85
HIGH_PERCENT = 92
TURN_AIM = 60
"""Minutes; the published aim for request to clean (PRODUCT.md)."""
LONG_WAIT = timedelta(minutes=240)


class Sample(NamedTuple):
    """All beds at one moment, by what they were; the five figures add up to the beds that existed. A tuple, as a year by hour and ward is
    a hundred thousand of them."""

    at: datetime
    occupied: int = 0
    free: int = 0
    coming: int = 0
    cleaning: int = 0
    out: int = 0

    def __add__(self, other: "Sample") -> "Sample":  # type: ignore[override]  # beds are added up, not laid one after the other
        beds = (self.occupied + other.occupied, self.free + other.free, self.coming + other.coming)
        return Sample(self.at, *beds, self.cleaning + other.cleaning, self.out + other.out)

    @property
    def beds(self) -> int:
        """Every bed there was."""
        return self.occupied + self.free + self.coming + self.cleaning + self.out

    @property
    def staffed(self) -> int:
        """The denominator of occupancy."""
        return self.beds - self.out

    @property
    def percent(self) -> float | None:
        """Occupancy; None while no bed is staffed."""
        return 100 * self.occupied / self.staffed if self.staffed else None


@dataclass(frozen=True, slots=True)
class BedTime:
    """Seconds that beds spent in a stretch of time, by what they were, and how often one was taken and left."""

    occupied: float = 0.0
    free: float = 0.0
    coming: float = 0.0
    cleaning: float = 0.0
    out: float = 0.0
    taken: int = 0
    vacated: int = 0

    def __add__(self, other: "BedTime") -> "BedTime":
        return BedTime(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def whole(self) -> float:
        """All of it."""
        return self.staffed + self.out

    @property
    def staffed(self) -> float:
        """Of beds that were not out of use."""
        return self.occupied + self.free + self.coming + self.cleaning

    @property
    def percent(self) -> float | None:
        """Mean occupancy; None while no bed was staffed."""
        return 100 * self.occupied / self.staffed if self.staffed else None


@dataclass(frozen=True, slots=True)
class Turns:
    """Cleaning turns in minutes: how many, and their quartiles and 90th percentile (None without a turn)."""

    count: int = 0
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class WardFigures:
    """One ward over the period; percentages are None while no bed of it was staffed."""

    ward: str
    beds: int
    mean: float | None
    peak: float | None
    lost_days: float
    turns: Turns


@dataclass(frozen=True, slots=True)
class OccupancyReport:
    """Everything counted from `start` to `end`. `samples` are the moments `every` apart, `hours` one an hour over the period, and over four
    weeks at least, `turns_before` those of the period of equal length before; bed-days are of the whole period."""

    start: datetime
    end: datetime
    every: timedelta
    samples: tuple[Sample, ...]
    hours: tuple[Sample, ...]
    wards: tuple[WardFigures, ...]
    turns: Turns
    turns_before: Turns
    lost_days: float
    bed_days: float
