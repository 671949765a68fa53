"""A verify task: two sources contradict each other about a bed, and somebody near is asked to look. Ten seconds: what lies there?

Open, then answered (with what was seen) or withdrawn, because the contradiction went away by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.ids import BedId, CheckId, VisitId, WardId


class Doubt(StrEnum):
    """What contradicts what."""

    CLEANED_WHILE_OCCUPIED = "cleaned_while_occupied"
    """The feed says occupied, a cleaner says clean."""
    REPORTED_OTHERWISE = "reported_otherwise"
    """Another system says otherwise (A20)."""
    VISIT_OVER = "visit_over"
    """The patient's visit is closed, the bed still holds it."""
    BROUGHT_OUT = "brought_out"
    """A porter has brought the patient out of the house, nobody has said that they have left."""
    TWO_CLAIMS = "two_claims"
    """Two visits claim the bed."""
    SILENT = "silent"
    """Nobody has confirmed an expected coming or going for long."""


class Seen(StrEnum):
    """What somebody saw."""

    EMPTY_CLEAN = "empty_clean"
    EMPTY_DIRTY = "empty_dirty"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class Check:
    """`asked` is the nurse who is asked to look (None: whoever is near, no budget left or nobody signed in); `words` why, without names;
    `out_at` when a porter brought the patient out, where that is the doubt."""

    id: CheckId
    bed: BedId
    ward: WardId
    doubt: Doubt
    raised_at: datetime
    words: str = ""
    visit: VisitId | None = None
    asked: str | None = None
    asked_at: datetime | None = None
    seen: Seen | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    withdrawn_at: datetime | None = None
    seq: int = 0
    out_at: datetime | None = None

    @property
    def over_at(self) -> datetime | None:
        """When it was over."""
        return self.answered_at or self.withdrawn_at

    @property
    def is_live(self) -> bool:
        """Still to be looked at."""
        return self.over_at is None


@dataclass(frozen=True, slots=True)
class Looked:
    """The checks raised in a period: how many, how many were answered and how many of those found the bed shown wrongly (empty where it was
    shown occupied, or the other way round), and the median minutes until somebody looked (None: nobody has)."""

    raised: int = 0
    answered: int = 0
    wrong: int = 0
    median: float | None = None
