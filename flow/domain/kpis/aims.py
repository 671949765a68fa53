"""What a hospital aims at: of each KPI at most so much, of the house and of single wards and clinics. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flow.domain.kpis.table import Measure


@dataclass(frozen=True, slots=True)
class Aims:
    """The hospital's own by KPI; `places` are those of a ward or clinic, by its id and KPI."""

    house: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, measure: Measure, place: str | None = None) -> float | None:
        """The place's own, else the house's, else the usual one."""
        own = self.places.get(place, {}) if place else {}
        return own.get(measure.id, self.house.get(measure.id, measure.aim))
