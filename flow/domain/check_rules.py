"""When somebody is asked to look at a bed in doubt: the hospital's own rules, `[checks]` of its file."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CheckRules:
    """`shifts` are when nurses' shifts begin (local time, in order); a nurse is asked at most `a_shift` times in one, and nobody in the
    `handover_minutes` before and after a change. An expected leaving or return that nobody confirmed for `silent_minutes` is in doubt
    (0: never); who has looked at a bed is not asked about it again for `again_hours`."""

    shifts: tuple[time, ...] = (time(7), time(14), time(21))
    a_shift: int = 3
    handover_minutes: int = 20
    silent_minutes: int = 180
    again_hours: int = 8

    def shift_began(self, at: datetime, zone: str) -> datetime:
        """When the present shift began: the last of the times at which one begins."""
        local = at.astimezone(ZoneInfo(zone))
        days = (local.date(), local.date() - timedelta(days=1))
        begins = (datetime.combine(day, each, local.tzinfo).astimezone(at.tzinfo) for day in days for each in self.shifts)
        return max(begin for begin in begins if begin <= at)

    def is_handover(self, at: datetime, zone: str) -> bool:
        """Whether one shift tells the other."""
        near = timedelta(minutes=self.handover_minutes)
        return at - self.shift_began(at, zone) < near or self.shift_began(at + near, zone) > at
