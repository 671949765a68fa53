"""The hospital's own rules of how hard it is pressed, `[command_centre]` of its file: levels, what each goes by, what is done at it.

`flow.domain.alert_level` holds the hospital as it stands against them. The four that come with Bedflow are named as NHS England's OPEL
framework (2024) names its own: one is usual, four is extreme.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil


class Measure(StrEnum):
    """What levels go by."""

    OCCUPANCY = "occupancy"
    BOARDERS = "boarders"
    DIRTY = "dirty"


DEFINITIONS: Mapping[Measure, str] = {
    Measure.OCCUPANCY: "Occupied beds in percent of those staffed and not blocked; temporary places count in neither.",
    Measure.BOARDERS: "Patients who need a bed now and lie in none of a ward: a request whose clock runs, promised or not, of somebody who "
    "is not in a ward's bed yet; and whoever lies in a temporary place.",
    Measure.DIRTY: "Beds that wait for their clean to begin for longer than the house's aim.",
}
DEFINITIONS_VERSION = 1


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """Holds from as many as `reached` of its thresholds on; one without any is the usual. `do` is what the house does then."""

    name: str
    occupancy: int | None = None
    boarders: int | None = None
    dirty: int | None = None
    reached: int = 1
    do: str = ""

    @property
    def thresholds(self) -> Mapping[Measure, int]:
        """Those it has."""
        said = {Measure.OCCUPANCY: self.occupancy, Measure.BOARDERS: self.boarders, Measure.DIRTY: self.dirty}
        return {measure: value for measure, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Levels from the usual up; none: the house has written none."""

    levels: tuple[AlertLevel, ...] = ()


def usual_rules(beds: int) -> AlertRules:
    """For a house whose file names none: occupancy as in OPEL, the counts by how many beds it has."""

    def share(percent: float, least: int) -> int:
        return max(least, ceil(beds * percent / 100))

    return AlertRules(
        (
            AlertLevel("Usual"),
            AlertLevel("Moderate pressure", 92, share(1, 2), share(1, 2), do="Late discharges and dirty beds are looked through."),
            AlertLevel("Severe pressure", 95, share(2, 4), share(2, 4), do="Bed huddle every two hours; more cleaners are called."),
            AlertLevel("Extreme pressure", 98, share(4, 8), share(4, 8), do="The command team meets; planned admissions are put off."),
        )
    )
