"""The beds in cleaning in the order in which they should be cleaned, and whom each clean serves: what the phone and the API show.

The allocation wing made the order (`Parts.cleaning`); here it meets the live picture, which may be a little ahead of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, RequestId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest


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


def cleaning_jobs(
    plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], order: Sequence[CleanLike], ward: str | None = None
) -> list[Dirty]:
    """Beds in cleaning, of one ward or of all. Those that the order does not know come last: the promised ones, then the longest dirty."""
    turns = {clean.bed: (turn, clean) for turn, clean in enumerate(order)}
    waiting = {request.id: request for request in requests if request.is_live}
    dirty = [state for state in beds.values() if state.status is BedStatus.CLEANING and state.id in plan.beds]
    wanted = [state for state in dirty if ward in (None, plan.beds[state.id].ward)]
    known = sorted((state for state in wanted if state.id in turns), key=lambda state: turns[state.id][0])
    holders = {request.holder: request for request in waiting.values()}
    new = [Dirty(state, holders.get(state.reserved_for or "")) for state in wanted if state.id not in turns]
    return [_dirty(state, turns[state.id][1], waiting) for state in known] + sorted(new, key=_turn)


def _turn(dirty: Dirty) -> tuple[bool, datetime, str]:
    return dirty.unblocks is None, dirty.state.now.since, dirty.state.id


def _dirty(state: BedState, clean: CleanLike, waiting: Mapping[RequestId, BedRequest]) -> Dirty:
    return Dirty(state, waiting.get(clean.unblocks) if clean.unblocks is not None else None, clean.value, clean.reason)
