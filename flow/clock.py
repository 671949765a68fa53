"""Where the time comes from: every part that needs "now" is handed a `Clock`, so that the core stays timeless.

The composition root makes a `SystemClock`; tests and replays make a `FixedClock` and move it by hand.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time as an aware `datetime` in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's time, or, with `speed` other than 1.0, time that runs that many times faster from now on.

    A fast clock starts no earlier than `not_before`, so that a second start goes on where the first one ended. It counts on the
    monotonic clock, so that a correction of the machine's time does not become a leap.
    """

    def __init__(self, speed: float = 1.0, not_before: datetime | None = None) -> None:
        self._speed = speed
        self._started = datetime.now(UTC)
        if not_before is not None and speed != 1.0:
            self._started = max(self._started, not_before)
        self._mark = time.monotonic()

    def now(self) -> datetime:
        if self._speed == 1.0:
            return datetime.now(UTC)
        return self._started + timedelta(seconds=(time.monotonic() - self._mark) * self._speed)


class FixedClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._now = now.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        self._now += step
