"""What the log's entries mean for the stays and the beds' intervals; written in the log's own transaction.

A visit's record names all its movements, so its stays are compared with what stands and only the difference is written:
the superseded row keeps what we once believed (bitemporal), the new row says better.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.events import Entry, Kind
from flow.domain.plan import Plan
from flow.domain.visit import Visit, VisitStatus
from flow.history.pool import Connection
from flow.history.queries import load

_SQL = load("occupancy")

Stay = tuple[str, datetime, datetime | None]
"""bed, from, to."""


async def project(connection: Connection, plan: Plan, entries: Sequence[Entry]) -> None:
    """Bring `occupancy` and `bed_interval` up to these entries."""
    visits = {e.event.record.id: (e.seq, e.event.record) for e in entries if isinstance(e.event.record, Visit)}
    beds = [(e, e.event.record) for e in entries if isinstance(e.event.record, BedState)]
    if visits:
        await _write_stays(connection, plan.id, visits.values())
    if beds:
        await _write_reservations(connection, plan.id, beds)
        await _write_intervals(connection, plan, beds)


def stays(visit: Visit) -> list[Stay]:
    """The beds a visit has lain in, by event time, the present one open."""
    if visit.course.status is VisitStatus.CANCELLED and not visit.course.movements:
        return []
    past = [(m.bed, m.start, m.end) for m in visit.course.movements if m.bed is not None and m.end is not None]
    return past + ([(visit.bed, visit.since, None)] if visit.bed is not None and visit.since is not None else [])


async def _write_stays(connection: Connection, hospital: str, visits: Iterable[tuple[int, Visit]]) -> None:
    by_id = {visit.id: (seq, visit) for seq, visit in visits}
    known = await connection.fetch(_SQL["known_stays"], hospital, list(by_id))
    wanted = {(visit.id, *stay): seq for seq, visit in by_id.values() for stay in stays(visit)}
    standing = {(row["holder"], row["bed"], row["from_at"], row["to_at"]): row["id"] for row in known}
    gone = [(row_id, by_id[key[0]][0]) for key, row_id in standing.items() if key not in wanted]
    new = [(*key, seq) for key, seq in wanted.items() if key not in standing]
    if gone:
        await connection.execute(_SQL["supersede"], hospital, *map(list, zip(*gone, strict=True)))
    if new:
        await connection.execute(_SQL["insert_stays"], hospital, "occupied", *map(list, zip(*new, strict=True)))


async def _write_reservations(connection: Connection, hospital: str, beds: Sequence[tuple[Entry, BedState]]) -> None:
    last = {bed.id: (entry, bed) for entry, bed in beds}
    at = beds[-1][0].cause.recorded_at
    await connection.execute(_SQL["end_reservations"], hospital, list(last), [bed.reserved_for for _, bed in last.values()], at)
    open_rows = await connection.fetch(_SQL["open_reservations"], hospital, list(last))
    standing = {row["bed"] for row in open_rows}
    new = [
        (bed.reserved_for, bed.id, bed.reserved_at or at, None, entry.seq)
        for entry, bed in last.values()
        if bed.reserved_for and bed.id not in standing
    ]
    if new:
        await connection.execute(_SQL["insert_stays"], hospital, "reserved", *map(list, zip(*new, strict=True)))


@dataclass(slots=True)
class _Interval:
    """A row of bed_interval on its way; `at` becomes the start once the one before is closed."""

    entry: Entry
    bed: BedState
    at: datetime
    was: str | None = None
    start: datetime | None = None
    end: datetime | None = None


async def _write_intervals(connection: Connection, plan: Plan, beds: Sequence[tuple[Entry, BedState]]) -> None:
    """One stretch a change; times of a bed never run backwards, however late a letter came."""
    by_bed: dict[str, list[_Interval]] = {}
    for entry, bed in beds:
        if bed.id in plan.beds:
            by_bed.setdefault(bed.id, []).append(_Interval(entry, bed, _effective(entry)))
    firsts = [(bed, rows[0].at) for bed, rows in by_bed.items()]
    if not firsts:
        return
    closed = await connection.fetch(_SQL["close_intervals"], plan.id, *map(list, zip(*firsts, strict=True)))
    ends = {row["bed"]: (row["to_at"], row["status"]) for row in closed}
    rows = [row for bed, chain in by_bed.items() for row in _linked(chain, *ends.get(bed, (None, None)))]
    await connection.execute(_SQL["insert_intervals"], plan.id, *map(list, zip(*(_row(plan, row) for row in rows), strict=True)))


def _effective(entry: Entry) -> datetime:
    """When a change of the bed counts from; undoing counts from now."""
    return entry.cause.recorded_at if entry.event.kind is Kind.UNDONE else min(entry.event.at, entry.cause.recorded_at)


def _linked(chain: list[_Interval], start: datetime | None, was: str | None) -> list[_Interval]:
    for row, following in zip(chain, [*chain[1:], None], strict=True):
        row.start, row.was, was = start or row.at, was, row.bed.status
        start = max(row.start, following.at) if following else None
        row.end = start
    return chain


def _row(plan: Plan, row: _Interval) -> tuple[object, ...]:
    static, bed = plan.beds[row.bed.id], row.bed
    return (
        row.entry.seq,
        bed.id,
        static.ward,
        static.type,
        bed.status,
        row.was,
        bed.now.stage,
        bed.visit,
        bed.reserved_for is not None and not bed.held,  # a hold is no promise
        row.start,
        row.end,
        row.entry.cause.recorded_at,
    )
