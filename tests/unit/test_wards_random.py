"""Nurses and letters in any order: whatever a ward does by hand between whatever the feed tells, nothing that must hold is broken."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flow.domain.acuity import Level
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.care import Isolation
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, Chart, Command, Person, RequestBed, SetBedStatus, Told
from flow.domain.ids import BedId, PatientId, RequestId, RoomId, VisitId
from flow.domain.request import BedRequest
from flow.domain.visit import Act, Fact, Order
from flow.domain.ward_commands import (
    CloseBed,
    CloseRoom,
    ConfirmArrival,
    KeepBed,
    MarkAcuity,
    MarkIsolation,
    NoteScore,
    PlacePatient,
    ReopenRoom,
    SeeScore,
    SwapPatients,
)
from flow.errors import Refused, Unreadable
from tests.hearing import T0, House, check

A1, A2, A3, I1 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03"), BedId("ICU-I-01")
BEDS = st.sampled_from([A1, A2, A3, I1])
PLACES = st.sampled_from([None, "", "ED", "4B^A^1", "4B^A^2", "4B^A^3", "ICU^I^1"])
PATIENTS = st.sampled_from([PatientId("p1"), PatientId("p2"), PatientId("p3")])
OWN = st.sampled_from([VisitId("M1"), VisitId("M2")])
NUMBERS = st.sampled_from([VisitId("V1"), VisitId("V2"), VisitId("V3")])
VISITS = NUMBERS | OWN
REQUESTS = st.sampled_from([RequestId("r1"), RequestId("r2"), RequestId("r3")])
ROOMS = st.sampled_from([RoomId("4B-A"), RoomId("ICU-I")])
MINUTES = st.integers(-90, 90)
TOLD = st.tuples(NUMBERS, PATIENTS, st.sampled_from(Act), MINUTES, PLACES, PLACES, st.integers(0, 99))
BY_HAND = (
    st.builds(SwapPatients, VISITS, VISITS)
    | st.builds(PlacePatient, VISITS, BEDS)
    | st.builds(ConfirmArrival, BEDS, OWN)
    | st.builds(MarkIsolation, VISITS, st.none() | st.sampled_from(Isolation), st.sampled_from(["", "MRSA"]))
    | st.builds(MarkAcuity, VISITS, st.none() | st.sampled_from(Level))
    | st.builds(SeeScore, VISITS)
    | st.builds(CloseRoom, ROOMS, st.sampled_from(OutOfUse))
    | st.builds(ReopenRoom, ROOMS)
    | st.builds(CloseBed, BEDS, st.sampled_from(OutOfUse))
    | st.builds(KeepBed, BEDS)
    | st.builds(SetBedStatus, BEDS, st.sampled_from([BedStatus.AVAILABLE, BedStatus.CLEANING]))
    | st.builds(lambda number, patient: RequestBed(BedRequest(number, patient, T0, "general")), REQUESTS, PATIENTS)
    | st.builds(AssignBed, REQUESTS, BEDS)
    | st.builds(NoteScore, PATIENTS, st.none() | VISITS, st.integers(0, 20), st.just(T0), st.just(T0))
)
LEFT = st.tuples(VISITS)


@settings(max_examples=400, deadline=None)
@given(st.lists(TOLD | BY_HAND | LEFT, max_size=25))
def test_nothing_that_must_hold_is_broken(deeds: list[Command | tuple]) -> None:  # type: ignore[type-arg]
    house = House()
    for deed in deeds:
        try:
            if not isinstance(deed, tuple):
                house.does(deed)
            elif len(deed) == 1:
                _left(house, deed[0])
            else:
                _hears(house, *deed)
        except (Refused, Unreadable):
            pass
        check(house)
        _is_seen_once(house)


def _hears(
    house: House, visit: VisitId, patient: PatientId, act: Act, minutes: int, place: str | None, prior: str | None, number: int
) -> None:
    at = house.now + timedelta(minutes=minutes)
    fact = Fact(act, at, Order(at, number=number, control=str(number)), place, prior)
    house.does(Chart((Told(visit, Person(patient, "F"), fact),), feed="his"), Origin.FEED)


def _left(house: House, visit: VisitId) -> None:
    known = house.hospital.visits.get(visit)
    if known is not None:
        at = house.now + timedelta(hours=1)
        house.does(Chart((Told(visit, Person(known.patient), Fact(Act.DISCHARGE, at, Order(at))),), by_person=True))


def _is_seen_once(house: House) -> None:
    """A stay handed over leaves nothing behind; what a bed shows of its patient is the visit's; a closing bed is one still in use."""
    for visit in house.hospital.visits.values():
        assert visit.merged_into is None or visit.facts or visit.bed is None
    for bed in house.hospital.beds.values():
        assert bed.closes is None or bed.status in (BedStatus.OCCUPIED, BedStatus.CLEANING)
        whose = house.hospital.visits[bed.visit] if bed.visit is not None else None
        assert bed.acuity == (whose.acuity if whose is not None else None)
        assert whose is None or bed.care == whose.care
