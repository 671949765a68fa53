"""Clocks tell aware UTC; the fixed one moves only by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from flow.clock import FixedClock, SystemClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_system_clock_tells_utc_and_moves_forward() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert second >= first


def test_a_fast_clock_runs_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([100.0, 101.0])
    monkeypatch.setattr("flow.clock.time.monotonic", lambda: next(ticks))
    before = datetime.now(UTC)
    clock = SystemClock(speed=60.0)
    assert timedelta(seconds=60) <= clock.now() - before < timedelta(seconds=61)


def test_a_fast_clock_goes_on_where_the_last_start_ended() -> None:
    ahead = datetime.now(UTC) + timedelta(days=3)
    assert SystemClock(60.0, ahead).now() >= ahead
    assert SystemClock(1.0, ahead).now() < ahead


def test_a_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(minutes=5))
    assert clock.now() == NOON + timedelta(minutes=5)
    clock.set(datetime(2026, 3, 1, 18, tzinfo=timezone(timedelta(hours=5, minutes=30))))
    assert clock.now() == datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_clock_refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(NOON.replace(tzinfo=None))
