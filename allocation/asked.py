"""What a request asks of a bed, read once for all rules and terms: isolation, must-haves, companions, and who is infectious already."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from allocation.grid import SEX, UNKNOWN, Grid
from allocation.layout import CATEGORY, Mask, Points
from flow.domain.care import NO_CARE, Care, Isolation
from flow.domain.hospital import Hospital
from flow.domain.ids import RequestId, VisitId
from flow.domain.request import BedRequest

WATCH = frozenset({"falls_risk", "near_station", "confused"})
"""Wishes of those who must be watched."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`sex` as in the grid; `isolation` None for no need; `category` the dearest one that the insurer pays (0: not known), `chosen` the
    one that the patient chose and answers for. `infectious` are beds of which a patient, there or promised, needs isolation; `alike` is
    how many of a bed's two have the organism of this request; `family` the row of the bed of mother or baby. `moment` is `at` in seconds
    since 1970. `watched`: should lie near the nurse station.
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
    alike: Points
    family: int | None
    watched: bool = False


def asked(request: BedRequest, hospital: Hospital, grid: Grid, at: datetime, infections: tuple[Mask, Points] | None = None) -> Asked:
    """The request as rules and terms read it; `infections` are given where they are known already."""
    infectious, alike = infections or infections_for(request, hospital, grid)
    return Asked(
        request=request,
        at=at,
        moment=at.timestamp(),
        sex=SEX.get(request.sex or "", UNKNOWN),
        isolation=isolation_of(request),
        needs=tuple(sorted(request.needs)),
        attendant=request.attendant,
        cot=request.mother_of is not None,
        category=_covered(request, hospital),
        chosen=CATEGORY.get(request.room_choice or "", 0),
        infectious=infectious,
        alike=alike,
        family=_family(request, hospital, grid),
        watched=_watched(request, hospital, at),
    )


def _watched(request: BedRequest, hospital: Hospital, at: datetime) -> bool:
    """Wished for, or the patient's score, while it counts, or nurse says so."""
    visit = hospital.visits.get(request.visit) if request.visit is not None else None
    acuity = visit.acuity if visit is not None else None
    ill = acuity is not None and acuity.watched and hospital.plan.station.counts(acuity, at)
    return ill or bool(request.wishes & WATCH)


def isolation_of(request: BedRequest) -> Isolation | None:
    """The kind; a need of isolation that names none is by contact."""
    if request.isolation_kind is not None:
        return request.isolation_kind
    return Isolation.CONTACT if request.isolation else None


def _covered(request: BedRequest, hospital: Hospital) -> int:
    """The category that the insurer names, or the dearest that the limit a day pays for, whichever is less; never below the least."""
    named = CATEGORY.get(request.entitlement or "", 0)
    priced = [kind for kind in CATEGORY if kind in hospital.plan.rates.by_type]
    if request.insurer_limit is None or not priced:
        return named
    paid = max((CATEGORY[kind] for kind in priced if hospital.plan.rates.within(kind, request.insurer_limit)), default=1)
    return min(named, paid) if named else paid


def _family(request: BedRequest, hospital: Hospital, grid: Grid) -> int | None:
    """Where the mother of this baby, or the baby of this mother, lies."""
    person = request.baby_of or request.mother_of
    visits = hospital.of_patient.get(hospital.survivor(person), set()) if person is not None else set()
    claimed = [hospital.visits[visit].course.claim for visit in sorted(visits) if hospital.visits[visit].is_open]
    return next((grid.layout.index[bed] for bed in claimed if bed is not None and bed in grid.layout.index), None)


def infections_for(request: BedRequest, hospital: Hospital, grid: Grid) -> tuple[Mask, Points]:
    """Who lies isolated or is promised to come so, and how many of them have this request's organism."""
    infectious, alike = grid.isolating.copy(), np.zeros(grid.layout.size, np.int64)
    if request.organism is not None:
        for row in np.flatnonzero(infectious):
            alike[row] = grid.state(row).care.organism == request.organism
    for holder, rows in grid.holders.items():
        care = _care(holder, hospital) if holder != request.holder else NO_CARE
        if care.isolation is not None:
            infectious[list(rows)] = True
            alike[list(rows)] += request.organism is not None and care.organism == request.organism
    return infectious, alike


def _care(holder: str, hospital: Hospital) -> Care:
    """What is known of whom a bed is promised to."""
    kind, _, number = holder.partition(":")
    if kind == "visit":
        visit = hospital.visits.get(VisitId(number))
        return visit.care if visit is not None else NO_CARE
    request = hospital.requests.get(RequestId(number))
    return replace(request.care, isolation=isolation_of(request)) if request is not None else NO_CARE
