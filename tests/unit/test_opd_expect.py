"""When a waiting outpatient will be called: the range holds what it says in simulated clinics, and follows rooms, breaks and sessions."""

import heapq
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from flow.domain.ids import ClinicId, TokenId
from flow.domain.opd import Group, RoomState, Session, Token, TokenStatus
from flow.domain.opd_expect import SPREAD, expected, pace_of
from flow.domain.plan import Clinic, ClinicRoom
from tests.hearing import T0

ENT, USUAL = ClinicId("ENT"), 8.0


def clinic(rooms: int, *, tele: bool = False) -> Clinic:
    doors = [ClinicRoom(str(n), f"Room {n}") for n in range(1, rooms + 1)]
    return Clinic(ENT, "ENT", "ENT", "0", "E", tuple([*doors, ClinicRoom("T", "Tele", tele=True)] if tele else doors))


def waiting(rank: int, **fields: object) -> Token:
    return Token(TokenId(f"ENT-{rank:03d}"), ENT, T0.date(), f"E-{rank:03d}", rank, T0, arrived_at=T0, **fields)  # type: ignore[arg-type]


def seen(rank: int, room: str, began: datetime, minutes: float) -> Token:
    times = {"called_at": began, "started_at": began, "closed_at": began + timedelta(minutes=minutes)}
    return replace(waiting(rank, status=TokenStatus.FINISHED, room=room), **times)  # type: ignore[arg-type]


def half(token: Token, tokens: list[Token], where: Clinic, rooms: dict[str, RoomState] | None = None) -> float | None:
    found = expected(token, tokens, where, rooms or {}, T0, USUAL)
    assert found is not None
    return found.p50


def simulated(dice: Random, rooms: int, ahead: int) -> tuple[float, list[Token]]:
    """The minutes until the last of `ahead + 1` is called, and the tokens as they stand at the beginning: every room has somebody in it
    and has seen a morning's patients. Lengths are gamma distributed."""

    def length() -> float:
        return dice.gammavariate(1 / SPREAD**2, USUAL * SPREAD**2)

    tokens, rank, doors = list[Token](), 0, list[float]()
    for room in range(1, rooms + 1):
        now = T0 - timedelta(minutes=90)
        while True:
            minutes, rank = length(), rank + 1
            if now + timedelta(minutes=minutes) > T0:
                break
            tokens.append(seen(rank, str(room), now, minutes))
            now += timedelta(minutes=minutes)
        tokens.append(replace(waiting(rank, status=TokenStatus.IN_ROOM, room=str(room)), called_at=now, started_at=now))
        doors.append((now - T0).total_seconds() / 60 + minutes)
    heapq.heapify(doors)
    for _ in range(ahead):
        heapq.heappush(doors, heapq.heappop(doors) + length())
    return doors[0], tokens + [waiting(1000 + each) for each in range(ahead + 1)]


@pytest.mark.parametrize(("rooms", "ahead"), [(1, 0), (1, 3), (1, 12), (3, 2), (3, 20), (4, 8)])
def test_nine_of_ten_are_called_within_what_was_said(rooms: int, ahead: int) -> None:
    dice, by_half, by_most, too_early = Random(60 + rooms * 100 + ahead), 0, 0, 0
    trials = 400
    for _ in range(trials):
        called, tokens = simulated(dice, rooms, ahead)
        said = expected(tokens[-1], tokens, clinic(rooms), {}, T0, USUAL)
        assert said is not None and said.p10 is not None and said.p50 is not None and said.p90 is not None
        by_half, by_most, too_early = by_half + (called <= said.p50), by_most + (called <= said.p90), too_early + (called < said.p10)
    assert 0.40 <= by_half / trials <= 0.70
    assert 0.83 <= by_most / trials <= 0.97
    assert too_early / trials <= 0.15


def test_the_day_shows_its_own_pace() -> None:
    slow = [seen(n, "1", T0 - timedelta(minutes=20 * (40 - n)), 20) for n in range(1, 40)]
    assert pace_of([], USUAL).mean == USUAL and pace_of([], USUAL).known == 0
    assert 17 < pace_of(slow, USUAL).mean < 20
    assert pace_of(slow, USUAL).spread < pace_of(slow[:3], USUAL).spread, "who is even is foreseen better"
    paused = [seen(1, "1", T0 - timedelta(minutes=180), 8), seen(2, "1", T0 - timedelta(minutes=60), 8)]
    assert pace_of(paused, USUAL).mean == pytest.approx(8), "a pause is nobody's consultation"


def test_rooms_breaks_and_sessions_are_counted() -> None:
    queue = [waiting(n) for n in range(1, 6)]
    last = queue[-1]
    assert half(last, queue, clinic(1)) == 32 and half(last, queue, clinic(2)) == 16
    away = {"ENT/1": RoomState("ENT/1", ENT, "1", back_at=T0 + timedelta(minutes=30))}
    assert half(last, queue, clinic(1), away) == 62
    hour = timedelta(hours=1)
    later = {"ENT/1": RoomState("ENT/1", ENT, "1", sessions=(Session("Dr Das", T0 + hour, T0 + 3 * hour),))}
    assert half(queue[0], queue, clinic(1), later) == 60
    over = {"ENT/1": RoomState("ENT/1", ENT, "1", sessions=(Session("Dr Das", T0 - 5 * hour, T0 - 2 * hour),))}
    assert half(last, queue, clinic(1), over) is None, "nobody sits there any more"
    assert half(last, queue, clinic(2), over) == 32, "so the other room sees them all"
    yesterday = {"ENT/1": RoomState("ENT/1", ENT, "1", sessions=(Session("Dr Das", T0 - 25 * hour, T0 - 22 * hour),))}
    assert half(last, queue, clinic(1), yesterday) == 32


def test_places_are_those_of_the_order_of_calling() -> None:
    queue = [waiting(1), waiting(2), waiting(3, group=Group.EMERGENCY, priority=1), waiting(4, only="2"), waiting(5, tele=True)]
    where = clinic(2, tele=True)
    place = {t.number: found.place for t in queue if (found := expected(t, queue, where, {}, T0, USUAL))}
    assert place == {"E-003": 1, "E-001": 2, "E-002": 3, "E-004": 4, "E-005": 1}
    assert expected(replace(queue[0], status=TokenStatus.CALLED), queue[1:], where, {}, T0, USUAL) is None
