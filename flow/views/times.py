"""Times as people read them: minutes since, clock times in the hospital's zone. The walls' scripts say the same words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DAY = 24 * 3600


def clock_time(epoch: float, zone: str) -> str:
    """`14:05` in the hospital's zone; `epoch` in seconds."""
    return datetime.fromtimestamp(epoch, UTC).astimezone(ZoneInfo(zone)).strftime("%H:%M")


def day_time(epoch: float, zone: str) -> str:
    """`23 Nov 18:00` in the hospital's zone."""
    return datetime.fromtimestamp(epoch, ZoneInfo(zone)).strftime("%d %b %H:%M")


def moment_words(epoch: float, now: float, zone: str) -> str:
    """`14:05` of today, any other day's with the day: `23 Nov 14:05`."""
    today = day_time(now, zone)[:-6] == day_time(epoch, zone)[:-6]
    return clock_time(epoch, zone) if today else day_time(epoch, zone)


def when(at: datetime, now: datetime, zone: str) -> str:
    """`moment_words` of two moments."""
    return moment_words(at.timestamp(), now.timestamp(), zone)


def span_words(start: datetime, end: datetime, now: datetime, zone: str) -> str:
    """`14:05–14:40`; of another day than today with the day, and the end's where that is yet another: `23 Nov 23:50–24 Nov 00:20`."""
    return f"{when(start, now, zone)}–{moment_words(end.timestamp(), start.timestamp(), zone)}"


def minutes(since: float, now: float) -> str:
    """`12 min`, from two hours `3 h`, from two days `4 d`; never negative."""
    passed = max(0, int(now - since))
    if passed >= 2 * DAY:
        return f"{passed // DAY} d"
    if passed >= 7200:
        return f"{passed // 3600} h"
    return f"{passed // 60} min"


def minutes_words(exactly: float) -> str:
    """A length in minutes: `12 min`, from two hours `3 h 52`."""
    count = round(exactly)
    return f"{count} min" if count < 120 else f"{count // 60} h {count % 60:02}"


def waited(since: float, now: float) -> str:
    """`3 h 52`, the way a waiting list counts."""
    passed = max(0, int(now - since)) // 60
    return f"{passed // 60} h {passed % 60:02d}"


def lasting(since: float, now: float) -> str:
    """`42 min`, from an hour `3 h 52`, from two days `4 d`; never negative. The command centre's script says the same."""
    passed = max(0, int(now - since))
    if passed >= 2 * DAY:
        return f"{passed // DAY} d"
    return waited(since, now) if passed >= 3600 else f"{passed // 60} min"
