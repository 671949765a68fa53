"""The simulated hospital: flow's own records, changed by flow's own `evolve`, so that what is served is what is tried.

Every placement is checked against the hard rules here, whichever policy asked for it; a broken one ends the run.
"""

from collections import defaultdict, deque
from dataclasses import replace
from datetime import datetime

from allocation.engine import Engine
from allocation.ready import History
from allocation.rules import INTENSIVE
from allocation.simulation.demand import START, opened_empty
from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.events import Event, Kind, Record
from flow.domain.hospital import evolve
from flow.domain.ids import BedId, RequestId, RoomId, VisitId, WardId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.request import BedRequest, RequestStatus

_OWN = {"M": SexPolicy.MALE, "F": SexPolicy.FEMALE}
_SOURCE = "system:simulation"


class _Minutes(deque[float]):
    """The newest of what a stage took."""

    def __init__(self) -> None:
        super().__init__(maxlen=100)


class World:
    """A hospital and its clock in minutes. `free` are the beds that may be given away, `dirty` those whose cleaning has not begun,
    `possible` the beds that each waiting patient could have if nobody else were there."""

    def __init__(self, plan: Plan) -> None:
        self.hospital = opened_empty(plan)
        self.engine = Engine(plan)
        self.queued, self.cleaned = defaultdict[WardId, _Minutes](_Minutes), defaultdict[WardId, _Minutes](_Minutes)
        self.late = _Minutes()
        self.free = set(plan.beds)
        self.dirty: set[BedId] = set()
        self.waiting: dict[RequestId, BedRequest] = {}
        self.possible: dict[RequestId, frozenset[BedId]] = {}
        self.sex_violations = 0
        self.empty, self.of_empty = opened_empty(plan), Engine(plan)

    def ask(self, request: BedRequest) -> None:
        """Somebody waits, or what they ask for has changed."""
        self._write(Kind.REQUEST_MADE, request, request.created_at)
        self.waiting[request.id] = request
        self.possible[request.id] = self.of_empty.legal(request, self.empty, START)

    def place(self, request: BedRequest, bed: BedId, at: datetime) -> None:
        """Into the bed. Raises ValueError when it is not free or a rule keeps it back."""
        against = self.engine.broken(request, bed, self.hospital, at)
        if bed not in self.free or against:
            raise ValueError(f"{request.id} cannot have {bed}: {', '.join(against) or 'not free'}")
        visit, now = VisitId(f"V{request.id}"), Condition(BedStatus.OCCUPIED, at, _SOURCE)
        there = replace(self.hospital.beds[bed], now=now, visit=visit, sex=request.sex, age=request.age, isolation=request.isolation)
        self._write(Kind.BED_OCCUPIED, there, at)
        self._write(Kind.REQUEST_ARRIVED, replace(request, status=RequestStatus.ARRIVED, bed=bed, closed_at=at), at)
        self.free.discard(bed)
        del self.waiting[request.id], self.possible[request.id]
        self.sex_violations += self._is_mixed(bed)

    def foretell(self, bed: BedId, leaving: datetime, at: datetime) -> None:
        """The ward says when the patient will go."""
        self._write(Kind.BED_REVISED, replace(self.hospital.beds[bed], expected_free_at=leaving), at)

    def leave(self, bed: BedId, at: datetime) -> None:
        """The patient goes; the bed is dirty."""
        due = self.hospital.beds[bed].expected_free_at
        if due is not None:
            self.late.append((at - due).total_seconds() / 60)
        kind = CleanKind.ISOLATION if self.hospital.beds[bed].isolation else CleanKind.ROUTINE
        now = Condition(BedStatus.CLEANING, at, _SOURCE, Stage.WAITING, kind)
        self._write(Kind.BED_VACATED, BedState(bed, now), at)
        self.dirty.add(bed)

    def start_cleaning(self, bed: BedId, at: datetime) -> None:
        """A cleaner begins. Raises KeyError where there is nothing to clean."""
        self.dirty.remove(bed)
        state = self.hospital.beds[bed]
        self.queued[self.hospital.plan.beds[bed].ward].append((at - state.now.since).total_seconds() / 60)
        self._write(Kind.CLEANING_STARTED, replace(state, now=replace(state.now, stage=Stage.IN_PROGRESS, started_at=at)), at)

    def finish_cleaning(self, bed: BedId, at: datetime) -> None:
        """The bed is ready."""
        began = self.hospital.beds[bed].now.started_at
        if began is not None:
            self.cleaned[self.hospital.plan.beds[bed].ward].append((at - began).total_seconds() / 60)
        self._write(Kind.CLEANING_FINISHED, BedState(bed, Condition(BedStatus.AVAILABLE, at, _SOURCE), cleaned_at=at), at)
        self.free.add(bed)

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
        self.hospital.forget(at)

    def _write(self, kind: Kind, record: Record, at: datetime) -> None:
        evolve(self.hospital, self.hospital.seq + 1, Event(kind, record, at))

    def _is_mixed(self, bed: BedId) -> bool:
        """Whether the room breaks its policy now: counted from who lies there, apart from the rule that should have kept it so."""
        there = self.hospital.plan.beds[bed]
        policy = self.hospital.plan.rooms[there.room].sex
        if there.type in INTENSIVE or policy is SexPolicy.ANY:
            return False
        lying = {_OWN[sex] for mate in self.hospital.plan.roommates[there.room] if (sex := self.hospital.beds[mate].sex) in _OWN}
        return len(lying) > 1 if policy is SexPolicy.SAME else bool(lying - {policy})
