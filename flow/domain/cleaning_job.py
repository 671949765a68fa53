"""The job of a bed that wants cleaning: why it was made, who has it, how far it has come. Stands in the bed's record, beside its condition.

A job is made when a bed comes into cleaning and ended when it leaves it; the ended one stays with the bed until the next, so that a tap
that comes late finds what it was about. No names: a cleaner is an id.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """Why a bed is to be cleaned."""

    LEFT = "left"
    ASKED = "asked"
    FOUND_DIRTY = "found_dirty"
    REPORTED = "reported"
    """Another system said so (A20)."""


class End(StrEnum):
    """How a job ended."""

    DONE = "done"
    OVERTAKEN = "overtaken"
    """A patient came before the clean was told."""
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    """The patient had never left."""


class Step(StrEnum):
    """A stage of an isolation clean; the house says which, in which order."""

    LINEN = "linen"
    WASH = "wash"
    DISINFECT = "disinfect"
    CURTAINS = "curtains"
    AIR = "air"


@dataclass(frozen=True, slots=True)
class CleanJob:
    """`steps` are those of an isolation clean and `step` how many are done; `inspect`: a supervisor looks before the bed is free.

    `cleaner` has the job, offered at `offered_at`; `passed` had it before without a word. `escalated_at`: nobody was left, the supervisor
    was told. `cleaned_at` is when the work was done by the cleaner's own clock, `ended_at` when the hospital knew. `problem` is the open
    report of one. `freed`: whom the finished clean served (`ed`: out of the emergency department), at `freed_at`.
    """

    id: str
    why: Why
    asked_at: datetime
    stat: bool = False
    steps: tuple[Step, ...] = ()
    step: int = 0
    inspect: bool = False
    cleaner: str | None = None
    offered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    passed: tuple[str, ...] = ()
    escalated_at: datetime | None = None
    started_at: datetime | None = None
    cleaned_at: datetime | None = None
    inspected_at: datetime | None = None
    failed: int = 0
    problem: str | None = None
    ended_at: datetime | None = None
    end: End | None = None
    freed: str | None = None
    freed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Still to be done."""
        return self.ended_at is None

    @property
    def is_unheard(self) -> bool:
        """Everybody was asked and the supervisor was told, and nobody has said a word; true of a bed that still waits."""
        return self.escalated_at is not None and self.acknowledged_at is None and self.problem is None

    @property
    def next_step(self) -> Step | None:
        """The step to do now; None where there is none left."""
        return self.steps[self.step] if self.step < len(self.steps) else None

    @property
    def is_offered(self) -> bool:
        """Given to somebody who has not answered yet."""
        return self.is_open and self.cleaner is not None and self.offered_at is not None and self.acknowledged_at is None


_EMERGENCY = frozenset({"ed", "er", "emergency", "casualty"})


def is_emergency(origin: str) -> bool:
    """Whether a patient waits in the emergency department, by the first word of what the desk wrote."""
    return next(iter(origin.casefold().split()), "") in _EMERGENCY
