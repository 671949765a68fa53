"""What a request asks of a bed, read once for all rules and terms: isolation, must-haves, companions, and who is infectious already."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from allocation.grid import SEX, Grid
from allocation.layout import CATEGORY, Mask
from flow.domain.care import Isolation
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.request import BedRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """`sex` as in the grid; `isolation` contact, droplet or airborne, None for no need; `category` the insurer's limit (0: not known),
    `chosen` the category that the patient chose and answers for. `infectious` are beds whose patient, there or promised, needs isolation;
    `alike` those with the organism of this request. `moment` is `at` in seconds since 1970.
    """

    request: BedRequest
    at: datetime
    moment: float
    sex: int
    isolation: Isolation | None
    needs: tuple[str, ...]
    attendant: bool
    cot: bool
    category: int
    chosen: int
    infectious: Mask
    alike: Mask


def asked(request: BedRequest, hospital: Hospital, grid: Grid, at: datetime) -> Asked:
    """The request as rules and terms read it."""
    infectious, alike = _infections(request, hospital, grid)
    return Asked(
        request=request,
        at=at,
        moment=at.timestamp(),
        sex=SEX.get(request.sex or "", 0),
        isolation=isolation_of(request),
        needs=tuple(sorted(request.needs)),
        attendant=request.attendant,
        cot=request.mother_of is not None,
        category=CATEGORY.get(request.entitlement or "", 0),
        chosen=CATEGORY.get(request.room_choice or "", 0),
        infectious=infectious,
        alike=alike,
    )


def isolation_of(request: BedRequest) -> Isolation | None:
    """The kind; a need of isolation that names none is by contact."""
    if request.isolation_kind is not None:
        return request.isolation_kind
    return Isolation.CONTACT if request.isolation else None


def _infections(request: BedRequest, hospital: Hospital, grid: Grid) -> tuple[Mask, Mask]:
    """Who lies isolated or is promised to come so, and which of them have this request's organism."""
    infectious, alike = grid.isolating.copy(), np.zeros(grid.layout.size, np.bool_)
    for other in hospital.requests.values():
        if other.id == request.id or isolation_of(other) is None:
            continue
        same = request.organism is not None and other.organism == request.organism
        for row in grid.holders.get(other.holder, ()):
            infectious[row] = True
            alike[row] |= same
        lies = _lies(other, hospital, grid) if same else None
        if lies is not None:
            alike[lies] = True
    return infectious, alike & infectious


def _lies(other: BedRequest, hospital: Hospital, grid: Grid) -> int | None:
    """The row where the patient that a request brought lies now."""
    visit = hospital.visits.get(other.visit) if other.visit is not None else None
    row = grid.layout.index.get(visit.course.claim if visit is not None and visit.course.claim is not None else other.bed or BedId(""))
    if row is None or other.visit is None:
        return None
    state = grid.states[row]
    return row if state is not None and state.visit == other.visit else None
