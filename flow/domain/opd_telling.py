"""What an outpatient clinic tells those who wait, `[opd_telling]` of the hospital file: in which languages, on how wide a slip, how long a
consultation is taken to last before the day has shown it, and how near a turn is told by message."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flow.domain.ids import ClinicId


@dataclass(frozen=True, slots=True)
class OpdTelling:
    """`languages` in the order in which they are shown and spoken, `clinics` those that have an order of their own; `slip_mm` the paper's
    width, `consultation_minutes` what counts until the day's own are known, `near` at how many before them somebody is written to."""

    languages: tuple[str, ...] = ("en", "hi", "ta")
    clinics: Mapping[ClinicId, tuple[str, ...]] = field(default_factory=dict)
    slip_mm: int = 80
    consultation_minutes: int = 8
    near: int = 3

    def of(self, clinic: ClinicId) -> tuple[str, ...]:
        """A clinic's languages."""
        return self.clinics.get(clinic, self.languages)
