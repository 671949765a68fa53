"""How ill a patient is, as a ward needs to know it: an early-warning score of the feed (ORU), or a nurse's tap. A number and a level, no
other result. Shown at the nurse station, never on public walls; `flow.domain.station_rules` says which score is which level.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How closely the patient must be watched (RCP, National Early Warning Score 2, 2017: low, medium, high clinical risk)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


WATCHED = frozenset({Level.MEDIUM, Level.HIGH})
"""Should lie near the nurse station."""

ALWAYS_WATCHED = frozenset({"icu", "hdu"})
"""Types of beds in which high scores are the rule: there they call nobody."""


@dataclass(frozen=True, slots=True)
class Acuity:
    """`score` is None where a nurse tapped a level; `at` when it was taken, `since` from when on the patient has had this level, `sent`
    when it was told (a correction has the same `at`). `alarm_since`: a score has turned high, so long ago, and nobody has said that they
    have seen it."""

    level: Level
    at: datetime
    since: datetime
    source: str
    score: int | None = None
    sent: datetime | None = None
    alarm_since: datetime | None = None

    @property
    def watched(self) -> bool:
        """The patient must be watched more closely than others."""
        return self.level in WATCHED
