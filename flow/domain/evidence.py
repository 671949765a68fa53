"""What a sign of data quality is told with: the rows behind a figure, and the ward's shift that it falls into. Pure.

`flow.domain.data_quality` and `flow.domain.held_back` look, each sign with a rule of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flow.domain.cleaning_rules import Shift


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row behind a figure: which bed or token, when, and what the record says."""

    what: str
    at: datetime
    until: datetime | None
    words: str


Looked = tuple[str, str, Evidence | None]
"""Ward, shift, and what stands out (None: nothing)."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """The hours of a hospital's shifts; a house that names none has a day (07 to 19) and a night. `huddles` are the local times of its bed
    huddles."""

    shifts: Sequence[Shift]
    zone: str
    huddles: Sequence[time] = ()

    @property
    def known(self) -> Sequence[Shift]:
        """Those of the file, or the two."""
        return self.shifts or (Shift("day", "Day", time(7), time(19)), Shift("night", "Night", time(19), time(7)))

    def at(self, moment: datetime) -> str:
        """The name of the shift in which a moment lies; shifts may leave hours out."""
        local = moment.astimezone(ZoneInfo(self.zone)).time()
        return next((shift.name for shift in self.known if shift.covers(local)), "between shifts")

    def ends_after(self, moment: datetime) -> datetime | None:
        """The end of the shift in which a moment lies."""
        local = moment.astimezone(ZoneInfo(self.zone))
        shift = next((each for each in self.known if each.covers(local.time())), None)
        if shift is None:
            return None
        end = datetime.combine(local.date(), shift.until, ZoneInfo(self.zone))
        return end if end > local else end + timedelta(days=1)

    def turned(self, moment: datetime, within: timedelta) -> str:
        """What ended in the time before a moment, in words: the change of a shift, or a huddle; nothing: ""."""
        local = moment.astimezone(ZoneInfo(self.zone))
        named = [(each.until, f"the {each.name} shift's end") for each in self.known]
        for at, words in (*named, *((each, f"the {each:%H:%M} huddle") for each in self.huddles)):
            for day in (local.date(), local.date() - timedelta(days=1)):
                since = local - datetime.combine(day, at, ZoneInfo(self.zone))
                if timedelta() <= since < within:
                    return words
        return ""
