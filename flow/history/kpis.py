"""The managers' KPIs of a period, from Postgres: what is kept of cases and of bed-time, added to what is under way or newer than that.

Before it, `flow.history.kpi_cases` and `flow.history.bed_hours` kept; after it, `flow.domain.kpis.cases` says the figures. A late
correction changes the figures of its own day.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from flow.domain.kpi import BedTime, Sample
from flow.domain.kpis import readings
from flow.domain.kpis.cases import Asked, Case, Figure, Kept, Sums, counted
from flow.domain.kpis.readings import Counted, Period
from flow.domain.kpis.table import By, Measure
from flow.domain.plan import Plan
from flow.history.bed_days import day_of, whole_days
from flow.history.bed_hours import Place, bed_time, beds_at
from flow.history.bed_times import bed_times
from flow.history.begun import begun_of
from flow.history.cuts import frozen_before
from flow.history.kept import CASES, log_head, one_moment, state
from flow.history.kpi_cases import Subject, Told, cases_of, countable, rules_of, spoken_of
from flow.history.ledger import ghost_beds
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("kpis")
Figures = list[tuple[Measure, list[Figure]]]


async def kpi_figures(database: Database, plan: Plan, start: datetime, end: datetime, now: datetime, asked: Asked) -> Figures:
    """Every KPI of a period, cut as asked; what has not ended by `now` is under way."""
    period = Period(start, end, now)
    async with one_moment(database) as connection:
        beds = await _beds(connection, plan, period, asked.by)
        newer, kept = await _cases(connection, plan, period, asked)
    ghosts = readings.shown_wrongly(await ghost_beds(database, start, end), plan)
    return await asyncio.to_thread(lambda: counted([*beds, *newer, *ghosts], asked, plan.zone, kept))


async def _beds(connection: Connection, plan: Plan, period: Period, by: By | None) -> list[Case]:
    """Beds at the end, at midnights, and their time; that told apart where it is cut by when. Before the record there are no beds: what
    is had of each is divided by the time of which something is known."""
    hospital, zone = plan.id, plan.zone
    present = await beds_at(connection, hospital, zone, [period.end])
    local = ZoneInfo(zone)  # the nights of a weekday come added up: no figure asks for more
    nights = await beds_at(connection, hospital, zone, readings.midnights(period, zone), lambda at: _before(at).astimezone(local).weekday())
    cases = [*readings.beds_now(map(_beds_of, present)), *readings.census(map(_beds_of, nights))]
    begun = await begun_of(connection, hospital)
    if begun is not None and begun < period.end:
        period = replace(period, start=max(period.start, begun))
    if by is By.HOUR or by is By.WEEKDAY:
        return cases + list(readings.bed_time(await bed_times(connection, plan, period.start, period.end, by), period))
    spent = await bed_time(connection, hospital, zone, period.start, period.end)
    return cases + list(readings.bed_time((_time_of(place, time) for place, time in spent.items()), period))


def _before(midnight: datetime) -> datetime:
    """In the day that it ends."""
    return midnight - timedelta(hours=12)


def _beds_of(found: tuple[Place, Sample]) -> Counted:
    place, sample = found
    return Counted(*place, sample.occupied, sample.staffed, sample.at)


def _time_of(place: Place, time: BedTime) -> Counted:
    return Counted(*place, time.occupied, time.staffed)


async def _cases(connection: Connection, plan: Plan, period: Period, asked: Asked) -> tuple[list[Case], Kept]:
    """The cases under way and those of what the log has spoken of since; and what the kept ones add up to."""
    hospital = plan.id
    kept = await state(connection, hospital, CASES, rules_of(plan))
    told = await spoken_of(connection, hospital, kept.seq, await log_head(connection, hospital))
    if kept.rules:
        told |= {(row["of"], row["id"]) for row in await connection.fetch(_SQL["under_way"], hospital, None)}
    found = countable(await cases_of(connection, plan, told, period.now), await frozen_before(connection, hospital, plan.zone))
    sums = await _sums(connection, plan, period, asked, sorted(told)) if kept.rules else {}
    return list(_within(found, period)), sums


def _within(found: Sequence[Told], period: Period) -> Iterator[Case]:
    for each in found:
        if period.has(each.at):
            yield from each.cases


async def _sums(connection: Connection, plan: Plan, period: Period, asked: Asked, without: Sequence[Subject]) -> Kept:
    """Whole days are read as kept by the day, but for those of cases that are read from their records; and by hour those of all beds."""
    told = [of for of, _ in without], [one for _, one in without]
    first, last = whole_days(period.start, period.end, plan.zone)
    if asked.by is By.HOUR and (asked.ward, asked.kind) != (None, None):
        first = last = period.end
    stale = {day_of(row["at"], plan.zone) for row in await connection.fetch(_SQL["kept_of"], plan.id, *told)}
    days = sorted(day for day in stale if first <= day < last)
    edges = [(period.start, first), (last, period.end), *((day, day_of(day, plan.zone, 1)) for day in days)]
    one_by_one = [start for start, _ in edges], [end for _, end in edges]
    given = (asked.ward, asked.kind, asked.by or "", *told, first, last, days)
    found: dict[tuple[str, str], Sums] = {}
    for row in await connection.fetch(_SQL["sums"], plan.id, *one_by_one, *given):
        sums = Sums(
            row["numerator"], row["denominator"], 0, row["otherwise"], row["invalid"], _minutes(row["over"]), _minutes(row["waited"])
        )
        found[row["kpi"], row["name"]] = sums
    return found


def _minutes(packed: bytes) -> list[float]:
    """In order: what is sorted in parts is sorted together in no time."""
    minutes: list[float] = np.sort(np.frombuffer(packed, ">f8").astype(np.float64)).tolist()
    return minutes
