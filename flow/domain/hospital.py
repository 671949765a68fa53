"""The hospital as it stands: every live record, and `evolve`, the only thing that changes it.

`decide` (flow.domain.decide) reads it; the desk evolves it with what was committed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from flow.domain.bed import TRANSITIONS, BedState, BedStatus, Condition
from flow.domain.check import Check
from flow.domain.clinical import ClinicalNote
from flow.domain.discharge import Discharge
from flow.domain.discharge_pace import Pace
from flow.domain.events import Alias, Event, Kind, Record
from flow.domain.feed_rules import FeedRules
from flow.domain.house_rules import HouseRules, rules_of
from flow.domain.ids import BedId, CheckId, FeedId, PatientId, RequestId, TokenId, TransportId, VisitId
from flow.domain.opd import RoomState, Token
from flow.domain.plan import Feed, Plan, found_in, place_key
from flow.domain.proposal import BedProposal
from flow.domain.request import BedRequest, may_go
from flow.domain.transport import Transport
from flow.domain.visit import Course, Visit, VisitStatus


@dataclass(slots=True)
class Hospital:
    """All live records by id. `claims` are open visits by the bed they claim, `of_patient` visits by person, `mapped` the places
    that an engineer mapped to beds since the file was written, `mapped_by` the same feed by feed, `told_rules` what the
    log told last of the house's rules."""

    plan: Plan
    seq: int = 0
    beds: dict[BedId, BedState] = field(default_factory=dict)
    visits: dict[VisitId, Visit] = field(default_factory=dict)
    requests: dict[RequestId, BedRequest] = field(default_factory=dict)
    tokens: dict[TokenId, Token] = field(default_factory=dict)
    rooms: dict[str, RoomState] = field(default_factory=dict)
    aliases: dict[PatientId, PatientId] = field(default_factory=dict)
    feeds: dict[FeedId, FeedRules] = field(default_factory=dict)
    notes: dict[str, ClinicalNote] = field(default_factory=dict)
    proposals: dict[str, BedProposal] = field(default_factory=dict)
    discharges: dict[VisitId, Discharge] = field(default_factory=dict)
    transports: dict[TransportId, Transport] = field(default_factory=dict)
    checks: dict[CheckId, Check] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)
    told_rules: HouseRules | None = None
    mapped: dict[str, BedId] = field(default_factory=dict)
    mapped_by: dict[str, dict[str, BedId]] = field(default_factory=dict)
    claims: dict[BedId, set[VisitId]] = field(default_factory=dict)
    of_patient: dict[PatientId, set[VisitId]] = field(default_factory=dict)

    @property
    def homes(self) -> Mapping[type, dict[Any, Any]]:
        """Where the records of each kind lie, by id. An alias and the house's rules are no more than a value."""
        return {
            BedState: self.beds,
            Visit: self.visits,
            BedRequest: self.requests,
            Token: self.tokens,
            RoomState: self.rooms,
            FeedRules: self.feeds,
            ClinicalNote: self.notes,
            BedProposal: self.proposals,
            Discharge: self.discharges,
            Transport: self.transports,
            Check: self.checks,
            Pace: self.paces,
        }

    def put(self, record: Record) -> None:
        """Lay a record in its place, as it is."""
        match record:
            case BedState():
                self.beds[record.id] = record
            case Visit():
                self._put_visit(record)
            case Alias():
                self.aliases[record.id] = record.survivor
            case HouseRules():
                self.told_rules = record
            case FeedRules():
                self.feeds[record.id] = record
                self._put_places(record)
            case _:
                self.homes[type(record)][record.id] = record

    def _put_places(self, rules: FeedRules) -> None:
        self.mapped_by[rules.id] = {place_key(place): bed for place, bed in rules.places.items() if bed in self.plan.beds}
        self.mapped = {place: bed for feed in self.feeds for place, bed in self.mapped_by[feed].items()}

    def _put_visit(self, visit: Visit) -> None:
        old = self.visits.get(visit.id)
        if old is not None:
            self.of_patient.get(old.patient, set()).discard(old.id)
            if old.course.claim is not None:
                self.claims.get(old.course.claim, set()).discard(old.id)
        self.visits[visit.id] = visit
        self.of_patient.setdefault(visit.patient, set()).add(visit.id)
        if visit.is_open and visit.course.claim is not None:
            self.claims.setdefault(visit.course.claim, set()).add(visit.id)

    def find(self, record: Record) -> Record | None:
        """The record that stands where this one would be laid."""
        match record:
            case BedState():
                return self.beds.get(record.id)
            case Visit():
                return self.visits.get(record.id)
            case HouseRules():
                return self.told_rules
            case Alias():
                survivor = self.aliases.get(record.id)
                return Alias(record.id, survivor) if survivor else None
            case _:
                found: Record | None = self.homes[type(record)].get(record.id)
                return found

    def take_back(self, trail: Iterable[tuple[Event, Record | None]], seq: int) -> None:
        """Undo evolving that is not going to be committed: what stood before each event stands again."""
        for event, before in reversed(list(trail)):
            if before is not None:
                self.put(before)
            elif self.find(event.record) is not None:
                self._drop(event.record)
        self.seq = seq

    def _drop(self, record: Record) -> None:
        match record:
            case Visit():
                self.put(replace(record, course=Course(VisitStatus.CANCELLED)))
                self.of_patient.get(record.patient, set()).discard(record.id)
                del self.visits[record.id]
            case Alias():
                del self.aliases[record.id]
            case HouseRules():
                self.told_rules = None
            case FeedRules():
                self.put(FeedRules(record.id))
                del self.feeds[record.id]
            case _:
                del self.homes[type(record)][record.id]

    def forget(self, before: datetime) -> None:
        """Let go of what was over by then: closed visits and requests, orders, tokens of earlier days. They can be fetched again."""
        for visit in [v for v in self.visits.values() if _over(v, before)]:
            self._drop(visit)
        told: list[Discharge | Transport | Check] = [*self.discharges.values(), *self.transports.values(), *self.checks.values()]
        for record in [each for each in told if each.over_at is not None and each.over_at < before]:
            self._drop(record)
        for request in [r for r in self.requests.values() if r.closed_at is not None and r.closed_at < before]:
            del self.requests[request.id]
        for note in [n for n in self.notes.values() if n.at < before]:
            del self.notes[note.id]
        for token in [t for t in self.tokens.values() if t.issued_at < before and (t.due_at is None or t.due_at < before)]:
            del self.tokens[token.id]

    @property
    def rules(self) -> HouseRules:
        """The house's rules as the log told them last; where it told none, as the hospital file has them."""
        return self.told_rules or rules_of(self.plan)

    def feed(self, feed: FeedId, rules: FeedRules | None = None) -> Feed:
        """A feed by the rules as they stand (or these); one that the file does not name is read by the defaults."""
        found = self.plan.feed.get(feed) or Feed(feed, feed, self.plan.zone)
        changed, stand = rules or self.feeds.get(feed), self.rules
        own = changed.over(found) if changed else found
        return replace(own, scores=stand.score_codes, tells_way=stand.feed_tells_way, walk_ins=stand.walk_ins)

    def bed_at(self, place: str | None, feed: str | None = None) -> BedId | None:
        """The bed an HL7 place means in a feed: as an engineer mapped it there, else as the file says of it, else as any feed has it."""
        own = (self.mapped_by.get(feed, {}), self.plan.places_of.get(feed, {})) if feed else ()
        return found_in(place, *own, self.mapped) or self.plan.bed_at(place) or self._temporary(place)

    def _temporary(self, place: str | None) -> BedId | None:
        found = self.beds.get(BedId(place)) if place else None
        return found.id if found is not None and found.temporary is not None else None

    def survivor(self, patient: PatientId) -> PatientId:
        """The pseudonym that a merged patient goes by now."""
        seen = {patient}
        while (following := self.aliases.get(patient)) is not None and following not in seen:
            seen.add(following)
            patient = following
        return patient

    def erased(self, patient: PatientId) -> bool:
        """Whether the person of a pseudonym was erased, so that whoever comes by the same number is somebody else."""
        last = self.survivor(patient)
        return self.aliases.get(last) == last

    def visits_of(self, patient: PatientId, *statuses: VisitStatus) -> list[Visit]:
        """The person's visits in these states, by id."""
        found = (self.visits[key] for key in self.of_patient.get(self.survivor(patient), ()))
        return sorted((visit for visit in found if visit.course.status in statuses), key=lambda visit: visit.id)

    def live_records(self) -> Iterator[Record]:
        """What the live picture holds: beds, requests, tokens, rooms, discharges, transports and checks."""
        homes = (self.beds, self.requests, self.tokens, self.rooms, self.discharges, self.transports, self.checks)
        return chain.from_iterable(home.values() for home in homes)

    def waiting(self) -> Iterator[BedRequest]:
        """Requests still waiting or assigned, longest waiting first."""
        return iter(sorted((r for r in self.requests.values() if r.is_live), key=lambda r: (r.created_at, r.id)))


def opened(plan: Plan, at: datetime) -> Iterable[BedState]:
    """The beds of a new hospital: all available."""
    return (BedState(bed, Condition(BedStatus.AVAILABLE, at, "system:opening")) for bed in plan.beds)


def evolve(hospital: Hospital, seq: int, event: Event) -> Record:
    """Apply one committed event; returns the record stamped with its version.

    Raises ValueError on an illegal transition or a step backwards: the log can hold neither.
    """
    if seq <= hospital.seq:
        raise ValueError(f"event {seq} after {hospital.seq}")
    if isinstance(event.record, BedState):
        _check_move(hospital.beds.get(event.record.id), event.record)
    elif isinstance(event.record, BedRequest):
        _check_request(hospital.requests.get(event.record.id), event)
    record = stamped(event.record, seq)
    hospital.put(record)
    hospital.seq = seq
    return record


def stamped(record: Record, seq: int) -> Record:
    """The record with its version; itself where it has it."""
    return record if record.seq == seq else replace(record, seq=seq)


def _check_move(old: BedState | None, new: BedState) -> None:
    if old is not None and old.status is not new.status and (old.status, new.status) not in TRANSITIONS:
        raise ValueError(f"bed {new.id} cannot go from {old.status} to {new.status}")
    if (new.status is BedStatus.OCCUPIED) != (new.visit is not None):
        raise ValueError(f"bed {new.id} is {new.status} with visit {new.visit}")


def _check_request(old: BedRequest | None, event: Event) -> None:
    new = event.record
    assert isinstance(new, BedRequest)
    if old is not None and not may_go(old.status, new.status, undoing=event.kind is Kind.UNDONE):
        raise ValueError(f"request {new.id} cannot go from {old.status} to {new.status}")


def _over(visit: Visit, before: datetime) -> bool:
    """Finished or cancelled, and its last fact is older than that."""
    closed = visit.course.status in (VisitStatus.FINISHED, VisitStatus.CANCELLED)
    return closed and all(fact.at < before for fact in visit.facts)
