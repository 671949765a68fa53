"""The simulated hospital: flow's own records, changed by flow's own `evolve`, so that what is served is what is tried.

Every placement is checked against the hard rules here, whichever policy asked for it; a broken one ends the run.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from allocation.engine import Engine
from allocation.ready import History
from allocation.rules import INTENSIVE
from allocation.simulation.demand import START, opened_empty
from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.cause import Cause, Origin
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import drop_moot, fulfil
from flow.domain.events import Event, Kind, Record
from flow.domain.hospital import evolve
from flow.domain.ids import BedId, RequestId, RoomId, VisitId, WardId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Course, Visit, VisitStatus

_OWN = {"M": SexPolicy.MALE, "F": SexPolicy.FEMALE}
_ACTOR, _SOURCE = "simulation", "system:simulation"
_KEPT = timedelta(hours=30)
"""As long as the product remembers what is over."""


class _Minutes(deque[float]):
    """The newest of what a stage took."""

    def __init__(self) -> None:
        super().__init__(maxlen=100)


class World:
    """A hospital and its clock in minutes. `free` are the beds that may be given away, `dirty` those whose cleaning has not begun,
    `possible` the beds that each waiting patient could have if nobody else were there, `placed` what those who lie there had asked for."""

    def __init__(self, plan: Plan) -> None:
        self.hospital = opened_empty(plan)
        self.engine = Engine(plan)
        self.queued, self.cleaned = defaultdict[WardId, _Minutes](_Minutes), defaultdict[WardId, _Minutes](_Minutes)
        self.late = _Minutes()
        self.free = set(plan.beds)
        self.dirty: set[BedId] = set()
        self.waiting: dict[RequestId, BedRequest] = {}
        self.placed: dict[VisitId, BedRequest] = {}
        self.possible: dict[RequestId, frozenset[BedId]] = {}
        self.sex_violations = 0
        self.empty, self.of_empty = opened_empty(plan), Engine(plan)

    def ask(self, request: BedRequest) -> None:
        """Somebody waits, or what they ask for has changed."""
        self.tell(Kind.REQUEST_MADE, request, request.created_at)
        self.waiting[request.id] = request
        self.possible[request.id] = self.of_empty.legal(request, self.empty, START)

    def place(self, request: BedRequest, bed: BedId, at: datetime) -> None:
        """Into the bed. Raises ValueError when it is not free or a rule keeps it back."""
        self.check(request, bed, at)
        self.seat(request, bed, at)
        self.sex_violations += self._is_mixed(bed)

    def check(self, request: BedRequest, bed: BedId, at: datetime) -> None:
        """Raises ValueError for a bed that is not free or that a rule keeps back."""
        against = self.engine.broken(request, bed, self.hospital, at)
        if bed not in self.free or against:
            raise ValueError(f"{request.id} cannot have {bed}: {', '.join(against) or 'not free'}")

    def seat(self, request: BedRequest, bed: BedId, at: datetime) -> None:
        """Into the bed, whatever speaks against it."""
        visit, now = VisitId(f"V{request.id}"), Condition(BedStatus.OCCUPIED, at, _SOURCE)
        there = replace(self.hospital.beds[bed], now=now, visit=visit, sex=request.sex, age=request.age, isolation=request.isolation)
        self.tell(Kind.BED_OCCUPIED, there, at)
        course = Course(VisitStatus.IN_PROGRESS, specialty=request.specialty, claim=bed)
        stay = Visit(visit, request.patient, course, bed=bed, since=at, sex=request.sex, age=request.age, care=request.care)
        self.tell(Kind.VISIT_OPENED, stay, at)
        self.tell(Kind.REQUEST_ARRIVED, replace(request, status=RequestStatus.ARRIVED, bed=bed, visit=visit, closed_at=at), at)
        self.placed[visit] = request
        self.waiting.pop(request.id, None)
        self.possible.pop(request.id, None)

    def foretell(self, bed: BedId, leaving: datetime, at: datetime) -> None:
        """The ward says when the patient will go."""
        state = self.hospital.beds[bed]
        visit = self.hospital.visits[state.visit] if state.visit is not None else None
        if visit is not None:
            visit = replace(visit, course=replace(visit.course, expected_free_at=leaving))
            self.tell(Kind.VISIT_AMENDED, visit, at)
            self.tell(Kind.BED_REVISED, replace(state, expected_free_at=visit.free_at), at)

    def move(self, key: RequestId, at: datetime) -> BedId:
        """The patient goes over to the bed that is kept for a move; returns the bed left. Raises ValueError where a rule keeps it back."""
        asked = self.hospital.requests[key]
        visit, bed = self.hospital.visits[asked.visit or VisitId("")], asked.bed or BedId("")
        against = self.against_move(key, visit.id, bed, at)
        left, target = visit.bed, self.hospital.beds[bed]
        if against or left is None or target.status is not BedStatus.AVAILABLE or target.reserved_for != asked.holder:
            raise ValueError(f"{visit.id} cannot move to {bed}: {', '.join(against) or 'not kept for this'}")
        self._vacate(left, CleanKind.ROUTINE, at)
        seated = replace(visit, bed=bed, since=at, course=replace(visit.course, claim=bed))
        self.tell(Kind.VISIT_MOVED, seated, at)
        now = Condition(BedStatus.OCCUPIED, at, _SOURCE)
        self.tell(Kind.BED_OCCUPIED, replace(target, now=now, visit=visit.id, sex=visit.sex, age=visit.age, care=visit.care), at)
        self.decided(at, lambda draft: fulfil(draft, bed, seated))
        self.sex_violations += self._is_mixed(bed)
        return left

    def against_move(self, key: RequestId, visit: VisitId, bed: BedId, at: datetime) -> tuple[str, ...]:
        """The hard rules that keep a patient from a bed, with all the needs they came with."""
        return self.engine.broken(replace(self.placed[visit], id=key), bed, self.hospital, at)

    def decided(self, at: datetime, decide: Callable[[Draft], None]) -> None:
        """What flow decides happens. Raises Refused where it does not."""
        draft = Draft(self.hospital, Cause(Origin.SYSTEM, _ACTOR, at))
        decide(draft)
        for event in draft.events:
            self.tell(event.kind, event.record, event.at)

    def leave(self, bed: BedId, at: datetime) -> None:
        """The patient goes; the bed is dirty."""
        state = self.hospital.beds[bed]
        if state.expected_free_at is not None:
            self.late.append((at - state.expected_free_at).total_seconds() / 60)
        self._vacate(bed, CleanKind.ISOLATION if state.isolation else CleanKind.ROUTINE, at)
        visit = self.hospital.visits[state.visit] if state.visit is not None else None
        if visit is not None:
            gone = replace(visit, bed=None, course=replace(visit.course, status=VisitStatus.FINISHED, claim=None))
            self.tell(Kind.VISIT_FINISHED, gone, at)
            self.decided(at, lambda draft: drop_moot(draft, gone))
            self.placed.pop(gone.id)

    def _vacate(self, bed: BedId, kind: CleanKind, at: datetime) -> None:
        now = Condition(BedStatus.CLEANING, at, _SOURCE, Stage.WAITING, kind)
        self.tell(Kind.BED_VACATED, BedState(bed, now), at)
        self.dirty.add(bed)

    def start_cleaning(self, bed: BedId, at: datetime) -> None:
        """A cleaner begins. Raises KeyError where there is nothing to clean."""
        self.dirty.remove(bed)
        state = self.hospital.beds[bed]
        self.queued[self.hospital.plan.beds[bed].ward].append((at - state.now.since).total_seconds() / 60)
        self.tell(Kind.CLEANING_STARTED, replace(state, now=replace(state.now, stage=Stage.IN_PROGRESS, started_at=at)), at)

    def finish_cleaning(self, bed: BedId, at: datetime) -> None:
        """The bed is ready."""
        began = self.hospital.beds[bed].now.started_at
        if began is not None:
            self.cleaned[self.hospital.plan.beds[bed].ward].append((at - began).total_seconds() / 60)
        self.tell(Kind.CLEANING_FINISHED, BedState(bed, Condition(BedStatus.AVAILABLE, at, _SOURCE), cleaned_at=at), at)

    def dirty_at(self, bed: BedId, at: datetime) -> None:
        """It wants cleaning since before anybody looked."""
        if self.hospital.beds[bed].status is BedStatus.AVAILABLE:
            self._vacate(bed, CleanKind.ROUTINE, at)

    def ready(self, bed: BedId, at: datetime) -> None:
        """It can be used, whoever saw to that."""
        self.dirty.discard(bed)
        self.tell(Kind.CLEANING_FINISHED, BedState(bed, Condition(BedStatus.AVAILABLE, at, _SOURCE), cleaned_at=at), at)

    def choice(self, request: BedRequest, at: datetime) -> set[BedId]:
        """The free beds that no rule keeps back."""
        free = self.free & self.possible[request.id]
        return free & self.engine.legal(request, self.hospital, at) if free else free

    def free_in(self, room: RoomId) -> list[BedId]:
        """The free beds of a room: who leaves it may open it to the other sex."""
        return [bed for bed in self.hospital.plan.roommates[room] if bed in self.free]

    def learn(self) -> None:
        """Tell the engine how long its wards' beds have taken of late, as the product does once an hour."""
        self.engine.learn(History(queue=self.queued, clean=self.cleaned, late=self.late))

    def forget(self, at: datetime) -> None:
        """Let go of requests that were answered."""
        self.hospital.forget(at - _KEPT)

    def tell(self, kind: Kind, record: Record, at: datetime) -> None:
        """An event happens."""
        evolve(self.hospital, self.hospital.seq + 1, Event(kind, record, at))
        if isinstance(record, BedState):
            (self.free.add if record.free else self.free.discard)(record.id)

    def _is_mixed(self, bed: BedId) -> bool:
        """Whether the room breaks its policy now: counted from who lies there, apart from the rule that should have kept it so."""
        there = self.hospital.plan.beds[bed]
        policy = self.hospital.plan.rooms[there.room].sex
        if there.type in INTENSIVE or policy is SexPolicy.ANY:
            return False
        lying = {_OWN[sex] for mate in self.hospital.plan.roommates[there.room] if (sex := self.hospital.beds[mate].sex) in _OWN}
        return len(lying) > 1 if policy is SexPolicy.SAME else bool(lying - {policy})
