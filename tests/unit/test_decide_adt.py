"""Letters decided and evolved: who holds which bed after each trigger, and that no order of commands breaks the hospital."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adt_feed.mapping import read
from adt_feed.message import Message
from flow.domain.bed import BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cause import Cause, Origin
from flow.domain.commands import (
    AssignBed,
    CallNext,
    CancelRequest,
    Chart,
    Command,
    IssueToken,
    MarkToken,
    MergePatients,
    Person,
    ReleaseBed,
    ReportBed,
    RequestBed,
    SetBedStatus,
    Told,
)
from flow.domain.decide import decide
from flow.domain.events import Event, Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import BedId, ClinicId, PatientId, RequestId, TokenId, VisitId
from flow.domain.opd import TokenStatus
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Act, Fact, Order, VisitStatus
from flow.errors import Refused, Unreadable
from tests.plans import small_plan

PLAN = small_plan()
T0 = datetime(2026, 3, 1, 8, tzinfo=UTC)
A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")


class House:
    """A hospital in memory that hears letters and people; time goes on an hour with each."""

    def __init__(self) -> None:
        self.hospital = Hospital(PLAN)
        self.log: list[Event] = []
        self.now = T0
        self._add([Event(Kind.BED_OPENED, bed, T0) for bed in opened(PLAN, T0)])

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

    def reads(self, letter: str) -> list[Event]:
        found = read(Message.parse(letter.encode()), PLAN.feeds[0], lambda mrn, _: PatientId(mrn), self.now, PLAN.bed_at)
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
def house() -> Iterator[House]:
    fresh = House()
    yield fresh
    check(fresh)


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
    hospital, again, snapshot = house.hospital, Hospital(PLAN), Hospital(PLAN)
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


# --- one patient ---


def test_admit_transfer_discharge(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^2", pv6="4B^A^1")
    assert (house.status(A1), house.holder(A2)) == (BedStatus.CLEANING, "V1")
    house.hears("A03", "")
    assert house.status(A2) is BedStatus.CLEANING
    assert house.hospital.beds[A2].now.stage is Stage.WAITING
    assert house.place_of("V1") == (VisitStatus.FINISHED, None)


def test_a_discharge_frees_the_bed_we_know_of(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A03", "4B^A^3")
    assert (house.status(A1), house.status(A3)) == (BedStatus.CLEANING, BedStatus.AVAILABLE)


def test_unknown_visits(house: House) -> None:
    house.hears("A02", "4B^A^1")
    assert house.holder(A1) == "V1"
    house.hears("A03", "4B^A^2", visit="V2", mrn="2")
    assert house.place_of("V2") == (VisitStatus.FINISHED, None)
    assert house.status(A2) is BedStatus.AVAILABLE


def test_a_missed_move_is_inferred(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^3", pv6="4B^A^2")
    assert (house.status(A1), house.holder(A3), house.status(A2)) == (BedStatus.CLEANING, "V1", BedStatus.AVAILABLE)


def test_a_repeat_is_not_an_event(house: House) -> None:
    house.hears("A01", "4B^A^1", at=1)
    letter = house.hospital.visits[VisitId("V1")].facts[0]
    again = Chart((Told(VisitId("V1"), Person(PatientId("1")), letter),), feed="his")
    assert house.does(again, Origin.FEED) == []


def test_the_status_of_a_bed_never_refuses_a_fact(house: House) -> None:
    house.does(SetBedStatus(A1, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR))
    house.does(SetBedStatus(A2, BedStatus.CLEANING))
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    assert (house.holder(A1), house.holder(A2)) == ("V1", "V2")
    assert house.hospital.beds[A1].discrepancy and house.hospital.beds[A2].discrepancy


def test_cancelled_admission_gives_the_bed_back_as_it_was(house: House) -> None:
    house.does(SetBedStatus(A1, BedStatus.CLEANING, stage=Stage.IN_PROGRESS, clean=CleanKind.ISOLATION))
    before = house.hospital.beds[A1].now
    house.hears("A01", "4B^A^1")
    house.hears("A11", "4B^A^1")
    assert house.hospital.beds[A1].now == before
    assert house.place_of("V1") == (VisitStatus.CANCELLED, None)


def test_cancelled_transfer_restores_both_beds(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^2")
    house.hears("A12", "4B^A^1", pv6="4B^A^2")
    assert (house.holder(A1), house.status(A2)) == ("V1", BedStatus.AVAILABLE)


def test_cancelled_transfer_to_a_bed_taken_since_is_a_conflict(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A02", "4B^A^2")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A12", "4B^A^1", pv6="4B^A^2")
    assert (house.holder(A1), house.status(A2)) == ("V2", BedStatus.AVAILABLE)
    assert house.hospital.visits[VisitId("V1")].in_conflict
    house.hears("A03", "", visit="V2", mrn="2")
    assert house.holder(A1) == "V1"


def test_cancelled_discharge_to_another_bed(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A03")
    house.hears("A13", "4B^A^2")
    assert (house.holder(A2), house.status(A1)) == ("V1", BedStatus.CLEANING)


def test_an_amendment_moves_nobody_and_reopens_nothing(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A08", "4B^A^2")
    assert (house.holder(A1), house.holder(A2)) == ("V1", None)
    house.hears("A03")
    house.hears("A08", "4B^A^2")
    assert house.place_of("V1") == (VisitStatus.FINISHED, None)


def test_class_changes(house: House) -> None:
    house.hears("A04", "ED")
    house.hears("A06", "4B^A^1")
    assert house.holder(A1) == "V1"
    house.hears("A07", "")
    assert (house.status(A1), house.place_of("V1")) == (BedStatus.CLEANING, (VisitStatus.IN_PROGRESS, None))


def test_a_new_number_takes_the_bed_over_in_one_step(house: House) -> None:
    house.hears("A04", "4B^A^1", visit="OLD")
    events = house.hears("A06", "4B^A^1", visit="NEW", tail="MRG|1||||OLD")
    assert house.holder(A1) == "NEW"
    assert house.place_of("OLD") == (VisitStatus.FINISHED, None)
    assert not any(event.kind is Kind.BED_VACATED for event in events)


def test_away_expected_and_back(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A09", "", pv6="4B^A^1")
    assert (house.holder(A1), house.hospital.beds[A1].away) == ("V1", True)
    house.hears("A10", "4B^A^1")
    house.hears("A16", "4B^A^1", tail="PV2|||||||||20260301200000+0000")
    assert house.hospital.beds[A1].expected_free_at == datetime(2026, 3, 1, 20, tzinfo=UTC)
    house.hears("A25", "4B^A^1")
    assert (house.hospital.beds[A1].away, house.hospital.beds[A1].expected_free_at) == (False, None)


def test_pending_transfer_reserves_and_releases(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A15", "4B^A^1", pv42="4B^A^2")
    assert house.hospital.beds[A2].reserved_for == "visit:V1"
    house.hears("A26", "4B^A^1", tail="PV2|4B^A^2")
    assert house.hospital.beds[A2].reserved_for is None
    house.hears("A15", "4B^A^1", pv42="4B^A^3")
    house.hears("A02", "4B^A^3")
    assert (house.holder(A3), house.hospital.beds[A3].reserved_for) == ("V1", None)


def test_a_plan_reserves_and_never_occupies(house: House) -> None:
    for trigger in ("A05", "A14"):
        house.hears(trigger, "4B^A^1")
        assert (house.status(A1), house.hospital.beds[A1].reserved_for) == (BedStatus.AVAILABLE, "visit:V1")
    house.hears("A38", "4B^A^1")
    assert (house.hospital.beds[A1].reserved_for, house.place_of("V1")) == (None, (VisitStatus.CANCELLED, None))


def test_a_plan_without_a_number_is_used_up_by_the_admission(house: House) -> None:
    for order in permutations([("A05", "4B^A^1", "", 1.0), ("A01", "4B^A^2", "V1", 2.0)]):
        fresh = House()
        for trigger, place, visit, at in order:
            fresh.hears(trigger, place, visit=visit, at=at)
        statuses = sorted(visit.course.status for visit in fresh.hospital.visits.values())
        assert statuses == [VisitStatus.CANCELLED, VisitStatus.IN_PROGRESS]
        assert (fresh.holder(A2), fresh.hospital.beds[A1].reserved_for) == ("V1", None)
        check(fresh)


def test_a_purge_frees_the_bed_of_an_open_visit_only(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A03")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A23", visit="V1")
    assert house.holder(A1) == "V2"
    house.hears("A23", visit="V2", mrn="2")
    assert house.status(A1) is not BedStatus.OCCUPIED


# --- late and out of order ---


def test_a_late_transfer_moves_nobody(house: House) -> None:
    house.hears("A01", "4B^A^1", at=1)
    house.hears("A02", "4B^A^3", at=3)
    house.hears("A02", "4B^A^2", at=2)
    assert (house.holder(A3), house.status(A2)) == ("V1", BedStatus.AVAILABLE)
    assert [m.bed for m in house.hospital.visits[VisitId("V1")].course.movements] == [A1, A2, A3]


def test_a_cancel_before_what_it_cancels_leaves_a_tombstone(house: House) -> None:
    house.hears("A11", "4B^A^1", at=2)
    house.hears("A01", "4B^A^1", at=1)
    assert house.place_of("V1") == (VisitStatus.CANCELLED, None)
    assert house.status(A1) is BedStatus.AVAILABLE


STAY = (("A01", "4B^A^1", 1.0), ("A02", "4B^A^2", 2.0), ("A12", "4B^A^1", 3.0), ("A02", "4B^A^3", 4.0), ("A08", "4B^A^2", 5.0))


def test_every_order_of_a_stay_ends_in_the_same_bed() -> None:
    ends = set()
    for order in permutations(STAY):
        house = House()
        for trigger, place, at in order:
            house.hears(trigger, place, at=at)
        visit = house.hospital.visits[VisitId("V1")]
        ends.add((visit.course, visit.bed, visit.since))
        check(house)
    assert len(ends) == 1


# --- two patients ---


def test_a_second_claim_waits_and_takes_over_at_once(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A01", "4B^A^1", visit="V3", mrn="3")
    assert (house.holder(A1), house.place_of("V2")) == ("V1", (VisitStatus.IN_PROGRESS, None))
    house.hears("A03", visit="V1")
    assert house.holder(A1) == "V2"
    house.hears("A02", "4B^A^2", visit="V2", mrn="2")
    assert (house.holder(A1), house.holder(A2)) == ("V3", "V2")


def test_a_claim_is_given_up_by_moving_on(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^1", visit="V2", mrn="2")
    house.hears("A02", "4B^A^2", visit="V2", mrn="2")
    house.hears("A03", visit="V1")
    assert (house.status(A1), house.holder(A2)) == (BedStatus.CLEANING, "V2")


def test_a_swap_is_one_step(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    other = "PID|2||2^^^H^MR||M^M||19800101|F\rPV1|1|I|4B^A^1||||||||||||||||V2"
    events = house.hears("A17", "4B^A^2", tail=other)
    assert (house.holder(A1), house.holder(A2)) == ("V2", "V1")
    assert not any(event.kind is Kind.BED_VACATED for event in events)


def test_a_swap_that_names_one_visit_twice_is_two_facts_about_it(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A17", "4B^A^2", tail="PID|2||1^^^H^MR||N^N||19800101|F\rPV1|1|I|4B^A^1||||||||||||||||V1")
    assert len(house.hospital.visits[VisitId("V1")].facts) == 3


def test_a_swap_with_a_third_in_the_way_evicts_nobody(house: House) -> None:
    house.hears("A01", "4B^A^1")
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    house.hears("A01", "4B^A^3", visit="V3", mrn="3")
    house.hears("A17", "4B^A^3", tail="PID|2||2^^^H^MR||M^M||19800101|F\rPV1|1|I|4B^A^1||||||||||||||||V2")
    assert (house.holder(A3), house.holder(A1)) == ("V3", "V2")
    assert house.hospital.visits[VisitId("V1")].in_conflict


def test_a_merge_carries_visits_and_requests_over(house: House) -> None:
    house.hears("A01", "4B^A^1", mrn="OLD")
    house.reads("MSH|^~\\&|HIS|H|||20260301100000||ADT^A40|9|P|2.5\rEVN|A40|20260301100000\rPID|1||1^^^H^MR\rMRG|OLD^^^H^MR")
    assert (house.holder(A1), house.hospital.visits[VisitId("V1")].patient) == ("V1", "1")
    house.hears("A02", "4B^A^2", mrn="OLD")
    assert house.hospital.visits[VisitId("V1")].patient == "1"


# --- no visit number ---


def test_without_a_number_a08_means_the_only_open_visit(house: House) -> None:
    with pytest.raises(Unreadable) as none:
        house.hears("A08", "4B^A^1", visit="")
    house.hears("A01", "ED")
    house.hears("A08", "4B^A^1", visit="")
    assert (none.value.code, house.holder(A1)) == ("no-visit", "V1")
    house.hears("A01", "ED", visit="V2")
    with pytest.raises(Unreadable):
        house.hears("A08", "4B^A^2", visit="")


# --- another system's word on a bed ---


def test_reports_of_beds(house: House) -> None:
    def report(code: str) -> None:
        house.does(ReportBed("4B^A^1", code, house.now), Origin.FEED)

    report("C")
    assert house.status(A1) is BedStatus.MAINTENANCE
    report("K")
    assert (house.status(A1), house.hospital.beds[A1].now.clean) == (BedStatus.CLEANING, CleanKind.ISOLATION)
    report("U")
    assert house.status(A1) is BedStatus.AVAILABLE
    house.hears("A01", "4B^A^1")
    report("U")
    assert house.holder(A1) == "V1"
    assert house.hospital.beds[A1].discrepancy
    report("O")
    assert house.hospital.beds[A1].discrepancy is None


# --- whatever comes ---

BEDS = st.sampled_from([A1, A2, BedId("4B-B-01"), BedId("ICU-I-01")])
PLACES = st.sampled_from([None, "", "ED", "9Z^Q^7", "4B^A^1", "4B^A^2", "4B^B^1", "ICU^I^1"])
VISITS = st.sampled_from([VisitId("V1"), VisitId("V2"), VisitId("V3"), None])
PATIENTS = st.sampled_from([PatientId("p1"), PatientId("p2"), PatientId("p3")])
REQUESTS = st.sampled_from([RequestId("r1"), RequestId("r2"), RequestId("r3")])
TOKENS = st.sampled_from([TokenId("ENT-20260301-001"), TokenId("ENT-20260301-002")])
CODES = st.sampled_from("UOIHCKX")
MOMENTS = st.integers(0, 30).map(lambda hours: T0 + timedelta(hours=hours))
FACTS = st.builds(
    lambda act, at, place, number, undoes, expected: Fact(
        act, at, Order(at, number=number, control=str(number)), place, undoes_at=undoes, expected=expected
    ),
    st.sampled_from(Act),
    MOMENTS,
    PLACES,
    st.integers(0, 99),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
)
TOLD = st.builds(Told, VISITS, st.builds(Person, PATIENTS, st.sampled_from(["M", "F", None])), FACTS)
WANTED = st.builds(lambda key, who, at: BedRequest(key, who, at, "general"), REQUESTS, PATIENTS, MOMENTS)
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(lambda told: Chart((told,), feed="his"), TOLD),
    st.builds(lambda told: Chart((told,), feed="his"), TOLD),
    st.builds(lambda one, two: Chart((one, two), feed="his"), TOLD, TOLD),
    st.builds(lambda told: Chart((told,), by_person=True), TOLD),
    st.builds(MergePatients, PATIENTS, PATIENTS),
    st.builds(ReportBed, st.sampled_from(["4B^A^1", "4B^B^1", "9Z^Q^7"]), CODES, MOMENTS),
    st.builds(
        SetBedStatus,
        BEDS,
        st.sampled_from(BedStatus),
        stage=st.none() | st.sampled_from(Stage),
        reason=st.none() | st.sampled_from(OutOfUse),
    ),
    st.builds(RequestBed, WANTED),
    st.builds(AssignBed, REQUESTS, BEDS),
    st.builds(ReleaseBed, REQUESTS),
    st.builds(CancelRequest, REQUESTS),
    st.builds(IssueToken, st.just(ClinicId("ENT")), st.just(date(2026, 3, 1)), booked=st.booleans()),
    st.builds(CallNext, st.just(ClinicId("ENT")), st.sampled_from(["1", "2"])),
    st.builds(MarkToken, TOKENS, st.sampled_from(TokenStatus)),
)


@settings(max_examples=300)
@given(st.lists(COMMANDS, min_size=5, max_size=30))
def test_no_sequence_of_commands_breaks_the_hospital(commands: list[Command]) -> None:
    house = House()
    for command in commands:
        from_feed = (isinstance(command, Chart) and not command.by_person) or isinstance(command, ReportBed | MergePatients)
        try:
            house.does(command, Origin.FEED if from_feed else Origin.PERSON)
        except Unreadable:
            continue
        except Refused:
            assert not from_feed, "a fact is never refused"
        check(house)
