"""What is said of beds in doubt: raised and withdrawn by the clock, asked of a nurse, answered by whoever looked. Part of
`flow.domain.commands`; `flow.domain.decide.checks` answers."""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.check import Doubt, Seen
from flow.domain.ids import BedId, CheckId, VisitId


@dataclass(frozen=True, slots=True)
class DoubtBed:
    """A cleaner says that a bed is clean in which somebody is said to lie."""

    bed: BedId


@dataclass(frozen=True, slots=True)
class RaiseCheck:
    """A bed is in doubt, and somebody should look."""

    id: CheckId
    bed: BedId
    doubt: Doubt
    words: str
    visit: VisitId | None = None
    out_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskCheck:
    """Ask a nurse to look. `since` is when their shift began; they are asked at most `a_shift` times in it."""

    check: CheckId
    nurse: str
    since: datetime
    a_shift: int


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """What somebody saw; where two claim the bed, `visit` is the one that lies there. `may_discharge`: by the word of whoever saw it a
    patient who was brought out has left."""

    check: CheckId
    seen: Seen
    visit: VisitId | None = None
    may_discharge: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawCheck:
    """The contradiction went away by itself."""

    check: CheckId


CheckCommand = DoubtBed | RaiseCheck | AskCheck | AnswerCheck | WithdrawCheck
