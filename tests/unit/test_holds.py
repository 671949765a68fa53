"""A held bed: a promise for some minutes that the HIS does not hear of, that others see by whom, and that becomes a promise or ends."""

from datetime import timedelta

import pytest

from adt_feed.outbound.promised import promises
from allocation.engine import suggest
from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.commands import AssignBed, ReleaseBed, RequestBed
from flow.domain.events import Entry, Event
from flow.domain.house_rules import BEFORE
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.errors import Refused
from tests.hearing import House, check
from tests.unit.test_allocation import NOW, WOMEN, WOMEN_FAR, change, new_hospital, wants

A1, R1, R2 = BedId("4B-A-01"), RequestId("R1"), RequestId("R2")


@pytest.fixture
def house() -> House:
    found = House()
    for name, patient in ((R1, "1"), (R2, "2")):
        found.does(RequestBed(BedRequest(name, PatientId(patient), found.now, "general")))
    return found


def hold(house: House, minutes: int = 15) -> list[Event]:
    return house.does(AssignBed(R1, A1, until=house.now + timedelta(hours=1, minutes=minutes), hold=True))


def told(events: list[Event]) -> list[str]:
    """The beds that the HIS hears of, after these events."""
    cause = Cause(Origin.PERSON, "asha", NOW)
    return [str(request.bed) for _, request in promises([Entry(n, event, cause) for n, event in enumerate(events)])[0]]


def test_a_hold_is_seen_with_its_holder_and_its_end(house: House) -> None:
    hold(house)
    bed, request = house.hospital.beds[A1], house.hospital.requests[R1]
    assert (bed.held, bed.reserved_by, bed.reserved_until) == (True, "somebody", request.held_until)
    assert request.status is RequestStatus.ASSIGNED
    with pytest.raises(Refused, match="faster"):
        house.does(AssignBed(R2, A1))


def test_the_his_hears_of_the_promise_and_not_of_the_hold(house: House) -> None:
    assert told(hold(house)) == []
    assert told(house.does(AssignBed(R1, A1, until=house.now + timedelta(hours=9)))) == [A1], "a promise that ends is a promise"
    assert house.hospital.requests[R1].held_until is None
    assert not house.hospital.beds[A1].held


def test_a_hold_is_made_longer_and_a_repeat_changes_nothing(house: House) -> None:
    hold(house)
    until = house.hospital.beds[A1].reserved_until
    assert house.does(AssignBed(R1, A1, until=until, hold=True)) == []
    assert hold(house, 30) != []
    assert house.hospital.beds[A1].reserved_until != until


def test_a_hold_let_go_leaves_nothing(house: House) -> None:
    hold(house)
    house.does(ReleaseBed(R1))
    bed = house.hospital.beds[A1]
    assert (bed.reserved_for, bed.reserved_by, bed.reserved_until) == (None, None, None)
    assert house.hospital.requests[R1].held_until is None


def test_others_count_held_beds_by_who_holds_them_apart_from_promised_ones() -> None:
    hospital = new_hospital()
    soon = NOW + timedelta(minutes=15)
    change(hospital, WOMEN, BedStatus.AVAILABLE, reserved_for="request:R7", reserved_by="desk2", reserved_until=soon, held=True)
    change(hospital, WOMEN_FAR, BedStatus.AVAILABLE, reserved_for="request:R8", reserved_by="desk2", reserved_until=soon)
    found = suggest(wants(), hospital, NOW)
    assert (found.blocked["held by desk2"], found.blocked["reserved"]) == (1, 1)
    held = next(one for one in found.unblock if one.bed == WOMEN)
    assert (held.remedy, held.when) == ("Held by desk2", soon)
    assert WOMEN in {one.bed for one in suggest(wants(id=RequestId("R7")), hospital, NOW).ranked}, "who holds it may have it"


def test_a_plan_of_the_his_makes_the_hold_a_promise(house: House) -> None:
    hold(house)
    house.hears("A14", "4B^A^1", visit="")
    bed, request = house.hospital.beds[A1], house.hospital.requests[R1]
    assert (request.status, request.notice, request.held_until) == (RequestStatus.ASSIGNED, Notice.CONFIRMED, None)
    assert (bed.held, bed.reserved_until, bed.reserved_for) == (False, None, request.holder)
    check(house)


def test_a_hold_that_the_his_moves_is_a_promise_there(house: House) -> None:
    hold(house)
    house.hears("A14", "4B^A^2", visit="")
    bed, request = house.hospital.beds[BedId("4B-A-02")], house.hospital.requests[R1]
    assert (request.bed, request.notice, request.held_until) == (bed.id, Notice.OTHER_BED, None)
    assert (bed.held, bed.reserved_until) == (False, None)
    check(house)


def test_a_promise_with_an_end_keeps_it_when_the_his_confirms(house: House) -> None:
    until = house.now + timedelta(hours=9)
    house.does(AssignBed(R1, A1, until=until))
    house.hears("A14", "4B^A^1", visit="")
    assert house.hospital.beds[A1].reserved_until == until


def test_letters_of_older_days_are_decided_as_they_were(house: House) -> None:
    house.hospital.told_rules = BEFORE
    hold(house)
    until = house.hospital.beds[A1].reserved_until
    house.hears("A14", "4B^A^1", visit="")
    assert (house.hospital.beds[A1].held, house.hospital.requests[R1].held_until) == (True, until)
    house.hears("A14", "4B^A^2", visit="")
    assert (house.hospital.beds[BedId("4B-A-02")].held, house.hospital.requests[R1].held_until) == (True, until)
