"""When forecasts are issued: the hospital's own times, `[forecast]` of its file."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ForecastRules:
    """`huddles` are the local times of the bed huddles; each has its forecast and its sheet `lead_minutes` before. `short_by` is the hour
    that sheets count to: that of the day, once it is past that of the next."""

    huddles: tuple[time, ...] = (time(8), time(12), time(16))
    lead_minutes: int = 15
    short_by: time = time(17)

    def on(self, day: date, zone: str) -> tuple[datetime, ...]:
        """The huddles of a day."""
        return tuple(datetime.combine(day, at, ZoneInfo(zone)) for at in sorted(self.huddles))

    def due(self, now: datetime, zone: str) -> datetime | None:
        """The huddle whose forecast is to be issued now: it begins within the lead."""
        today = now.astimezone(ZoneInfo(zone)).date()
        ahead = (at for day in (today, today + timedelta(days=1)) for at in self.on(day, zone))
        return next((at for at in ahead if at - timedelta(minutes=self.lead_minutes) <= now <= at), None)

    def counted_to(self, at: datetime, zone: str) -> datetime:
        """The hour that a sheet made at a moment counts to."""
        local = ZoneInfo(zone)
        today = at.astimezone(local).date()
        ends = (datetime.combine(day, self.short_by, local) for day in (today, today + timedelta(days=1)))
        return next(end for end in ends if end > at)
