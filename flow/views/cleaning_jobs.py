"""The beds in cleaning in the order in which they should be cleaned, and whom each clean serves: what the phone and the API show.

The allocation wing made the order (`Parts.cleaning`); here it meets the live picture, which may be a little ahead of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.cleaning_job import CleanJob, Why
from flow.domain.ids import BedId, RequestId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest

UNDER_WAY = frozenset({Stage.IN_PROGRESS, Stage.INSPECTION})


class CleanLike(Protocol):
    """A bed in cleaning: what it is worth, the request it unblocks if any, and why in words without names."""

    @property
    def bed(self) -> BedId: ...
    @property
    def value(self) -> int: ...
    @property
    def unblocks(self) -> RequestId | None: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Dirty:
    """A bed in cleaning and the open request that waits for it, if any."""

    state: BedState
    unblocks: BedRequest | None = None
    value: int = 0
    reason: str = ""

    @property
    def job(self) -> CleanJob:
        """The bed's job; of a bed that was dirty before there were jobs, one that says no more than its condition does."""
        now = self.state.now
        kept = self.state.job
        if kept is not None and kept.is_open:
            return kept
        return CleanJob(f"{self.state.id}@{int(now.since.timestamp() * 1000):x}", Why.LEFT, now.since, started_at=now.started_at)

    @property
    def stat(self) -> bool:
        """Urgent by somebody's word."""
        return self.job.stat

    def awaited(self, at: datetime) -> BedRequest | None:
        """Who waits for the bed by now; a planned patient whose hour has not come is expected, and waits for nothing."""
        return self.unblocks if self.unblocks is not None and self.unblocks.clock_from <= at else None


def cleaning_jobs(
    plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], order: Sequence[CleanLike], ward: str | None = None
) -> list[Dirty]:
    """Beds in cleaning, of one ward or of all: the urgent ones first. Those that the order does not know come last: the promised ones,
    then the longest dirty."""
    turns = {clean.bed: (turn, clean) for turn, clean in enumerate(order)}
    waiting = {request.id: request for request in requests if request.is_live}
    dirty = [state for state in beds.values() if state.status is BedStatus.CLEANING and state.id in plan.beds]
    wanted = [state for state in dirty if ward in (None, plan.beds[state.id].ward)]
    known = sorted((state for state in wanted if state.id in turns), key=lambda state: turns[state.id][0])
    holders = {request.holder: request for request in waiting.values()}
    new = [Dirty(state, holders.get(state.reserved_for or "")) for state in wanted if state.id not in turns]
    found = [_dirty(state, turns[state.id][1], waiting) for state in known] + sorted(new, key=_turn)
    return sorted(found, key=lambda each: (each.state.now.stage not in UNDER_WAY, not each.stat))


def daily_due(plan: Plan, beds: Mapping[BedId, BedState], at: datetime, wards: frozenset[WardId] | None = None) -> list[BedState]:
    """Occupied beds that want their daily clean, those asked for by hand first, then ward by ward as the file names them."""
    since = plan.cleaning.daily_since(at, plan.zone)
    found = [state for key in plan.beds if (state := beds.get(key)) is not None and (wards is None or plan.beds[key].ward in wards)]
    due = [state for state in found if state.status is BedStatus.OCCUPIED and (_asked(state) or _daily(state, since))]
    return sorted(due, key=lambda state: not _asked(state))


def _asked(state: BedState) -> bool:
    asked, done = state.daily_asked_at, state.daily_at
    return asked is not None and asked >= state.now.since and (done is None or done < asked)


def _daily(state: BedState, since: datetime | None) -> bool:
    return since is not None and state.now.since < since and (state.daily_at is None or state.daily_at < since)


def _turn(dirty: Dirty) -> tuple[bool, datetime, str]:
    return dirty.unblocks is None, dirty.state.now.since, dirty.state.id


def _dirty(state: BedState, clean: CleanLike, waiting: Mapping[RequestId, BedRequest]) -> Dirty:
    return Dirty(state, waiting.get(clean.unblocks) if clean.unblocks is not None else None, clean.value, clean.reason)
