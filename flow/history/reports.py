"""The managers' figures: occupancy over time, bed-hours, the midnight census, cleaning turns.

Before it, `flow.history.occupancy` wrote the beds' intervals, of which `bed_hours` and `bed_turns` keep figures; after it,
`flow.views.occupancy_page` draws them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from flow.domain.kpi import BedTime, OccupancyReport, Sample, Turns, WardFigures
from flow.domain.plan import Plan
from flow.history.bed_days import STATES, Counts
from flow.history.bed_hours import EVERYTHING, HOUR, Place, Scope, bed_time, beds_at, counts_of, grid, hour_of, moments, samples
from flow.history.bed_turns import turns_of
from flow.history.kept import one_moment
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("reports")
FOUR_WEEKS = timedelta(days=28)


async def occupancy_report(
    database: Database, plan: Plan, start: datetime, end: datetime, every: timedelta, scope: Scope = EVERYTHING
) -> OccupancyReport:
    """The figures of a period, of the beds asked for."""
    hospital, zone = database.hospital, plan.zone
    async with one_moment(database) as connection:
        spent = await bed_time(connection, hospital, zone, start, end)
        turns = await turns_of(connection, hospital, start, end, scope)
        before = await turns_of(connection, hospital, start - (end - start), start, scope)
        drawn, hours = await _drawn(connection, plan, start, end, every, replace(scope, by="ward"))
    at = grid(start, every, int((end - start) / every) + 1)
    by_ward = {ward: samples(counts, at) for ward, counts in drawn.items()}
    wards = {ward: _sum(spent, (ward,), scope.kind) for ward in scope.wards or {ward for ward, _ in spent}}
    whole = sum(wards.values(), BedTime())
    return OccupancyReport(
        start=start,
        end=end,
        every=every,
        samples=samples(_together(drawn.values(), len(at)), at),
        hours=hours,
        wards=tuple(
            _figures(plan, ward.id, scope, wards, by_ward, turns) for ward in plan.wards if scope.wards is None or ward.id in scope.wards
        ),
        turns=turns.get(None, Turns()),
        turns_before=before.get(None, Turns()),
        lost_days=whole.out / 86400,
        bed_days=whole.whole / 86400,
    )


def _sum(spent: Mapping[Place, BedTime], wards: Sequence[str], kind: str | None) -> BedTime:
    return sum((time for (ward, type_), time in spent.items() if ward in wards and kind in (None, type_)), BedTime())


async def _drawn(
    connection: Connection, plan: Plan, start: datetime, end: datetime, every: timedelta, scope: Scope
) -> tuple[dict[str, Counts], tuple[Sample, ...]]:
    """The wards' beds at the moments that are drawn; and the beds of all of them hour by hour, over the period and four weeks at least.
    Where the moments are among these hours, both are read at once."""
    hospital, zone, last = plan.id, plan.zone, hour_of(end, plan.zone)
    first = min(last - FOUR_WEEKS, hour_of(start, zone))
    hours = await counts_of(connection, hospital, zone, first, last, HOUR, scope)
    if every % HOUR == timedelta() and (start, end) == (hour_of(start, zone), last):
        drawn = {ward: counts[(start - first) // HOUR :: every // HOUR] for ward, counts in hours.items()}
    else:
        drawn = await counts_of(connection, hospital, zone, start, end, every, scope)
    at = grid(first, HOUR, (last - first) // HOUR + 1)
    return drawn, samples(_together(hours.values(), len(at)), at)


def _together(several: Iterable[Counts], count: int) -> Counts:
    """The beds of several wards at so many moments."""
    return sum(several, np.zeros((count, STATES), np.int32))


def _figures(
    plan: Plan,
    ward: str,
    scope: Scope,
    wards: Mapping[str, BedTime],
    by_ward: Mapping[str, Sequence[Sample]],
    turns: Mapping[str | None, Turns],
) -> WardFigures:
    time = wards.get(ward, BedTime())
    return WardFigures(
        ward=ward,
        beds=sum(bed.ward == ward and scope.kind in (None, bed.type) for bed in plan.beds.values()),
        mean=time.percent,
        peak=max((sample.percent for sample in by_ward.get(ward, ()) if sample.percent is not None), default=None),
        lost_days=time.out / 86400,
        turns=turns.get(ward, Turns()),
    )


async def occupancy_samples(
    database: Database, zone: str, start: datetime, end: datetime, every: timedelta, scope: Scope = EVERYTHING
) -> dict[str, tuple[Sample, ...]]:
    """The beds at each moment of a grid from `start` to `end`, both included, by the scope's names ("" where it tells none apart)."""
    async with one_moment(database) as connection:
        return await moments(connection, database.hospital, zone, start, end, every, scope)


async def census(database: Database, zone: str, at: Sequence[datetime]) -> list[tuple[Place, Sample]]:
    """The beds by ward and type at some midnights."""
    async with one_moment(database) as connection:
        return await beds_at(connection, database.hospital, zone, at)


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
