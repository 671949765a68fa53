"""A visit's path through the house: beds, waits, transports, and what kept its beds from it. By its number, without a name.

flow.web hands in the path (`flow.history.bed_line`); templates/manager/visit.html draws it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.bed import BedStatus
from flow.domain.ids import BedId
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.domain.visit import Visit
from flow.views.occupancy_page import Kpi
from flow.views.page import Chrome
from flow.views.tables import Files
from flow.views.times import lasting


class BlockedLike(Protocol):
    """Cleaning or a repair of a bed that was waited for."""

    @property
    def bed(self) -> BedId: ...
    @property
    def status(self) -> BedStatus: ...
    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


class PathLike(Protocol):
    """A visit with what became of it."""

    @property
    def visit(self) -> Visit: ...
    @property
    def stays(self) -> Sequence[tuple[str, datetime, datetime | None]]: ...
    @property
    def requests(self) -> Sequence[BedRequest]: ...
    @property
    def transports(self) -> Sequence[Transport]: ...
    @property
    def blocked(self) -> Sequence[BlockedLike]: ...


@dataclass(frozen=True, slots=True)
class PathRow:
    """A line of the path; `end` None: it goes on, and `minutes` are counted to now."""

    what: str
    begun: str
    ended: str
    lasted: str
    bed: str
    day: str
    at: str
    note: str
    start: datetime
    end: datetime | None
    minutes: int


@dataclass(frozen=True, slots=True)
class VisitPage:
    """`rows` in order of time."""

    chrome: Chrome
    visit: str
    status: str
    kpis: tuple[Kpi, ...]
    rows: tuple[PathRow, ...]
    files: Files | None = None


Found = tuple[datetime, datetime | None, str, str, str]
"""From, to (None: goes on), words, bed, note."""


def visit_page(chrome: Chrome, zone: str, path: PathLike, now: datetime) -> VisitPage:
    """The page of one visit."""
    found = sorted((*_stays(path), *_waits(path.requests), *_carried(path.transports), *_blocked(path.blocked)), key=lambda one: one[0])
    return VisitPage(
        chrome=chrome,
        visit=path.visit.id,
        status=str(path.visit.course.status).replace("_", " "),
        kpis=_kpis(path, now),
        rows=tuple(_row(one, ZoneInfo(zone), now) for one in found),
    )


def _stays(path: PathLike) -> Iterator[Found]:
    for place, (bed, start, end) in enumerate(path.stays):
        moved = "" if place == 0 else f"moved from {path.stays[place - 1][0]}"
        yield start, end, f"In bed {bed}", bed, moved


def _waits(requests: Iterable[BedRequest]) -> Iterator[Found]:
    for each in requests:
        promised, over = each.assigned_at, each.closed_at
        asked = f"{each.type} bed, urgency {each.priority}"
        yield each.created_at, promised or over, "Waited for a bed to be promised", each.bed or "", asked
        if promised is not None and each.bed is not None:
            yield promised, over, f"Waited to come to bed {each.bed}", each.bed, str(each.status)


def _carried(transports: Iterable[Transport]) -> Iterator[Found]:
    for each in transports:
        way, bed = f"{each.origin} to {each.to}, {each.carried}", each.to_bed or each.bed or ""
        yield each.requested_at, each.picked_up_at or each.cancelled_at, "Waited for a porter", bed, way
        if each.picked_up_at is not None:
            yield each.picked_up_at, each.delivered_at, "On the way", bed, way


def _blocked(blocked: Iterable[BlockedLike]) -> Iterator[Found]:
    for each in blocked:
        why = "was cleaned or waited for it" if each.status is BedStatus.CLEANING else "was out of use"
        yield each.start, each.end, f"Bed {each.bed} {why}", each.bed, "while it was waited for"


def _row(found: Found, zone: ZoneInfo, now: datetime) -> PathRow:
    start, end, words, bed, note = found
    local = start.astimezone(zone)
    return PathRow(
        what=words,
        begun=f"{local:%a %d %b %H:%M}",
        ended=f"{end.astimezone(zone):%a %d %b %H:%M}" if end is not None else "goes on",
        lasted=lasting(start.timestamp(), (end or now).timestamp()),
        bed=bed,
        day=f"{local:%Y-%m-%d}",
        at=f"{local:%H:%M}",
        note=note,
        start=local,
        end=end.astimezone(zone) if end is not None else None,
        minutes=int(((end or now) - start).total_seconds() // 60),
    )


def _kpis(path: PathLike, now: datetime) -> tuple[Kpi, ...]:
    lay = sum(((end or now) - start).total_seconds() for _, start, end in path.stays)
    waits = [((each.closed_at or now) - each.created_at).total_seconds() for each in path.requests]
    shut = sum((each.end - each.start).total_seconds() for each in path.blocked)
    beds = len({bed for bed, *_ in path.stays})
    return (
        Kpi("In a bed", lasting(0, lay), f"{beds} {'bed' if beds == 1 else 'beds'}", "path"),
        Kpi(
            "Waited for beds",
            lasting(0, sum(waits)) if waits else "–",
            f"{len(waits)} {'request' if len(waits) == 1 else 'requests'}",
            "path",
        ),
        Kpi("Kept back by cleaning or repair", lasting(0, shut) if path.blocked else "–", "of beds that were waited for", "path"),
    )
