"""How the house reads early-warning scores, `[station]` of its file: by which codes they come, from where on they are medium and high,
and for how long a score says who should go up to intensive care or may come down from it; and how far ahead a nurse may close a bed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.acuity import Acuity


@dataclass(frozen=True, slots=True)
class StationRules:
    """`codes` are OBX-3 of the total alone (NEWS2; SNOMED CT 1104051000000101), `medium` and `high` the least totals of these levels
    (RCP 2017: 5 and 7). Who has `step_down` at most for `steady_hours` may leave intensive care; a score older than `fresh_hours` moves
    nobody, and is shown as old. Nobody says of a bed that it is out of use for longer than `closed_days`."""

    codes: tuple[str, ...] = ("NEWS2", "1104051000000101")
    medium: int = 5
    high: int = 7
    step_down: int = 2
    steady_hours: int = 12
    fresh_hours: int = 12
    closed_days: int = 366

    def counts_until(self, acuity: Acuity) -> datetime | None:
        """When it is too old to go by; None for a nurse's tap, which counts until it is taken back."""
        return None if acuity.score is None else acuity.at + timedelta(hours=self.fresh_hours)

    def counts(self, acuity: Acuity, at: datetime) -> bool:
        """It is how the patient is now."""
        until = self.counts_until(acuity)
        return until is None or at <= until
