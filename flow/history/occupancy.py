"""What the log's entries mean for the stays and the beds' intervals; written in the log's own transaction.

A visit's record names all its movements, so its stays are compared with what stands and only the difference is written:
the superseded row keeps what we once believed (bitemporal), the new row says better. Each record counts, not only a group's last of a
visit: what one entry told and the next took back was believed between them, and whoever asks about that moment is to find it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.events import Entry, Kind
from flow.domain.ids import VisitId
from flow.domain.plan import Plan
from flow.domain.visit import Visit, VisitStatus
from flow.history.bundle import Part
from flow.history.queries import load

_SQL = load("occupancy")

Stay = tuple[str, datetime, datetime | None]
"""bed, from, to."""
Columns = list[list[object]]


def projected(plan: Plan, entries: Sequence[Entry]) -> list[Part]:
    """What brings `occupancy` and `bed_interval` up to these entries; the last part of its bundle."""
    visits: dict[VisitId, list[tuple[int, list[Stay]]]] = {}
    for entry in entries:
        if isinstance(visit := entry.event.record, Visit):
            visits.setdefault(visit.id, []).append((entry.seq, stays(visit)))
    beds = [(e, e.event.record) for e in entries if isinstance(e.event.record, BedState)]
    if not visits and not beds:
        return []
    now = beds[-1][0].cause.recorded_at if beds else entries[-1].cause.recorded_at
    known = _columns(2, [(visit, told[0][0]) for visit, told in visits.items()])
    wanted = [(visit, *stay, *believed) for visit, told in visits.items() for stay, *believed in beliefs(told)]
    last = {bed.id: (bed.id, bed.reserved_for, bed.reserved_at or now, entry.seq) for entry, bed in beds}
    columns = [*known, *_columns(7, wanted), *_columns(4, list(last.values())), *_columns(13, list(_intervals(plan, beds)))]
    return [(_SQL["project"], (plan.id, now, *columns))]


def stays(visit: Visit) -> list[Stay]:
    """The beds a visit has lain in, by event time, the present one open."""
    if visit.course.status is VisitStatus.CANCELLED and not visit.course.movements:
        return []
    past = [(m.bed, m.start, m.end) for m in visit.course.movements if m.bed is not None and m.end is not None]
    return past + ([(visit.bed, visit.since, None)] if visit.bed is not None and visit.since is not None else [])


def beliefs(told: Sequence[tuple[int, Sequence[Stay]]]) -> Iterator[tuple[Stay, int, int | None, bool]]:
    """The stays that a visit's records tell one after the other: each from the Seq that told it to the one that no longer did (None: it
    stands), and whether the first record told it."""
    open_: dict[Stay, int] = {}
    for seq, now in told:
        for stay in [stay for stay in open_ if stay not in now]:
            yield stay, (since := open_.pop(stay)), seq, since == told[0][0]
        for stay in now:
            open_.setdefault(stay, seq)
    for stay, since in open_.items():
        yield stay, since, None, since == told[0][0]


def _columns(width: int, rows: Sequence[tuple[object, ...]]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _intervals(plan: Plan, beds: Sequence[tuple[Entry, BedState]]) -> Iterator[tuple[object, ...]]:
    """One stretch a change; times of a bed never run backwards, however late a letter came."""
    by_bed: dict[str, list[tuple[Entry, BedState]]] = {}
    for entry, bed in beds:
        if bed.id in plan.beds:
            by_bed.setdefault(bed.id, []).append((entry, bed))
    for chain in by_bed.values():
        start, was = _effective(chain[0][0]), None
        for (entry, bed), following in zip(chain, [*chain[1:], None], strict=True):
            end = max(start, _effective(following[0])) if following else None
            yield _row(plan, entry, bed, was, start, end)
            start, was = end or start, bed.status


def _effective(entry: Entry) -> datetime:
    """When a change of the bed counts from; undoing counts from now."""
    return entry.cause.recorded_at if entry.event.kind is Kind.UNDONE else min(entry.event.at, entry.cause.recorded_at)


def _row(plan: Plan, entry: Entry, bed: BedState, was: str | None, start: datetime, end: datetime | None) -> tuple[object, ...]:
    static = plan.beds[bed.id]
    return (
        entry.seq,
        bed.id,
        static.ward,
        static.type,
        bed.status,
        was,
        bed.now.stage,
        bed.visit,
        bed.reserved_for is not None and not bed.held,  # a hold is no promise
        start,
        end,
        entry.cause.recorded_at,
        was is None,
    )
