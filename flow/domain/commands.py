"""What somebody wants done, in the imperative. A letter of the feed and a nurse's click make the same commands."""

from dataclasses import dataclass, field
from datetime import date, datetime

from flow.domain.back_entry import EnterBack, EnterTokenBack
from flow.domain.bed import BedStatus, CleanKind, OutOfUse, PlaceKind, Stage
from flow.domain.check_commands import CheckCommand
from flow.domain.cleaning_commands import AskClean, CleanDaily, EscalateJob, GiveJob, InspectClean, ReportProblem, SettleProblem, TapClean
from flow.domain.clinical import ClinicalNote
from flow.domain.discharge_commands import DischargeCommand
from flow.domain.erasure import ErasePerson
from flow.domain.events import Record
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, ClinicId, FeedId, PatientId, RequestId, TokenId, VisitId, WardId
from flow.domain.move_commands import AnswerMove, AskMove, MarkRest
from flow.domain.opd import Group, TokenStatus
from flow.domain.opd_commands import OpdCommand
from flow.domain.proposal import BedProposal
from flow.domain.request import BedRequest, Notice
from flow.domain.transport_commands import TransportCommand
from flow.domain.visit import Fact, Order
from flow.domain.ward_commands import WardCommand


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a fact is about: the pseudonym, and what allocation and queues need to know. Names stay in the people table."""

    patient: PatientId
    sex: str | None = None
    age: int | None = None
    pregnant: bool | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One fact about one visit; `visit` is None where the message names none (HL7.md rule 2)."""

    visit: VisitId | None
    person: Person
    fact: Fact


@dataclass(frozen=True, slots=True)
class Chart:
    """Record what happened to one visit, or two at once (A17), heard on `feed`; `by_person` is refused where a feed's fact never is."""

    told: tuple[Told, ...]
    feed: str | None = None
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class MergePatients:
    """A40: `prior` was `survivor` all along."""

    prior: PatientId
    survivor: PatientId


@dataclass(frozen=True, slots=True)
class MergeVisits:
    """A42 (MRG-5 into PV1-19), A41 and A35 (MRG-3 into PID-18), A49, A50, A51: `prior` was `survivor` all along; beds follow the visit
    and the old number stays as an alias. `person` is whom the message names. Two in two beds wait for a person's look (`settled`)."""

    prior: VisitId
    survivor: VisitId
    person: Person
    at: datetime
    order: Order
    settled: bool = False


@dataclass(frozen=True, slots=True)
class MoveVisit:
    """A44, A45: the visit belongs to another person than it was charted under; the bed follows the visit."""

    visit: VisitId
    person: Person
    at: datetime
    order: Order


@dataclass(frozen=True, slots=True)
class SettleClaim:
    """A person settles a conflict: the claimant lies in the bed (`holds`; whoever held it is in the house without a bed), or does not
    (the claim is dropped; the claimant is in the house without a bed)."""

    claimant: VisitId
    holds: bool


@dataclass(frozen=True, slots=True)
class NoteOrder:
    """ORM, OMG, ORU, RDE, RDS: the newest word on an order of a patient."""

    note: ClinicalNote


@dataclass(frozen=True, slots=True)
class ProposeBed:
    """MFN^M05: another system's location master names a place."""

    proposal: BedProposal


@dataclass(frozen=True, slots=True)
class SettleProposal:
    """An engineer has dealt with a proposed bed (mapped it, or does not want it)."""

    proposal: str


@dataclass(frozen=True, slots=True)
class ReportBed:
    """A20: another system's word on a bed; `code` is table 0116 after its own map (C H K U O I), `place` as `feed` spells it."""

    place: str
    code: str
    at: datetime
    note: str = ""
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class SetBedStatus:
    """A person sets a bed's status or its cleaning stage. `if_seq` refuses when the bed changed since it was looked at."""

    bed: BedId
    status: BedStatus
    stage: Stage | None = None
    clean: CleanKind | None = None
    reason: OutOfUse | None = None
    note: str = ""
    until: datetime | None = None
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A patient has to lie where no bed is: make a numbered temporary place of a ward."""

    ward: WardId
    kind: PlaceKind
    near: BedId | None = None


@dataclass(frozen=True, slots=True)
class ClosePlace:
    """Take an empty temporary place away."""

    bed: BedId


@dataclass(frozen=True, slots=True)
class RequestBed:
    """Put a patient on the waiting list."""

    request: BedRequest


@dataclass(frozen=True, slots=True)
class EditRequest:
    """Change what a request asks for: `request` as it should be. `if_seq` refuses when it changed since it was looked at."""

    request: BedRequest
    if_seq: int | None = None


@dataclass(frozen=True, slots=True)
class MarkReady:
    """The patient can go to a bed from `ready_at` on; None: not ready after all."""

    request: RequestId
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExpireRequest:
    """Take a request off the list that nobody has touched for as long as the house says."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class TakeUpRequest:
    """An expired request was not forgotten after all."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class AssignBed:
    """Promise a bed to a request. `blocked_by` are the hard rules it breaks (handed in by the caller), `override_reason` why it may.
    `hold`: it is held `until` then and no promise yet. `as_of`: the Seq of the hospital that `blocked_by` was found in."""

    request: RequestId
    bed: BedId
    blocked_by: tuple[str, ...] = ()
    override_reason: str | None = None
    until: datetime | None = None
    if_seq: int | None = None
    hold: bool = False
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseBed:
    """Take the promise back; the request waits again."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class NoteNotice:
    """The HIS answered when it was told of a promised bed (A14, A15)."""

    request: RequestId
    bed: BedId
    notice: Notice


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Take a request off the list."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class IssueToken:
    """Give the next token of a clinic's day; `booked` for an appointment whose patient has not come yet, `tele` for one who waits at
    home. A `group` says the priority; `scanned`: the patient scanned the clinic's code (ABDM Scan & Share)."""

    clinic: ClinicId
    day: date
    priority: int = 3
    patient: PatientId | None = None
    visit: VisitId | None = None
    booked: bool = False
    group: Group | None = None
    tele: bool = False
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """SIU: the newest word on an appointment: booked, cancelled or no-show. `words` are what the message calls the clinic, the most
    telling first; the feed's map and the clinics' ids, names and specialties say which it is. `group` is whose turn the patient takes,
    `tele` that they wait at home. Where it says no time, clinic, group or place, they stay (HL7.md rule 5)."""

    appointment: str
    feed: FeedId
    words: tuple[str, ...]
    due_at: datetime | None
    status: TokenStatus
    patient: PatientId
    visit: VisitId | None
    at: datetime
    order: Order
    group: Group | None = None
    tele: bool | None = None


@dataclass(frozen=True, slots=True)
class CallNext:
    """Call the next waiting token into a room."""

    clinic: ClinicId
    room: str


@dataclass(frozen=True, slots=True)
class MarkToken:
    """Move a token on: arrive (waiting), call again (called), start (in_room), finish, skip, recall (waiting), to tests and back. `group`
    is whose turn somebody takes who has come now."""

    token: TokenId
    to: TokenStatus
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class SetRoom:
    """The doctor is away until `back_at`, later today; None when back."""

    clinic: ClinicId
    room: str
    back_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undo:
    """Put back the records that one command changed. `before` are they as they stood, `changed` the versions it left
    (`entity/id` -> seq); refused when anybody has changed one of them since."""

    before: tuple[Record, ...]
    changed: dict[str, int] = field(default_factory=dict)


Command = (
    Chart
    | MergePatients
    | ErasePerson
    | MergeVisits
    | MoveVisit
    | SettleClaim
    | ChangeFeed
    | NoteOrder
    | ProposeBed
    | SettleProposal
    | ReportBed
    | SetBedStatus
    | OpenPlace
    | ClosePlace
    | RequestBed
    | EditRequest
    | MarkReady
    | ExpireRequest
    | TakeUpRequest
    | AssignBed
    | ReleaseBed
    | NoteNotice
    | CancelRequest
    | AskMove
    | AnswerMove
    | MarkRest
    | IssueToken
    | Book
    | CallNext
    | MarkToken
    | SetRoom
    | OpdCommand
    | TapClean
    | AskClean
    | GiveJob
    | EscalateJob
    | InspectClean
    | CleanDaily
    | ReportProblem
    | SettleProblem
    | DischargeCommand
    | CheckCommand
    | TransportCommand
    | WardCommand
    | EnterBack
    | EnterTokenBack
    | Undo
)
