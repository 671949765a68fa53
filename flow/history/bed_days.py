"""The hours of whole days, kept a row a day: what a year's questions are answered from.

`flow.history.bed_hours` keeps and reads them with its hours, which they are made of.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from flow.history.pool import Connection
from flow.history.queries import load

_SQL = load("bed_days")
STATES = 5
"""Occupied, free, coming, cleaning, out."""
_HOUR = STATES * 2
"""Bytes."""
Counts = NDArray[np.int32]
"""Beds by state, a row a moment."""


def day_of(at: datetime, zone: str, later: int = 0) -> datetime:
    """The beginning of its day on the hospital's clock, or of one so many days later."""
    local = ZoneInfo(zone)
    return datetime.combine(at.astimezone(local).date() + timedelta(days=later), time(), local).astimezone(UTC)


def whole_days(start: datetime, end: datetime, zone: str) -> tuple[datetime, datetime]:
    """From when to when whole days lie in a time; both are its end where there is none."""
    first, last = day_of(start, zone), day_of(end, zone)
    first = first if first == start else day_of(start, zone, 1)
    return (first, last) if first < last else (end, end)


async def keep_days(
    connection: Connection, hospital: str, zone: str, start: datetime, end: datetime, place: tuple[str, str] | None
) -> None:
    """The days whose hours from `start` on have been counted anew up to `end`, of one ward and type or of all."""
    ward, kind = place or (None, None)
    days = list(_days(day_of(start, zone), day_of(end, zone), zone))
    await connection.execute(_SQL["clear"], hospital, day_of(start, zone), ward, kind)
    if len(days) > 1:
        await connection.execute(_SQL["keep"], hospital, days[:-1], days[1:], ward, kind)


def _days(first: datetime, last: datetime, zone: str) -> Iterator[datetime]:
    while first < last:
        yield first
        first = day_of(first, zone, 1)
    yield last


async def hours_of_days(
    connection: Connection, hospital: str, first: datetime, last: datetime, told: tuple[str, tuple[str, ...] | None, str | None]
) -> dict[str, Counts]:
    """The beds at each hour of whole days by name; `told`: what they are told apart by, wards, type."""
    found: dict[str, Counts] = {}
    for row in await connection.fetch(_SQL["hours"], hospital, first, last, *told):
        counts = found.setdefault(row["name"], np.zeros((int((last - first) / timedelta(hours=1)), STATES), np.int32))
        days = (np.frombuffer(row["days"], ">i8") - int(first.timestamp())) // 3600
        hours = np.frombuffer(row["bytes"], ">i4") // _HOUR
        places = np.arange(hours.sum()) + np.repeat(days - np.concatenate(([0], np.cumsum(hours)[:-1])), hours)
        counts[places] += np.frombuffer(row["beds"], ">i2").reshape(-1, STATES)
    return found
