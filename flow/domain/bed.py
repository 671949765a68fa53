"""A bed's life: four statuses, one table of moves between them, and the record that every screen and rule reads.

`TRANSITIONS` is the only list of legal moves; decide, evolve, the buttons, the SQL check and the README's diagram read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.acuity import Acuity
from flow.domain.care import NO_CARE, Care
from flow.domain.cause import Origin
from flow.domain.cleaning_job import CleanJob
from flow.domain.ids import BedId, VisitId, WardId


class BedStatus(StrEnum):
    """The public status of a bed (HL7 table 0116, FHIR Location.operationalStatus)."""

    AVAILABLE = "available"
    OCCUPIED = "occupied"
    CLEANING = "cleaning"
    MAINTENANCE = "maintenance"


TABLE_0116: Mapping[BedStatus, str] = {
    BedStatus.AVAILABLE: "U",
    BedStatus.OCCUPIED: "O",
    BedStatus.CLEANING: "H",
    BedStatus.MAINTENANCE: "C",
}


class Stage(StrEnum):
    """How far a cleaning has come."""

    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    INSPECTION = "inspection"


class CleanKind(StrEnum):
    """What kind of cleaning the bed needs."""

    ROUTINE = "routine"
    ISOLATION = "isolation"
    STAT = "stat"


class OutOfUse(StrEnum):
    """Why a bed is in maintenance."""

    REPAIR = "repair"
    STAFFING = "staffing"
    INFECTION = "infection_control"
    ROOM_CLOSED = "room_closed"


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal move: what it is called and who may cause it."""

    name: str
    by: frozenset[Origin]


_ANYBODY = frozenset(Origin)
_FACTS = frozenset({Origin.FEED, Origin.SYSTEM})

_A, _O, _C, _M = BedStatus.AVAILABLE, BedStatus.OCCUPIED, BedStatus.CLEANING, BedStatus.MAINTENANCE

TRANSITIONS: Mapping[tuple[BedStatus, BedStatus], Transition] = {
    (_A, _O): Transition("occupy", _ANYBODY),
    (_C, _O): Transition("occupy before clean", _ANYBODY),
    (_M, _O): Transition("occupy out of use", _FACTS),
    (_O, _C): Transition("vacate", _ANYBODY),
    (_O, _A): Transition("never occupied", _ANYBODY),
    (_O, _M): Transition("never occupied, out of use", _ANYBODY),
    (_A, _C): Transition("ask for cleaning", _ANYBODY),
    (_C, _A): Transition("finish cleaning", _ANYBODY),
    (_A, _M): Transition("take out of use", _ANYBODY),
    (_C, _M): Transition("take out of use dirty", _ANYBODY),
    (_M, _A): Transition("return to use", _ANYBODY),
    (_M, _C): Transition("return to use dirty", _ANYBODY),
}
"""Legal moves. A feed's fact is never refused by a status (HL7.md rule 7); people may not put a patient into a bed
that is out of use, and leave an occupied bed only by transfer, discharge or undo."""

PEOPLE_SET: frozenset[tuple[BedStatus, BedStatus]] = frozenset(pair for pair in TRANSITIONS if _O not in pair)
"""The moves a person makes by setting a status; the others come from a patient's coming and going."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a bed is, since when, and by whose word; stage and kind belong to cleaning, reason, note and until to maintenance."""

    status: BedStatus
    since: datetime
    source: str
    stage: Stage | None = None
    clean: CleanKind | None = None
    reason: OutOfUse | None = None
    note: str = ""
    until: datetime | None = None
    started_at: datetime | None = None


class PlaceKind(StrEnum):
    """What a temporary place is."""

    TROLLEY = "trolley"
    FLOOR = "floor"
    CHAIR = "chair"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Temporary:
    """A place that is no bed of the hospital: numbered in its ward, beside or in the bed `near`."""

    ward: WardId
    kind: PlaceKind
    number: int
    near: BedId | None = None


def place_id(ward: WardId, kind: PlaceKind, number: int) -> BedId:
    """`4B:trolley-2`; no bed of a file has a colon and a kind in its id by accident."""
    return BedId(f"{ward}:{kind}-{number}")


@dataclass(frozen=True, slots=True)
class BedState:
    """The whole record of one bed; `seq` is its version. `before` is what a cancelled stay gives back,
    `left_by` whose leaving made it want cleaning: a cancelled transfer brings that visit back as if it had never left.
    `care` and `acuity` are those of the visit in it; `closes`: out of use like this as soon as it is empty and clean.

    `away`: the patient is elsewhere in the house for a while; `on_leave`: out of it, until `expected_back`; the bed stays assigned.
    `reserved_for` is `request:ID` or `visit:ID` and may stand on a bed still occupied or in cleaning; `reserved_by` is whose promise it is,
    `held` says that it is none yet: a desk makes up its mind until `reserved_until`. `job` is the clean it wants, or the last it had;
    `daily_at` when it had its last daily clean, `daily_asked_at` when one more was asked for while somebody lies in it. `insurer_due` is
    by when the insurer of the patient in it has to answer; `latest_free_at` by when nine of ten such
    patients are out, where that is known. `confirmed_at`: somebody looked, because it was in doubt, and saw it like this.
    """

    id: BedId
    now: Condition
    before: Condition | None = None
    visit: VisitId | None = None
    sex: str | None = None
    age: int | None = None
    isolation: bool = False
    away: bool = False
    on_leave: bool = False
    expected_back: datetime | None = None
    expected_free_at: datetime | None = None
    reserved_for: str | None = None
    reserved_at: datetime | None = None
    reserved_until: datetime | None = None
    reserved_sex: str | None = None
    cleaned_at: datetime | None = None
    discrepancy: str | None = None
    left_by: VisitId | None = None
    seq: int = 0
    care: Care = NO_CARE
    temporary: Temporary | None = None
    reserved_by: str | None = None
    held: bool = False
    job: CleanJob | None = None
    daily_at: datetime | None = None
    daily_asked_at: datetime | None = None
    insurer_due: datetime | None = None
    latest_free_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    acuity: Acuity | None = None
    closes: Condition | None = None

    @property
    def status(self) -> BedStatus:
        """The public status."""
        return self.now.status

    @property
    def gone(self) -> bool:
        """A temporary place that was taken away; its number is given again."""
        return self.temporary is not None and self.now.status is BedStatus.MAINTENANCE

    @property
    def free(self) -> bool:
        """Available and not promised to anybody."""
        return self.now.status is BedStatus.AVAILABLE and self.reserved_for is None

    @property
    def staffed(self) -> bool:
        """Counts in the denominator of occupancy: not out of use."""
        return self.now.status is not BedStatus.MAINTENANCE
