"""Transports: asked for, accepted by one porter alone, brought to the end; what leads out of the house moves the discharge on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from flow.domain.decide.undo import unmade
from flow.domain.discharge import Milestone, Way
from flow.domain.discharge_commands import BeginDischarge, MarkMilestone
from flow.domain.events import Event, Kind
from flow.domain.ids import BedId, TransportId, VisitId, WardId
from flow.domain.transport import TRANSPORTS, Carried, Transport, TransportStatus
from flow.domain.transport_commands import CancelTransport, MoveTransport, RequestTransport, Ride
from flow.errors import Refused
from tests.hearing import T0, House, check

A1 = BedId("4B-A-01")
T1, T2 = TransportId("T-1"), TransportId("T-2")
S = TransportStatus


@pytest.fixture
def house() -> Iterator[House]:
    fresh = House()
    fresh.hears("A01", "4B^A^1")
    yield fresh
    check(fresh)


def asked(number: TransportId = T1, **said: object) -> RequestTransport:
    return RequestTransport(replace(Transport(number, WardId("4B"), "4B A1", "CT", T0, bed=A1), **said))  # type: ignore[arg-type]


def job(house: House, number: TransportId = T1) -> Transport:
    return house.hospital.transports[number]


def rides(house: House, *steps: Ride, porter: str = "p1", number: TransportId = T1) -> list[Event]:
    return [event for step in steps for event in house.does(MoveTransport(number, step, porter))]


def refused(house: House, code: str, command: object) -> None:
    before = house.hospital.seq
    with pytest.raises(Refused) as refusal:
        house.does(command)  # type: ignore[arg-type]
    assert (refusal.value.code, house.hospital.seq) == (code, before)


def test_a_job_is_asked_for_accepted_picked_up_and_delivered(house: House) -> None:
    house.does(asked())
    assert (job(house).status, job(house).visit) == (S.REQUESTED, "V1")
    kinds = [event.kind for event in rides(house, Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER)]
    assert kinds == [Kind.TRANSPORT_ACCEPTED, Kind.TRANSPORT_PICKED_UP, Kind.TRANSPORT_DELIVERED]
    found = job(house)
    assert found.accepted_at and found.picked_up_at and found.delivered_at
    assert found.requested_at < found.accepted_at < found.picked_up_at < found.delivered_at
    refused(house, "over", MoveTransport(T1, Ride.DELIVER, "p1"))


def test_a_second_porter_is_refused_and_the_first_repeats_in_peace(house: House) -> None:
    house.does(asked())
    rides(house, Ride.ACCEPT)
    refused(house, "taken", MoveTransport(T1, Ride.ACCEPT, "p2"))
    refused(house, "not-yours", MoveTransport(T1, Ride.PICK_UP, "p2"))
    assert rides(house, Ride.ACCEPT) == []
    assert job(house).porter == "p1"


def test_one_porter_has_one_job_at_a_time(house: House) -> None:
    house.hears("A01", "4B^A^2", visit="V2")
    house.does(asked())
    house.does(asked(T2, bed=BedId("4B-A-02")))
    rides(house, Ride.ACCEPT)
    refused(house, "one-at-a-time", MoveTransport(T2, Ride.ACCEPT, "p1"))
    rides(house, Ride.PICK_UP, Ride.DELIVER)
    assert rides(house, Ride.ACCEPT, number=T2)


def test_a_job_is_given_back_until_it_is_picked_up(house: House) -> None:
    house.does(asked())
    rides(house, Ride.ACCEPT, Ride.GIVE_BACK)
    assert (job(house).status, job(house).porter, job(house).accepted_at) == (S.REQUESTED, None, None)
    rides(house, Ride.ACCEPT, Ride.PICK_UP, porter="p2")
    refused(house, "illegal-transition", MoveTransport(T1, Ride.GIVE_BACK, "p2"))
    refused(house, "on-the-way", CancelTransport(T1))


def test_a_job_that_is_not_needed_is_cancelled(house: House) -> None:
    house.does(asked())
    house.does(CancelTransport(T1))
    assert job(house).over_at is not None
    refused(house, "over", MoveTransport(T1, Ride.ACCEPT, "p1"))


def test_nobody_is_fetched_twice_or_from_an_empty_bed(house: House) -> None:
    house.does(asked())
    refused(house, "already-asked", asked(T2))
    refused(house, "bed-empty", asked(T2, bed=BedId("4B-A-03")))
    refused(house, "no-way", asked(T2, to="4B A1"))
    assert house.does(asked(T2, carried=Carried.THING, bed=None))


def test_a_tap_keeps_its_own_time_within_reason(house: House) -> None:
    house.does(asked())
    at = house.now + timedelta(minutes=5)
    house.does(MoveTransport(T1, Ride.ACCEPT, "p1", at))
    assert job(house).accepted_at == at
    house.does(MoveTransport(T1, Ride.PICK_UP, "p1", at - timedelta(hours=2)))
    assert job(house).picked_up_at == at


@pytest.mark.parametrize(("leaving", "marked"), [(True, True), (False, False)])
def test_whoever_is_brought_out_has_that_step_of_the_discharge_done(house: House, leaving: bool, marked: bool) -> None:
    house.does(BeginDischarge(VisitId("V1"), Way.CASH))
    house.does(asked(leaving=leaving))
    rides(house, Ride.ACCEPT, Ride.PICK_UP)
    assert Milestone.TRANSPORT not in house.hospital.discharges[VisitId("V1")].marks
    rides(house, Ride.DELIVER)
    assert (Milestone.TRANSPORT in house.hospital.discharges[VisitId("V1")].marks) is marked
    assert house.holder(A1) == "V1"


def test_a_step_that_was_said_before_stays_as_it_was_said(house: House) -> None:
    house.does(BeginDischarge(VisitId("V1"), Way.CASH))
    house.does(MarkMilestone(VisitId("V1"), Milestone.TRANSPORT))
    before = house.hospital.discharges[VisitId("V1")].marks
    house.does(asked(leaving=True))
    rides(house, Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER)
    assert house.hospital.discharges[VisitId("V1")].marks == before


def test_every_state_but_the_last_two_leads_on() -> None:
    assert {state for state, ways in TRANSPORTS.items() if not ways} == {S.DELIVERED, S.CANCELLED}
    undone = unmade(Transport(T1, WardId("4B"), "4B A1", "CT", T0))
    assert isinstance(undone, Transport) and not undone.is_live
