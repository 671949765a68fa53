"""Back entry: what happened on paper while the screens were dark, entered afterwards. Part of `flow.domain.commands`.

Each is the coming, moving, leaving or cleaning that a ward does at any time (`decide/back_entry`), told late; what is charted this way
has the origin `paper` in the log, its event time apart from when it was recorded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flow.domain.ids import BedId, PatientId, VisitId

LONGEST_AGO = timedelta(days=7)
"""What is older is history, which the HIS corrects and no ward."""


class Deed(StrEnum):
    """What is written on the paper."""

    CAME = "came"
    MOVED = "moved"
    LEFT = "left"
    CLEANED = "cleaned"


@dataclass(frozen=True, slots=True)
class EnterBack:
    """`deed` on `bed` (of who moved, the bed they left, for `to`) at a time, `by` the initials of whoever wrote it down. Of who came,
    `patient` with `sex` and `age`; `fresh` is the visit's number where the hospital knows none yet."""

    deed: Deed
    bed: BedId
    at: datetime
    by: str
    to: BedId | None = None
    patient: PatientId | None = None
    sex: str | None = None
    age: int | None = None
    fresh: VisitId | None = None
