"""What a ward does with its patients by hand: places and swaps them, says who has come, isolates. Part of `flow.domain.commands`.

`blocked_by` are the hard rules that a bed breaks for the patient (handed in), `as_of` the Seq of the hospital they were found in;
a rule is broken with an `override_reason` only. `if_seq` is the version of a bed that was looked at.
"""

from dataclasses import dataclass
from datetime import datetime

from flow.domain.acuity import Level
from flow.domain.bed import OutOfUse
from flow.domain.care import Isolation
from flow.domain.ids import BedId, PatientId, RoomId, VisitId


@dataclass(frozen=True, slots=True)
class PlacePatient:
    """Move the patient of a visit to another bed."""

    visit: VisitId
    bed: BedId
    blocked_by: tuple[str, ...] = ()
    override_reason: str | None = None
    if_seq: int | None = None
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class SwapPatients:
    """Two patients change beds, in one step: `visit` goes to where `other` lies, and the other way round."""

    visit: VisitId
    other: VisitId
    blocked_by: tuple[str, ...] = ()
    override_reason: str | None = None
    if_seq: int | None = None
    other_seq: int | None = None
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmArrival:
    """The patient to whom a bed is promised lies in it, or the `patient` named, whom nobody promised one. `fresh` is the visit's number
    where the hospital knows none yet."""

    bed: BedId
    fresh: VisitId
    if_seq: int | None = None
    patient: PatientId | None = None
    sex: str | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class MarkIsolation:
    """The patient of a visit needs isolation of this kind (None: no longer), for that organism."""

    visit: VisitId
    isolation: Isolation | None
    organism: str | None = None
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class MarkAcuity:
    """A nurse's word on how ill the patient of a visit is; None: nothing is said any more."""

    visit: VisitId
    level: Level | None
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class SeeScore:
    """Somebody has seen that the score of a visit's patient has turned high."""

    visit: VisitId
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class NoteScore:
    """ORU: the total of an early-warning score, taken `at` and told at `sent`."""

    patient: PatientId
    visit: VisitId | None
    score: int
    at: datetime
    sent: datetime


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """Take every bed of a room out of use, in one go; those in which somebody lies, when they have left and it is clean."""

    room: RoomId
    reason: OutOfUse
    note: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReopenRoom:
    """Every bed of a room is in use again."""

    room: RoomId


@dataclass(frozen=True, slots=True)
class CloseBed:
    """Take one bed in which somebody lies out of use as soon as they have left and it is clean; nobody is promised it from now on."""

    bed: BedId
    reason: OutOfUse
    note: str = ""
    until: datetime | None = None
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class KeepBed:
    """A bed that was to go out of use when empty stays in use after all."""

    bed: BedId


WardCommand = (
    PlacePatient
    | SwapPatients
    | ConfirmArrival
    | MarkIsolation
    | MarkAcuity
    | NoteScore
    | SeeScore
    | CloseRoom
    | ReopenRoom
    | CloseBed
    | KeepBed
)
