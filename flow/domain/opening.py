"""Names and letters opened for a reason (break-glass): for how long, of whom, and why. Pure.

A grant is for one ward, or for those who wait for a bed and are in none yet, and for a quarter of an hour; who needs another ward's names
says why again, and the grant before ends with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.ids import WardId

LASTS = timedelta(minutes=15)
REASONS = (
    "Look after a colleague's patients",
    "Find a bed or settle a conflict",
    "Tell a family where somebody lies",
    "Look into an incident or complaint",
    "Emergency or evacuation",
    "Something else",
)
"""Why somebody may open names; with each stands what it was in their own words."""
FEWEST_WORDS, MOST_WORDS = 8, 300
"""Letters of the own words."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A grant that stands; `ward` None: of those in no ward yet."""

    id: int
    ward: WardId | None
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Names may still be shown by it."""
        return at < self.until


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands on record of one. `words` are the opener's own, `names` how many people were shown by it, `remark` the reviewer's."""

    id: int
    actor: str
    role: str
    ward: WardId | None
    reason: str
    words: str
    at: datetime
    until: datetime
    ended_at: datetime | None = None
    names: int = 0
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    remark: str = ""

    def over(self, at: datetime) -> bool:
        """Nothing more is shown by it."""
        return self.ended_at is not None or at >= self.until


@dataclass(frozen=True, slots=True)
class Revealed:
    """What stands on record of a letter that was opened, for one look. `words` are the opener's own, `remark` the reviewer's."""

    id: int
    letter: int
    actor: str
    reason: str
    words: str
    at: datetime
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    remark: str = ""
