"""The stretches behind a figure of the minute ledger: which bed, from when to when, and whose leaving or coming it was. Pure.

The time of all rows behind a figure is that figure (`test_the_rows_behind_a_figure_add_up_to_it`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flow.domain.bed import BedStatus
from flow.domain.ghosts import Ghost
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.ledger import Idle, Owner, Piece, Stretch
from flow.domain.ledger_sums import midnights

GHOST = "ghost"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figure: of a cause (or `ghost`), a stretch, a ward, a day of the hospital; None: all of them."""

    owner: str | None = None
    stretch: Stretch | None = None
    ward: WardId | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """Time of one bed that one cause owned; `left` is the visit that left the bed before it (or is leaving), `came` the one that came
    next; None where the row does not touch them."""

    bed: BedId
    ward: WardId
    stretch: Stretch | None
    owner: str
    start: datetime
    end: datetime
    left: VisitId | None
    came: VisitId | None

    @property
    def time(self) -> timedelta:
        """How long."""
        return self.end - self.start


def behind(found: Iterable[Idle], pieces: Sequence[Piece], start: datetime, end: datetime, zone: str, wanted: Wanted) -> list[Behind]:
    """The rows of a period behind a figure, the longest first."""
    begun, over = _visits(pieces)
    left, right = bounds(start, end, zone, wanted.day)
    rows = (row for each in found if _is_wanted(each, wanted) for row in _rows(each, left, right, wanted, begun, over))
    return sorted(rows, key=lambda row: (-row.time, row.bed, row.start))


def ghosts_behind(
    ghosts: Iterable[Ghost], pieces: Sequence[Piece], start: datetime, end: datetime, zone: str, wanted: Wanted
) -> list[Behind]:
    """The same of ghost bed-hours."""
    begun, over = _visits(pieces)
    left, right = bounds(start, end, zone, wanted.day)
    rows = [
        Behind(g.bed, g.ward, None, GHOST, max(g.start, left), min(g.end, right), over.get((g.bed, g.start)), begun.get((g.bed, g.end)))
        for g in ghosts
        if g.start < right and g.end > left and wanted.ward in (None, g.ward)
    ]
    return sorted(rows, key=lambda row: (-row.time, row.bed, row.start))


def bounds(start: datetime, end: datetime, zone: str, day: date | None) -> tuple[datetime, datetime]:
    """The part of a period that a day of the hospital is; nothing of it for a day outside."""
    if day is None:
        return start, end
    edges = [*midnights(start, end, zone), (end, date.max)]
    found = next(((at, edges[place + 1][0]) for place, (at, each) in enumerate(edges[:-1]) if each == day), None)
    return found or (end, end)


def _rows(
    each: Idle,
    left: datetime,
    right: datetime,
    wanted: Wanted,
    begun: Mapping[tuple[BedId, datetime], VisitId],
    over: Mapping[tuple[BedId, datetime], VisitId],
) -> Iterator[Behind]:
    leaving = each.stretch is Stretch.LEAVING
    before = over.get((each.bed, each.end if leaving else each.start))
    came = None if leaving else begun.get((each.bed, each.end))
    for share in each.shares:
        start, end = max(share.start, left), min(share.end, right)
        if wanted.owner in (None, share.owner) and start < end:
            yield Behind(each.bed, each.ward, each.stretch, share.owner, start, end, before, came)


def _is_wanted(each: Idle, wanted: Wanted) -> bool:
    return wanted.stretch in (None, each.stretch) and wanted.ward in (None, each.ward)


def _visits(pieces: Sequence[Piece]) -> tuple[dict[tuple[BedId, datetime], VisitId], dict[tuple[BedId, datetime], VisitId]]:
    """Who lay in a bed from a moment on, and who until then."""
    lain = [(piece, piece.visit) for piece in pieces if piece.status is BedStatus.OCCUPIED and piece.visit is not None]
    return {(piece.bed, piece.start): visit for piece, visit in lain}, {(piece.bed, piece.end): visit for piece, visit in lain}


def owner_of(text: str) -> str | None:
    """A cause, or ghost; None for anything else."""
    return text if text == GHOST or text in set(Owner) else None
