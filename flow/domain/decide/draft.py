"""The sheet a decision is written on: reads what stands, with what this decision has already changed on top."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flow.domain.bed import TRANSITIONS, BedState
from flow.domain.cause import Cause
from flow.domain.course import BedAt
from flow.domain.decide.clean_jobs import with_job
from flow.domain.discharge import Discharge
from flow.domain.events import Event, Kind, Record
from flow.domain.feed_rules import FeedRules
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, FeedId, RequestId, VisitId
from flow.domain.plan import Feed, found_in, place_key
from flow.domain.request import BedRequest, may_go
from flow.domain.visit import Visit
from flow.errors import Refused


class Draft:
    """Collects events in order; later ones see the records of earlier ones."""

    def __init__(self, hospital: Hospital, cause: Cause) -> None:
        self.hospital = hospital
        self.plan = hospital.plan
        self.cause = cause
        self.now: datetime = cause.recorded_at
        self.events: list[Event] = []
        self._beds: dict[BedId, BedState] = {}
        self._visits: dict[VisitId, Visit] = {}
        self._requests: dict[RequestId, BedRequest] = {}
        self._discharges: dict[VisitId, Discharge] = {}
        self._mapped: dict[str, BedId] = {}
        self._mapped_for: str | None = None
        self._feeds: dict[FeedId, FeedRules] = {}

    def bed(self, bed: BedId) -> BedState:
        """The bed as this decision has it; Refused when there is no such bed."""
        found = self._beds.get(bed) or self.hospital.beds.get(bed)
        if found is None:
            raise Refused(f"There is no bed {bed}.", code="unknown-bed")
        return found

    def has(self, bed: BedId) -> bool:
        """Whether there is such a bed; one that stood in an older hospital file may be gone."""
        return bed in self._beds or bed in self.hospital.beds

    def type_of(self, bed: BedId) -> str | None:
        """The type of a bed of the file."""
        return self.plan.beds[bed].type if bed in self.plan.beds else None

    def bed_at(self, place: str | None, feed: str | None = None) -> BedId | None:
        """The bed a place means in a feed, with what this decision maps."""
        mapped = found_in(place, self._mapped)
        if mapped is not None and feed in (None, self._mapped_for):
            return mapped
        return self.hospital.bed_at(place, feed) or mapped

    def places(self, feed: str | None) -> BedAt:
        """The beds by the places of one feed."""
        return lambda place: self.bed_at(place, feed)

    def feed(self, feed: str | None) -> Feed:
        """A feed, with what this decision changes about it."""
        name = FeedId(feed or "")
        return self.hospital.feed(name, self._feeds.get(name))

    def visit(self, visit: VisitId) -> Visit | None:
        """The visit as this decision has it."""
        return self._visits.get(visit) or self.hospital.visits.get(visit)

    def discharge(self, visit: VisitId) -> Discharge | None:
        """The discharge of a visit as this decision has it."""
        return self._discharges.get(visit) or self.hospital.discharges.get(visit)

    def number(self, visit: VisitId) -> VisitId:
        """The number a visit goes by now: of a merged one its survivor's. One that kept its facts was left apart (both in a bed)."""
        seen = {visit}
        while (found := self.visit(visit)) and found.merged_into and not found.facts and found.merged_into not in seen:
            visit = found.merged_into
            seen.add(visit)
        return visit

    def request(self, request: RequestId) -> BedRequest:
        """The request as this decision has it; Refused when there is none."""
        found = self.known_request(request)
        if found is None:
            raise Refused(f"There is no bed request {request}.", code="unknown-request")
        return found

    def known_request(self, request: RequestId) -> BedRequest | None:
        """The request as this decision has it, if there is one."""
        return self._requests.get(request) or self.hospital.requests.get(request)

    def requests(self) -> dict[RequestId, BedRequest]:
        """Every request as this decision has it."""
        return self.hospital.requests | self._requests

    def live_requests(self) -> list[BedRequest]:
        """Requests waiting or assigned, as this decision has them."""
        return [request for request in self.requests().values() if request.is_live]

    def claimants(self, bed: BedId) -> list[Visit]:
        """Open visits that claim the bed without holding it, oldest claim first."""
        ids = set(self.hospital.claims.get(bed, ())) | {v.id for v in self._visits.values()}
        visits = [visit for visit in map(self.visit, ids) if visit and visit.in_conflict and visit.course.claim == bed]
        return sorted(visits, key=lambda visit: (visit.course.movements[-1].start, visit.id))

    def write(self, kind: Kind, record: Record, at: datetime | None = None) -> None:
        """Append an event, unless the record would stay as it is."""
        if isinstance(record, BedState):
            self._check(record)
            record = with_job(self._beds.get(record.id) or self.hospital.beds.get(record.id), record, kind, self.cause, self.hospital.rules)
            self._beds[record.id] = record
        elif isinstance(record, Visit):
            self._visits[record.id] = record
        elif isinstance(record, BedRequest):
            self._check_request(kind, record)
            self._requests[record.id] = record
        elif isinstance(record, Discharge):
            self._discharges[record.id] = record
        elif isinstance(record, FeedRules):
            self._feeds[record.id] = record
            self._mapped, self._mapped_for = {place_key(place): bed for place, bed in record.places.items()}, record.id
        self.events.append(Event(kind, record, at or self.now))

    def revise_bed(self, kind: Kind, bed: BedId, at: datetime | None = None, **changes: Any) -> None:
        """Append an event that changes some fields of a bed; nothing when nothing changes."""
        old = self.bed(bed)
        new = replace(old, **changes)
        if new != old:
            self.write(kind, new, at)

    def _check(self, new: BedState) -> None:
        """People are held to TRANSITIONS here, so that a refusal has words; evolve checks everybody again."""
        if new.temporary is not None and not self.has(new.id):
            return
        old = self.bed(new.id)
        if old.status is new.status:
            return
        move = TRANSITIONS.get((old.status, new.status))
        if move is None or self.cause.origin not in move.by:
            raise Refused(f"Bed {new.id} is {old.status}; it cannot become {new.status} this way.", code="illegal-transition")

    def _check_request(self, kind: Kind, new: BedRequest) -> None:
        old = self.known_request(new.id)
        if old is not None and not may_go(old.status, new.status, undoing=kind is Kind.UNDONE):
            raise Refused(f"Request {new.id} is {old.status}; it cannot become {new.status}.", code="illegal-transition")
