"""The next hours as far as they are known: expected discharges and beds in cleaning, set against who waits and who is planned to come.

No forecast of who will come: only what somebody has said or started, and when such a bed is ready by what the ward's past ones took
(allocation's quantiles). The desk shows it under the ward's map.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.desk.card import ReadyLike

HOURS = 4


@dataclass(frozen=True, slots=True)
class HourAhead:
    """One column: `coming` beds expected in that hour, `asked` patients who want one from then on, `left` beds over when everybody has
    one (negative: short), all by the median; `worst` is left when every bed comes as late as one in ten does."""

    hour: str
    coming: int
    asked: int
    left: int
    worst: int


@dataclass(frozen=True, slots=True)
class ComingFree:
    """The table; `of` says which beds are counted, `free` and `waiting` where it starts from: `waiting` are in the first hour's `asked`."""

    of: str
    free: int
    waiting: int
    hours: tuple[HourAhead, ...]


def coming_free(
    plan: Plan,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    ready: Mapping[BedId, ReadyLike],
    at: datetime,
    kind: str | None = None,
) -> ComingFree:
    """The next hours for beds of one type, or of all; `ready` says when a bed that is not free will be."""
    counted = [beds[bed.id] for bed in plan.beds.values() if bed.id in beds and kind in (None, bed.type)]
    free = sum(state.free for state in counted)
    times = [ready[state.id] for state in counted if state.id in ready and state.reserved_for is None]
    wanted = [max(at, r.ready_at or at) for r in requests if r.is_unplaced and kind in (None, r.type)]
    usual, late = [max(at, each.p50) for each in times], [max(at, each.p90) for each in times]
    local = at.astimezone(ZoneInfo(plan.zone)).replace(minute=0, second=0, microsecond=0)
    hours = tuple(_hour(local + timedelta(hours=step), free, usual, late, wanted) for step in range(HOURS))
    of = f"{kind.replace('_', ' ')} beds" if kind else "all beds"
    return ComingFree(of, free, sum(when <= at for when in wanted), hours)


def _hour(start: datetime, free: int, usual: list[datetime], late: list[datetime], wanted: list[datetime]) -> HourAhead:
    end = start + timedelta(hours=1)
    coming, asked = (sum(start <= when < end for when in moments) for moments in (usual, wanted))
    by_then, by_late, all_asked = (sum(when < end for when in moments) for moments in (usual, late, wanted))
    return HourAhead(start.strftime("%H"), coming, asked, free + by_then - all_asked, free + by_late - all_asked)
