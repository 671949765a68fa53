"""A room closed in one go, or one bed: nobody is evicted, nobody is sent there, and beds still lain in follow when empty and clean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from allocation.engine import suggest
from flow.codec import decode, decode_command, encode, encode_command
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.cleaning_commands import SettleProblem
from flow.domain.commands import AssignBed, Command, RequestBed, SetBedStatus
from flow.domain.house_rules import BEFORE, rules_of
from flow.domain.ids import BedId, PatientId, RequestId, RoomId
from flow.domain.request import BedRequest
from flow.domain.ward_commands import CloseBed, CloseRoom, KeepBed, ReopenRoom
from flow.errors import Refused
from flow.plan_file import parse_plan
from tests.hearing import T0, House, check
from tests.hospital_file import hospital_file

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")
ROOM = RoomId("4B-A")
CLOSE = CloseRoom(ROOM, OutOfUse.INFECTION, "norovirus", T0 + timedelta(days=3))
ASKED = BedRequest(RequestId("R1"), PatientId("9"), T0, "general", sex="F")


def refused(house: House, command: Command) -> str:
    with pytest.raises(Refused) as error:
        house.does(command)
    check(house)
    return error.value.code


def closed() -> House:
    """V1 lies in A1, A2 is dirty."""
    house = House()
    house.hears("A01", "4B^A^1")
    house.does(SetBedStatus(A2, BedStatus.CLEANING))
    house.does(CLOSE)
    check(house)
    return house


def test_empty_beds_at_once_the_others_when_they_are_clean() -> None:
    house = closed()
    assert [house.status(bed) for bed in (A1, A2, A3)] == [BedStatus.OCCUPIED, BedStatus.MAINTENANCE, BedStatus.MAINTENANCE]
    now = house.hospital.beds[A3].now
    assert (now.reason, now.note, now.until) == (OutOfUse.INFECTION, "norovirus", T0 + timedelta(days=3))
    house.hears("A03")
    assert house.status(A1) is BedStatus.CLEANING, "it is cleaned as ever"
    house.does(SetBedStatus(A1, BedStatus.AVAILABLE))
    check(house)
    assert (house.status(A1), house.hospital.beds[A1].now.note, house.hospital.beds[A1].closes) == (
        BedStatus.MAINTENANCE,
        "norovirus",
        None,
    )
    bed = house.hospital.beds[A1]
    assert decode("bed", encode(bed)) == bed and decode_command("CloseRoom", encode_command(CLOSE)) == CLOSE


def test_nobody_is_sent_to_a_bed_that_is_about_to_close() -> None:
    house = closed()
    house.hears("A16", "4B^A^1", tail="PV2|||||||||20260302200000")
    house.does(RequestBed(ASKED))
    assert A1 not in {each.bed for each in suggest(ASKED, house.hospital, house.now, 20).ranked}
    assert refused(house, AssignBed(ASKED.id, A1)) == "bed-out-of-use"
    house.hears("A03")
    assert A1 not in {each.bed for each in suggest(ASKED, house.hospital, house.now, 20).ranked}, "nor while it is cleaned"


def test_open_again() -> None:
    house = closed()
    house.does(ReopenRoom(ROOM))
    assert [house.status(bed) for bed in (A1, A2, A3)] == [BedStatus.OCCUPIED, BedStatus.AVAILABLE, BedStatus.AVAILABLE]
    house.hears("A03")
    house.does(SetBedStatus(A1, BedStatus.AVAILABLE))
    assert house.status(A1) is BedStatus.AVAILABLE


def test_a_promise_is_taken_back_first_and_a_repeat_is_no_event() -> None:
    house = House()
    house.does(RequestBed(ASKED))
    house.does(AssignBed(ASKED.id, A2))
    assert refused(house, CLOSE) == "bed-reserved"
    assert refused(house, CloseRoom(RoomId("nowhere"), OutOfUse.REPAIR)) == "unknown-room"
    assert refused(house, CloseRoom(RoomId("4B-B"), OutOfUse.REPAIR, until=T0)) == "until-in-past"


# --- one bed ---

ALONE = CloseBed(A1, OutOfUse.REPAIR, "rail", T0 + timedelta(days=3))


def lain() -> House:
    """V1 lies in A1."""
    house = House()
    house.hears("A01", "4B^A^1")
    return house


def test_one_bed_goes_out_of_use_when_its_patient_has_left() -> None:
    house = lain()
    house.does(ALONE)
    assert (house.status(A1), house.hospital.beds[A1].now.reason) == (BedStatus.OCCUPIED, None), "nobody is evicted"
    assert house.does(ALONE) == [], "the same word again is no event"
    house.hears("A16", "4B^A^1", tail="PV2|||||||||20260302200000")
    house.does(RequestBed(ASKED))
    assert refused(house, AssignBed(ASKED.id, A1)) == "bed-out-of-use"
    assert A1 not in {each.bed for each in suggest(ASKED, house.hospital, house.now, 20).ranked}
    house.hears("A03")
    house.does(SetBedStatus(A1, BedStatus.AVAILABLE))
    check(house)
    now = house.hospital.beds[A1].now
    assert (now.status, now.reason, now.note, now.until) == (BedStatus.MAINTENANCE, OutOfUse.REPAIR, "rail", T0 + timedelta(days=3))
    assert house.status(A2) is BedStatus.AVAILABLE and house.hospital.beds[A1].closes is None
    assert decode_command("CloseBed", encode_command(ALONE)) == ALONE


def test_it_is_taken_back_before_and_after_the_leaving() -> None:
    house = lain()
    house.does(ALONE)
    house.does(KeepBed(A1))
    assert house.hospital.beds[A1].closes is None and house.does(KeepBed(A1)) == []
    house.does(ALONE)
    house.hears("A03")
    house.does(KeepBed(A1))
    house.does(SetBedStatus(A1, BedStatus.AVAILABLE))
    assert house.status(A1) is BedStatus.AVAILABLE


def test_a_bed_is_closed_only_where_somebody_lies_and_nobody_waits() -> None:
    house = lain()
    assert refused(house, CloseBed(A2, OutOfUse.REPAIR)) == "bed-empty"
    assert refused(house, CloseBed(A1, OutOfUse.REPAIR, until=T0)) == "until-in-past"
    assert refused(house, CloseBed(A1, OutOfUse.REPAIR, if_seq=0)) == "stale"
    house.hears("A16", "4B^A^1", tail="PV2|||||||||20260302200000")
    house.does(RequestBed(ASKED))
    house.does(AssignBed(ASKED.id, A1))
    assert refused(house, ALONE) == "bed-reserved"


def test_a_cleaners_report_of_an_occupied_bed_closes_it_when_empty() -> None:
    house = lain()
    house.does(SettleProblem(A1, "p" * 16, True, OutOfUse.REPAIR))
    closes = house.hospital.beds[A1].closes
    assert closes is not None and closes.note == "reported by housekeeping" and house.status(A1) is BedStatus.OCCUPIED


@pytest.mark.parametrize(
    "command",
    [
        SetBedStatus(A2, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR, until=datetime(2099, 1, 1, tzinfo=UTC)),
        CloseBed(A1, OutOfUse.REPAIR, until=datetime(2099, 1, 1, tzinfo=UTC)),
        CloseRoom(RoomId("4B-B"), OutOfUse.REPAIR, until=datetime(2099, 1, 1, tzinfo=UTC)),
        SettleProblem(A2, "P1", block=True, reason=OutOfUse.REPAIR, until=datetime(2099, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_end_in_a_mistyped_year_is_refused_unless_the_house_wants_it(command: Command) -> None:
    house = House()
    house.hears("A01", "4B^A^1")
    with pytest.raises(Refused, match="01 Jan 2099, is more than 366 days away") as error:
        house.does(command)
    assert error.value.code == "until-too-far"
    patient, old = House(), House()
    patient.hospital.put(replace(rules_of(patient.hospital.plan), closed_days=36_500))
    old.hospital.put(BEFORE)
    for free in (patient, old):
        free.hears("A01", "4B^A^1")
        assert free.does(command), "so the house said, or so it was before anybody thought of it"


def test_a_year_is_not_too_far() -> None:
    house = House()
    assert house.does(SetBedStatus(A2, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR, until=T0 + timedelta(days=366)))
    plan = parse_plan(hospital_file({"4B": {"A": 1}}).replace("[[feeds]]", "[station]\nclosed_days = 30\n\n[[feeds]]"), "x")
    assert (plan.station.closed_days, rules_of(plan).closed_days) == (30, 30)
