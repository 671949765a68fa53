"""What a ward does by hand, and what the feed says of it later: both orders of every coming and leaving, agreed or contradicted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.codec import decode, decode_command, encode, encode_command
from flow.domain.bed import BedStatus, CleanKind
from flow.domain.care import Isolation
from flow.domain.commands import AssignBed, Chart, Command, Person, RequestBed, Told
from flow.domain.doubts import TAKEN_DIRTY
from flow.domain.events import Event, Kind
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Act, Fact, Order, VisitStatus
from flow.domain.ward_commands import ConfirmArrival, MarkIsolation, PlacePatient, SwapPatients
from flow.errors import Refused
from tests.hearing import T0, House, check

A1, A2, A3, S1 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03"), BedId("4B-S-01")
V1, V2, M1 = VisitId("V1"), VisitId("V2"), VisitId("M-1")
R1 = RequestId("R1")
SWAP = SwapPatients(V1, V2)
ARRIVED = ConfirmArrival(A2, M1)


def tap(house: House, minute: float, command: Command) -> list[Event]:
    """By a person, so many minutes after T0."""
    house.now = T0 + timedelta(minutes=minute, hours=-1)
    return house.does(command)


def left(house: House, minute: float, visit: VisitId = V1) -> list[Event]:
    """A nurse says that the patient has left."""
    at = T0 + timedelta(minutes=minute)
    patient = house.hospital.visits[visit].patient
    return tap(house, minute, Chart((Told(visit, Person(patient), Fact(Act.DISCHARGE, at, Order(at))),), by_person=True))


def refused(house: House, command: Command) -> str:
    with pytest.raises(Refused) as error:
        house.does(command)
    check(house)
    return error.value.code


def two() -> House:
    """V1 in A1, V2 in A2, since T0."""
    house = House()
    house.hears("A01", "4B^A^1", at=0)
    house.hears("A01", "4B^A^2", visit="V2", mrn="2", at=0)
    return house


def promised(visit: bool = True) -> House:
    """A2 is promised to the patient with MRN 1, who lies in the ICU under V1, or is not known to the feed yet."""
    house = House()
    if visit:
        house.hears("A01", "ICU^I^1", at=0)
    house.does(RequestBed(BedRequest(R1, PatientId("1"), T0, "general", sex="F")))
    house.does(AssignBed(R1, A2))
    return house


def doubt(house: House, bed: BedId) -> str | None:
    return house.hospital.beds[bed].discrepancy


# -- swaps and placings


def test_two_patients_change_beds_at_once() -> None:
    house = two()
    events = tap(house, 90, SWAP)
    check(house)
    assert (house.holder(A1), house.holder(A2)) == ("V2", "V1")
    assert Kind.BED_VACATED not in {event.kind for event in events}, "neither bed is free or dirty in between"
    assert decode_command("SwapPatients", encode_command(SWAP)) == SWAP
    visit = house.hospital.visits[V1]
    assert decode("visit", encode(visit)) == visit


def test_a_swap_needs_two_patients_as_they_were_seen() -> None:
    house = two()
    assert refused(house, SwapPatients(V1, V1)) == "same-bed"
    assert refused(house, SwapPatients(V1, VisitId("V9"))) == "stale"
    assert refused(house, replace(SWAP, other_seq=1)) == refused(house, replace(SWAP, if_seq=1)) == "stale"
    house.does(MarkIsolation(V2, Isolation.CONTACT))
    assert refused(house, SWAP) == "rule-broken", "an isolated patient's bed is cleaned before another lies there"


def test_a_rule_is_broken_with_a_reason_that_stays_while_the_patient_lies_there() -> None:
    house = two()
    placing = PlacePatient(V1, A3, ("4B A3: no telemetry",))
    assert refused(house, placing) == "rule-broken"
    house.does(replace(placing, override_reason="sister on night duty agrees"))
    assert house.hospital.visits[V1].against == "4B A3: no telemetry: sister on night duty agrees"
    house.does(PlacePatient(V1, A1)) if house.status(A1) is BedStatus.AVAILABLE else house.does(PlacePatient(V1, S1))
    assert house.hospital.visits[V1].against is None
    assert refused(house, PlacePatient(V1, A2)) == "bed-occupied"


def test_a_promised_bed_is_not_swapped_away() -> None:
    house = two()
    house.hears("A16", "4B^A^2", visit="V2", mrn="2", tail="PV2|||||||||20260301200000")
    house.does(RequestBed(BedRequest(R1, PatientId("9"), T0, "general", sex="F")))
    house.does(AssignBed(R1, A2))
    assert refused(house, SWAP) == "bed-reserved"


@pytest.mark.parametrize("minute", [80, 95])
def test_a17_agrees_with_a_swap_by_hand(minute: int) -> None:
    house = two()
    tap(house, 90, SWAP)
    letter = (
        f"MSH|^~\\&|HIS|H|||202603010930+0000||ADT^A17|77|P|2.5\rEVN|A17|{T0 + timedelta(minutes=minute):%Y%m%d%H%M%S}+0000\r"
        "PID|1||1^^^H^MR||N^N||19800101|F\rPV1||I|4B^A^2||||||||||||||||V1\rPID|2||2^^^H^MR||N^N||19800101|F\rPV1||I|4B^A^1||||||||||||||||V2\r"
    )
    events = house.reads(letter)
    check(house)
    assert (house.holder(A1), house.holder(A2)) == ("V2", "V1")
    assert not {Kind.BED_VACATED, Kind.DISCREPANCY_RAISED} & {event.kind for event in events}
    assert house.hospital.visits[V1].seen is house.hospital.visits[V2].seen is None


# -- arrival


def test_the_nurse_first_then_the_feed_agrees() -> None:
    house = promised()
    tap(house, 300, ARRIVED)
    assert (house.holder(A2), house.hospital.requests[R1].status, house.status(BedId("ICU-I-01"))) == (
        "V1",
        RequestStatus.ARRIVED,
        BedStatus.CLEANING,
    )
    for at in (4.9, 5.1):
        events = house.hears("A02", "4B^A^2", pv6="ICU^I^1", at=at)
        check(house)
        assert not any(event.entity == "bed" for event in events), "no second effect"
    assert house.holder(A2) == "V1" and doubt(house, A2) is None
    assert house.hospital.visits[V1].seen is None


def test_the_feed_first_then_the_nurse_is_told_kindly() -> None:
    house = promised()
    house.hears("A02", "4B^A^2", pv6="ICU^I^1")
    assert refused(house, ARRIVED) == "not-promised"
    assert house.holder(A2) == "V1"


@pytest.mark.parametrize(("at", "lies"), [(5.2, A3), (4.9, A2)])
def test_the_nurse_first_then_the_feed_disagrees(at: float, lies: BedId) -> None:
    """Event time says where the patient is; both beds say that the two do not agree."""
    house = promised()
    tap(house, 300, ARRIVED)
    house.hears("A02", "4B^A^3", pv6="ICU^I^1", at=at)
    check(house)
    assert house.hospital.visits[V1].bed == lies
    if lies == A3:
        assert doubt(house, A3) == "the ward saw this patient in 4B A2"
        assert doubt(house, A2) == "the HIS has the patient seen here in 4B A3"
    else:
        assert doubt(house, A2) == "the HIS says that this patient is in 4B A3"
    house.hears("A02", "4B^A^2", pv6="4B^A^3", at=5.5)
    check(house)
    assert house.hospital.visits[V1].bed == A2, "the HIS has put it right"
    assert doubt(house, A2) == (TAKEN_DIRTY if lies == A3 else None)


def test_the_feed_first_in_another_bed_then_the_nurse_is_refused() -> None:
    house = promised()
    house.hears("A02", "4B^A^3", pv6="ICU^I^1")
    assert refused(house, ARRIVED) == "not-promised"
    assert house.holder(A3) == "V1"


def test_history_told_late_contradicts_nobody() -> None:
    house = promised()
    tap(house, 300, ARRIVED)
    house.hears("A02", "ICU^I^2", pv6="ICU^I^1", at=2)
    assert (house.hospital.visits[V1].bed, doubt(house, A2)) == (A2, None)
    house.hears("A02", "4B^A^3", pv6="4B^A^2", at=9)
    check(house)
    assert (house.hospital.visits[V1].bed, doubt(house, A3), doubt(house, A2)) == (A3, None, None), "a move on from the bed seen"


@pytest.mark.parametrize("at", [4.9, 5.1])
def test_a_stay_opened_by_hand_goes_on_under_the_number_of_the_feed(at: float) -> None:
    house = promised(visit=False)
    tap(house, 300, ARRIVED)
    tap(house, 301, MarkIsolation(M1, Isolation.CONTACT, "MRSA"))
    house.hears("A01", "4B^A^2", visit="N7", at=at)
    check(house)
    assert house.holder(A2) == "N7" and doubt(house, A2) is None
    assert house.hospital.beds[A2].care.organism == "MRSA" and house.hospital.beds[A2].isolation
    assert (house.hospital.visits[M1].merged_into, house.hospital.visits[M1].course.status) == ("N7", VisitStatus.CANCELLED)
    house.hears("A03", visit="N7", at=8)
    assert house.status(A2) is BedStatus.CLEANING


def test_a_stay_opened_by_hand_that_the_feed_has_elsewhere_is_in_doubt() -> None:
    house = promised(visit=False)
    tap(house, 300, ARRIVED)
    house.hears("A01", "4B^A^3", visit="N7", at=5.1)
    check(house)
    assert house.hospital.visits[VisitId("N7")].bed == A3 and house.status(A2) is BedStatus.CLEANING
    assert doubt(house, A3) == "the ward saw this patient in 4B A2" and doubt(house, A2) is not None


def test_an_outpatient_visit_of_the_patient_is_another_matter() -> None:
    house = promised(visit=False)
    tap(house, 300, ARRIVED)
    house.hears("A04", "", visit="O1", at=5.1)
    check(house)
    assert house.holder(A2) == "M-1"


def test_casualty_keeps_its_own_number() -> None:
    """Under its number the nurse laid the patient into the bed; the admission comes under another and takes the bed over."""
    house = House()
    house.hears("A01", "ICU^I^1", visit="E1", at=0)
    house.does(RequestBed(BedRequest(R1, PatientId("1"), T0, "general", sex="F")))
    house.does(AssignBed(R1, A2))
    tap(house, 300, ARRIVED)
    house.hears("A01", "4B^A^2", visit="N7", at=5.1)
    check(house)
    assert house.holder(A2) == "N7" and doubt(house, A2) is None
    assert not house.hospital.visits[VisitId("E1")].in_conflict


# -- leaving


def test_the_nurse_says_left_then_the_feed_agrees() -> None:
    house = two()
    left(house, 60)
    since = house.hospital.beds[A1].now.since
    for at in (0.9, 1.1):
        events = house.hears("A03", "4B^A^1", at=at)
        assert not any(event.entity == "bed" for event in events)
    check(house)
    assert (house.status(A1), house.hospital.beds[A1].now.since, house.hospital.visits[V1].seen) == (BedStatus.CLEANING, since, None)


def test_the_feed_first_then_left_is_refused() -> None:
    house = two()
    house.hears("A03", "4B^A^1", at=0.5)
    with pytest.raises(Refused):
        left(house, 60)
    check(house)


def test_left_and_the_feed_has_the_patient_still_there() -> None:
    house = two()
    left(house, 60)
    house.hears("A02", "4B^A^3", pv6="4B^A^1", at=1.1)
    check(house)
    assert (house.hospital.visits[V1].bed, doubt(house, A3)) == (A3, "the ward saw this patient leave")
    again = two()
    left(again, 60)
    again.hears("A02", "4B^A^3", pv6="4B^A^1", at=0.9)
    check(again)
    assert (again.hospital.visits[V1].bed, doubt(again, A3)) == (None, "the HIS says that a patient is here who has left")


def test_arrived_and_the_feed_says_discharged() -> None:
    house = promised()
    tap(house, 300, ARRIVED)
    house.hears("A03", "ICU^I^1", at=4.9)
    check(house)
    assert (house.hospital.visits[V1].bed, doubt(house, A2)) == (A2, "the HIS says that this patient has left")


# -- isolation


def test_isolation_shows_at_once_and_goes_with_the_patient() -> None:
    house = two()
    house.does(RequestBed(BedRequest(R1, PatientId("1"), T0, "private", sex="F", visit=V1)))
    house.does(MarkIsolation(V1, Isolation.DROPLET, " flu "))
    bed, request = house.hospital.beds[A1], house.hospital.requests[R1]
    assert (bed.isolation, bed.care.isolation, bed.care.organism) == (True, Isolation.DROPLET, "flu")
    assert (request.isolation, request.isolation_kind, request.organism) == (True, Isolation.DROPLET, "flu")
    seq = house.hospital.seq
    house.does(MarkIsolation(V1, Isolation.DROPLET, "flu"))
    assert house.hospital.seq == seq, "a repeat is no event"
    left(house, 600)
    assert house.hospital.beds[A1].now.clean is CleanKind.ISOLATION


def test_isolation_ends() -> None:
    house = two()
    house.does(MarkIsolation(V1, Isolation.CONTACT, "MRSA"))
    house.does(MarkIsolation(V1, None, "MRSA"))
    assert (house.hospital.beds[A1].isolation, house.hospital.visits[V1].care.organism) == (False, None)
    assert refused(house, MarkIsolation(V1, Isolation.CONTACT, if_seq=1)) == refused(house, MarkIsolation(VisitId("V9"), None)) == "stale"


# -- admitted by the nurse


def test_admitting_goes_on_with_the_stay_that_is_known() -> None:
    """In the house without a bed, or planned under the feed's number: the admission is that stay's, and the feed agrees with it."""
    house = House()
    house.hears("A05", "4B^A^3", visit="P1", at=0)
    admit = ConfirmArrival(A2, M1, patient=PatientId("1"), sex="F")
    house.does(admit)
    check(house)
    assert house.holder(A2) == "P1" and M1 not in house.hospital.visits
    house.hears("A01", "4B^A^2", visit="P1")
    assert (house.holder(A2), doubt(house, A2), house.hospital.visits[VisitId("P1")].seen) == ("P1", None, None)
    assert refused(house, replace(admit, bed=A3)) == "already-in-a-bed"
    other = House()
    other.hears("A01", "4B^A^1", at=0)
    assert refused(other, admit) == "already-in-a-bed"
    assert refused(other, replace(admit, bed=A1, patient=PatientId("2"))) == "bed-occupied"
