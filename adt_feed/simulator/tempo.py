"""The rhythm of a hospital: when people come and go by hour and weekday, and how fast the demo's clock runs.

Timestamps are always real; `speed` shortens stays, cleaning and the gaps between arrivals.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

HOURS = (0.5, 0.4, 0.35, 0.3, 0.3, 0.4, 0.6, 0.9, 1.2, 1.5, 1.7, 1.7, 1.6, 1.5, 1.4, 1.4, 1.4, 1.4, 1.3, 1.2, 1.1, 0.95, 0.8, 0.65)
"""Emergency arrivals by hour of day, mean 1: low at night, a late-morning top."""

WEEKDAYS = (1.12, 1.05, 1.02, 1.0, 1.04, 0.9, 0.87)
"""Arrivals by weekday from Monday, mean 1."""

LEAVING_HOUR, LEAVING_SPREAD = 14.6, 2.7
EARLIEST, LATEST = 8.5, 22.0


class Tempo:
    """`speed` 1 is life; 6 lets a stay of three days last twelve hours."""

    def __init__(self, zone: str, speed: float = 1.0) -> None:
        self.zone = ZoneInfo(zone)
        self.speed = speed

    def local(self, at: datetime) -> datetime:
        """As the hospital's clocks show it."""
        return at.astimezone(self.zone)

    def span(self, *, minutes: float = 0, days: float = 0) -> timedelta:
        """A stretch of life as long as it takes at this speed."""
        return timedelta(minutes=minutes, days=days) / self.speed

    def arrivals(self, at: datetime) -> float:
        """How many come, against the mean. The faster the clock, the flatter the day, for a fast stay spans no night."""
        local = self.local(at)
        return 1 + (HOURS[local.hour] * WEEKDAYS[local.weekday()] - 1) / self.speed

    def leaving(self, arrived: datetime, days: float, dice: Random) -> datetime:
        """When a stay of so many days ends: mostly on the afternoon of its last day, at a faster speed simply then."""
        end = arrived + self.span(days=days)
        if self.speed > 1 or dice.random() < 0.15:
            return end
        hour = min(LATEST, max(EARLIEST, dice.gauss(LEAVING_HOUR, LEAVING_SPREAD)))
        midnight = self.local(end).replace(hour=0, minute=0, second=0, microsecond=0)
        leaves = (midnight + timedelta(hours=hour)).astimezone(UTC)
        return leaves if leaves > arrived + timedelta(hours=3) else end

    def announcing(self, leaves: datetime, dice: Random) -> datetime:
        """When the ward round says so: the same morning, or some hours before."""
        if self.speed > 1:
            return leaves - self.span(minutes=dice.uniform(240, 600))
        morning = self.local(leaves).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=dice.uniform(7.8, 10.8))
        return min(morning.astimezone(UTC), leaves - timedelta(minutes=45))
