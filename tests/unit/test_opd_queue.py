"""The order of an outpatient clinic: the written policy, passing over, tests, other rooms, tele-consultations, admission."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.cause import Origin
from flow.domain.commands import CallNext, Command, IssueToken, MarkToken
from flow.domain.events import Event
from flow.domain.ids import ClinicId, PatientId, RequestId, TokenId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_commands import AdviseAdmission, HoldSession, PassToken, SendToRoom
from flow.domain.opd_queue import BY_NUMBER, QueuePolicy, of_room, queue_order
from flow.domain.plan import ClinicRoom
from flow.domain.request import BedRequest, MadeBy
from flow.errors import Refused
from tests.hearing import T0, House

ENT, DAY = ClinicId("ENT"), T0.date()
OF = {"e": Group.EMERGENCY, "p": Group.PREGNANT, "o": Group.ELDERLY, "f": Group.FOLLOW_UP, "u": Group.ORDINARY}


def queue(groups: str, policy: QueuePolicy | None = None) -> str:
    """Tokens of these groups in the order of their numbers, as they are called: `u1 p2`."""
    tokens = [waiting(rank, OF[letter]) for rank, letter in enumerate(groups, start=1)]
    return " ".join(f"{groups[t.rank - 1]}{t.rank}" for t in queue_order(tokens, policy or QueuePolicy()))


def waiting(rank: int, group: Group) -> Token:
    return Token(TokenId(f"ENT-{rank}"), ENT, DAY, f"E-{rank:03d}", rank, T0, group=group, priority=group.priority)


@pytest.mark.parametrize(
    ("groups", "order"),
    [
        ("uuu", "u1 u2 u3"),
        ("uue", "e3 u1 u2"),
        ("uupopu", "p3 o4 u1 p5 u2 u6"),
        ("uuff", "f3 u1 f4 u2"),
        ("uuffpppp", "p5 p6 f3 u1 p7 p8 f4 u2"),
        ("ppppf", "p1 p2 p3 p4 f5"),
    ],
)
def test_so_many_of_each_come_before_the_next_by_number(groups: str, order: str) -> None:
    assert queue(groups) == order


def test_a_house_without_a_policy_calls_by_urgency_and_number() -> None:
    assert queue("uupope", BY_NUMBER) == "e6 p3 o4 p5 u1 u2"


@given(st.text("epofu", max_size=12), st.integers(1, 3), st.integers(1, 3))
def test_everybody_is_called_once_and_nobody_overtakes_his_own_group(groups: str, priority: int, again: int) -> None:
    """What is called one after another is what was shown at first: calling moves the turns on."""
    policy = QueuePolicy(priority, again)
    tokens = {t.id: t for t in (waiting(rank, OF[letter]) for rank, letter in enumerate(groups, start=1))}
    shown = [t.id for t in queue_order(tokens.values(), policy)]
    for minute, number in enumerate(shown):
        first = queue_order(tokens.values(), policy)[0]
        assert first.id == number
        tokens[number] = replace(first, status=TokenStatus.CALLED, called_at=T0 + timedelta(minutes=minute), calls=1)
    for group in set(groups.replace("o", "p")):
        ranks = [tokens[number].rank for number in shown if tokens[number].of in (OF[group], *((Group.ELDERLY,) if group == "p" else ()))]
        assert ranks == sorted(ranks)


class Morning(House):
    """A house in which a minute goes by with each tap, so that the day does not end."""

    def does(self, command: Command, origin: Origin = Origin.PERSON) -> list[Event]:
        self.now -= timedelta(minutes=59)
        return super().does(command, origin)


@pytest.fixture
def house() -> House:
    """ENT with rooms 1 and 2 and a tele-consult room, five waiting."""
    made = Morning()
    clinic = made.hospital.plan.clinic[ENT]
    made.hospital.plan = replace(made.hospital.plan, clinics=(replace(clinic, rooms=(*clinic.rooms, ClinicRoom("T", "Tele", tele=True))),))
    for _ in range(5):
        made.does(IssueToken(ENT, DAY))
    return made


def tokens(house: House) -> dict[int, Token]:
    return {token.rank: token for token in house.hospital.tokens.values()}


def order(house: House, room: str = "1", *, tele: bool = False) -> list[int]:
    found = queue_order(house.hospital.tokens.values(), house.hospital.rules.queue or BY_NUMBER)
    return [token.rank for token in of_room(found, room, tele=tele)]


def called(house: House, room: str = "1") -> Token:
    house.does(CallNext(ENT, room))
    return next(t for t in house.hospital.tokens.values() if (t.room, t.status) == (room, TokenStatus.CALLED))


def in_room(house: House, room: str = "1") -> Token:
    token = called(house, room)
    house.does(MarkToken(token.id, TokenStatus.IN_ROOM))
    return token


def test_who_does_not_come_goes_back_three_places_and_is_absent_the_third_time(house: House) -> None:
    first = called(house)
    house.does(PassToken(first.id))
    assert order(house) == [2, 3, 4, 1, 5]
    assert in_room(house).rank == 2 and order(house) == [3, 4, 1, 5]
    for _ in range(2):
        in_room(house)
    assert called(house).rank == 1
    house.does(PassToken(first.id))
    assert (tokens(house)[1].status, order(house)) == (TokenStatus.WAITING, [5, 1])
    in_room(house)
    assert called(house).rank == 1
    house.does(PassToken(first.id))
    assert (tokens(house)[1].status, tokens(house)[1].passed, order(house)) == (TokenStatus.SKIPPED, 3, [])
    with pytest.raises(Refused, match="not called"):
        house.does(PassToken(first.id))


def test_who_is_passed_over_waits_for_nobody_who_has_left(house: House) -> None:
    house.does(PassToken(called(house).id))
    for rank in (2, 3):
        house.does(MarkToken(tokens(house)[rank].id, TokenStatus.SKIPPED))
    assert order(house) == [4, 1, 5]


def test_two_who_passed_each_other_over_do_not_wait_for_each_other(house: House) -> None:
    for _ in range(4):
        house.does(PassToken(called(house).id))
    assert order(house) == [1, 2, 3, 4, 5]


def test_back_from_tests_one_is_called_before(house: House) -> None:
    first = in_room(house)
    house.does(MarkToken(first.id, TokenStatus.AT_TESTS))
    assert (tokens(house)[1].room, tokens(house)[1].tests_at, order(house)) == (None, house.now, [2, 3, 4, 5])
    house.does(MarkToken(first.id, TokenStatus.WAITING))
    assert order(house) == [2, 1, 3, 4, 5]
    assert [in_room(house).rank, in_room(house).rank] == [2, 1]


def test_another_room_calls_by_number_and_the_first_no_more(house: House) -> None:
    first = in_room(house)
    with pytest.raises(Refused, match="already"):
        house.does(SendToRoom(first.id, "1"))
    house.does(SendToRoom(first.id, "2"))
    assert (order(house, "1"), order(house, "2")) == ([2, 3, 4, 5], [1, 2, 3, 4, 5])
    assert called(house, "2").rank == 1 and called(house, "1").rank == 2
    with pytest.raises(Refused, match="at home only"):
        house.does(SendToRoom(first.id, "T"))


def test_a_tele_room_calls_those_at_home_out_of_the_same_queue(house: House) -> None:
    house.does(IssueToken(ENT, DAY, tele=True, group=Group.ELDERLY))
    assert (order(house, "1"), order(house, "T", tele=True)) == ([1, 2, 3, 4, 5], [6])
    assert called(house, "T").rank == 6
    house.does(MarkToken(tokens(house)[6].id, TokenStatus.IN_ROOM))
    with pytest.raises(Refused, match="Nobody is waiting"):
        house.does(CallNext(ENT, "T"))


def test_admission_advised_asks_for_a_bed_and_ends_the_consultation(house: House) -> None:
    wanted = BedRequest(RequestId("R1"), PatientId("7"), house.now, "general", made_by=MadeBy.OPD)
    waiting_yet = tokens(house)[2]
    with pytest.raises(Refused, match="in the room"):
        house.does(AdviseAdmission(waiting_yet.id, wanted))
    house.does(AdviseAdmission(in_room(house).id, wanted))
    seen = tokens(house)[1]
    assert (seen.status, seen.request, seen.patient) == (TokenStatus.FINISHED, "R1", "7")
    assert house.hospital.requests[RequestId("R1")].is_live


def test_a_session_takes_the_place_of_those_it_overlaps(house: House) -> None:
    nine, one = T0.replace(hour=9), T0.replace(hour=13)
    house.does(HoldSession(ENT, "1", "Dr Iyer", nine, one))
    house.does(HoldSession(ENT, "1", "Dr Das", one, one + timedelta(hours=3)))
    house.does(HoldSession(ENT, "1", "Dr Sen", nine + timedelta(hours=1), one))
    room = house.hospital.rooms["ENT/1"]
    assert [each.doctor for each in room.sessions] == ["Dr Sen", "Dr Das"]
    assert (room.session_at(nine), room.session_at(one)) == (None, room.sessions[1])
    house.does(HoldSession(ENT, "1", None, nine, one))
    assert [each.doctor for each in house.hospital.rooms["ENT/1"].sessions] == ["Dr Das"]
    with pytest.raises(Refused, match="after it begins"):
        house.does(HoldSession(ENT, "1", "Dr Das", one, nine))


def test_nobody_of_yesterday_is_called_today(house: House) -> None:
    house.does(IssueToken(ENT, date(2020, 1, 1)))
    assert called(house).day == DAY
    house.now += timedelta(hours=24)
    house.does(IssueToken(ENT, DAY + timedelta(days=1)))
    house.does(CallNext(ENT, "1"))
    assert [t.day.day for t in house.hospital.tokens.values() if t.status is TokenStatus.CALLED] == [DAY.day, DAY.day + 1]
