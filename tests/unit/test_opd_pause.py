"""A doctor who is away: the notice ends by itself, when somebody is called in, when its time has come, and with the day."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flow.domain.commands import CallNext, IssueToken, MarkToken, SetRoom, Undo
from flow.domain.house_rules import rules_of
from flow.domain.ids import TokenId
from flow.domain.opd import RoomState, TokenStatus
from flow.errors import Refused
from flow.locale import words
from flow.templating import Templates
from flow.views.opd_own import own_page
from flow.views.opd_page import opd_page
from flow.views.opd_screen import RoomTile, room_tiles, tile_at
from flow.views.opd_wall import opd_wall
from tests.hearing import T0
from tests.unit.test_opd_queue import DAY, ENT, Morning
from tests.unit.test_views import CHROME, CLINIC, NOW, TOKENS, ZONE, token

TWENTY_PAST = T0 + timedelta(minutes=50)
"""14:20 in the hospital, whose day began at 13:30."""
BACK = NOW + timedelta(minutes=18)
AWAY = {"ENT/1": RoomState("ENT/1", CLINIC.id, "1", BACK, seq=9)}
"""Until 14:20, at 14:02."""


@pytest.fixture
def house() -> Morning:
    made = Morning()
    for _ in range(2):
        made.does(IssueToken(ENT, DAY))
    made.does(SetRoom(ENT, "1", TWENTY_PAST))
    return made


def back_at(house: Morning) -> datetime | None:
    return house.hospital.rooms["ENT/1"].back_at


def first(house: Morning) -> TokenId:
    return next(token.id for token in house.hospital.tokens.values() if token.rank == 1)


def test_who_calls_somebody_in_is_back(house: Morning) -> None:
    house.does(CallNext(ENT, "2"))
    assert back_at(house) == TWENTY_PAST, "that was the other room"
    house.does(CallNext(ENT, "1"))
    assert back_at(house) is None


def test_who_goes_after_a_call_is_back_when_the_patient_goes_in(house: Morning) -> None:
    house.does(CallNext(ENT, "1"))
    house.does(SetRoom(ENT, "1", TWENTY_PAST))
    assert back_at(house) == TWENTY_PAST
    house.does(MarkToken(first(house), TokenStatus.IN_ROOM))
    assert back_at(house) is None


def test_a_call_taken_back_leaves_the_doctor_away(house: Morning) -> None:
    before = (house.hospital.rooms["ENT/1"], house.hospital.tokens[first(house)])
    house.does(CallNext(ENT, "1"))
    changed = {f"room/{before[0].id}": house.hospital.rooms["ENT/1"].seq, f"token/{before[1].id}": house.hospital.tokens[first(house)].seq}
    house.does(Undo(before, changed))
    assert (back_at(house), house.hospital.tokens[first(house)].status) == (TWENTY_PAST, TokenStatus.WAITING)


@pytest.mark.parametrize(
    ("hour", "day", "code"),
    [("13:00", 1, "time-over"), ("23:59", 1, ""), ("00:00", 2, ""), ("00:01", 2, "not-today"), ("14:20", 2, "not-today")],
)
def test_a_notice_is_for_later_today(house: Morning, hour: str, day: int, code: str) -> None:
    asked = SetRoom(ENT, "1", datetime.fromisoformat(f"2026-03-0{day}T{hour}").replace(tzinfo=ZoneInfo(ZONE)))
    if not code:
        house.does(asked)
        assert back_at(house) == asked.back_at
        return
    with pytest.raises(Refused, match="up to 23:59") as refused:
        house.does(asked)
    assert (refused.value.code, back_at(house)) == (code, TWENTY_PAST)


def test_what_was_decided_before_this_rule_comes_out_as_it_did(house: Morning) -> None:
    house.hospital.told_rules = replace(rules_of(house.hospital.plan), ends_pauses=False)
    house.does(CallNext(ENT, "1"))
    assert back_at(house) == TWENTY_PAST
    house.does(SetRoom(ENT, "1", T0))
    assert back_at(house) == T0


def drawn(minutes: float) -> tuple[RoomTile, ...]:
    """So long after the doctor was to be back."""
    at = (BACK + timedelta(minutes=minutes)).timestamp()
    return tuple(tile_at(tile, at) for tile in room_tiles(CLINIC, TOKENS, AWAY))


def test_once_its_time_has_come_the_room_is_drawn_as_without_it() -> None:
    before, after = drawn(-1), drawn(0)
    assert (before[0].back_at, before[0].next, before[1].next) == (int(BACK.timestamp()), (), ("E-005", "E-003"))
    assert [replace(tile, seq=0) for tile in after] == [replace(tile, seq=0) for tile in room_tiles(CLINIC, TOKENS, {})]
    assert drawn(24 * 60) == after


def test_two_doctors_come_back_one_after_the_other() -> None:
    both = AWAY | {"ENT/2": RoomState("ENT/2", CLINIC.id, "2", BACK + timedelta(minutes=30), seq=9)}
    one, two = room_tiles(CLINIC, TOKENS, both)
    at = [(BACK + timedelta(minutes=minutes)).timestamp() for minutes in (-1, 1, 31)]
    assert [tile_at(one, each).next for each in at] == [("E-005", "E-004"), ("E-005", "E-003"), ("E-005", "E-004")]
    assert [tile_at(two, each).next for each in at] == [("E-003",), (), ("E-003",)]


@pytest.mark.parametrize(("minutes", "shown"), [(-1, "Back 14:20"), (0, "E-001"), (100, "E-001")])
def test_the_first_paint_of_the_hall_knows_the_time(minutes: int, shown: str) -> None:
    page = Templates().render("opd/screen.html", opd_wall([CLINIC], TOKENS, AWAY, BACK + timedelta(minutes=minutes), ZONE))
    assert f'<p class="token">{shown}</p>' in page and ("Back 14:20" in page) is (minutes < 0)


def test_the_clinics_page_asks_after_a_doctor_who_was_to_be_back() -> None:
    def page(minutes: int) -> str:
        at = BACK + timedelta(minutes=minutes)
        return " ".join(Templates().render("opd/page.html", opd_page(CHROME, CLINIC, TOKENS, AWAY, at, ZONE, writes=True)).split())

    assert "Back 14:20" in page(-1) and "was to be back" not in page(-1)
    assert "In the room · was to be back 14:20" in page(100) and "Back 14:20" not in page(100) and "Doctor is back" in page(100)
    assert "was to be back" not in page(24 * 60) and "Doctor is back" not in page(24 * 60), "that was yesterday"


def test_a_patients_own_page_forgets_it_too() -> None:
    mine = token(9)

    def back(minutes: int) -> str:
        at = BACK + timedelta(minutes=minutes)
        seen = own_page(
            mine, CLINIC, [mine], AWAY, at, as_of=at, zone=ZONE, usual=8.0, words=words("en"), languages=(), hospital="City", here="/t"
        )
        return seen.rooms[0].back

    assert (back(-1), back(0)) == ("14:20", "")
