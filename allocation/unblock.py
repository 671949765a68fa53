"""What keeps the best blocked beds back, and what would free them: of the beds that one rule alone keeps back, the best for each rule.

`scored` asked the rules; the desk's why-not panel shows what comes out here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

import numpy as np

from allocation.grid import CLEANING, IN_PROGRESS, INSPECTION, Grid
from allocation.layout import Mask, Points
from allocation.scored import Kept, Reason, Scored
from allocation.words import queue_words
from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import SexPolicy


@dataclass(frozen=True, slots=True)
class Unblock:
    """A bed that would be legal but for `rule`: `reason` as counted, `remedy` what would free it, `when` if that is known,
    `score` what it would be worth."""

    bed: BedId
    rule: str
    reason: str
    remedy: str
    when: datetime | None
    score: int


def sole(kept: Kept) -> Mapping[str, int]:
    """How many beds each reason alone keeps back."""
    alone = kept.broken == 1
    counts = {reason.words: int(np.count_nonzero(reason.beds & alone)) for reason in kept.reasons}
    return {words: count for words, count in counts.items() if count}


def unblocks(found: Scored, limit: int = 3) -> tuple[Unblock, ...]:
    """The most valuable of the beds that one rule keeps back, one for each reason; equal ones by their number."""
    alone, order = found.kept.broken == 1, found.look.grid.layout.rank - found.score * found.look.grid.layout.size
    each = [(int(order[row]), int(row), reason) for reason in found.kept.reasons if (row := _first(reason.beds & alone, order)) is not None]
    return tuple(_unblock(found, row, reason) for _, row, reason in sorted(each, key=itemgetter(0))[:limit])


def _first(beds: Mask, order: Points) -> np.intp | None:
    rows = np.flatnonzero(beds)
    return rows[order[rows].argmin()] if rows.size else None


def _unblock(found: Scored, row: int, reason: Reason) -> Unblock:
    remedy, when = _remedy(reason.rule, found.look.grid, row)
    remedy += _in_cleaning(found, row)
    return Unblock(found.look.grid.layout.ids[row], reason.rule, reason.words, remedy, when, int(found.score[row]))


def _remedy(rule: str, grid: Grid, row: int) -> tuple[str, datetime | None]:
    state = grid.state(row)
    match rule:
        case "out_of_use":
            why = state.now.reason.replace("_", " ") if state.now.reason else "maintenance"
            return f"Return to use ({why})", state.now.until
        case "occupied":
            return "No discharge is expected of its patient: ask the ward for a date", None
        case "reserved" if state.held:
            return f"Held by {state.reserved_by or 'another desk'}", state.reserved_until
        case "reserved":
            return "Promised to another patient: choose another bed for them", state.reserved_until
        case "sex":
            return _bay(grid, row), None
        case "exposure":
            return "Free once the infectious patient has left the bay", _last_leaves(grid, row)
        case _:
            return "An override with its reason", None


def _in_cleaning(found: Scored, row: int) -> str:
    """A bed still dirty: when it is ready besides, and where it stands in the order of cleaning."""
    grid = found.look.grid
    if grid.status[row] != CLEANING:
        return ""
    at = found.look.asked.at + timedelta(minutes=float(found.minutes[1][row]))
    words = "being cleaned" if grid.stage[row] in (IN_PROGRESS, INSPECTION) else queue_words(grid, row)
    return f"; ready about {at.astimezone(ZoneInfo(grid.layout.plan.zone)):%H:%M}, {words}"


def _bay(grid: Grid, row: int) -> str:
    there = sum(1 for state in _roommates(grid, row) if state.visit is not None)
    coming = sum(1 for state in _roommates(grid, row) if state.visit is None and state.reserved_for is not None)
    if there + coming == 0 or not grid.layout.policy[SexPolicy.SAME][row]:
        return "An override with its reason"  # a men's or women's bay stays one when it is empty
    said = [f"{_counted(there, 'patient')} of the bay {'has' if there == 1 else 'have'} left"] if there else []
    said += [f"{_counted(coming, 'promised bed')} {'is' if coming == 1 else 'are'} given elsewhere"] if coming else []
    return f"Free for both sexes once {' and '.join(said)}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _last_leaves(grid: Grid, row: int) -> datetime | None:
    """When the last infectious roommate is expected to have left."""
    leaving = [state.expected_free_at for state in _roommates(grid, row) if state.isolation]
    known = [when for when in leaving if when is not None]
    return max(known) if known and len(known) == len(leaving) else None


def _roommates(grid: Grid, row: int) -> list[BedState]:
    beds = np.flatnonzero(grid.layout.room == grid.layout.room[row])
    return [state for other in beds if other != row and (state := grid.states[other]) is not None]
