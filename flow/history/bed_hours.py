"""The beds hour by hour, kept of their intervals: bed-time and beds by what they were, of each ward and type.

Before it, `flow.history.occupancy` wrote the intervals; after it, `flow.history.reports` and the KPIs read. A late letter cuts off the open
stretch of its bed and changes nothing before that one's beginning, so only the hours from there on are counted anew. Readers take kept
hours as far as the log has not changed them since, and the intervals for the rest. Hours whose intervals are no longer kept are frozen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import numpy as np

from flow.domain.kpi import BedTime, Sample
from flow.domain.plan import Plan
from flow.history.bed_days import STATES, Counts, hours_of_days, keep_days, whole_days
from flow.history.cuts import frozen_before
from flow.history.kept import HOURS, Kept, keeping, move, state
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL, _DAYS = load("bed_hours"), load("bed_days")
HOUR = timedelta(hours=1)
_EVER = datetime.min.replace(tzinfo=UTC)
AT_ONCE = timedelta(days=14)
"""So much is kept in one transaction: the leader catches up in steps."""
Place = tuple[str, str]
"""Ward and type of bed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which beds: of some wards (None: all), of a type (None: each); told apart by ward, by type, or not at all."""

    wards: tuple[str, ...] | None = None
    kind: str | None = None
    by: str = ""


EVERYTHING = Scope()


def hour_of(at: datetime, zone: str) -> datetime:
    """The beginning of its hour on the hospital's clock, which need not be one of UTC's."""
    return at.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


async def keep_hours(database: Database, plan: Plan, now: datetime) -> datetime | None:
    """One step towards now; returns until when hours are kept, or None once all that are over are."""
    hospital, end = database.hospital, hour_of(now, plan.zone)
    async with keeping(database, HOURS) as (connection, kept):
        frozen = await frozen_before(connection, hospital, plan.zone)
        if kept.rules != plan.zone:
            for each in (_SQL, _DAYS):
                await connection.execute(each["clear"], hospital, frozen or _EVER, None, None)
            kept = Kept()
        begun = kept.until or frozen or await connection.fetchval(_SQL["begun"], hospital)
        if begun is None:
            return None
        seq = await connection.fetchval(_SQL["stretches_head"], hospital)
        until = hour_of(begun, plan.zone)
        if kept.until is not None:
            await _correct(connection, hospital, plan.zone, kept.seq, until, frozen or _EVER)
        further = max(until, min(end, until + AT_ONCE))
        if further > until:
            await _count(connection, hospital, plan.zone, until, further, None)
        await move(connection, hospital, HOURS, Kept(seq, further, plan.zone))
    return further if further < end else None


async def _correct(connection: Connection, hospital: str, zone: str, seq: int, until: datetime, frozen: datetime) -> None:
    """The hours that entries after a Seq have changed."""
    for row in await connection.fetch(_SQL["touched"], hospital, seq, until):
        since = max(hour_of(row["since"], zone), frozen)
        await _count(connection, hospital, zone, since, until, (row["ward"], row["type"]))


async def _count(connection: Connection, hospital: str, zone: str, start: datetime, end: datetime, place: Place | None) -> None:
    ward, kind = place or (None, None)
    await connection.execute(_SQL["clear"], hospital, start, ward, kind)
    await connection.execute(_SQL["keep"], hospital, start, end, ward, kind)
    await keep_days(connection, hospital, zone, start, end, place)


async def good_until(connection: Connection, hospital: str, zone: str) -> datetime:
    """Before this hour what is kept is what the intervals say; at the beginning of time where nothing is."""
    kept = await state(connection, hospital, HOURS, zone)
    frozen = await frozen_before(connection, hospital, zone) or _EVER
    if kept.until is None:
        return frozen
    since = [row["since"] for row in await connection.fetch(_SQL["touched"], hospital, kept.seq, kept.until)]
    return max(frozen, min([kept.until, *(hour_of(at, zone) for at in since)]))


async def bed_time(connection: Connection, hospital: str, zone: str, start: datetime, end: datetime) -> dict[Place, BedTime]:
    """The time of the beds in a period by ward and type, to the second."""
    good = await good_until(connection, hospital, zone)
    first = hour_of(start, zone)
    first, last = first if first == start else first + HOUR, min(hour_of(end, zone), good)
    if last <= first:
        return _added(await connection.fetch(_SQL["raw_seconds"], hospital, start, end))
    rows = await connection.fetch(_SQL["kept_seconds"], hospital, first, last, *whole_days(first, last, zone))
    for edge in ((start, first), (last, end)):
        if edge[0] < edge[1]:
            rows += await connection.fetch(_SQL["raw_seconds"], hospital, *edge)
    return _added(rows)


def _added(rows: Iterable[asyncpg.Record]) -> dict[Place, BedTime]:
    found: dict[Place, BedTime] = {}
    for row in rows:
        ward, kind, *parts = row
        found[ward, kind] = found.get((ward, kind), BedTime()) + BedTime(*parts)
    return found


async def moments(
    connection: Connection, hospital: str, zone: str, start: datetime, end: datetime, every: timedelta, scope: Scope
) -> dict[str, tuple[Sample, ...]]:
    """The beds at each moment of a grid, both ends included, by the scope's names ("" where it tells none apart)."""
    found = await counts_of(connection, hospital, zone, start, end, every, scope)
    at = grid(start, every, max(map(len, found.values()), default=0))
    return {name: samples(counts, at) for name, counts in found.items()}


def grid(start: datetime, every: timedelta, count: int) -> list[datetime]:
    """So many moments."""
    return [start + n * every for n in range(count)]


def samples(counts: Counts, at: Sequence[datetime]) -> tuple[Sample, ...]:
    """A column of counts as samples at these moments."""
    return tuple(map(_sample, zip(at, *counts.T.tolist(), strict=True)))


_sample: Callable[[tuple[Any, ...]], Sample] = partial(tuple.__new__, Sample)
"""What `Sample._make` does, in half the time: it is done a hundred thousand times."""


async def counts_of(
    connection: Connection, hospital: str, zone: str, start: datetime, end: datetime, every: timedelta, scope: Scope
) -> dict[str, Counts]:
    """The same as bare numbers, which are cut and added up much faster."""
    count = int((end - start) / every) + 1
    found, steps = dict[str, Counts](), 0
    good = await good_until(connection, hospital, zone)
    if hour_of(start, zone) == start and every % HOUR == timedelta() and start < good:
        steps = min(count, -int((start - good) // every))
        until = start + (steps - 1) * every + HOUR
        for name, counts in (await _hourly(connection, hospital, zone, start, until, scope)).items():
            found.setdefault(name, np.zeros((count, STATES), np.int32))[:steps] = counts[:: every // HOUR]
    if steps < count:
        given = (start + steps * every, end, every.total_seconds(), scope.by, scope.wards, scope.kind)
        changes = dict[str, Counts]()  # one row more for what changes after the last moment
        for name, state_name, moment, step in await connection.fetch(_SQL["raw_changes"], hospital, *given):
            changes.setdefault(name, np.zeros((count - steps + 1, STATES), np.int32))[moment, _STATE[state_name]] += step
        for name, counts in changes.items():
            found.setdefault(name, np.zeros((count, STATES), np.int32))[steps:] = np.cumsum(counts, axis=0)[:-1]
    names = dict.fromkeys([*(scope.wards or ()), *found] if scope.by == "ward" else found if scope.by else [""])
    return {name: found[name] if name in found else np.zeros((count, STATES), np.int32) for name in names}


_STATE = {"occupied": 0, "free": 1, "coming": 2, "cleaning": 3, "out": 4}


async def _hourly(connection: Connection, hospital: str, zone: str, start: datetime, end: datetime, scope: Scope) -> dict[str, Counts]:
    """The kept beds at every whole hour of a time: of whole days by the day, of the rest by the hour."""
    given = (scope.by, scope.wards, scope.kind)
    first, last = whole_days(start, end, zone)
    found = dict[str, Counts]()
    for edge in ((start, first), (last, end)):
        for at, name, *beds in await connection.fetch(_SQL["kept_moments"], hospital, *edge, *given) if edge[0] < edge[1] else ():
            found.setdefault(name, np.zeros(((end - start) // HOUR, STATES), np.int32))[(at - start) // HOUR] = beds
    for name, counts in (await hours_of_days(connection, hospital, first, last, given) if first < last else {}).items():
        found.setdefault(name, np.zeros(((end - start) // HOUR, STATES), np.int32))[(first - start) // HOUR :][: len(counts)] = counts
    return found


async def beds_at(
    connection: Connection, hospital: str, zone: str, at: Sequence[datetime], group: Callable[[datetime], int] | None = None
) -> list[tuple[Place, Sample]]:
    """The beds by ward and type at some moments: at whole hours as kept, else as the intervals say. Those of a group may come added up,
    under one of its moments."""
    good = await good_until(connection, hospital, zone)
    whole = [each for each in at if each < good and hour_of(each, zone) == each]
    groups = list(map(group, whole)) if group is not None else list(range(len(whole)))
    rows = await connection.fetch(_SQL["kept_midnights"], hospital, whole, groups) if whole else []
    for each in sorted({*at} - {*whole}):
        rows += await connection.fetch(_SQL["raw_moment"], hospital, each)
    return [((ward, kind), Sample(moment, *beds)) for moment, ward, kind, *beds in rows]
