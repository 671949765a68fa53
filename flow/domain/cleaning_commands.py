"""What cleaners and their supervisor want done: taps of the phone, a job given to somebody, an inspection, a problem."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.bed import OutOfUse
from flow.domain.cleaning_job import Step, Why
from flow.domain.ids import BedId


class Tap(StrEnum):
    """The buttons of the phone."""

    COMING = "coming"
    START = "start"
    PAUSE = "pause"
    STEP = "step"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TapClean:
    """A cleaner's tap. `job` is the one that was on the screen: it holds whatever else has happened to the bed's record since; without it
    `if_seq` refuses when the bed changed. `at` is the phone's own time of the tap; `step` which one was done."""

    bed: BedId
    tap: Tap
    cleaner: str
    trained: bool = False
    job: str | None = None
    at: datetime | None = None
    if_seq: int | None = None
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class AskClean:
    """Have a bed cleaned: asked for or found dirty; on an occupied bed it is one more clean today and changes no status. With `job` it is
    about that clean alone (to make it urgent), and refused when it is over."""

    bed: BedId
    why: Why = Why.ASKED
    isolation: bool = False
    stat: bool = False
    job: str | None = None


@dataclass(frozen=True, slots=True)
class GiveJob:
    """Give the job to a cleaner (a supervisor's two taps, or the dispatcher's offer); None: to nobody. `passed`: whoever had it has not
    answered; `gone`: they went home; `told`: by word of mouth, as whoever has no phone is, so that no answer is waited for."""

    bed: BedId
    job: str
    cleaner: str | None
    trained: bool = True
    passed: bool = False
    gone: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class EscalateJob:
    """Nobody is left to offer the job to: the supervisor is told."""

    bed: BedId
    job: str


@dataclass(frozen=True, slots=True)
class InspectClean:
    """A supervisor has looked: good, or to be cleaned again."""

    bed: BedId
    job: str
    good: bool


@dataclass(frozen=True, slots=True)
class CleanDaily:
    """The daily clean of an occupied bed was done."""

    bed: BedId
    cleaner: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """A cleaner cannot make the bed ready; `problem` is the report's id. The clean pauses, and a block is proposed."""

    bed: BedId
    problem: str
    reason: OutOfUse
    cleaner: str
    job: str | None = None


@dataclass(frozen=True, slots=True)
class SettleProblem:
    """Somebody who may block beds has looked at a report: the bed goes out of use, or its clean goes on."""

    bed: BedId
    problem: str
    block: bool
    reason: OutOfUse = OutOfUse.REPAIR
    until: datetime | None = None
