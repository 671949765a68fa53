"""A visit (FHIR Encounter): the facts told about it, and the record worked out from them.

Facts are kept as a set; `flow.domain.course` folds them by event time, so their order of arrival never matters.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from flow.domain.acuity import Acuity
from flow.domain.care import NO_CARE, Care
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.way_told import WayTold


class VisitStatus(StrEnum):
    """The life of a visit."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    ON_LEAVE = "on_leave"
    FINISHED = "finished"
    CANCELLED = "cancelled"


OPEN = frozenset({VisitStatus.IN_PROGRESS, VisitStatus.ON_LEAVE})
"""In the house: may hold a bed."""


DELETED = datetime(1, 1, 2, tzinfo=UTC)
"""`""` in a field that says when something is expected: it is expected no longer (HL7.md rule 5)."""


class Act(StrEnum):
    """What a fact says happened (HL7.md, Triggers)."""

    ADMIT = "admit"
    REGISTER = "register"
    PLAN = "plan"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"
    TO_INPATIENT = "to_inpatient"
    TO_OUTPATIENT = "to_outpatient"
    AMEND = "amend"
    AMEND_TRANSFER = "amend_transfer"
    AMEND_ADMIT = "amend_admit"
    SWAP = "swap"
    PEND_TRANSFER = "pend_transfer"
    PEND_DISCHARGE = "pend_discharge"
    LEAVE_FOR = "leave_for"
    ARRIVE_BACK = "arrive_back"
    LEAVE_OF_ABSENCE = "leave_of_absence"
    RETURN = "return"
    PURGE = "purge"
    CANCEL_ADMIT = "cancel_admit"
    CANCEL_TRANSFER = "cancel_transfer"
    CANCEL_DISCHARGE = "cancel_discharge"
    CANCEL_PLAN = "cancel_plan"
    CANCEL_PEND_TRANSFER = "cancel_pend_transfer"
    CANCEL_PEND_DISCHARGE = "cancel_pend_discharge"
    CANCEL_LEAVE_FOR = "cancel_leave_for"
    CANCEL_ARRIVE_BACK = "cancel_arrive_back"
    CANCEL_LEAVE = "cancel_leave"
    CANCEL_RETURN = "cancel_return"


class Edit(StrEnum):
    """What a message does to a numbered movement (IHE PAM, ZBE-4; DELETE is a cancel)."""

    INSERT = "insert"
    UPDATE = "update"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, order=True)
class Order:
    """Ties in event time are broken by MSH-7, then MSH-13, then MSH-10 where numeric, then its text (HL7.md rule 3)."""

    sent: datetime
    sequence: int = 0
    number: int = 0
    control: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing told about a visit. `at` is the event time; `place` the PL it names (PV1-3, or PV1-42 when pending);
    `prior` the PL it says was left; `temporary` PV1-11; `undoes_at` EVN-6 of a cancel; `ended_at` PV1-45; `expected` PV2-8/PV2-9, of a
    leave PV2-47; `movement` the movement's number (ZBE-1) and `edit` what is done to it; `way` how it is paid for and ends."""

    act: Act
    at: datetime
    order: Order
    place: str | None = None
    prior: str | None = None
    undoes_at: datetime | None = None
    ended_at: datetime | None = None
    expected: datetime | None = None
    klass: str | None = None
    specialty: str | None = None
    temporary: str | None = None
    movement: str | None = None
    edit: Edit | None = None
    way: WayTold | None = None

    @property
    def rank(self) -> tuple[datetime, Order]:
        """Where it stands in the visit's history."""
        return self.at, self.order


@dataclass(frozen=True, slots=True)
class Movement:
    """A stretch of the stay, by event time; `bed` is the bed the place means, None where it means none."""

    place: str | None
    bed: BedId | None
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What a visit's facts amount to. `claim` is the bed of the current place; whether the visit holds it is another matter.
    `away`: out of the bed but not out of the house, at `temporary` where that was told; `expected_back` the end of a leave of absence;
    `way` what was told of how the stay is paid for and ends."""

    status: VisitStatus = VisitStatus.PLANNED
    klass: str | None = None
    specialty: str | None = None
    place: str | None = None
    claim: BedId | None = None
    movements: tuple[Movement, ...] = ()
    reserved: BedId | None = None
    expected_free_at: datetime | None = None
    away: bool = False
    temporary: str | None = None
    expected_back: datetime | None = None
    way: WayTold | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody of the ward saw with their own eyes and the feed has not told yet: the patient came to `bed`, or left (None)."""

    bed: BedId | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """The whole record of one visit; `bed` is the bed it holds, `since` from when; `seq` is its version.

    `merged_into` is the visit it turned out to be: the number stays as an alias. While both are in a bed they are left apart for a
    person to look at. `care` is what the request brought
    that led here. `owner` is the rank of the fact that last said whose visit it is. `moves` counts moves made for another patient's sake,
    `stays` is why the ward declined one, `leaves_at` when the patient is to leave the bed for one that was agreed. `seen` is what the ward
    saw and the feed has neither confirmed nor overtaken yet, `against` the rules that its present bed breaks, and why it may;
    `pregnant` only where somebody said so."""

    id: VisitId
    patient: PatientId
    course: Course = Course()
    facts: tuple[Fact, ...] = ()
    bed: BedId | None = None
    since: datetime | None = None
    sex: str | None = None
    age: int | None = None
    feed: str | None = None
    keyless: bool = False
    merged_into: VisitId | None = None
    owner: tuple[datetime, Order] | None = None
    seq: int = 0
    care: Care = NO_CARE
    moves: int = 0
    stays: str | None = None
    leaves_at: datetime | None = None
    seen: Seen | None = None
    against: str | None = None
    acuity: Acuity | None = None
    pregnant: bool | None = None

    @property
    def free_at(self) -> datetime | None:
        """When it is expected to leave its bed: discharged, or moved for another patient's sake, whichever is first."""
        return min((at for at in (self.course.expected_free_at, self.leaves_at) if at is not None), default=None)

    @property
    def is_open(self) -> bool:
        """In the house."""
        return self.course.status in OPEN

    @property
    def in_conflict(self) -> bool:
        """Says it is in a bed that another visit holds."""
        return self.is_open and self.course.claim is not None and self.bed is None
