"""A bed request from its making to its end: the table, what may change when, and the clocks."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
import pytest

from flow.codec import decode, encode
from flow.domain.care import Care, Isolation, Rest
from flow.domain.cause import Origin
from flow.domain.commands import (
    AssignBed,
    CancelRequest,
    Command,
    EditRequest,
    ExpireRequest,
    MarkReady,
    MergePatients,
    ReleaseBed,
    RequestBed,
    TakeUpRequest,
)
from flow.domain.decide.waiting import EDITABLE
from flow.domain.events import Event, Kind
from flow.domain.hospital import evolve
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.move_commands import AskMove
from flow.domain.request import LIVE, REQUEST_TRANSITIONS, UNPLACED, BedRequest, MadeBy, Move, RequestStatus, may_go
from flow.domain.request_rules import RequestRules
from flow.errors import Refused
from tests.hearing import T0, House, check

A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")
R1 = RequestId("R1")
LONG = timedelta(hours=73)
WAITING, READY, ASSIGNED = RequestStatus.WAITING, RequestStatus.READY, RequestStatus.ASSIGNED
ARRIVED, CANCELLED, EXPIRED = RequestStatus.ARRIVED, RequestStatus.CANCELLED, RequestStatus.EXPIRED
ASKED = RequestStatus.ASKED


def asking(**more: Any) -> BedRequest:
    return BedRequest(R1, PatientId("1"), T0, "general", **more)


def house_in(status: RequestStatus) -> House:
    """A house whose request R1 has come to a status by legal steps."""
    house = House()
    if status is ASKED:
        house.hears("A01", "4B^A^2", visit="V9")
        house.does(AskMove(R1, VisitId("V9"), Move(A2, A1)))
        return house
    house.does(RequestBed(asking(ready_at=T0 if status is READY else None)))
    match status:
        case RequestStatus.ASSIGNED:
            house.does(AssignBed(R1, A1))
        case RequestStatus.ARRIVED:
            house.hears("A01", "4B^A^1")
        case RequestStatus.CANCELLED:
            house.does(CancelRequest(R1))
        case RequestStatus.EXPIRED:
            house.now += LONG
            house.does(ExpireRequest(R1), Origin.SYSTEM)
    assert house.hospital.requests[R1].status is status
    return house


STEPS: dict[str, Command] = {
    "assign": AssignBed(R1, A1),
    "release": ReleaseBed(R1),
    "cancel": CancelRequest(R1),
    "ready": MarkReady(R1, T0),
    "not ready": MarkReady(R1, None),
    "take up": TakeUpRequest(R1),
}
LEADS: dict[tuple[RequestStatus, str], RequestStatus] = {
    (WAITING, "assign"): ASSIGNED,
    (WAITING, "cancel"): CANCELLED,
    (WAITING, "ready"): READY,
    (WAITING, "not ready"): WAITING,
    (READY, "assign"): ASSIGNED,
    (READY, "cancel"): CANCELLED,
    (READY, "ready"): READY,
    (READY, "not ready"): WAITING,
    (ASSIGNED, "assign"): ASSIGNED,
    (ASSIGNED, "release"): WAITING,
    (ASSIGNED, "cancel"): CANCELLED,
    (ASSIGNED, "ready"): ASSIGNED,
    (ASSIGNED, "not ready"): ASSIGNED,
    (ASKED, "cancel"): CANCELLED,
    (ASKED, "ready"): ASKED,
    (ASKED, "not ready"): ASKED,
    (EXPIRED, "take up"): WAITING,
    (CANCELLED, "take up"): WAITING,
}


@pytest.mark.parametrize(("status", "step"), [*product(RequestStatus, STEPS)], ids=str)
def test_every_step_from_every_status(status: RequestStatus, step: str) -> None:
    house = house_in(status)
    before = house.hospital.requests[R1]
    if (status, step) not in LEADS:
        with pytest.raises(Refused):
            house.does(STEPS[step])
        assert house.hospital.requests[R1] == before
        return
    house.does(STEPS[step])
    assert house.hospital.requests[R1].status is LEADS[status, step]
    assert LEADS[status, step] is status or (status, LEADS[status, step]) in REQUEST_TRANSITIONS
    check(house)


@pytest.mark.parametrize(("old", "new"), [*product(RequestStatus, RequestStatus)], ids=str)
def test_the_log_holds_no_move_that_the_table_lacks(old: RequestStatus, new: RequestStatus) -> None:
    house = house_in(old)
    event = Event(Kind.REQUEST_CHANGED, replace(house.hospital.requests[R1], status=new), house.now)
    if may_go(old, new):
        evolve(house.hospital, house.hospital.seq + 1, event)
    else:
        with pytest.raises(ValueError, match="cannot go"):
            evolve(house.hospital, house.hospital.seq + 1, event)


def test_the_table_is_whole() -> None:
    reached = {new for _, new in REQUEST_TRANSITIONS} | {WAITING, ASKED}
    assert reached == set(RequestStatus)
    assert len(set(REQUEST_TRANSITIONS.values())) == len(REQUEST_TRANSITIONS)
    assert may_go(CANCELLED, ASSIGNED, undoing=True) and not may_go(CANCELLED, ASSIGNED)
    assert not any(may_go(ARRIVED, over) for over in (CANCELLED, EXPIRED, ASSIGNED))


@pytest.mark.parametrize("status", RequestStatus)
def test_what_may_change_when(status: RequestStatus) -> None:
    changes: dict[str, Any] = {
        "type": "private",
        "needs": frozenset({"oxygen"}),
        "priority": 1,
        "ready_at": T0 + timedelta(days=9),
        "room_choice": "private",
        "isolation_kind": Isolation.AIRBORNE,
        "organism": "measles",
        "attendant": True,
        "rest": frozenset({Rest.DEMENTIA}),
    }
    for name, value in changes.items():
        house = house_in(status)
        old = house.hospital.requests[R1]
        wanted = EditRequest(replace(old, **{name: value}), if_seq=old.seq)
        if name in EDITABLE.get(status, ()):
            house.does(wanted)
            new = house.hospital.requests[R1]
            assert (getattr(new, name), new.edited, new.touched_at) == (value, True, house.now)
        else:
            with pytest.raises(Refused) as refused:
                house.does(wanted)
            assert refused.value.code == ("bed-promised" if status in (ASSIGNED, ASKED) else "request-closed")


def test_an_edit_of_what_has_changed_since_is_refused_and_no_change_is_no_event() -> None:
    house = house_in(WAITING)
    old = house.hospital.requests[R1]
    assert house.does(EditRequest(old, if_seq=old.seq)) == []
    house.does(EditRequest(replace(old, priority=1), if_seq=old.seq))
    with pytest.raises(Refused, match="look again"):
        house.does(EditRequest(replace(old, priority=2), if_seq=old.seq))
    house.does(EditRequest(replace(old, patient=PatientId("2"), created_at=T0 + LONG, bed=A1, priority=2)))
    new = house.hospital.requests[R1]
    assert (new.patient, new.created_at, new.bed, new.priority) == (old.patient, old.created_at, None, 2)


def test_release_gives_back_who_is_ready_as_ready() -> None:
    house = house_in(READY)
    house.does(AssignBed(R1, A1))
    house.does(ReleaseBed(R1))
    assert house.hospital.requests[R1].status is READY


def test_only_what_nobody_touched_lapses_and_never_a_promise() -> None:
    house = house_in(WAITING)
    house.now = T0 + timedelta(hours=71)
    house.does(MarkReady(R1, None), Origin.PERSON)
    house.does(EditRequest(replace(house.hospital.requests[R1], priority=2)))
    with pytest.raises(Refused, match="in hand"):
        house.does(ExpireRequest(R1), Origin.SYSTEM)
    promised = house_in(ASSIGNED)
    promised.now += LONG
    with pytest.raises(Refused, match="in hand"):
        promised.does(ExpireRequest(R1), Origin.SYSTEM)


def test_an_expired_request_is_taken_up_with_its_old_clock_unless_the_patient_waits_again() -> None:
    house = house_in(EXPIRED)
    house.does(RequestBed(replace(asking(), id=RequestId("R2"))))
    with pytest.raises(Refused, match="already waiting"):
        house.does(TakeUpRequest(R1))
    house.does(CancelRequest(RequestId("R2")))
    house.does(TakeUpRequest(R1))
    found = house.hospital.requests[R1]
    assert (found.status, found.created_at, found.closed_at) == (WAITING, T0, None)


def test_the_clock_of_a_plan_starts_when_the_bed_is_needed() -> None:
    rules, later = RequestRules(aims=(10, 20, 30, 40)), T0 + timedelta(days=2)
    assert rules.due_at(asking(priority=2)) == T0 + timedelta(minutes=20)
    assert rules.due_at(asking(ready_at=later)) == T0 + timedelta(minutes=30), "who waits already waits"
    planned = asking(ready_at=later, made_by=MadeBy.PLAN)
    assert rules.due_at(planned) == later + timedelta(minutes=30)
    assert rules.lapses_at(planned) == later + timedelta(hours=72)


def test_two_persons_who_were_one_wait_once() -> None:
    house = House()
    house.does(RequestBed(asking()))
    house.does(RequestBed(BedRequest(RequestId("R2"), PatientId("2"), T0, "general")))
    house.does(AssignBed(RequestId("R2"), A1))
    house.does(MergePatients(PatientId("1"), PatientId("2")), Origin.FEED)
    found = house.hospital.requests
    assert (found[R1].status, found[RequestId("R2")].status) == (CANCELLED, ASSIGNED), "the one with a bed goes on"
    check(house)


def test_a_record_from_before_these_fields_can_still_be_read() -> None:
    old = b'{"id":"R1","patient":"1","created_at":"2026-03-01T08:00:00Z","type":"general","isolation":true,"bed":"4B-A-01"}'
    found = decode("request", old)
    assert isinstance(found, BedRequest)
    assert (found.made_by, found.care, found.is_live) == (MadeBy.DESK, Care(), True)
    assert msgspec.json.decode(encode(found))["made_by"] == "desk"
    assert UNPLACED < LIVE
