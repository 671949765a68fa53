"""Which dirty bed to clean next: the value of each for those who wait and those who are expected, with the reason in words.

Before it beds were left; after it housekeeping's screens show the order, and the simulation's cleaners follow it. Pure. Waiting requests
are matched with the beds in cleaning (`scipy.optimize.linear_sum_assignment`), so that one patient pulls one bed and not ten; what is
being cleaned already counts as coming. Beds nobody waits for are worth the chance that somebody expected will find no free one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp

import numpy as np
from scipy.optimize import linear_sum_assignment

from allocation.asked import isolation_of
from allocation.engine import Engine
from allocation.weights import Weights, urgency
from flow.domain.bed import BedState, BedStatus, CleanKind, Stage
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, RequestId
from flow.domain.request import UNPLACED, BedRequest

AHEAD = timedelta(hours=4)
"""Who is to come later than that needs no bed cleaned now."""
EXPECTED = 50
"""What a bed is worth that somebody expected will surely lack: as much as a planned patient who has just come."""
AWAY, OTHER_TYPE = 0.4, 0.5
"""A bed off the home ward, or of another type than asked, helps less."""
UNDER_WAY = frozenset({Stage.IN_PROGRESS, Stage.INSPECTION})


@dataclass(frozen=True, slots=True)
class Expected:
    """Requests like this one that are to come in the next hours, and how many on the mean."""

    like: BedRequest
    count: float


@dataclass(frozen=True, slots=True)
class Clean:
    """A dirty bed, what cleaning it is worth in points of urgency, the request it unblocks if any, and why in words."""

    bed: BedId
    value: int
    unblocks: RequestId | None
    reason: str


def cleaning_order(engine: Engine, hospital: Hospital, at: datetime, expected: Sequence[Expected] = ()) -> tuple[Clean, ...]:
    """Beds whose cleaning has not begun, the most valuable first; equal ones by how long they have been dirty, then by id."""
    found = cleaning_jobs(engine, hospital, at, expected)
    return tuple(clean for clean in found if hospital.beds[clean.bed].now.stage not in UNDER_WAY)


def cleaning_jobs(engine: Engine, hospital: Hospital, at: datetime, expected: Sequence[Expected] = ()) -> tuple[Clean, ...]:
    """Every bed in cleaning: first those that somebody is at, with whom they will serve, then the others in the order of their value."""
    dirty = [s for s in hospital.beds.values() if s.status is BedStatus.CLEANING and s.id in hospital.plan.beds]
    found = _promised(engine.weights, hospital, dirty, at)
    open_beds = [state for state in dirty if state.reserved_for is None]
    found |= _unblocked(engine, hospital, open_beds, at)
    left = [state for state in open_beds if state.id not in found and state.now.stage not in UNDER_WAY]
    under_way = {state.id for state in open_beds if state.id not in found and state.now.stage in UNDER_WAY}
    found |= _foreseen(engine, hospital, left, under_way, expected, at)
    cleans = {s.id: found.get(s.id) or Clean(s.id, 0, None, "nobody waits for it, and free beds suffice") for s in dirty}
    return tuple(cleans[state.id] for state in sorted(dirty, key=lambda s: _turn(s, cleans[s.id])))


def _turn(state: BedState, clean: Clean) -> tuple[bool, bool, int, datetime, str]:
    begun = state.now.stage in UNDER_WAY
    return not begun, state.now.clean is not CleanKind.STAT, 0 if begun else -clean.value, state.now.since, state.id


def _promised(weights: Weights, hospital: Hospital, dirty: Iterable[BedState], at: datetime) -> dict[BedId, Clean]:
    """A bed that is promised serves its own patient; one that a plan of the HIS reserved, somebody who is expected."""
    holders = {request.holder: request for request in hospital.requests.values() if request.is_live}
    promised = {s.id: s.reserved_for for s in dirty if s.reserved_for is not None}
    planned = {bed: Clean(bed, EXPECTED, None, "for a planned admission") for bed, holder in promised.items() if holder not in holders}
    return planned | {bed: _for(weights, holders[holder], bed, 1.0, hospital, at) for bed, holder in promised.items() if holder in holders}


def _unblocked(engine: Engine, hospital: Hospital, dirty: Sequence[BedState], at: datetime) -> dict[BedId, Clean]:
    """The best matching of those who wait with the beds in cleaning."""
    unplaced = (r for r in hospital.requests.values() if r.status in UNPLACED and (r.ready_at is None or r.ready_at <= at + AHEAD))
    waiting = sorted(unplaced, key=lambda r: (r.created_at, r.id))
    if not waiting or not dirty:
        return {}
    fits = np.array([fits_of(engine, request, [state.id for state in dirty], hospital, at) for request in waiting])
    worth = fits * np.array([urgency(request, at, engine.weights) for request in waiting])[:, None]
    under_way = np.array([state.now.stage in UNDER_WAY for state in dirty])
    rows, columns = linear_sum_assignment(worth * np.where(under_way, 1.25, 1.0), maximize=True)
    pairs = [(waiting[i], dirty[j].id, float(fits[i, j])) for i, j in zip(rows, columns, strict=True) if fits[i, j] > 0]
    return {bed: _for(engine.weights, request, bed, share, hospital, at) for request, bed, share in pairs}


def fits_of(engine: Engine, request: BedRequest, beds: Sequence[BedId], hospital: Hospital, at: datetime) -> list[float]:
    """How much of a patient's need each bed answers: 0 where a rule keeps it back, 1 at home in the type asked for."""
    legal = engine.legal(request, hospital, at)
    return [_share(request, bed, hospital) if bed in legal else 0.0 for bed in beds]


def _share(request: BedRequest, bed: BedId, hospital: Hospital) -> float:
    home = 1.0 if at_home(request, bed, hospital) else AWAY
    return home if hospital.plan.beds[bed].type == request.type else home * OTHER_TYPE


def at_home(request: BedRequest, bed: BedId, hospital: Hospital) -> bool:
    """On a ward of the patient's own specialty, or with no specialty said; the infectious are at home where they lie alone."""
    there = hospital.plan.beds[bed]
    if request.specialty is None or (isolation_of(request) is not None and there.type == "isolation"):
        return True
    return hospital.plan.ward[there.ward].specialty.casefold() == request.specialty.casefold()


def _for(weights: Weights, request: BedRequest, bed: BedId, share: float, hospital: Hospital, at: datetime) -> Clean:
    minutes = int(max(0.0, (at - request.created_at).total_seconds() // 60))
    place = request.specialty or request.type.replace("_", " ")
    home = "" if at_home(request, bed, hospital) else ", off the home ward"
    reason = f"for a priority {request.priority} patient of {place} waiting {minutes // 60} h {minutes % 60:02d} min{home}"
    return Clean(bed, round(urgency(request, at, weights) * share), request.id, reason)


def _foreseen(
    engine: Engine, hospital: Hospital, dirty: Sequence[BedState], under_way: Collection[BedId], expected: Sequence[Expected], at: datetime
) -> dict[BedId, Clean]:
    """Each bed for the kind of patient who will most surely lack one; the next of its sort is worth less. What is being cleaned and
    nobody waits for is as good as free, so that two cleaners do not make the same bed good twice."""
    kinds = [kind for kind in expected if any(_is_for(kind.like, state.id, hospital) for state in dirty)]
    suited = [{bed for bed in engine.legal(kind.like, hospital, at) if _is_for(kind.like, bed, hospital)} for kind in kinds]
    stock = [sum(hospital.beds[bed].free or bed in under_way for bed in beds) for beds in suited]
    found: dict[BedId, Clean] = {}
    for state in sorted(dirty, key=lambda s: (s.now.since, s.id)):
        chances = [(shortage(kinds[i].count, stock[i]), -i) for i, beds in enumerate(suited) if state.id in beds]
        if chances:
            chance, place = max(chances)
            found[state.id] = _against(state.id, kinds[-place], stock[-place], chance)
            stock[-place] += 1
    return found


def _against(bed: BedId, kind: Expected, have: int, chance: float) -> Clean:
    name = f"{kind.like.specialty or ''} {kind.like.type.replace('_', ' ')}".strip()
    return Clean(
        bed, round(EXPECTED * chance), None, f"{name}: {have} free or being cleaned, about {kind.count:.1f} expected in the next hours"
    )


def _is_for(request: BedRequest, bed: BedId, hospital: Hospital) -> bool:
    """The bed that this patient ought to get: at home, of the type asked for."""
    return hospital.plan.beds[bed].type == request.type and at_home(request, bed, hospital)


def shortage(mean: float, stock: int) -> float:
    """The chance that a Poisson number of patients with this mean is more than the beds in stock."""
    term, below = exp(-mean), 0.0
    for count in range(stock + 1):
        below += term
        term *= mean / (count + 1)
    return max(0.0, 1.0 - below)
