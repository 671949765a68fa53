"""A hospital in memory that hears letters and people, and what must hold of it whatever it heard."""

from datetime import UTC, datetime, timedelta

import pytest

from adt_feed.mapping import read
from adt_feed.message import Message
from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command
from flow.domain.decide import decide
from flow.domain.events import Event, Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import BedId, FeedId, PatientId, RequestId, VisitId
from flow.domain.plan import Plan
from flow.domain.request import RequestStatus
from flow.domain.visit import Course, VisitStatus
from tests.plans import small_plan

PLAN = small_plan()
T0 = datetime(2026, 3, 1, 8, tzinfo=UTC)


class House:
    """A hospital in memory that hears letters and people; time goes on an hour with each."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.hospital = Hospital(plan)
        self.log: list[Event] = []
        self.now = T0
        self._add([Event(Kind.BED_OPENED, bed, T0) for bed in opened(plan, T0)])

    def hears(
        self, trigger: str, place: str = "", *, visit: str = "V1", mrn: str = "1", at: float | None = None, **more: str
    ) -> list[Event]:
        """A letter; `at` is its event time in hours, the present one where not given; more: evn6, pv6, pv42, pv45, tail."""
        when = self.now if at is None else T0 + timedelta(hours=at)
        fields = {2: "I", 3: place, 6: more.get("pv6", ""), 19: visit, 42: more.get("pv42", ""), 45: more.get("pv45", "")}
        event = f"EVN|{trigger}|{when:%Y%m%d%H%M%S}+0000||||{more.get('evn6', '')}"
        header = f"MSH|^~\\&|HIS|H|||{when:%Y%m%d%H%M%S}+0000||ADT^{trigger}|{len(self.log)}|P|2.5"
        pv1 = "PV1|" + "|".join(fields.get(n, "") for n in range(1, 46))
        return self.reads(f"{header}\r{event}\rPID|1||{mrn}^^^H^MR||N^N||19800101|{more.get('sex', 'F')}\r{pv1}\r{more.get('tail', '')}")

    def reads(self, letter: str, feed: str = "his") -> list[Event]:
        rules, beds = self.hospital.feed(FeedId(feed)), self.hospital.bed_at
        found = read(Message.parse(letter.encode()), rules, lambda mrn, _: PatientId(mrn), self.now, lambda place: beds(place, feed))
        return [event for command in found.commands for event in self.does(command, Origin.FEED)]

    def does(self, command: Command, origin: Origin = Origin.PERSON) -> list[Event]:
        self.now += timedelta(hours=1)
        return self._add(decide(self.hospital, command, Cause(origin, "somebody", self.now)))

    def _add(self, events: list[Event]) -> list[Event]:
        for event in events:
            evolve(self.hospital, self.hospital.seq + 1, event)
            self.log.append(event)
        return events

    def holder(self, bed: BedId) -> str | None:
        return self.hospital.beds[bed].visit

    def status(self, bed: BedId) -> BedStatus:
        return self.hospital.beds[bed].status

    def place_of(self, visit: str) -> tuple[VisitStatus, BedId | None]:
        found = self.hospital.visits[VisitId(visit)]
        return found.course.status, found.bed


@pytest.fixture
def house() -> House:
    """One in which V1 lies in 4B A1."""
    found = House()
    found.hears("A01", "4B^A^1", at=0)
    return found


def course(house: House) -> Course:
    """Where V1 is, once everything holds."""
    check(house)
    return house.hospital.visits[VisitId("V1")].course


def check(house: House) -> None:
    """What must hold whatever was heard."""
    _check_beds(house.hospital)
    _check_visits(house.hospital)
    _check_copies(house)


def _check_beds(hospital: Hospital) -> None:
    for bed in hospital.beds.values():
        assert (bed.status is BedStatus.OCCUPIED) == (bed.visit is not None)
        if bed.visit is not None:
            assert hospital.visits[bed.visit].bed == bed.id
            assert hospital.visits[bed.visit].is_open
        kind, _, key = (bed.reserved_for or "").partition(":")
        if kind == "request":
            assert hospital.requests[RequestId(key)].bed == bed.id
        elif kind == "visit":
            assert hospital.visits[VisitId(key)].course.reserved == bed.id
    for request in hospital.requests.values():
        if request.status is RequestStatus.ASSIGNED:
            assert request.bed is not None
            assert hospital.beds[request.bed].reserved_for == request.holder


def _check_visits(hospital: Hospital) -> None:
    for visit in hospital.visits.values():
        if visit.bed is not None:
            assert hospital.beds[visit.bed].visit == visit.id
            assert visit.course.claim == visit.bed
        if visit.in_conflict:
            assert visit.course.claim is not None
            assert hospital.beds[visit.course.claim].visit not in (None, visit.id)  # a free bed is never withheld


def _check_copies(house: House) -> None:
    """The events alone, and the records alone, give the same hospital."""
    hospital, again, snapshot = house.hospital, Hospital(house.hospital.plan), Hospital(house.hospital.plan)
    for seq, event in enumerate(house.log, start=1):
        evolve(again, seq, event)
    for records in (hospital.beds, hospital.visits, hospital.requests, hospital.tokens):
        for record in records.values():
            snapshot.put(record)
    for copy in (again, snapshot):
        assert (copy.beds, copy.visits, copy.requests, copy.tokens) == (
            hospital.beds,
            hospital.visits,
            hospital.requests,
            hospital.tokens,
        )
        assert {b: c for b, c in copy.claims.items() if c} == {b: c for b, c in hospital.claims.items() if c}
