"""The timetable of a clinic: which doctor sits in which room on which weekdays, from when until when. Pure.

The hospital file has it (`[[clinics.sessions]]`); `flow.jobs` opens each day's sessions from it, once; people change the day as it
comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flow.domain.opd import Session

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As `date.weekday` counts them."""


@dataclass(frozen=True, slots=True)
class Regular:
    """A session that is held every week; `days` are words of WEEKDAYS, the times the hospital's own."""

    doctor: str
    room: str
    days: tuple[str, ...]
    begins: time
    until: time

    def meets(self, other: "Regular") -> bool:
        """Both want the room on some day at the same time."""
        same = self.room == other.room and bool(set(self.days) & set(other.days))
        return same and self.begins < other.until and other.begins < self.until


def sessions_of(timetable: Iterable[Regular], room: str, day: date, zone: str) -> tuple[Session, ...]:
    """What the timetable has for a room on a day, in order of time."""
    place = ZoneInfo(zone)
    today = [each for each in timetable if each.room == room and WEEKDAYS[day.weekday()] in each.days]
    held = (Session(each.doctor, datetime.combine(day, each.begins, place), datetime.combine(day, each.until, place)) for each in today)
    return tuple(sorted(held, key=lambda session: session.begins))
