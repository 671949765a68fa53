"""The ledger added up: by ward, day, stretch and owner, and as shares that make exactly 100 %. After `flow.domain.ledger`."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from flow.domain.ids import WardId
from flow.domain.ledger import Idle, Owner, Share, Stretch

LEDGER_VERSION = 3
K = TypeVar("K", bound=Hashable)
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Sum:
    """Time of one day (the hospital's) and ward that one cause owned in one stretch."""

    day: date
    ward: WardId
    stretch: Stretch
    owner: Owner
    time: timedelta


@dataclass(frozen=True, slots=True)
class Ended:
    """The stretches of a kind that ended in a period: how many, and the middle one's minutes (None without one)."""

    count: int = 0
    median: float | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The sums of a period, those of a bed's stretch that reach over its ends counted as far as they lie in it; `ended` by stretch."""

    start: datetime
    end: datetime
    sums: tuple[Sum, ...]
    ended: Mapping[Stretch, Ended]

    @property
    def total(self) -> timedelta:
        """All idle time."""
        return sum((each.time for each in self.sums), _ZERO)


def ledger(found: Iterable[Idle], start: datetime, end: datetime, zone: str) -> Ledger:
    """Add the stretches up; what lies outside the period is left out."""
    stretches = [each for each in found if each.start < end and each.end > start]
    edges = midnights(start, end, zone)
    starts = [at for at, _ in edges]
    sums: dict[tuple[date, WardId, Stretch, Owner], timedelta] = {}
    for each in stretches:
        for share in each.shares:
            for day, spent in _by_day(share, start, end, edges, starts):
                key = (day, each.ward, each.stretch, share.owner)
                sums[key] = sums.get(key, _ZERO) + spent
    ordered = sorted(sums.items(), key=lambda row: row[0])
    return Ledger(start, end, tuple(Sum(*key, spent) for key, spent in ordered), {s: _ended(stretches, s, end) for s in Stretch})


def midnights(start: datetime, end: datetime, zone: str) -> Sequence[tuple[datetime, date]]:
    """When each day of the period begins in the hospital; the first is cut at `start`. Days may have 23 or 25 hours."""
    local = ZoneInfo(zone)
    day, last = start.astimezone(local).date(), end.astimezone(local).date()
    found = [(start, day)]
    while day < last:
        day += timedelta(days=1)
        found.append((datetime.combine(day, time(), local).astimezone(start.tzinfo), day))
    return found


def _by_day(
    share: Share, start: datetime, end: datetime, edges: Sequence[tuple[datetime, date]], starts: Sequence[datetime]
) -> Iterable[tuple[date, timedelta]]:
    left, right = max(share.start, start), min(share.end, end)
    place = bisect_right(starts, left) - 1
    while left < right:
        until = min(right, edges[place + 1][0]) if place + 1 < len(edges) else right
        yield edges[place][1], until - left
        left, place = until, place + 1


def _ended(found: Iterable[Idle], stretch: Stretch, end: datetime) -> Ended:
    took = [
        (each.end - each.start) / timedelta(minutes=1) for each in found if each.stretch is stretch and not each.open and each.end <= end
    ]
    return Ended(len(took), median(took) if took else None)


def by_owner(sums: Iterable[Sum]) -> dict[Owner, timedelta]:
    """Time by owner, in the order of owners; none that has no time."""
    return _by(sums, Owner, lambda each: each.owner)


def by_stretch(sums: Iterable[Sum]) -> dict[Stretch, timedelta]:
    """Time by stretch."""
    return _by(sums, Stretch, lambda each: each.stretch)


def _by(sums: Iterable[Sum], keys: Iterable[K], key: Callable[[Sum], K]) -> dict[K, timedelta]:
    times: dict[K, timedelta] = {}
    for each in sums:
        times[key(each)] = times.get(key(each), _ZERO) + each.time
    return {name: times[name] for name in keys if times.get(name)}


def shares(times: Mapping[K, timedelta], digits: int = 1) -> dict[K, Decimal]:
    """Percentages that make exactly 100 to so many digits: each is rounded down, and what is missing goes, a last digit each, to those
    that lost most by it (the largest remainders). All are 0 where there is no time at all."""
    microseconds = {key: each // timedelta(microseconds=1) for key, each in times.items()}
    whole, steps = sum(microseconds.values()), 100 * 10**digits
    if not whole:
        return {key: Decimal(0).scaleb(-digits) for key in times}
    parts = {key: divmod(each * steps, whole) for key, each in microseconds.items()}
    missing = steps - sum(part for part, _ in parts.values())
    raised = set(sorted(parts, key=lambda key: (-parts[key][1], str(key)))[:missing])
    return {key: Decimal(part + (key in raised)).scaleb(-digits) for key, (part, _) in parts.items()}
