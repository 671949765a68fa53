"""What happened, in the past tense. An event carries the whole record as it stands afterwards (rule 7: send whole tiles),
so evolving, publishing, drawing a past minute and undoing are all "put the record there"."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flow.domain.bed import BedState
from flow.domain.cause import Cause
from flow.domain.check import Check
from flow.domain.clinical import ClinicalNote
from flow.domain.discharge import Discharge
from flow.domain.discharge_pace import Pace
from flow.domain.feed_rules import FeedRules
from flow.domain.house_rules import HouseRules
from flow.domain.ids import PatientId
from flow.domain.opd import RoomState, Token
from flow.domain.proposal import BedProposal
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Alias:
    """Two records turned out to be one person (A40): `id` is the prior pseudonym, `survivor` the one that stays. One that survives itself
    was erased: nobody goes by it any more."""

    id: PatientId
    survivor: PatientId
    seq: int = 0


Record = (
    BedState
    | Visit
    | BedRequest
    | Token
    | RoomState
    | Alias
    | FeedRules
    | ClinicalNote
    | BedProposal
    | HouseRules
    | Discharge
    | Transport
    | Check
    | Pace
)

ENTITY: dict[type, str] = {
    BedState: "bed",
    Visit: "visit",
    BedRequest: "request",
    Token: "token",
    RoomState: "room",
    Alias: "alias",
    FeedRules: "feed",
    ClinicalNote: "note",
    BedProposal: "proposal",
    HouseRules: "rules",
    Discharge: "discharge",
    Transport: "transport",
    Check: "check",
    Pace: "pace",
}


def shown(record: Record) -> bool:
    """Whether screens still show it: what has a life of its own says so itself."""
    return record.is_live if isinstance(record, BedRequest | Discharge | Transport | Check) else True


class Kind(StrEnum):
    """Names of events."""

    BED_OPENED = "bed-opened"
    BED_OCCUPIED = "bed-occupied"
    BED_VACATED = "bed-vacated"
    BED_REVISED = "bed-revised"
    BED_RESERVED = "bed-reserved"
    BED_RELEASED = "bed-released"
    CLEANING_REQUESTED = "cleaning-requested"
    CLEANING_STARTED = "cleaning-started"
    CLEANING_SUSPENDED = "cleaning-suspended"
    CLEANING_TO_INSPECT = "cleaning-to-inspect"
    CLEANING_FINISHED = "cleaning-finished"
    CLEANING_OFFERED = "cleaning-offered"
    CLEANING_ACCEPTED = "cleaning-accepted"
    CLEANING_STEPPED = "cleaning-stepped"
    CLEANING_ESCALATED = "cleaning-escalated"
    CLEANING_REJECTED = "cleaning-rejected"
    CLEANING_TOLD_LATE = "cleaning-told-late"
    PROBLEM_REPORTED = "problem-reported"
    PROBLEM_SETTLED = "problem-settled"
    DAILY_ASKED = "daily-asked"
    DAILY_CLEANED = "daily-cleaned"
    BED_BLOCKED = "bed-blocked"
    BED_UNBLOCKED = "bed-unblocked"
    PLACE_OPENED = "place-opened"
    PLACE_CLOSED = "place-closed"
    DISCREPANCY_RAISED = "discrepancy-raised"
    VISIT_PLANNED = "visit-planned"
    VISIT_OPENED = "visit-opened"
    VISIT_MOVED = "visit-moved"
    VISIT_AMENDED = "visit-amended"
    VISIT_CLAIMED = "visit-claimed"
    VISIT_FINISHED = "visit-finished"
    VISIT_CANCELLED = "visit-cancelled"
    VISITS_MERGED = "visits-merged"
    PATIENTS_MERGED = "patients-merged"
    PERSON_ERASED = "person-erased"
    REQUEST_MADE = "request-made"
    REQUEST_CHANGED = "request-changed"
    REQUEST_READY = "request-ready"
    REQUEST_EXPIRED = "request-expired"
    REQUEST_TAKEN_UP = "request-taken-up"
    BED_ASSIGNED = "bed-assigned"
    ASSIGNMENT_RELEASED = "assignment-released"
    REQUEST_ARRIVED = "request-arrived"
    REQUEST_CANCELLED = "request-cancelled"
    REQUEST_OVER = "request-over"
    MOVE_ASKED = "move-asked"
    MOVE_DECLINED = "move-declined"
    TOKEN_ISSUED = "token-issued"
    TOKEN_ARRIVED = "token-arrived"
    TOKEN_CALLED = "token-called"
    TOKEN_STARTED = "token-started"
    TOKEN_FINISHED = "token-finished"
    TOKEN_SKIPPED = "token-skipped"
    TOKEN_RECALLED = "token-recalled"
    TOKEN_BOOKED = "token-booked"
    TOKEN_CANCELLED = "token-cancelled"
    TOKEN_NO_SHOW = "token-no-show"
    TOKEN_AT_TESTS = "token-at-tests"
    TOKEN_SENT_ON = "token-sent-on"
    TOKEN_KNOWN = "token-known"
    TOKEN_PASSED = "token-passed"
    ROOM_CHANGED = "room-changed"
    FEED_CHANGED = "feed-changed"
    RULES_CHANGED = "rules-changed"
    DISCHARGE_BEGUN = "discharge-begun"
    DISCHARGE_MOVED_ON = "discharge-moved-on"
    DISCHARGE_PREPARED = "discharge-prepared"
    DISCHARGE_EXPECTED = "discharge-expected"
    DISCHARGE_ENDED = "discharge-ended"
    PACE_LEARNT = "pace-learnt"
    TRANSPORT_REQUESTED = "transport-requested"
    TRANSPORT_ACCEPTED = "transport-accepted"
    TRANSPORT_PICKED_UP = "transport-picked-up"
    TRANSPORT_DELIVERED = "transport-delivered"
    TRANSPORT_GIVEN_BACK = "transport-given-back"
    TRANSPORT_CANCELLED = "transport-cancelled"
    CHECK_RAISED = "check-raised"
    CHECK_ASKED = "check-asked"
    CHECK_ANSWERED = "check-answered"
    CHECK_WITHDRAWN = "check-withdrawn"
    ORDER_NOTED = "order-noted"
    BED_PROPOSED = "bed-proposed"
    PROPOSAL_SETTLED = "proposal-settled"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is when it happened in the hospital (event time), the cause's `recorded_at` when we learnt of it."""

    kind: Kind
    record: Record
    at: datetime

    @property
    def entity(self) -> str:
        """bed | visit | request | token | room | alias | feed | note | proposal | rules | discharge | transport | check | pace."""
        return ENTITY[type(self.record)]

    @property
    def entity_id(self) -> str:
        """The record's id."""
        return str(self.record.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the log keeps it: numbered, with its cause."""

    seq: int
    event: Event
    cause: Cause
