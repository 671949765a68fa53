"""The next hours as far as they are known: expected discharges and beds in cleaning, set against who waits and who is planned to come.

No forecast: only what somebody has said or started. The desk shows it under the ward's map.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest

HOURS = 4
CLEAN = timedelta(minutes=30)
TURN = timedelta(minutes=60)
"""How long a cleaning takes once begun, and from a patient's leaving to a ready bed (the published aims, PRODUCT.md)."""


@dataclass(frozen=True, slots=True)
class HourAhead:
    """One column: `coming` beds expected in that hour, `asked` patients who want one from then on, `left` beds over when everybody has
    one (negative: short)."""

    hour: str
    coming: int
    asked: int
    left: int


@dataclass(frozen=True, slots=True)
class ComingFree:
    """The table; `of` says which beds are counted, `free` and `waiting` where it starts from: `waiting` are in the first hour's `asked`."""

    of: str
    free: int
    waiting: int
    hours: tuple[HourAhead, ...]


def coming_free(
    plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], at: datetime, kind: str | None = None
) -> ComingFree:
    """The next hours for beds of one type, or of all."""
    counted = [beds[bed.id] for bed in plan.beds.values() if bed.id in beds and kind in (None, bed.type)]
    free = sum(state.free for state in counted)
    ready = [max(at, when) for state in counted if (when := _ready_at(state, at)) is not None]
    wanted = [max(at, r.ready_at or at) for r in requests if r.is_unplaced and kind in (None, r.type)]
    local = at.astimezone(ZoneInfo(plan.zone)).replace(minute=0, second=0, microsecond=0)
    hours, left = [], free
    for step in range(HOURS):
        start, end = local + timedelta(hours=step), local + timedelta(hours=step + 1)
        coming, asked = (sum(start <= when < end for when in moments) for moments in (ready, wanted))
        left += coming - asked
        hours.append(HourAhead(start.strftime("%H"), coming, asked, left))
    of = f"{kind.replace('_', ' ')} beds" if kind else "all beds"
    return ComingFree(of, free, sum(when <= at for when in wanted), tuple(hours))


def _ready_at(state: BedState, at: datetime) -> datetime | None:
    """When a bed nobody has been promised is expected to be ready; None where nothing is known."""
    if state.reserved_for is not None:
        return None
    if state.status is BedStatus.OCCUPIED and state.expected_free_at is not None:
        return state.expected_free_at + TURN
    if state.status is not BedStatus.CLEANING:
        return None
    if state.now.stage is Stage.IN_PROGRESS and state.now.started_at is not None:
        return state.now.started_at + CLEAN
    return max(at, state.now.since + TURN)
