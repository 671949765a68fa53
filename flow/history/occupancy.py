"""What the log's entries mean for the stays and the beds' intervals; written in the log's own transaction.

A visit's record names all its movements, so its stays are compared with what its record said before and only the difference is written:
the superseded row keeps what we once believed (bitemporal), the new row says better. Each record counts, not only a group's last of a
visit: what one entry told and the next took back was believed between them, and whoever asks about that moment is to find it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.events import Entry, Event, Kind, Record
from flow.domain.ids import BedId, VisitId
from flow.domain.plan import Plan
from flow.domain.visit import Visit, VisitStatus
from flow.history.bundle import Part
from flow.history.queries import load

_SQL = load("occupancy")

Stay = tuple[str, datetime, datetime | None]
"""bed, from, to."""
Columns = list[list[object]]


@dataclass(slots=True)
class Stood:
    """What stands already, by the records before these entries: the stays of visits, and to whom beds are promised; of those who are not
    noted, nothing."""

    stays: dict[VisitId, Sequence[Stay]] = field(default_factory=dict)
    promised: dict[BedId, str | None] = field(default_factory=dict)

    @classmethod
    def before(cls, trail: Iterable[tuple[Event, Record | None]]) -> "Stood":
        """By what stood where each event laid its record; the first word on each counts."""
        stood = cls()
        for now, was in ((event.record, before) for event, before in trail):
            if isinstance(now, Visit):
                stood.stays.setdefault(now.id, stays(was) if isinstance(was, Visit) else ())
            elif isinstance(now, BedState):
                stood.promised.setdefault(now.id, was.reserved_for if isinstance(was, BedState) else None)
        return stood

    def go_on(self, entries: Iterable[Entry]) -> None:
        """These were written too."""
        for record in (entry.event.record for entry in entries):
            if isinstance(record, Visit):
                self.stays[record.id] = stays(record)
            elif isinstance(record, BedState):
                self.promised[record.id] = record.reserved_for


def projected(plan: Plan, entries: Sequence[Entry], stood: Stood) -> list[Part]:
    """What brings `occupancy` and `bed_interval` up to these entries."""
    beds = [(e, e.event.record) for e in entries if isinstance(e.event.record, BedState)]
    return [*_stays(plan, entries, beds, stood), *_intervals(plan, beds)]


def _stays(plan: Plan, entries: Sequence[Entry], beds: Sequence[tuple[Entry, BedState]], stood: Stood) -> list[Part]:
    told: dict[VisitId, list[tuple[int, list[Stay]]]] = {}
    for entry in entries:
        if isinstance(visit := entry.event.record, Visit):
            told.setdefault(visit.id, []).append((entry.seq, stays(visit)))
    found = [(visit, *each) for visit, lay in told.items() for each in beliefs(stood.stays.get(visit, ()), lay)]
    begun: list[tuple[object, ...]] = [("occupied", visit, *stay, since, until) for visit, stay, since, until in found if since is not None]
    superseded = [(visit, *stay, until) for visit, stay, since, until in found if since is None]
    moved = {bed.id: (entry, bed) for entry, bed in beds}
    moved = {each: (entry, bed) for each, (entry, bed) in moved.items() if bed.reserved_for != stood.promised.get(each)}
    now = beds[-1][0].cause.recorded_at if beds else None
    begun += [
        ("reserved", bed.reserved_for, bed.id, bed.reserved_at or now, None, entry.seq, None)
        for entry, bed in moved.values()
        if bed.reserved_for is not None
    ]
    ended = [bed for bed in moved if stood.promised.get(bed) is not None]
    if superseded or ended:
        return [(_SQL["replace_stays"], (plan.id, *_columns(7, begun), *_columns(5, superseded), ended, now))]
    return [(_SQL["begin_stays"], (plan.id, *_columns(7, begun)))] if begun else []


def stays(visit: Visit) -> list[Stay]:
    """The beds a visit has lain in, by event time, the present one open."""
    if visit.course.status is VisitStatus.CANCELLED and not visit.course.movements:
        return []
    past = [(m.bed, m.start, m.end) for m in visit.course.movements if m.bed is not None and m.end is not None]
    return past + ([(visit.bed, visit.since, None)] if visit.bed is not None and visit.since is not None else [])


def beliefs(stood: Iterable[Stay], told: Sequence[tuple[int, Sequence[Stay]]]) -> Iterator[tuple[Stay, int | None, int | None]]:
    """What changes by a visit's records, told one after the other: each stay from the Seq that told it (None: it stood already) to the one
    that no longer did (None: it stands)."""
    open_: dict[Stay, int | None] = dict.fromkeys(stood)
    for seq, now in told:
        for stay in [stay for stay in open_ if stay not in now]:
            yield stay, open_.pop(stay), seq
        for stay in now:
            open_.setdefault(stay, seq)
    for stay, since in open_.items():
        if since is not None:
            yield stay, since, None


def _columns(width: int, rows: Sequence[tuple[object, ...]]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _intervals(plan: Plan, beds: Sequence[tuple[Entry, BedState]]) -> list[Part]:
    rows = list(_stretches(plan, beds))
    return [(_SQL["intervals"], (plan.id, *_columns(13, rows)))] if rows else []


def _stretches(plan: Plan, beds: Sequence[tuple[Entry, BedState]]) -> Iterator[tuple[object, ...]]:
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
