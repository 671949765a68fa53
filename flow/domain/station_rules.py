"""How the house reads early-warning scores, `[station]` of its file: by which codes they come, from where on they are medium and high,
and for how long a score says who should go up to intensive care or may come down from it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StationRules:
    """`codes` are OBX-3 of the total alone (NEWS2; SNOMED CT 1104051000000101), `medium` and `high` the least totals of these levels
    (RCP 2017: 5 and 7). Who has `step_down` at most for `steady_hours` may leave intensive care; a score older than `fresh_hours` moves
    nobody."""

    codes: tuple[str, ...] = ("NEWS2", "1104051000000101")
    medium: int = 5
    high: int = 7
    step_down: int = 2
    steady_hours: int = 12
    fresh_hours: int = 12
