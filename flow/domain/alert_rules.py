"""The hospital's own rules of how hard it is pressed, `[command_centre]` of its file: levels, what each goes by, what is done at it.

`flow.domain.alert_level` holds the hospital as it stands against them. The four that come with Bedflow are named as NHS England's OPEL
framework (2024) names its own: one is usual, four is extreme.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import ceil


class Measure(StrEnum):
    """What levels go by."""

    OCCUPANCY = "occupancy"
    BOARDERS = "boarders"
    DIRTY = "dirty"
    EXPECTED = "expected"


DEFINITIONS: Mapping[Measure, str] = {
    Measure.OCCUPANCY: "Occupied beds in percent of those staffed and not blocked; temporary places count in neither.",
    Measure.BOARDERS: "Patients who need a bed now and lie in none of a ward: a request whose clock runs, promised or not, of somebody who "
    "is not in a ward's bed yet; and whoever lies in a temporary place.",
    Measure.DIRTY: "Beds that wait for their clean to begin for longer than the house's aim.",
    Measure.EXPECTED: "Beds expected to be occupied eight hours after the newest forecast was issued for a huddle (its median), in percent "
    "of those staffed; nothing once those hours have passed, nor while no forecast is issued.",
}
DEFINITIONS_VERSION = 2


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """Holds from as many as `reached` of its thresholds on; one without any is the usual. `do` is what the house does then."""

    name: str
    occupancy: int | None = None
    boarders: int | None = None
    dirty: int | None = None
    reached: int = 1
    do: str = ""
    expected: int | None = None

    @property
    def thresholds(self) -> Mapping[Measure, int]:
        """Those it has."""
        said = {Measure.OCCUPANCY: self.occupancy, Measure.BOARDERS: self.boarders, Measure.DIRTY: self.dirty}
        said[Measure.EXPECTED] = self.expected
        return {measure: value for measure, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Levels from the usual up; none: the house has written none. A level is left for a lower one once its rule has not held for
    `hold_minutes`, so that what hovers about a threshold changes nothing."""

    levels: tuple[AlertLevel, ...] = ()
    hold_minutes: int = 30

    @property
    def version(self) -> str:
        """Of the definitions, and by what is written: two houses, or two days, with equal rules have equal versions."""
        return f"{DEFINITIONS_VERSION}-{sha256(repr(self).encode()).hexdigest()[:8]}"


def usual_rules(beds: int, hold_minutes: int = 30) -> AlertRules:
    """For a house whose file names none: occupancy as in OPEL, what is expected above it, the counts by how many beds it has."""

    def share(percent: float, least: int) -> int:
        return max(least, ceil(beds * percent / 100))

    return AlertRules(
        (
            AlertLevel("Usual"),
            AlertLevel(
                "Moderate pressure", 92, share(1, 2), share(1, 2), do="Late discharges and dirty beds are looked through.", expected=95
            ),
            AlertLevel(
                "Severe pressure", 95, share(2, 4), share(2, 4), do="Bed huddle every two hours; more cleaners are called.", expected=98
            ),
            AlertLevel(
                "Extreme pressure", 98, share(4, 8), share(4, 8), do="The command team meets; planned admissions are put off.", expected=100
            ),
        ),
        hold_minutes,
    )
