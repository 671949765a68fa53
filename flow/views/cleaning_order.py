"""Which bed to clean first, and whom each clean unblocks: cleaning follows the patients who wait (ALLOCATION.md).

A bed that is promised serves its own patient; the others are given to the waiting requests that may have them, most urgent first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.ids import BedId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.request import BedRequest

_FAR = (9, 0.0)
_BARRED = {SexPolicy.MALE: "F", SexPolicy.FEMALE: "M"}


@dataclass(frozen=True, slots=True)
class Dirty:
    """A bed in cleaning and the request that waits for it, if any."""

    state: BedState
    unblocks: BedRequest | None


def cleaning_order(plan: Plan, beds: Mapping[BedId, BedState], requests: Iterable[BedRequest], ward: str | None = None) -> list[Dirty]:
    """Beds in cleaning, of one ward or of all, in the order in which they should be cleaned."""
    dirty = [state for state in beds.values() if state.status is BedStatus.CLEANING and state.id in plan.beds]
    live = [request for request in requests if request.is_live]
    serves = _served(plan, dirty, live)
    found = [Dirty(state, serves.get(state.id)) for state in dirty if ward in (None, plan.beds[state.id].ward)]
    return sorted(found, key=_urgency)


def _served(plan: Plan, dirty: list[BedState], live: list[BedRequest]) -> dict[BedId, BedRequest]:
    """Who gets which bed once it is clean: promises first, then each waiting request the bed it may have that is ready soonest."""
    by_holder = {request.holder: request for request in live}
    served = {state.id: by_holder[state.reserved_for] for state in dirty if state.reserved_for in by_holder}
    open_beds = sorted((s for s in dirty if s.reserved_for is None), key=_soonest)
    for request in sorted((r for r in live if r.is_unplaced), key=lambda r: (r.priority, r.created_at, r.id)):
        fit = next((s for s in open_beds if s.id not in served and _fits(plan, s.id, request)), None)
        if fit is not None:
            served[fit.id] = request
    return served


def _fits(plan: Plan, bed: BedId, request: BedRequest) -> bool:
    """Whether the hospital file lets the request have the bed: its type, the must-haves, the room's policy, the ward's ages."""
    there, ward = plan.beds[bed], plan.ward[plan.beds[bed].ward]
    if there.type != request.type or not request.needs <= there.features:
        return False
    if request.sex is not None and request.sex == _BARRED.get(plan.rooms[there.room].sex):
        return False
    return request.age is None or ward.age_min <= request.age <= ward.age_max


def _soonest(state: BedState) -> tuple[bool, datetime, str]:
    return state.now.stage is not Stage.IN_PROGRESS, state.now.since, state.id


def _urgency(dirty: Dirty) -> tuple[bool, tuple[int, float], datetime, str]:
    request = dirty.unblocks
    waits = _FAR if request is None else (request.priority, request.created_at.timestamp())
    return dirty.state.now.clean is not CleanKind.STAT, waits, dirty.state.now.since, dirty.state.id
