"""An outpatient's token ends with the visit, and comes with the session that is entered or by reception's word."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from flow.domain.cause import Origin
from flow.domain.commands import IssueToken
from flow.domain.feed_commands import ChangeFeed
from flow.domain.house_rules import rules_of
from flow.domain.ids import FeedId, PatientId, VisitId
from flow.domain.opd import Session, TokenStatus
from flow.domain.opd_commands import HoldSession, OpenSessions, SeatWalkIn
from flow.domain.opd_expect import OVERRUN
from flow.domain.walk_in import Why, unseated_at
from tests.hearing import T0
from tests.unit.test_walk_ins import DAY, ENT, EYE, Reception, closed, desk

__all__ = ["desk"]
A_MINUTE = timedelta(minutes=1)
AFTERNOON = HoldSession(ENT, "2", "Dr Rao", T0, T0 + timedelta(hours=3))
ENDS = {"A03": {}, "A06": {"klass": "I", "place": "4B^A^1"}}


@pytest.mark.parametrize("end", ENDS)
def test_who_has_left_waits_no_more(desk: Reception, end: str) -> None:
    desk.hears("A04", 1)
    desk.hears(end, 2, **ENDS[end])
    assert (desk.token.status, desk.untold()) == (TokenStatus.CANCELLED, [])
    desk.hears("A13" if end == "A03" else "A07", 3)
    assert (desk.token.status, desk.token.number) == (TokenStatus.WAITING, "E-001"), "taken back, the same number"


@pytest.mark.parametrize("end", ENDS)
def test_in_either_order_and_twice_nobody_is_left_in_the_queue(end: str) -> None:
    told: list[tuple[str, int, dict[str, str]]] = [("A04", 1, {}), (end, 2, ENDS[end])]
    ends = set()
    for order in permutations(told * 2):
        desk = Reception()
        for trigger, minute, said in order:
            desk.hears(trigger, minute, **said)
        ends.add((tuple(token.status for token in desk.tokens), tuple(desk.untold())))
    assert ends == {((), ()), ((TokenStatus.CANCELLED,), ())}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("status", [TokenStatus.CALLED, TokenStatus.IN_ROOM, TokenStatus.AT_TESTS, TokenStatus.FINISHED])
def test_who_is_called_or_inside_stays(desk: Reception, end: str, status: TokenStatus) -> None:
    desk.hears("A04", 1)
    desk.hospital.put(replace(desk.token, status=status, room="1", calls=1))
    desk.hears(end, 2, **ENDS[end])
    assert desk.token.status is status


def test_an_admission_under_another_number_ends_it_too(desk: Reception) -> None:
    desk.hears("A04", 1)
    assert desk.hears("A06", 2, visit="V9", klass="I", place="4B^A^1", prior="V1")
    assert desk.token.status is TokenStatus.CANCELLED


def test_letters_of_before_end_nothing(desk: Reception) -> None:
    desk.hospital.told_rules = replace(rules_of(desk.hospital.plan), walk_ins_follow=False)
    closed(desk, [Session("Dr Iyer", T0 - timedelta(hours=2), T0)])
    desk.hears("A04", 1)
    assert desk.untold() == [("V1", Why.CLOSED)]
    desk.does(AFTERNOON)
    assert desk.tokens == []
    desk.does(SeatWalkIn(VisitId("V1")))
    desk.hears("A03", 2)
    assert desk.token.status is TokenStatus.WAITING


def test_a_session_is_taken_to_go_on_for_an_hour(desk: Reception) -> None:
    closed(desk, [Session("Dr Iyer", T0 - timedelta(hours=3), T0 + A_MINUTE - OVERRUN)])
    desk.hears("A04", 0)
    desk.hears("A04", 1, visit="V2", mrn="2")
    assert (desk.token.visit, desk.untold()) == ("V1", [("V2", Why.CLOSED)])


def test_a_session_gives_each_who_waits_a_number_in_their_order(desk: Reception) -> None:
    closed(desk)
    desk.hears("A04", 3, visit="V1", mrn="1")
    desk.hears("A04", 2, visit="V2", mrn="2")
    desk.hears("A04", 4, visit="V3", mrn="2")
    desk.hears("A04", 2, visit="V4", mrn="4", place="SKIN")
    assert len(desk.untold()) == 4
    desk.does(AFTERNOON)
    assert [(token.number, token.visit) for token in desk.tokens] == [("E-001", "V2"), ("E-002", "V1")], "one person has one"
    assert desk.untold() == [("V4", Why.UNKNOWN)]


def test_the_timetable_seats_as_a_person_does(desk: Reception) -> None:
    closed(desk)
    desk.hears("A04", 1)
    held = (Session("Dr Rao", T0, T0 + timedelta(hours=3)),)
    desk.does(OpenSessions(ENT, "2", DAY, held), minute=5, origin=Origin.SYSTEM)
    assert (desk.token.visit, desk.untold()) == ("V1", [])


def test_a_session_taken_off_gives_nothing(desk: Reception) -> None:
    closed(desk, [Session("Dr Iyer", T0 - timedelta(hours=4), T0 - timedelta(hours=2))])
    desk.hears("A04", 1)
    desk.does(HoldSession(ENT, "1", None, T0 - timedelta(hours=4), T0 - timedelta(hours=2)))
    assert (desk.tokens, desk.untold()) == ([], [("V1", Why.CLOSED)])


def test_one_word_that_is_mapped_gives_each_a_number_of_their_own(desk: Reception) -> None:
    desk.hears("A04", 1, place="SKIN")
    desk.hears("A04", 2, place="SKIN", visit="V2", mrn="2")
    desk.does(ChangeFeed(FeedId("his"), clinics={"SKIN": EYE}))
    assert [token.number for token in desk.tokens] == ["Y-001", "Y-002"]


def test_reception_gives_the_number_where_they_stand(desk: Reception) -> None:
    closed(desk)
    desk.hears("A04", 1)
    desk.hears("A04", 2, place="SKIN", visit="V2", mrn="2")
    desk.hears("A04", 3, place="EYE", visit="V3", mrn="3")
    at = T0 + timedelta(minutes=30)
    assert [each.visit for each in unseated_at(desk.hospital, ENT, at)] == ["V1", "V2"]
    assert [each.visit for each in unseated_at(desk.hospital, EYE, at)] == ["V2"]
    desk.does(SeatWalkIn(VisitId("V1"), ENT))
    desk.does(SeatWalkIn(VisitId("V2"), ENT))
    assert [(token.number, token.visit) for token in desk.tokens if token.clinic == ENT] == [("E-001", "V1"), ("E-002", "V2")]
    for visit in ("V2", "V3"):
        assert not desk.does(SeatWalkIn(VisitId(visit), ENT)), "who has a number keeps it"
    assert desk.untold() == []


def test_who_came_back_by_hand_has_one_number(desk: Reception) -> None:
    desk.hears("A04", 1)
    desk.hears("A03", 2)
    desk.does(IssueToken(ENT, DAY, patient=PatientId("p1")))
    desk.hears("A13", 3)
    assert [(token.number, token.status) for token in desk.tokens] == [("E-001", TokenStatus.CANCELLED), ("E-002", TokenStatus.WAITING)]
    assert desk.tokens[1].visit == "V1"
