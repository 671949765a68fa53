"""The doorkeeper: whom it remembers, for how long, and who stays in while Postgres is away."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from flow.clock import FixedClock
from flow.domain.roles import Role
from flow.errors import Unavailable
from flow.history.accounts import Account, Token
from flow.history.devices import Device
from flow.history.sessions import Session
from flow.web.security import doorkeeper as module
from flow.web.security import patience
from flow.web.security.doorkeeper import Doorkeeper

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Table:
    """One row for whoever asks, with a count of the questions; `away` as when the database is."""

    row: Any = None
    away: bool = False
    asked: int = 0
    touched: list[datetime] = field(default_factory=list)

    async def find(self, digest: bytes, at: datetime | None = None) -> Any:
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return self.row

    async def touch(self, digest: bytes, at: datetime) -> None:
        self.touched.append(at)

    async def seen(self, digest: bytes, at: datetime, *, used: bool = False) -> None:
        self.touched.append(at)


class Ticking:
    """`time.monotonic` moved by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Ticking:
    clock = Ticking()
    monkeypatch.setattr(module, "time", clock)
    return clock


def keeper(clock: FixedClock, sessions: Any = None, tokens: Any = None, devices: Any = None) -> Doorkeeper:
    return Doorkeeper(sessions or Table(), tokens or Table(), devices or Table(), clock)


def connection(**headers: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]})


BEARER = connection(authorization="Bearer t")
COOKIE = connection(cookie="bedflow=s")
PHONE = connection(cookie="bedflow-device=d")


async def test_a_token_is_looked_up_once_in_two_seconds(ticking: Ticking) -> None:
    tokens = Table(Token("t1", Role.MANAGER))
    door = keeper(FixedClock(NOW), tokens=tokens)
    for _ in range(5):
        found = await door.identify(BEARER, secure=False, active=True)
    assert (found and found.id, tokens.asked) == ("t1", 1)
    ticking.now, tokens.row = 2.1, None
    assert await door.identify(BEARER, secure=False, active=True) is None


async def test_those_let_in_stay_in_while_postgres_is_away_but_not_for_ever(ticking: Ticking) -> None:
    tokens = Table(Token("t1", Role.DISPLAY))
    door = keeper(FixedClock(NOW), tokens=tokens)
    await door.identify(BEARER, secure=False, active=False)
    tokens.away, ticking.now = True, 300.0
    assert await door.identify(BEARER, secure=False, active=False) is not None
    with pytest.raises(Unavailable):
        await door.identify(connection(authorization="Bearer other"), secure=False, active=False)
    ticking.now = 603.0
    with pytest.raises(Unavailable):
        await door.identify(BEARER, secure=False, active=False)


async def test_a_database_that_hangs_keeps_nobody_waiting_who_was_let_in(ticking: Ticking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.01)
    sessions, clock, answered = Table(Session(Account("asha", "Asha", Role.ADMISSIONS), NOW, NOW)), FixedClock(NOW), asyncio.Event()
    door = keeper(clock, sessions=sessions)
    await door.identify(COOKIE, secure=False, active=True)
    look_up, write = sessions.find, sessions.touch

    async def hangs(digest: bytes, at: datetime) -> Any:
        await answered.wait()
        return await look_up(digest, at)

    async def hangs_too(digest: bytes, at: datetime) -> None:
        await answered.wait()
        await write(digest, at)

    monkeypatch.setattr(sessions, "find", hangs)
    monkeypatch.setattr(sessions, "touch", hangs_too)
    clock.advance(timedelta(seconds=30))
    for ticking.now in (3.0, 4.0):
        found = await door.identify(COOKIE, secure=False, active=True)
        assert found is not None and found.id == "asha"
    sessions.row = None
    answered.set()
    await asyncio.sleep(0)
    assert await door.identify(COOKIE, secure=False, active=True) is None, "once it answers it is asked again"
    assert sessions.asked <= 3, "one question at a time"


async def test_signs_of_life_are_written_now_and_then_and_only_for_deeds(ticking: Ticking) -> None:
    clock = FixedClock(NOW)
    sessions = Table(Session(Account("asha", "Asha", Role.ADMISSIONS), NOW, NOW))
    door = keeper(clock, sessions=sessions)
    await door.identify(COOKIE, secure=False, active=False)
    assert sessions.touched == []
    for _ in range(4):
        await door.identify(COOKIE, secure=False, active=True)
        clock.advance(timedelta(seconds=10))
    assert sessions.touched == [NOW, NOW + timedelta(seconds=20)]


async def test_a_plain_cookie_is_nobody_where_tls_is_on(ticking: Ticking) -> None:
    sessions = Table(Session(Account("asha", "Asha", Role.ADMISSIONS), NOW, NOW))
    assert await keeper(FixedClock(NOW), sessions=sessions).identify(COOKIE, secure=True, active=True) is None
    assert sessions.asked == 0


@pytest.mark.parametrize(
    ("has_pin", "locked_out", "idle", "locked"),
    [
        (True, False, 60, False),
        (True, False, 121, True),
        (False, False, 1, True),
        (True, True, 1, True),
    ],
)
async def test_a_phone_locks(ticking: Ticking, has_pin: bool, locked_out: bool, idle: int, locked: bool) -> None:
    device = Device("d1", "phone", "Phone", "public", None, None, has_pin, locked_out, NOW - timedelta(seconds=idle))
    found = await keeper(FixedClock(NOW), devices=Table(device)).identify(PHONE, secure=False, active=False)
    assert found is not None
    assert (found.role, found.locked) == (Role.HOUSEKEEPING, locked)


async def test_a_tap_keeps_a_phone_open_and_a_locked_one_is_not_opened_by_trying(ticking: Ticking) -> None:
    clock = FixedClock(NOW)
    door = keeper(clock, devices=Table(Device("d1", "phone", "Phone", "public", None, None, True, False, NOW)))
    for _ in range(6):
        ticking.now += 1.0
        clock.advance(timedelta(seconds=90))
        found = await door.identify(PHONE, secure=False, active=True)
        assert found is not None and not found.locked
    clock.advance(timedelta(seconds=121))
    for _ in range(2):
        found = await door.identify(PHONE, secure=False, active=True)
        assert found is not None and found.locked
