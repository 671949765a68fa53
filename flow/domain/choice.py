"""Choices of beds as they were made: the bed taken, the best one suggested at that moment, both with their points; and what came of it.

The web room writes a choice down beside the assignment; managers read the overrides among them, with what they cost or won.
"""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.ids import BedId, RequestId, WardId


@dataclass(frozen=True, slots=True)
class Weighed:
    """A bed against the best suggestion. `best` is None where every bed breaks a rule; `ready_at` None: free at once.
    Points are those of the weights' `version`."""

    bed: BedId
    score: int
    ready_at: datetime | None
    best: BedId | None
    best_score: int
    best_ready_at: datetime | None
    version: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An assignment as it was made. `command` is its number in the log; `blocked` are the rules it broke, `reason` what was said of it;
    the rest is what the request asked for."""

    command: int
    at: datetime
    request: RequestId
    ward: WardId
    weighed: Weighed
    blocked: tuple[str, ...]
    reason: str
    type: str
    priority: int
    specialty: str
    isolation: bool

    @property
    def is_override(self) -> bool:
        """Another bed than the best one suggested, or one that breaks a rule."""
        return bool(self.blocked) or (self.weighed.best is not None and self.weighed.best != self.weighed.bed)

    @property
    def points(self) -> int | None:
        """Won (or lost, below 0) against the best suggestion; None where there was none."""
        return None if self.weighed.best is None else self.weighed.score - self.weighed.best_score


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an assignment. `bed` is where the patient came to; `arrived_at` None: not there yet, or never (`given_up`);
    `moved_again` within 48 hours."""

    bed: BedId | None = None
    arrived_at: datetime | None = None
    given_up: bool = False
    moved_again: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A choice with its outcome."""

    choice: Choice
    outcome: Outcome
