"""What leaves the house as a report, `[reports]` of its file: when the daily one is made, and below how many a count is not told."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ReportRules:
    """`daily` is the local time at which yesterday's report is made (None: never); counts from 1 to `few` - 1 are hidden in what is given
    away without names."""

    daily: time | None = time(7)
    few: int = 5

    def due(self, now: datetime, zone: str) -> date | None:
        """The day whose report is to be there by now: yesterday, once today's time has come."""
        local = now.astimezone(ZoneInfo(zone))
        if self.daily is None or local.time() < self.daily:
            return None
        return local.date() - timedelta(days=1)


def day_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight of the hospital's clock."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return midnight.astimezone(UTC), datetime.combine(day + timedelta(days=1), time(), midnight.tzinfo).astimezone(UTC)
