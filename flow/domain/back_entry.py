"""Back entry: what happened on paper while the screens were dark, entered afterwards. Part of `flow.domain.commands`.

Each is what a ward does at any time (`decide/back_entry`: coming, moving, leaving, cleaning, beds out of use, isolation) or an outpatient
clinic (`decide/back_entry_opd`: tokens given, called, finished, absent), told late; what is charted this way has the origin `paper` in the
log, its event time apart from when it was recorded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flow.domain.bed import OutOfUse
from flow.domain.care import Isolation
from flow.domain.ids import BedId, ClinicId, PatientId, VisitId
from flow.domain.opd import Group

LONGEST_AGO = timedelta(days=7)
"""What is older is history, which the HIS corrects and no ward."""


class Deed(StrEnum):
    """What is written on the paper."""

    CAME = "came"
    MOVED = "moved"
    LEFT = "left"
    CLEANED = "cleaned"
    BLOCKED = "blocked"
    OPENED = "opened"
    ISOLATED = "isolated"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class EnterBack:
    """`deed` on `bed` (of who moved, the bed they left, for `to`) at a time, `by` the initials of whoever wrote it down. Of who came,
    `patient` with `sex` and `age`; `fresh` is the visit's number where the hospital knows none yet. Of a bed out of use, the `reason` and
    perhaps a `note`; of who was isolated, how and for which `organism`."""

    deed: Deed
    bed: BedId
    at: datetime
    by: str
    to: BedId | None = None
    patient: PatientId | None = None
    sex: str | None = None
    age: int | None = None
    fresh: VisitId | None = None
    reason: OutOfUse | None = None
    note: str = ""
    isolation: Isolation | None = None
    organism: str = ""


class TokenDeed(StrEnum):
    """What a clinic writes of a number."""

    GIVEN = "given"
    CALLED = "called"
    FINISHED = "finished"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class EnterTokenBack:
    """`deed` on the clinic's number `rank` of that day, at a time, `by` the initials of whoever wrote it down. Of who was given one, whose
    turn (`group`) and, where known, who (`patient`), without a `rank` the next; `sure` that the number is right, far above the others as it
    is. Of who was called, the `room`."""

    deed: TokenDeed
    clinic: ClinicId
    at: datetime
    by: str
    rank: int | None = None
    room: str | None = None
    group: Group | None = None
    patient: PatientId | None = None
    sure: bool = False
