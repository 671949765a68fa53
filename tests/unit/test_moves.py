"""Moves for another patient's sake: asked of the ward, agreed or declined, settled by the feed's transfer; never at night, never twice,
never for those who are left alone; taken back whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.codec import decode, decode_command, encode, encode_command
from flow.domain.bed import BedStatus
from flow.domain.care import Rest
from flow.domain.commands import AssignBed, CancelRequest, Command, ExpireRequest, ReleaseBed, RequestBed, Undo
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.move_commands import AnswerMove, AskMove
from flow.domain.move_rules import MoveRules
from flow.domain.request import BedRequest, Move, RequestStatus
from flow.errors import Refused
from tests.hearing import T0, House, check

A1, A2, A3 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03")
M1, V1 = RequestId("M1"), VisitId("V1")
ASK = AskMove(M1, V1, Move(A1, A2, "Has telemetry with no need of it on record", 300, (RequestId("R1"),)))
AGREE, DECLINE = AnswerMove(M1, agrees=True), AnswerMove(M1, agrees=False, reason="unwell since noon")


def house_with(*commands: Command) -> House:
    """V1 lies in A1."""
    house = House()
    house.hears("A01", "4B^A^1")
    for command in commands:
        house.does(command)
    return house


def refused(house: House, command: Command) -> str:
    with pytest.raises(Refused) as error:
        house.does(command)
    check(house)
    return error.value.code


def why(house: House) -> str | None:
    """Why the move came to nothing."""
    asked = house.hospital.requests[M1]
    assert asked.move is not None and not asked.is_live
    return asked.move.withdrawn


def test_asking_promises_nothing_yet() -> None:
    house = house_with(ASK)
    asked = house.hospital.requests[M1]
    assert (asked.status, asked.bed, asked.type, asked.sex, asked.origin) == (RequestStatus.ASKED, None, "general", "F", A1)
    assert asked.is_live and not asked.is_unplaced
    assert house.hospital.beds[A2].reserved_for is None and house.hospital.beds[A1].expected_free_at is None
    assert decode("request", encode(asked)) == asked
    assert decode_command("AskMove", encode_command(ASK)) == ASK


def test_agreed_the_other_bed_is_kept_and_this_one_comes_free() -> None:
    house = house_with(ASK, AGREE)
    free_at = house.now + timedelta(minutes=45)
    assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED
    assert house.hospital.beds[A2].reserved_for == "request:M1"
    assert house.hospital.beds[A1].expected_free_at == free_at == house.hospital.visits[V1].leaves_at
    house.does(RequestBed(BedRequest(RequestId("R1"), PatientId("2"), T0, "general")))
    house.does(AssignBed(RequestId("R1"), A1))
    check(house)


def test_the_transfer_settles_it_and_counts() -> None:
    house = house_with(ASK, AGREE)
    house.hears("A02", "4B^A^2", at=1)
    visit = house.hospital.visits[V1]
    assert (house.hospital.requests[M1].status, visit.bed, visit.moves, visit.leaves_at) == (RequestStatus.ARRIVED, A2, 1, None)
    assert house.hospital.beds[A2].expected_free_at is None and house.hospital.beds[A1].status is BedStatus.CLEANING
    check(house)
    assert refused(house, AskMove(RequestId("M2"), V1, Move(A2, A3))) == "not-moved"


def test_the_feed_may_tell_more_of_the_stay_meanwhile() -> None:
    house = house_with(ASK, AGREE)
    house.hears("A08", "4B^A^1", at=0.5)
    assert house.hospital.beds[A1].expected_free_at == house.hospital.visits[V1].leaves_at is not None


def test_declined_it_is_not_asked_again() -> None:
    house = house_with(ASK, DECLINE)
    assert house.hospital.requests[M1].status is RequestStatus.CANCELLED
    assert house.hospital.requests[M1].move == replace(ASK.move, answer="unwell since noon")
    assert house.hospital.visits[V1].stays == "unwell since noon"
    assert refused(house, AskMove(RequestId("M2"), V1, Move(A1, A2))) == "not-moved"
    assert refused(house, AGREE) == "request-closed"


def test_to_decline_takes_a_reason() -> None:
    assert refused(house_with(ASK), AnswerMove(M1, agrees=False, reason=" ")) == "reason-needed"


@pytest.mark.parametrize(("hour", "allowed"), [(1.4, False), (1.6, True), (15.4, True), (15.6, False), (20, False)])
def test_nobody_is_moved_at_night(hour: float, allowed: bool) -> None:
    """Local time: 1.5 and 15.5 hours UTC are 07:00 and 21:00 in Kolkata."""
    house = house_with()
    house.now = T0.replace(hour=0) + timedelta(days=1, hours=hour - 1)
    if allowed:
        house.does(ASK)
    else:
        assert refused(house, ASK) == "quiet-hours"


def test_who_is_left_alone_is_not_asked_for() -> None:
    for rest in Rest:
        house = House()
        wanted = BedRequest(RequestId("R0"), PatientId("1"), T0, "general", rest=frozenset({rest}))
        house.does(RequestBed(wanted))
        house.hears("A01", "4B^A^1")
        assert refused(house, ASK) == "not-moved"


def test_what_has_changed_is_refused() -> None:
    house = house_with(ASK)
    house.does(RequestBed(BedRequest(RequestId("R1"), PatientId("2"), T0, "general")))
    house.does(AssignBed(RequestId("R1"), A2))
    assert refused(house, AGREE) == "bed-taken"
    assert refused(house_with(), replace(ASK, if_seq=999)) == "stale"
    assert refused(house_with(), replace(ASK, to_seq=999)) == "stale"
    assert refused(house_with(), replace(ASK, move=Move(A3, A2))) == "stale"
    assert refused(house_with(), replace(ASK, blocked_by=("men's bay",))) == "rule-broken"
    assert refused(house_with(ASK), AssignBed(M1, A2)) == "ward-asked"


@pytest.mark.parametrize("command", [ReleaseBed(M1), CancelRequest(M1)])
def test_taken_back_the_patient_stays(command: Command) -> None:
    house = house_with(ASK, AGREE, command)
    assert house.hospital.requests[M1].status is RequestStatus.CANCELLED
    assert house.hospital.beds[A1].expected_free_at is None and house.hospital.beds[A2].reserved_for is None
    check(house)


@pytest.mark.parametrize("steps", [(ASK,), (ASK, AGREE)])
@pytest.mark.parametrize(("trigger", "place"), [("A03", "4B^A^1"), ("A02", "ICU^I^1")])
def test_who_has_left_otherwise_is_not_asked_for(steps: tuple[Command, ...], trigger: str, place: str) -> None:
    house = house_with(*steps)
    house.hears(trigger, place, at=1)
    assert house.hospital.requests[M1].status is RequestStatus.CANCELLED
    assert house.hospital.beds[A2].reserved_for is None and house.hospital.visits[V1].moves == 0
    check(house)


SWAP = AskMove(M1, V1, Move(A1, A2, swap=VisitId("V2")))
R2 = RequestBed(BedRequest(RequestId("R2"), PatientId("2"), T0, "general", visit=VisitId("V2")))


def test_two_change_places() -> None:
    """The one in A2 waits for A1; agreed, both beds are about to come free for each other, and the HIS's swap (A17) settles it."""
    house = house_with()
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    house.does(R2)
    house.does(SWAP)
    house.does(AGREE)
    assert {house.hospital.beds[bed].expected_free_at for bed in (A1, A2)} == {house.now + timedelta(minutes=45)}
    house.does(AssignBed(RequestId("R2"), A1))
    assert (house.hospital.beds[A1].reserved_for, house.hospital.beds[A2].reserved_for) == ("request:R2", "request:M1")
    check(house)
    house.hears("A02", "4B^A^3", visit="V2", mrn="2", at=1)
    house.hears("A02", "4B^A^2", at=2)
    house.hears("A02", "4B^A^1", visit="V2", mrn="2", at=3)
    visits = house.hospital.visits
    assert [(visits[VisitId(v)].bed, visits[VisitId(v)].leaves_at, visits[VisitId(v)].moves) for v in ("V1", "V2")] == [
        (A2, None, 1),
        (A1, None, 0),
    ]
    assert all(house.hospital.beds[bed].expected_free_at is None for bed in (A1, A2))
    check(house)


def test_a_swap_needs_the_other_to_lie_there_still() -> None:
    house = house_with()
    assert refused(house, SWAP) == "bed-taken"


def test_a_swap_taken_back_leaves_both_where_they_are() -> None:
    house = house_with()
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    for command in (R2, SWAP, AGREE, CancelRequest(M1)):
        house.does(command)
    assert [house.hospital.beds[bed].expected_free_at for bed in (A1, A2)] == [None, None]
    check(house)


def test_a_question_lapses() -> None:
    house = house_with(ASK)
    assert refused(house, ExpireRequest(M1)) == "request-in-hand"
    house.now += timedelta(hours=4)
    house.does(ExpireRequest(M1))
    assert house.hospital.requests[M1].status is RequestStatus.EXPIRED


def test_agreeing_can_be_undone() -> None:
    house = house_with(ASK)
    before = dict(house.hospital.beds), house.hospital.visits[V1], house.hospital.requests[M1]
    events = house.does(AGREE)
    changed = {f"{event.entity}/{event.entity_id}": house.hospital.find(event.record).seq for event in events}  # type: ignore[union-attr]
    house.does(Undo((before[0][A2], before[0][A1], before[1], before[2]), changed))
    assert house.hospital.requests[M1].status is RequestStatus.ASKED
    assert house.hospital.visits[V1].leaves_at is None and house.hospital.beds[A1].expected_free_at is None
    check(house)


def test_hours_that_do_not_pass_midnight() -> None:
    rules = MoveRules(quiet_from=T0.time().replace(hour=13), quiet_to=T0.time().replace(hour=15))
    assert [rules.quiet(T0.replace(hour=h), "UTC") for h in (12, 13, 14, 15)] == [False, True, True, False]


R1 = RequestBed(BedRequest(RequestId("R1"), PatientId("9"), T0, "general"))


def test_nobody_is_moved_for_one_who_waits_no_more() -> None:
    """Cancelled after the ward was asked; the question goes by itself and counts as no refusal of the ward's."""
    house = house_with(R1, ASK, CancelRequest(RequestId("R1")))
    assert why(house) == "The patient it was for waits no longer."
    assert refused(house, AGREE) == "request-closed"
    assert house.hospital.visits[V1].stays is None


def test_one_who_waits_still_is_enough() -> None:
    both = replace(ASK, move=replace(ASK.move, frees=(RequestId("R1"), RequestId("R2"))))
    house = house_with(R1, replace(R2, request=replace(R2.request, visit=None)), both, CancelRequest(RequestId("R1")))
    assert refused(house, ExpireRequest(M1)) == "request-in-hand"
    house.does(AGREE)
    assert house.hospital.requests[M1].status is RequestStatus.ASSIGNED


def test_places_are_changed_only_with_one_who_wants_to() -> None:
    house = house_with()
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    for command in (R2, SWAP, CancelRequest(RequestId("R2"))):
        house.does(command)
    assert why(house) == "The patient who would change places waits for this bed no more."
    assert house.hospital.beds[A2].expected_free_at is None


def test_a_second_question_withdrawn_leaves_the_agreed_one() -> None:
    """Two wards were asked to change places with V2; one agreed, the other question is taken back."""
    house = house_with()
    house.hears("A01", "4B^A^2", visit="V2", mrn="2")
    house.hears("A01", "4B^A^3", visit="V3", mrn="3")
    other = AskMove(RequestId("M2"), VisitId("V3"), Move(A3, A2, swap=VisitId("V2")))
    for command in (R2, SWAP, other, AGREE, CancelRequest(RequestId("M2"))):
        house.does(command)
    assert house.hospital.beds[A2].expected_free_at == house.hospital.visits[VisitId("V2")].leaves_at is not None


def test_moved_before_the_ward_has_answered_counts() -> None:
    house = house_with(ASK)
    house.hears("A02", "4B^A^2", at=1)
    assert (house.hospital.requests[M1].status, house.hospital.visits[V1].moves) == (RequestStatus.ARRIVED, 1)
    assert refused(house, AskMove(RequestId("M2"), V1, Move(A2, A3))) == "not-moved"
