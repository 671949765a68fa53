"""Letters to other systems on their way: laid down by a follower of the log, taken up by a courier, kept in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flow.domain.charges import Line
from flow.domain.ids import VisitId


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter to be sent: `kind` A20, A14, A15 or P03, `key` its MSH-10 and what makes it one of its kind, `subject` the request and bed
    (`R1/4B-A-01`) or the visit it is about; `due` when it may go, at once where None; `problem` why it could not be written: then it
    is a dead letter from the start."""

    kind: str
    key: str
    body: bytes
    subject: str = ""
    due: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The letter whose turn it is; `attempts` that were answered with an error so far."""

    id: int
    kind: str
    key: str
    subject: str
    body: bytes
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What some entries of the log came to: letters, requests whose waiting letters no longer hold (`withdrawn`), and what is charged
    and credited. `seq` is the last entry dealt with; None where the hours passed and nothing happened."""

    posted: Sequence[Posted] = ()
    charged: Mapping[VisitId, Sequence[Line]] = field(default_factory=dict)
    seq: int | None = None
    withdrawn: Sequence[str] = ()
