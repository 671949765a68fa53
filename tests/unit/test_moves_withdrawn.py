"""Moves that come to nothing: the patient is flagged, nobody is helped any more, the night begins, the receiving ward declines. Each
is withdrawn whole and says why, the question as well as the agreed move."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.codec import decode_command, encode_command
from flow.domain.care import Rest
from flow.domain.commands import AssignBed, CancelRequest, Command, EditRequest, ExpireRequest, ReleaseBed, RequestBed, Undo
from flow.domain.house_rules import BEFORE
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.move_commands import AnswerMove, AskMove, MarkRest
from flow.domain.request import BedRequest, Move, RequestStatus
from tests.hearing import T0, House, check
from tests.unit.test_moves import A1, A2, A3, AGREE, ASK, M1, R1, R2, SWAP, V1, house_with, refused, why

I1 = BedId("ICU-I-01")
N1 = RequestId("R1")
FLAG = MarkRest(V1, frozenset({Rest.DEMENTIA}))
STEPS = pytest.mark.parametrize("steps", [(ASK,), (ASK, AGREE)])


def stays(house: House) -> bool:
    """Nothing is left of the move but its record."""
    check(house)
    asked, beds = house.hospital.requests[M1], house.hospital.beds
    assert asked.status in (RequestStatus.CANCELLED, RequestStatus.EXPIRED) and asked.bed is None
    visit = house.hospital.visits[V1]
    return (beds[A2].reserved_for, beds[A1].expected_free_at, visit.leaves_at, visit.moves) == (None, None, None, 0)


def until(house: House, hour: float) -> None:
    """The next command comes at that hour (UTC); 15.5 is 21:00 in Kolkata."""
    house.now = T0.replace(hour=0) + timedelta(hours=hour - 1)


# -- flagged


@STEPS
def test_a_flag_withdraws_it_at_once(steps: tuple[Command, ...]) -> None:
    house = house_with(R1, *steps, FLAG)
    assert stays(house)
    assert why(house) == "The patient is flagged dementia and is never moved to make room for another."
    assert house.hospital.visits[V1].care.rest == house.hospital.beds[A1].care.rest == {Rest.DEMENTIA}
    assert refused(house, replace(ASK, request=RequestId("M2"))) == "not-moved"
    assert decode_command("MarkRest", encode_command(FLAG)) == FLAG


def test_a_flag_on_the_move_itself_counts_for_the_patient() -> None:
    house = house_with(R1, ASK, AGREE)
    house.does(EditRequest(replace(house.hospital.requests[M1], rest=frozenset({Rest.END_OF_LIFE}))))
    assert stays(house) and "end of life" in str(why(house))
    assert house.hospital.visits[V1].care.rest == house.hospital.beds[A1].care.rest == {Rest.END_OF_LIFE}


def test_a_flag_taken_off_lets_the_ward_be_asked_again() -> None:
    house = house_with(R1, ASK, FLAG, MarkRest(V1), replace(ASK, request=RequestId("M2")))
    assert house.hospital.requests[RequestId("M2")].status is RequestStatus.ASKED


def test_a_flag_is_for_who_lies_there() -> None:
    house = house_with()
    assert refused(house, MarkRest(VisitId("V9"))) == refused(house, replace(FLAG, if_seq=999)) == "stale"
    seq = house.hospital.seq
    house.does(MarkRest(V1))
    assert house.hospital.seq == seq, "nothing new was said"


def test_who_was_promised_the_bed_waits_again() -> None:
    house = house_with(R1, ASK, AGREE, AssignBed(N1, A1), FLAG)
    assert stays(house)
    waits = house.hospital.requests[N1]
    assert (waits.status, waits.bed, waits.created_at) == (RequestStatus.WAITING, None, R1.request.created_at)
    assert house.hospital.beds[A1].reserved_for is None


def test_the_promise_stands_where_the_patient_is_to_leave_anyway() -> None:
    house = house_with(R1, ASK, AGREE)
    house.hears("A16", "4B^A^1", tail="PV2|||||||||20260302090000+0000")
    for command in (AssignBed(N1, A1), FLAG):
        house.does(command)
    assert house.hospital.requests[M1].status is RequestStatus.CANCELLED
    assert house.hospital.beds[A1].expected_free_at is not None and house.hospital.requests[N1].bed == A1
    check(house)


@pytest.mark.parametrize("command", [ReleaseBed(M1), CancelRequest(M1)])
def test_taken_back_by_the_desk_nobody_waits_for_the_bed_in_vain(command: Command) -> None:
    house = house_with(R1, ASK, AGREE, AssignBed(N1, A1), command)
    assert house.hospital.requests[N1].bed is None and house.hospital.beds[A1].reserved_for is None
    check(house)


def test_a_flag_is_taken_back_with_all_that_came_of_it() -> None:
    house = house_with(R1, ASK, AGREE, AssignBed(N1, A1))
    found = house.hospital
    before = (found.beds[A1], found.beds[A2], found.visits[V1], found.requests[M1], found.requests[N1])
    events = house.does(FLAG)
    changed = {f"{event.entity}/{event.entity_id}": found.find(event.record).seq for event in events}  # type: ignore[union-attr]
    house.does(Undo(before, changed))
    assert (found.requests[M1].status, found.requests[N1].bed) == (RequestStatus.ASSIGNED, A1)
    check(house)


def test_the_promise_stands_where_the_patient_has_left_otherwise() -> None:
    house = house_with(R1, ASK, AGREE, AssignBed(N1, A1))
    house.hears("A02", "ICU^I^1")
    assert house.hospital.requests[M1].status is RequestStatus.CANCELLED
    assert house.hospital.beds[A1].reserved_for == "request:R1"
    check(house)


# -- nobody is helped


@STEPS
@pytest.mark.parametrize(
    ("end", "said"),
    [
        (AssignBed(N1, A3), "The patient it was for has another bed."),
        (CancelRequest(N1), "The patient it was for waits no longer."),
        (ExpireRequest(N1), "The patient it was for waits no longer."),
    ],
)
def test_it_ends_with_the_need_for_it(steps: tuple[Command, ...], end: Command, said: str) -> None:
    house = house_with(replace(R1, request=replace(R1.request, sex="F")), *steps)
    house.now += timedelta(hours=72) if isinstance(end, ExpireRequest) else timedelta()
    house.does(end)
    assert stays(house) and why(house) == said
    assert house.hospital.visits[V1].stays is None, "the ward has refused nothing"


def test_promised_what_it_frees_the_need_stands() -> None:
    house = house_with(replace(R1, request=replace(R1.request, sex="F")), ASK, AGREE, AssignBed(N1, A1))
    assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED


@pytest.mark.parametrize(("sex", "stands"), [("M", True), ("F", False)])
def test_a_bay_is_freed_for_the_other_sex(sex: str, stands: bool) -> None:
    """A woman leaves the bay so that men can lie there: which of its beds a man gets is one. A woman would not have needed it."""
    house = house_with(replace(R1, request=replace(R1.request, sex=sex)), ASK, AGREE, AssignBed(N1, A3))
    assert house.hospital.requests[M1].is_live is stands


def test_a_hold_is_no_bed_yet() -> None:
    house = house_with(replace(R1, request=replace(R1.request, sex="F")), ASK, AGREE)
    house.does(AssignBed(N1, A3, until=house.now + timedelta(hours=2), hold=True))
    assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED


def test_it_stands_while_one_of_several_waits() -> None:
    both = replace(ASK, move=replace(ASK.move, frees=(N1, RequestId("R2"))))
    other = replace(R2, request=replace(R2.request, visit=None))
    house = house_with(R1, other, both, AGREE, CancelRequest(N1))
    assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED
    house.does(AssignBed(RequestId("R2"), BedId("4B-B-01")))
    assert stays(house) and why(house) == "All whom it was for have other beds or wait no longer."


def test_places_are_not_changed_with_one_who_got_another_bed() -> None:
    house = house_with()
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    for command in (R2, SWAP, AGREE, AssignBed(RequestId("R2"), A3)):
        house.does(command)
    assert not house.hospital.requests[M1].is_live
    assert [house.hospital.beds[bed].expected_free_at for bed in (A1, A2)] == [None, None]
    check(house)


def test_nobody_is_asked_to_change_places_with_one_who_has_gone() -> None:
    house = house_with()
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    for command in (R2, SWAP):
        house.does(command)
    house.hears("A02", "4B^A^3", visit="V2", mrn="2")
    assert why(house) == "The patient who would change places has left that bed."


# -- the night


def test_an_agreed_move_is_not_carried_out_at_night() -> None:
    house = house_with(R1)
    until(house, 14)
    for command in (ASK, AGREE):
        house.does(command)
    house.now = T0.replace(hour=15, minute=29) - timedelta(hours=1)
    assert refused(house, ExpireRequest(M1)) == "request-in-hand"
    house.now = T0.replace(hour=15, minute=30) - timedelta(hours=1)
    house.does(ExpireRequest(M1))
    assert stays(house)
    assert why(house) == "Nobody is moved between 21:00 and 07:00; the ward can be asked again in the morning."
    until(house, 25.5)
    house.does(replace(ASK, request=RequestId("M2")))
    assert house.hospital.requests[RequestId("M2")].status is RequestStatus.ASKED


def by_day(*commands: Command) -> House:
    """From half past seven in the morning on."""
    house = house_with(R1)
    until(house, 26)
    for command in commands:
        house.does(command)
    return house


def test_an_agreed_move_does_not_lapse_by_day() -> None:
    house = by_day(ASK, AGREE)
    house.now += timedelta(hours=4)
    assert refused(house, ExpireRequest(M1)) == "request-in-hand"


def test_a_question_that_nobody_answered_says_so() -> None:
    house = by_day(ASK)
    house.now += timedelta(hours=4)
    house.does(ExpireRequest(M1))
    assert stays(house) and why(house) == "The ward has not answered within 4 hours."


# -- the ward that gets the patient


def two_wards(*commands: Command) -> House:
    """V1 is to go to another ward."""
    return house_with(R1, AskMove(M1, V1, Move(A1, I1, frees=(N1,))), *commands)


TURN_AWAY = AnswerMove(M1, agrees=False, reason="no nurse for telemetry", ward=WardId("ICU"))


def test_the_receiving_ward_may_decline() -> None:
    house = two_wards(AGREE)
    assert house.hospital.beds[I1].reserved_for == "request:M1"
    house.does(TURN_AWAY)
    assert house.hospital.beds[I1].reserved_for is None and house.hospital.beds[A1].expected_free_at is None
    assert why(house) == "ICU cannot take the patient: no nurse for telemetry."
    assert house.hospital.requests[M1].move.answer == "no nurse for telemetry"  # type: ignore[union-attr]
    assert house.hospital.visits[V1].stays == "ICU cannot take the patient: no nurse for telemetry"
    check(house)


def test_the_receiving_ward_decides_for_itself_alone() -> None:
    assert refused(two_wards(AGREE), replace(TURN_AWAY, agrees=True)) == refused(two_wards(), TURN_AWAY) == "other-ward"
    assert refused(two_wards(AGREE), replace(TURN_AWAY, reason=" ")) == "reason-needed"


def test_the_own_ward_answers_by_name_too() -> None:
    own = replace(AGREE, ward=WardId("4B"))
    for house in (two_wards(own), house_with(ASK, own)):
        assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED


# -- older logs


def test_what_was_decided_before_is_decided_so_again() -> None:
    house = House()
    house.hospital.put(BEFORE)
    house.hears("A01", "4B^A^1")
    for command in (RequestBed(BedRequest(N1, PatientId("9"), T0, "general")), ASK, AGREE, CancelRequest(N1)):
        house.does(command)
    assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED
    other = replace(ASK, request=RequestId("M2"), visit=VisitId("V2"), move=Move(A3, BedId("4B-S-01")))
    house.hears("A01", "4B^A^3", visit="V2", mrn="2")
    until(house, 26)
    house.does(other)
    until(house, 31)
    house.does(ExpireRequest(RequestId("M2")))
    assert house.hospital.requests[RequestId("M2")].move == other.move
