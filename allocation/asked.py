"""What a request asks of a bed, read once for all rules and terms: isolation, must-haves, companions, and who is infectious already."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from allocation.grid import SEX, Grid
from allocation.layout import CATEGORY, Mask
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.request import BedRequest

AIRBORNE = "airborne"
CONTACT = "contact"


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
    isolation: str | None
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
        attendant=bool(getattr(request, "attendant", False)),
        cot=getattr(request, "mother_of", None) is not None,
        category=CATEGORY.get(request.entitlement or "", 0),
        chosen=CATEGORY.get(getattr(request, "room_choice", None) or "", 0),
        infectious=infectious,
        alike=alike,
    )


def isolation_of(request: BedRequest) -> str | None:
    """The kind; a need of isolation that names none is by contact."""
    kind = getattr(request, "isolation_kind", None)
    return str(kind) if kind is not None else CONTACT if request.isolation else None


def _infections(request: BedRequest, hospital: Hospital, grid: Grid) -> tuple[Mask, Mask]:
    """Who lies isolated or is promised to come so; the organism stands in the request that brought the patient."""
    infectious = grid.isolating.copy()
    alike = np.zeros(grid.layout.size, np.bool_)
    organism = getattr(request, "organism", None)
    for other in hospital.requests.values():
        if other.id == request.id or isolation_of(other) is None:
            continue
        for row in grid.holders.get(other.holder, ()):
            infectious[row] = True
        row_of_bed = _row(other, hospital, grid) if organism is not None and getattr(other, "organism", None) == organism else None
        if row_of_bed is not None:
            alike[row_of_bed] = True
    return infectious, alike & infectious


def _row(other: BedRequest, hospital: Hospital, grid: Grid) -> int | None:
    """The bed in which the other request's patient lies or which is promised to them."""
    bed: BedId | None = other.bed
    visit = hospital.visits.get(other.visit) if other.visit is not None else None
    if visit is not None and visit.course.claim is not None:
        bed = visit.course.claim
    return grid.layout.index.get(bed) if bed is not None else None
