"""Random commands over a small hospital: whatever comes in whatever order, nothing that must hold is broken."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flow.domain.bed import BedStatus, OutOfUse, PlaceKind, Stage
from flow.domain.cause import Origin
from flow.domain.commands import (
    AssignBed,
    CallNext,
    CancelRequest,
    Chart,
    ClosePlace,
    Command,
    EditRequest,
    ExpireRequest,
    IssueToken,
    MarkReady,
    MarkToken,
    MergePatients,
    OpenPlace,
    Person,
    ReleaseBed,
    ReportBed,
    RequestBed,
    SetBedStatus,
    TakeUpRequest,
    Told,
)
from flow.domain.ids import BedId, ClinicId, PatientId, RequestId, TokenId, VisitId, WardId
from flow.domain.move_commands import AnswerMove, AskMove
from flow.domain.opd import TokenStatus
from flow.domain.opd_commands import AdviseAdmission, HoldSession, KnowPatient, OpenSessions, PassToken, SendToRoom
from flow.domain.request import BedRequest, Move
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused, Unreadable
from tests.hearing import T0, House, check

A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
BEDS = st.sampled_from([A1, A2, BedId("4B-B-01"), BedId("ICU-I-01")])
TROLLEY = BedId("4B:trolley-1")
PLACES = st.sampled_from([None, TROLLEY, "", "ED", "9Z^Q^7", "4B^A^1", "4B^A^2", "4B^B^1", "ICU^I^1"])
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
    st.builds(MarkReady, REQUESTS, st.none() | MOMENTS),
    st.builds(lambda wanted, priority: EditRequest(replace(wanted, priority=priority)), WANTED, st.integers(1, 4)),
    st.builds(ExpireRequest, REQUESTS),
    st.builds(TakeUpRequest, REQUESTS),
    st.builds(AskMove, REQUESTS, st.sampled_from([VisitId("V1"), VisitId("V2"), VisitId("V3")]), st.builds(Move, BEDS, BEDS)),
    st.builds(AnswerMove, REQUESTS, st.booleans(), st.sampled_from(["", "unwell"])),
    st.builds(OpenPlace, st.just(WardId("4B")), st.sampled_from(PlaceKind)),
    st.builds(ClosePlace, st.sampled_from([TROLLEY, A1])),
    st.builds(AssignBed, REQUESTS, BEDS),
    st.builds(ReleaseBed, REQUESTS),
    st.builds(CancelRequest, REQUESTS),
    st.builds(IssueToken, st.just(ClinicId("ENT")), st.just(date(2026, 3, 1)), booked=st.booleans()),
    st.builds(CallNext, st.just(ClinicId("ENT")), st.sampled_from(["1", "2"])),
    st.builds(MarkToken, TOKENS, st.sampled_from(TokenStatus)),
    st.builds(PassToken, TOKENS),
    st.builds(SendToRoom, TOKENS, st.sampled_from(["1", "2"])),
    st.builds(AdviseAdmission, TOKENS, WANTED),
    st.builds(HoldSession, st.just(ClinicId("ENT")), st.just("1"), st.sampled_from(["Dr Iyer", None]), MOMENTS, MOMENTS),
    st.builds(OpenSessions, st.just(ClinicId("ENT")), st.just("1"), st.just(date(2026, 3, 1)), st.just(())),
    st.builds(KnowPatient, PATIENTS, PATIENTS),
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
