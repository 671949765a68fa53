"""Cleaning jobs that are over, and how long they took: written in the log's own transaction, read by the supervisor's board.

A job ends in a bed's event; an undo or a failed inspection takes it out again. Everything here can be made anew from the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.domain.bed import BedState, BedStatus, CleanKind
from flow.domain.cleaning_job import CleanJob
from flow.domain.events import Entry, Kind
from flow.domain.ids import WardId
from flow.domain.plan import Plan
from flow.history.bundle import Part
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("clean_jobs")
_AFTERWARDS = frozenset({Kind.CLEANING_TOLD_LATE, Kind.BED_OCCUPIED, Kind.UNDONE})
"""Kinds of events that may say more of a job after its end."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `count` jobs, minutes: the median and the ninth of ten; None without any."""

    count: int
    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Times:
    """Of the jobs done in a period: asked to started, started to cleaned without the pauses, asked to ready; how many were looked at,
    failed, and got somebody out of the emergency department."""

    done: int
    stat: int
    response: Spread
    clean: Spread
    turn: Spread
    inspected: int
    failed: int
    freed: int


@dataclass(frozen=True, slots=True)
class Worked:
    """What one cleaner did in a period."""

    done: int
    clean_p50: float | None
    freed: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that is over."""

    id: str
    bed: str
    ward: str
    why: str
    kind: str
    stat: bool
    cleaner: str | None
    asked_at: datetime
    acknowledged_at: datetime | None
    started_at: datetime | None
    cleaned_at: datetime | None
    inspected_at: datetime | None
    failed: int
    passed: int
    ended_at: datetime
    outcome: str
    freed: str | None


def projected_jobs(plan: Plan, entries: Sequence[Entry]) -> list[Part]:
    """What brings the table up to these entries."""
    over: dict[str, tuple[object, ...]] = {}
    open_again: set[str] = set()
    for entry in entries:
        bed = entry.event.record
        if not isinstance(bed, BedState) or bed.job is None or bed.id not in plan.beds:
            continue
        if bed.job.is_open and entry.event.kind is Kind.UNDONE:
            over.pop(bed.job.id, None)
            open_again.add(bed.job.id)
        elif _is_news(entry, bed.job):
            over[bed.job.id] = _row(plan, bed, bed.job, entry.seq)
            open_again.discard(bed.job.id)
    parts: list[Part] = [(_SQL["reopen"], (plan.id, sorted(open_again)))] if open_again else []
    if over:
        parts.append((_SQL["put"], (plan.id, *map(list, zip(*over.values(), strict=True)))))
    return parts


def _is_news(entry: Entry, job: CleanJob) -> bool:
    """Whether the event says something of a job that is over; most events of a bed are about something else."""
    return job.ended_at is not None and (job.ended_at == entry.cause.recorded_at or entry.event.kind in _AFTERWARDS)


def _row(plan: Plan, bed: BedState, job: CleanJob, seq: int) -> tuple[object, ...]:
    kind = CleanKind.ISOLATION if job.steps else CleanKind.STAT if job.stat else CleanKind.ROUTINE
    times = (job.asked_at, job.acknowledged_at, job.started_at, job.cleaned_at, job.inspected_at)
    ended = (job.ended_at, job.end or BedStatus.AVAILABLE, job.freed, seq)
    head = (job.id, bed.id, plan.beds[bed.id].ward, job.why, kind, job.stat, job.cleaner)
    return (*head, *times, job.failed, len(job.passed), *ended)


async def times(database: Database, start: datetime, end: datetime, wards: Sequence[WardId] | None = None) -> Times:
    """How long the jobs that were done in a period took."""
    return (await times_by_ward(database, start, end, wards))[None]


async def times_by_ward(
    database: Database, start: datetime, end: datetime, wards: Sequence[WardId] | None = None
) -> dict[WardId | None, Times]:
    """The same for each ward that had any, and for all of them together (None)."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["times"], database.hospital, start, end, wards)
    return {row["ward"]: _times(row) for row in rows}


def _times(row: asyncpg.Record) -> Times:
    response, clean, turn = (Spread(row[f"{name}s"], row[f"{name}_p50"], row[f"{name}_p90"]) for name in ("response", "clean", "turn"))
    return Times(row["done"], row["stat"], response, clean, turn, row["inspected"], row["failed"], row["freed"])


async def by_cleaner(database: Database, start: datetime, end: datetime) -> Mapping[str, Worked]:
    """What each cleaner did in a period."""
    async with database.read() as connection:
        rows = await connection.fetch(_SQL["by_cleaner"], database.hospital, start, end)
    return {row["cleaner"]: Worked(row["done"], row["clean_p50"], row["freed"]) for row in rows}


async def latest(database: Database, since: datetime, most: int = 20) -> list[Finished]:
    """The jobs that ended last, the newest first."""
    async with database.read() as connection:
        return [Finished(**dict(row)) for row in await connection.fetch(_SQL["latest"], database.hospital, since, most)]
