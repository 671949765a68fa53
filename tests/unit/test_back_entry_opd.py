"""A clinic's paper: what it tells is late news and called out to nobody, numbers are whose they are, a slip of the hand spoils no day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.domain.back_entry import TokenDeed
from flow.domain.cause import Origin
from flow.domain.commands import CallNext, Command, IssueToken, MarkToken
from flow.domain.decide.undo import unmade
from flow.domain.ids import PatientId, TokenId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_commands import PassToken, SendToRoom
from flow.domain.opd_near import near_tokens
from flow.views.opd_page import opd_page
from flow.views.opd_screen import RoomTile, room_tiles
from tests.unit.test_back_entry import ENT, NOON, NOW, Clinic, at
from tests.unit.test_opd_own import page
from tests.unit.test_views import CHROME

FIRST = TokenId(f"ENT-{NOON:%Y%m%d}-001")
P1, P2 = PatientId("p1"), PatientId("p2")


class Hall(Clinic):
    """A clinic with a waiting hall."""

    def now(self, command: Command) -> Token:
        """What somebody taps at NOW."""
        token = self.do(command, Origin.PERSON)[-1].record
        assert isinstance(token, Token)
        return token

    def booked(self, patient: PatientId | None = None) -> Token:
        """The next number, for an appointment."""
        return self.now(IssueToken(ENT, NOON.date(), booked=True, patient=patient))

    def given(self) -> Token:
        """The next number, on the spot."""
        return self.now(IssueToken(ENT, NOON.date()))

    def undone(self, token: Token) -> None:
        """It was given by mistake."""
        before = unmade(self.hospital.tokens[token.id])
        assert before is not None
        self.hospital.put(before)

    @property
    def door(self) -> RoomTile:
        """Room 1 as the waiting hall sees it."""
        plan = self.hospital.plan
        return room_tiles(plan.clinic[ENT], self.hospital.tokens.values(), self.hospital.rooms)[0]

    @property
    def near(self) -> list[str]:
        """Whom a message would go to."""
        return [token.number for token in near_tokens(self.hospital, self.hospital.plan, NOW + timedelta(minutes=1), timedelta(seconds=10))]


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_call_told_from_paper_stands_on_the_board_and_is_not_called_out(hall: Hall) -> None:
    hall.line(TokenDeed.GIVEN, 5, 1)
    hall.line(TokenDeed.CALLED, 10, 1, room="1")
    assert (hall.door.token, hall.door.called) == ("E-001", False)
    clinic = hall.hospital.plan.clinic[ENT]
    first = opd_page(CHROME, clinic, hall.hospital.tokens.values(), {}, NOW, "UTC", writes=True).rooms[0]
    assert first.called, "the clinic itself still says what became of it"
    again = hall.now(MarkToken(FIRST, TokenStatus.CALLED))
    assert (hall.door.called, hall.door.calls, again.paper) == (True, 2, False)


def test_the_patients_own_page_sends_nobody_in_for_a_call_of_hours_ago() -> None:
    told = page(TokenStatus.CALLED, room="1", paper=True)
    assert (told.status, told.head) == ("in_room", "In the room")
    assert page(TokenStatus.CALLED, room="1").head == "Go in now"


def test_nobody_is_written_to_for_a_number_told_from_paper(hall: Hall) -> None:
    hall.line(TokenDeed.GIVEN, 5, 1)
    hall.line(TokenDeed.GIVEN, 6, 2)
    assert hall.near == []
    hall.now(CallNext(ENT, "1"))
    hall.now(PassToken(FIRST))
    assert hall.near == ["E-001"], "it goes on live from there"


@pytest.mark.parametrize("step", [SendToRoom(FIRST, "2"), PassToken(FIRST), MarkToken(FIRST, TokenStatus.IN_ROOM)])
def test_the_next_live_step_is_no_longer_papers(hall: Hall, step: Command) -> None:
    hall.line(TokenDeed.GIVEN, 5, 1)
    assert hall.line(TokenDeed.CALLED, 10, 1, room="1").paper
    assert not hall.now(step).paper


def test_a_booked_number_is_its_own_patients(hall: Hall) -> None:
    hall.booked(P1)
    hall.booked(P2)
    code, words = hall.wrong(TokenDeed.GIVEN, 5, 1, patient=P2)
    assert (code, words) == (
        "other-patient",
        "The record has E-001 booked by another patient; this patient's is E-002. Look at number and MRN.",
    )
    assert "this patient has none that day" in hall.wrong(TokenDeed.GIVEN, 5, 1, patient=PatientId("p3"))[1]
    hall.hospital.aliases[PatientId("p1-before")] = P1
    assert hall.line(TokenDeed.GIVEN, 5, 1, patient=PatientId("p1-before")).patient == P1
    assert hall.line(TokenDeed.GIVEN, 6, 2).patient == P2, "without a name on the line"


def test_a_booking_without_a_name_takes_the_lines(hall: Hall) -> None:
    hall.booked()
    hall.booked(P2)
    assert hall.wrong(TokenDeed.GIVEN, 5, 1, patient=P2)[0] == "has-token"
    assert hall.line(TokenDeed.GIVEN, 5, 1, patient=P1).patient == P1


def test_who_was_given_up_came_after_all(hall: Hall) -> None:
    hall.booked(P1)
    assert hall.line(TokenDeed.ABSENT, 50, 1).status is TokenStatus.NO_SHOW
    came = hall.line(TokenDeed.GIVEN, 55, 1, patient=P1, group=Group.ELDERLY)
    assert (came.status, came.arrived_at, came.closed_at, came.of) == (TokenStatus.WAITING, at(55), None, Group.ELDERLY)


def test_what_is_given_twice_is_told_as_it_stands(hall: Hall) -> None:
    hall.line(TokenDeed.GIVEN, 5, 14)
    hall.line(TokenDeed.ABSENT, 30, 14)
    assert hall.wrong(TokenDeed.GIVEN, 6, 14) == (
        "told-already",
        "The record has E-014 absent already, since 21 Nov 18:00; look at the paper again.",
    )


def test_a_slip_of_the_hand_is_asked_for_again(hall: Hall) -> None:
    assert "no number of that day is known yet: is it really E-141?" in hall.wrong(TokenDeed.GIVEN, 5, 141)[1]
    hall.line(TokenDeed.GIVEN, 5, 13)
    code, words = hall.wrong(TokenDeed.GIVEN, 6, 141)
    assert code == "number-far-off" and "the highest number of that day is E-013: is it really E-141?" in words
    assert hall.line(TokenDeed.GIVEN, 6, 33).number == "E-033"
    assert hall.line(TokenDeed.GIVEN, 7, 141, sure=True).number == "E-141"
    assert hall.wrong(TokenDeed.GIVEN, 8, 5000, sure=True)[0] == "not-a-number"


def test_what_was_entered_before_these_rules_comes_out_as_it_did(hall: Hall) -> None:
    hall.booked(P1)
    hall.hospital.told_rules = replace(hall.hospital.rules, late_paper=False)
    assert hall.line(TokenDeed.GIVEN, 5, 1, patient=P2).patient == P1
    mistyped = hall.line(TokenDeed.GIVEN, 5, 141)
    assert not mistyped.paper
    hall.undone(mistyped)
    assert hall.given().number == "E-142"


def test_a_number_taken_back_neither_counts_nor_comes_again_by_itself(hall: Hall) -> None:
    hall.line(TokenDeed.GIVEN, 5, 13)
    hall.undone(hall.line(TokenDeed.GIVEN, 6, 141, sure=True))
    assert hall.given().number == "E-014"
    hall.undone(hall.given())
    assert hall.given().number == "E-016", "a slip of 15 may be in somebody's hand"
    assert hall.wrong(TokenDeed.GIVEN, 7, 141)[0] == "number-far-off", "what was taken back makes no number likely"
    left = replace(hall.hospital.tokens[TokenId(f"ENT-{NOON:%Y%m%d}-016")], status=TokenStatus.SKIPPED, closed_at=at(60))
    assert not left.taken_back, "whoever left had a number"
