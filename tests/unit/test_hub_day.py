"""A clinic's numbers are those of the day, on the stream as on the page; what cannot be drawn blinds its own screens and no others."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flow.domain.ids import ClinicId, TokenId
from flow.domain.opd import Token, TokenStatus
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience
from flow.views.opd_screen import room_tiles
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.unit.test_hub import NOW, PLAN, changed, new_live, states, taken

ENT = parse_topics("opd:ENT", PLAN)
TODAY = NOW.astimezone(ZoneInfo(PLAN.zone)).date()
YESTERDAY = TODAY - timedelta(days=1)
CALLED = Token(TokenId("old"), ClinicId("ENT"), YESTERDAY, "E-007", 7, NOW, TokenStatus.CALLED, room="1", called_at=NOW, calls=1)
LEFT = Token(TokenId("left"), ClinicId("ENT"), YESTERDAY, "E-009", 9, NOW, TokenStatus.WAITING)
OURS = Token(TokenId("new"), ClinicId("ENT"), TODAY, "E-001", 1, NOW, TokenStatus.WAITING)


def with_tokens(*tokens: Token) -> Live:
    live = new_live()
    for token in tokens:
        live.put(token)
    live.seq = 50
    return live


def drawn(live: Live, day: date) -> list[dict[str, Any]]:
    """As the page paints it first."""
    tiles = room_tiles(PLAN.clinic[ClinicId("ENT")], [token for token in live.tokens.values() if token.day == day], live.rooms)
    return [json.loads(json.dumps(vars_of(tile))) for tile in tiles]


def vars_of(tile: Any) -> dict[str, Any]:
    return {name: getattr(tile, name) for name in ("token", "called", "next", "room")}


def shown(frame: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: tile[name] for name in ("token", "called", "next", "room")} for tile in frame["tiles"]]


async def test_yesterday_s_numbers_are_on_no_screen() -> None:
    live = with_tokens(CALLED, LEFT, OURS)
    name, frame = (await taken(Hub(live, PLAN).join(ENT, Audience.PUBLIC)))[0]
    assert name == "snapshot"
    assert shown(frame) == drawn(live, TODAY)
    assert "E-007" not in str(frame) and "E-009" not in str(frame) and "E-001" in str(frame)


async def test_at_midnight_the_hall_begins_anew() -> None:
    """Nobody taps anything; who was left over is gone with the day, for those who stay and for those who come back."""
    live = with_tokens(OURS)
    hub = Hub(live, PLAN)
    stays = hub.join(ENT, Audience.PUBLIC)
    await taken(stays)
    hub.time_passes()
    hub.flush()
    assert not stays.waiting, "the same day"
    live.tell(Change(live.seq, NOW + timedelta(days=1)))
    hub.time_passes()
    hub.flush()
    for mailbox in (stays, hub.join(ENT, Audience.PUBLIC), hub.join(ENT, Audience.PUBLIC, live.seq)):
        frame = next(data for _, data in await taken(mailbox) if data.get("tiles"))
        assert "E-001" not in str(frame)


async def test_what_cannot_be_drawn_blinds_its_own_screens_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """They hear no heartbeat, and so say that they are not live; the others hear on, and they too when it can be drawn again."""
    monkeypatch.setattr("realtime.hub.HEARTBEAT", 0.02)
    monkeypatch.setattr("realtime.hub.TRY_AGAIN", 0.1)
    live = with_tokens(OURS)
    broken = True

    def rooms(*given: Any) -> Any:
        if broken and live.seq > 50:
            raise KeyError("a room nobody thought of")
        return room_tiles(*given)

    monkeypatch.setattr("realtime.drawing.room_tiles", rooms)
    hub = Hub(live, PLAN)
    hall, ward = hub.join(ENT, Audience.PUBLIC), hub.join(parse_topics("ward:4B", PLAN), Audience.WARD)
    await taken(hall)
    await taken(ward)
    running = asyncio.create_task(hub.run())
    async with asyncio.timeout(10):
        token = replace(OURS, status=TokenStatus.CALLED, room="1", called_at=NOW, calls=1, seq=101)
        live.put(token)
        live.tell(Change(101, NOW, (token,)))
        await changed(live, 0, 102)
        while not any(name == "tiles" for name, _ in await taken(ward)):
            pass
        await asyncio.sleep(0.1)
        await hall.take() if hall.waiting else None  # a beat that was on its way
        await asyncio.sleep(0.1)
        assert not hall.waiting
        assert ward.waiting, "hears on"
        late = hub.join(ENT, Audience.PUBLIC)
        assert not late.waiting, "who comes meanwhile is told nothing that is not so"
        broken = False
        for mailbox in (hall, late):
            frame = next(data for name, data in await taken(mailbox) if name == "snapshot")
            assert shown(frame) == drawn(live, TODAY)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_heartbeat_says_no_seq_that_its_group_was_not_told_of() -> None:
    """A display says its Seq to the audit: what it will be sent in a moment it has not shown."""
    live = new_live()
    live.seq = 99
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("ward:4B", PLAN), Audience.WARD)
    assert [data["seq"] for _, data in await taken(mailbox)] == [99, 99]
    await changed(live, 0, 100)
    for _ in hub._beat():
        pass
    assert [(name, data["seq"]) for name, data in await taken(mailbox)] == [("heartbeat", 99)]
    hub.flush()
    for _ in hub._beat():
        pass
    assert [(name, data["seq"]) for name, data in await taken(mailbox)] == [("tiles", 100), ("heartbeat", 100)]
    live.put(states(6, "free", 101))
    live.tell(Change(101, NOW))
    for _ in hub._beat():
        pass
    assert [data["seq"] for _, data in await taken(mailbox)] == [101], "of what its beds do not show it has seen all"
