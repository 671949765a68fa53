"""When a feed's health calls for somebody: the written rule of the two alarms. Pure: what was heard and the time are arguments.

*Silent*: nothing was heard of a feed for three times its usual gap, ten minutes at least. The usual gap is the 99th percentile of the
gaps between two letters of the last seven days, of the day (07 to 20 o'clock) or of the night; a silence that reaches over both is
judged by the longer. A feed of which fewer than twenty gaps are known has no usual gap and raises no alarm.
*Unhandled*: a letter lies in the queue for more than thirty seconds (invariant I6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

KINDS = ("unhandled", "silent")
UNHANDLED_AFTER = timedelta(seconds=30)
LEAST_SILENCE = timedelta(minutes=10)
TIMES = 3
FEWEST_GAPS = 20
DAY = range(7, 20)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Silences of one feed by day or by night: how many were counted, and the 99th percentile of them."""

    feed: str
    day: bool
    count: int
    usual: timedelta


@dataclass(frozen=True, slots=True)
class Queue:
    """Letters of a feed that wait to be handled, and since when the first of them."""

    feed: str
    letters: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """`kind` is silent | unhandled; `since` when the feed was last heard, or when the oldest letter came; `limit` what was passed."""

    kind: str
    feed: str
    since: datetime
    limit: timedelta

    @property
    def key(self) -> tuple[str, str]:
        """What is raised once and ends once."""
        return self.kind, self.feed


def alarms(heard: Mapping[str, datetime], gaps: Iterable[Gaps], queues: Iterable[Queue], now: datetime, zone: str) -> tuple[Alarm, ...]:
    """The alarms that stand now: unhandled letters first, then silent feeds, each by feed."""
    late = [Alarm("unhandled", q.feed, q.oldest, UNHANDLED_AFTER) for q in queues if now - q.oldest > UNHANDLED_AFTER]
    known = list(gaps)
    silent = [
        Alarm("silent", feed, last, limit)
        for feed, last in heard.items()
        if (limit := longest_silence([g for g in known if g.feed == feed], last, now, zone)) is not None and now - last > limit
    ]
    return tuple(sorted(late, key=lambda alarm: alarm.feed) + sorted(silent, key=lambda alarm: alarm.feed))


def longest_silence(gaps: Iterable[Gaps], last: datetime, now: datetime, zone: str) -> timedelta | None:
    """How long this feed may be silent; None while its habits are not known."""
    halves = {is_day(last, zone), is_day(now, zone)}
    usual = [g.usual for g in gaps if g.day in halves and g.count >= FEWEST_GAPS]
    return max(LEAST_SILENCE, TIMES * max(usual)) if usual else None


def at_any_hour(gaps: Iterable[Gaps]) -> dict[str, timedelta]:
    """How long each feed may be silent by day and by night alike, for a screen that is told it once; not of feeds of unknown habits."""
    usual: dict[str, timedelta] = {}
    for found in gaps:
        if found.count >= FEWEST_GAPS:
            usual[found.feed] = max(found.usual, usual.get(found.feed, found.usual))
    return {feed: max(LEAST_SILENCE, TIMES * longest) for feed, longest in usual.items()}


def is_day(at: datetime, zone: str) -> bool:
    """07 to 20 o'clock in the hospital."""
    return at.astimezone(ZoneInfo(zone)).hour in DAY
