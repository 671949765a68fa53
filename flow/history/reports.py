"""The managers' figures, counted from the beds' intervals: occupancy over time, bed-hours, cleaning turns.

Before it, `flow.history.occupancy` wrote the intervals; after it, `flow.views.occupancy_page` draws them. Counting goes by changes: each
interval is one step up and one down, so that four weeks of 500 beds are one pass over the table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from flow.domain.kpi import OccupancyReport, Sample, Turns, WardFigures
from flow.domain.plan import Plan
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("reports")
_HOUR = timedelta(hours=1)
FOUR_WEEKS = timedelta(days=28)

_FIELD: Mapping[str, str] = {
    "occupied": "occupied",
    "available": "free",
    "coming": "coming",
    "cleaning": "cleaning",
    "maintenance": "out",
}


async def occupancy_report(
    database: Database, plan: Plan, start: datetime, end: datetime, every: timedelta, ward: str | None = None
) -> OccupancyReport:
    """The figures of a period, of one ward or of the house; the table of wards is always of all of them."""
    async with database.read() as connection:
        spent = await connection.fetch(_SQL["spent"], database.hospital, start, end)
        turns = await _turns(connection, database.hospital, start, end, None)
        before = await _turns(connection, database.hospital, start - (end - start), start, ward)
        peaks = await _peaks(connection, database.hospital, start, end, every)
        samples = await _samples(connection, database.hospital, start, end, every, ward)
        hours = await _hours(connection, database.hospital, end, ward)
    seconds = _by_ward(spent)
    chosen = [ward] if ward is not None else list(seconds)
    return OccupancyReport(
        start=start,
        end=end,
        every=every,
        samples=samples,
        hours=hours,
        wards=tuple(_ward(w.id, len(w.beds), seconds.get(w.id, {}), peaks.get(w.id), turns.get(w.id, Turns())) for w in plan.wards),
        turns=turns.get(ward, Turns()),
        turns_before=before.get(ward, Turns()),
        lost_days=sum(seconds.get(name, {}).get("maintenance", 0.0) for name in chosen) / 86400,
        bed_days=sum(sum(seconds.get(name, {}).values()) for name in chosen) / 86400,
    )


async def turn_minutes(database: Database, start: datetime, end: datetime, most: int = 500) -> dict[str, list[float]]:
    """How long beds took from dirty to ready, by ward: its newest `most` turns, the newest first, in minutes."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["turn_minutes"], database.hospital, start, end, most)
    return {row["ward"]: list(row["minutes"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Stages:
    """Minutes that the stages of past turns took by ward, the newest first: from dirty to begun, from begun to ready. `late` is how much
    later than last expected patients left, in the whole house (negative: earlier)."""

    queue: Mapping[str, Sequence[float]]
    clean: Mapping[str, Sequence[float]]
    late: Sequence[float]


async def stage_minutes(database: Database, start: datetime, end: datetime, most: int = 500) -> Stages:
    """What the log knows of the way of a bed from one patient to the next: the newest `most` of each ward, and of those who left."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["stage_minutes"], database.hospital, start, end, most)
        late = await connection.fetch(_SQL["minutes_late"], database.hospital, start, end, most)
    queue, clean = ({row["ward"]: row[stage] for row in rows} for stage in ("queue", "clean"))
    return Stages(queue, clean, [row["minutes"] for row in late])


async def occupancy_samples(
    database: Database, start: datetime, end: datetime, every: timedelta, ward: str | None = None
) -> tuple[Sample, ...]:
    """The beds at each moment of a grid from `start` to `end`, both included."""
    async with database.read() as connection:
        return await _samples(connection, database.hospital, start, end, every, ward)


async def _hours(connection: Connection, hospital: str, end: datetime, ward: str | None) -> tuple[Sample, ...]:
    last = end.replace(minute=0, second=0, microsecond=0)
    return await _samples(connection, hospital, last - FOUR_WEEKS, last, _HOUR, ward)


async def _samples(
    connection: Connection, hospital: str, start: datetime, end: datetime, every: timedelta, ward: str | None
) -> tuple[Sample, ...]:
    rows = await connection.fetch(_SQL["changes"], hospital, start, end, every.total_seconds(), ward)
    steps: dict[int, list[tuple[str, int]]] = {}
    for row in rows:
        steps.setdefault(row["moment"], []).append((_FIELD[row["state"]], row["step"]))
    counts = dict.fromkeys(_FIELD.values(), 0)
    found = []
    for moment in range(int((end - start) / every) + 1):
        for field, step in steps.get(moment, ()):
            counts[field] += step
        found.append(Sample(start + moment * every, **counts))
    return tuple(found)


async def _peaks(connection: Connection, hospital: str, start: datetime, end: datetime, every: timedelta) -> dict[str, float]:
    """The highest occupancy of each ward at the moments of the grid, in percent."""
    rows = await connection.fetch(_SQL["changes_by_ward"], hospital, start, end, every.total_seconds())
    steps: dict[str, dict[int, list[tuple[bool, int]]]] = {}
    for row in rows:
        steps.setdefault(row["ward"], {}).setdefault(row["moment"], []).append((row["occupied"], row["step"]))
    last = int((end - start) / every)
    return {ward: peak for ward, of_ward in steps.items() if (peak := _peak(of_ward, last)) is not None}


def _peak(steps: Mapping[int, Iterable[tuple[bool, int]]], last: int) -> float | None:
    occupied = staffed = 0
    found: list[float] = []
    for moment in sorted(moment for moment in steps if moment <= last):
        for taken, step in steps[moment]:
            staffed += step
            occupied += step if taken else 0
        if staffed:
            found.append(100 * occupied / staffed)
    return max(found, default=None)


async def _turns(connection: Connection, hospital: str, start: datetime, end: datetime, ward: str | None) -> dict[str | None, Turns]:
    """Turns by ward, and under None for all of them; under the ward's name too when only one was asked for."""
    rows = await connection.fetch(_SQL["turns"], hospital, start, end, ward)
    return {row["ward"]: Turns(row["turns"], *row["quantiles"]) for row in rows if row["turns"]}


def _by_ward(rows: Iterable[asyncpg.Record]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["ward"], {})[row["status"]] = row["seconds"]
    return found


def _ward(ward: str, beds: int, seconds: Mapping[str, float], peak: float | None, turns: Turns) -> WardFigures:
    staffed = sum(seconds.values()) - seconds.get("maintenance", 0.0)
    return WardFigures(
        ward=ward,
        beds=beds,
        mean=100 * seconds.get("occupied", 0.0) / staffed if staffed else None,
        peak=peak,
        lost_days=seconds.get("maintenance", 0.0) / 86400,
        turns=turns,
    )
