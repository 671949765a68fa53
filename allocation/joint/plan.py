"""The joint plan: a bed for each who waits, or why there is none, and which moves would free a scarce bed. Where the stages come together.

`table` asked the engine about everybody, `chosen` had the planner choose; here it is put in words, each row with the versions of
the records that it was worked out from, so that it can be accepted row by row and refused where something has changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from allocation.engine import Engine, Suggestion
from allocation.joint.chosen import Chosen, chosen_together
from allocation.joint.moves import Move, proposed
from allocation.joint.table import Table, table
from allocation.scored import kept_back
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, RequestId
from flow.domain.request import BedRequest

SOON = timedelta(hours=12)
"""Who is to come later than that is not planned yet."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The bed for one request, with the engine's score and terms; `alone` is the best bed that the request could have were it the only
    one, `given_up` how many points it gives up for the others. The versions are those of the records it was worked out from."""

    request: RequestId
    best: Suggestion
    alone: BedId
    given_up: int
    bed_seq: int
    request_seq: int


@dataclass(frozen=True, slots=True)
class Without:
    """A request that gets no bed, and why."""

    request: RequestId
    reason: str
    request_seq: int


@dataclass(frozen=True, slots=True)
class Total:
    """What the plan is worth: whom it serves (their urgency) comes before how well (points)."""

    served: int
    urgency: int
    points: int


@dataclass(frozen=True, slots=True)
class JointPlan:
    """The whole answer for the hospital as of `seq`, worked out at `at` with these `weights`; placements by urgency."""

    seq: int
    at: datetime
    weights: str
    placements: tuple[Placement, ...]
    without: tuple[Without, ...]
    moves: tuple[Move, ...]
    total: Total


def assigned(engine: Engine, hospital: Hospital, at: datetime, requests: Iterable[BedRequest] | None = None) -> dict[RequestId, BedId]:
    """The beds alone, without words or moves: for these requests, else for all who wait and are needed soon."""
    wanted = list(requests) if requests is not None else [r for r in waiting(hospital) if _is_soon(r, at)]
    if not wanted:
        return {}
    seen = table(engine, wanted, hospital, at)
    found = chosen_together(seen)
    ids = seen.grid.layout.ids
    return {request.id: ids[seen.rows[column]] for request, column in zip(wanted, found, strict=True) if column >= 0}


def joint_plan(engine: Engine, hospital: Hospital, at: datetime, *, moves: bool = True) -> JointPlan:
    """The plan for everybody who waits, as the hospital stands at `at`. The engine must not be asked by others meanwhile."""
    everyone = waiting(hospital)
    soon = [request for request in everyone if _is_soon(request, at)]
    later = tuple(_later(request) for request in everyone if not _is_soon(request, at))
    if not soon:
        return JointPlan(hospital.seq, at, engine.weights.version, (), later, (), Total(0, 0, 0))
    seen = table(engine, soon, hospital, at)
    found = chosen_together(seen)
    served = sorted((i for i, column in enumerate(found) if column >= 0), key=lambda i: (-int(seen.urgency[i]), i))
    placements = tuple(_placement(seen, i, found[i], hospital) for i in served)
    left = [i for i, column in enumerate(found) if column < 0]
    without = (*(_without(engine, seen, i, found) for i in left), *later)
    total = _total(seen, found)
    proposals = proposed(engine, hospital, at, seen, found) if moves else ()
    return JointPlan(hospital.seq, at, engine.weights.version, placements, without, proposals, total)


def waiting(hospital: Hospital) -> list[BedRequest]:
    """Everybody without a bed, the longest waiting first."""
    return [request for request in hospital.waiting() if request.is_unplaced]


def _is_soon(request: BedRequest, at: datetime) -> bool:
    return request.clock_from <= at + SOON


def _total(seen: Table, found: Chosen) -> Total:
    placed = [(i, column) for i, column in enumerate(found) if column >= 0]
    urgency = sum(int(seen.urgency[i]) for i, _ in placed)
    return Total(len(placed), urgency, sum(int(seen.worth[i, column]) for i, column in placed))


def _placement(seen: Table, i: int, column: int, hospital: Hospital) -> Placement:
    best = seen.suggestion(i, column)
    alone = int(np.where(seen.legal[i], seen.score[i], np.iinfo(np.int64).min).argmax())
    request, ids = seen.requests[i], seen.grid.layout.ids
    given_up = int(seen.score[i, alone]) - best.score
    first = best.bed if given_up <= 0 else ids[seen.rows[alone]]
    return Placement(request.id, best, first, max(0, given_up), hospital.beds[best.bed].seq, request.seq)


def _without(engine: Engine, seen: Table, i: int, chosen: Chosen) -> Without:
    request = seen.requests[i]
    legal = np.flatnonzero(seen.legal[i])
    if not legal.size:
        return Without(request.id, _no_legal_bed(kept_back(seen.asked[i], seen.grid, engine.rules).blocked), request.seq)
    takers = [j for j, column in enumerate(chosen) if column >= 0 and seen.legal[i, column]]
    return Without(request.id, _taken(request, [seen.requests[j] for j in takers], legal.size), request.seq)


def _no_legal_bed(blocked: Mapping[str, int]) -> str:
    """The rules that keep most beds back."""
    said = [f"{count} {words}" for words, count in blocked.items() if words != "out of use"]
    return f"No bed suits now: {', '.join(said[:3])}" if said else "No bed suits now"


def _taken(request: BedRequest, takers: Sequence[BedRequest], beds: int) -> str:
    suit = "The one bed that suits goes" if beds == 1 else f"All {beds} beds that suit go"
    if len(takers) < beds:
        return "The beds that suit lie in bays that others of this plan are laid in"
    urgent = sum(other.priority < request.priority for other in takers)
    if urgent == len(takers):
        return f"{suit} to patients of higher priority"
    return f"{suit} to patients who are more urgent or have waited longer"


def _later(request: BedRequest) -> Without:
    return Without(request.id, "Not needed within the next 12 hours", request.seq)
