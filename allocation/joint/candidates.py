"""Fourth stage, its first half: whom it might be worth asking to move, and what the others could gain by it at most.

A patient is a candidate where somebody waiting would do better with their bed, or with the bay that they keep closed to the other sex or
to the healthy. `moves` tries out the promising ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from allocation.engine import Engine
from allocation.joint.chosen import Chosen
from allocation.joint.table import Table, haste, table
from allocation.layout import INTENSIVE, Points
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, RequestId, VisitId
from flow.domain.plan import Bed
from flow.domain.request import BedRequest, MadeBy
from flow.domain.visit import Visit

CLINICAL = frozenset({"oxygen", "telemetry", "monitor", "ventilator", "dialysis", "bariatric", "hoist", "traction"})
"""What a patient has in the bed and may need there: kept, unless the request that brought them says that they need none."""
_MOST_URGENT = 1000
_TURN = 60
"""Minutes in which a bed is thought to come free where it is only weighed whether to try."""
_SCREENED = 120
_OWN, _BAY = frozenset({"occupied"}), frozenset({"occupied", "sex", "exposure"})
"""The rules that a patient breaks for others by lying in a bed; and in its bay."""


@dataclass(frozen=True, slots=True)
class Partner:
    """An inpatient who waits for another bed: the place among the requests, the visit and the bed it lies in."""

    place: int
    visit: VisitId
    bed: Bed


@dataclass(frozen=True, slots=True)
class Candidate:
    """An inpatient, as one who needs a bed, and about how much the others could gain; `swap` is who would change places with them."""

    visit: Visit
    bed: Bed
    asks: BedRequest
    hope: int
    swap: Partner | None = None


def points_of(seen: Table, chosen: Chosen, served: int) -> list[int]:
    """What each request has of a choice, in points: the bed's, and `served` for having one at all; without one, the longest wait."""
    w = seen.looks[0].weights
    bonus, idle = served_points(seen, served), w.minute_waited * w.longest_wait * haste(seen.urgency) // 100
    pairs = enumerate(chosen[: len(seen.requests)])
    return [int(bonus[i] + seen.worth[i, column]) if column >= 0 else -int(idle[i]) for i, column in pairs]


def served_points(seen: Table, served: int) -> Points:
    """What it is worth that each gets a bed, in points a move can be held against: at most ten times that of a routine patient."""
    return np.minimum(seen.urgency, _MOST_URGENT) * served // 100


def movable(hospital: Hospital) -> Iterator[tuple[Visit, Bed]]:
    """Inpatients who may be asked: not in intensive care, not isolated, not with a companion, not about to leave."""
    wait = {hospital.survivor(request.patient) for request in hospital.requests.values() if request.is_live}
    for state in hospital.beds.values():
        visit = hospital.visits.get(state.visit) if state.visit is not None else None
        bed = hospital.plan.beds.get(state.id)
        if visit is None or bed is None or bed.type in INTENSIVE or state.expected_free_at is not None or state.reserved_for is not None:
            continue
        care = visit.care
        kept = state.isolation or care.isolation or care.attendant or care.mother_of or care.baby_of
        if not kept and visit.patient not in wait and hospital.plan.moves.why_not(visit) is None:
            yield visit, bed


def as_request(visit: Visit, bed: Bed, brought: BedRequest | None, at: datetime) -> BedRequest:
    """What the patient needs elsewhere: what the request that brought them said, else what they have now, save what only isolation asks
    for. The room category stays as it is."""
    kind = "general" if bed.type == "isolation" else bed.type
    needs = brought.needs if brought is not None else bed.features & CLINICAL
    return BedRequest(
        id=RequestId(f"move:{visit.id}"),
        patient=visit.patient,
        created_at=visit.since or at,
        type=kind,
        needs=needs - {"negative_pressure", "single"},
        wishes=brought.wishes if brought is not None else frozenset(),
        sex=visit.sex,
        age=visit.age,
        specialty=visit.course.specialty,
        entitlement=kind if kind in ("general", "semi_private", "private") else None,
        visit=visit.id,
    )


def candidates(engine: Engine, hospital: Hospital, at: datetime, requests: tuple[BedRequest, ...], now: list[int]) -> Iterator[Candidate]:
    """Everybody movable, with the most that the others could gain by their bed or their bay; asked of those who are worst off."""
    told = (request for request in hospital.requests.values() if request.made_by is not MadeBy.MOVE)  # a move says nothing of needs
    brought = {request.visit: request for request in told if request.visit is not None and not request.is_live}
    patients = list(movable(hospital))
    worst = sorted(range(len(requests)), key=lambda i: (now[i], i))[:_SCREENED]
    asking, has = [requests[i] for i in worst], [now[i] for i in worst]
    own, bay = (_Gains(_without(engine, asking, hospital, at, patients, rules), has, engine, hospital) for rules in (_OWN, _BAY))
    for visit, bed in patients:
        hope = max(own.by(bed.id), bay.of_room(bed) if alone_in_bay(hospital, visit, bed) else 0)
        if hope > 0:
            alone = Candidate(visit, bed, as_request(visit, bed, brought.get(visit.id), at), hope)
            yield alone
            yield from (
                replace(alone, hope=gain, swap=replace(partner, place=worst[partner.place])) for partner, gain in own.partners(bed.id)
            )


def _without(
    engine: Engine, asking: list[BedRequest], hospital: Hospital, at: datetime, patients: list[tuple[Visit, Bed]], rules: frozenset[str]
) -> Table:
    """Those who ask against all beds, those of the movable too, as if some rules were not."""
    rows = [engine.grid.layout.index[bed.id] for _, bed in patients]
    return table(engine, asking, hospital, at, but_for=rules, besides=rows)


class _Gains:
    """How much better off each request would be in each bed, at most."""

    def __init__(self, seen: Table, now: list[int], engine: Engine, hospital: Hospital) -> None:
        served = hospital.plan.moves.served
        ids = seen.grid.layout.ids
        self.column = {ids[row]: column for column, row in enumerate(seen.rows)}
        w, unknown = engine.weights, np.isnan(seen.minutes[1][seen.rows])
        back = w.minute_waited * max(0, w.longest_wait - _TURN) * unknown * haste(seen.urgency)[:, None] // 100
        worth = seen.worth + back + served_points(seen, served)[:, None] - np.array(now, np.int64)[:, None]
        self.gain = np.where(seen.legal, np.maximum(worth, 0), 0)
        self.roommates = hospital.plan.roommates
        self.lying = list(_lying_in(seen.requests, hospital))

    def by(self, bed: BedId) -> int:
        column = self.column.get(bed)
        return int(self.gain[:, column].max(initial=0)) if column is not None else 0

    def partners(self, bed: BedId) -> Iterator[tuple[Partner, int]]:
        """The inpatient who would gain most by it, who could change places."""
        gain = self.gain[:, self.column[bed]] if bed in self.column else np.zeros(0, np.int64)
        lying = [partner for partner in self.lying if partner.place < gain.size and gain[partner.place] > 0]
        best = max(lying, key=lambda partner: (int(gain[partner.place]), -partner.place), default=None)
        if best is not None:
            yield best, int(gain[best.place])

    def of_room(self, bed: Bed) -> int:
        columns = [self.column[other] for other in self.roommates[bed.room] if other in self.column]
        each = np.sort(self.gain[:, columns].max(axis=1, initial=0))[::-1]
        return int(each[: len(columns)].sum())


def alone_in_bay(hospital: Hospital, visit: Visit, bed: Bed) -> bool:
    """The only one of their sex in the room, with nobody promised to join them."""
    others = [hospital.beds[other] for other in hospital.plan.roommates[bed.room] if other != bed.id]
    sexes = {state.sex for state in others if state.visit} | {state.reserved_sex for state in others if state.reserved_for}
    return bool(others) and visit.sex not in sexes


def _lying_in(requests: tuple[BedRequest, ...], hospital: Hospital) -> Iterator[Partner]:
    """Those of the requests who lie in a bed already, which somebody else could have."""
    for place, request in enumerate(requests):
        visit = hospital.visits.get(request.visit) if request.visit is not None else None
        bed = hospital.plan.beds.get(visit.bed) if visit is not None and visit.bed is not None else None
        if visit is not None and bed is not None and hospital.beds[bed.id].reserved_for is None:
            yield Partner(place, visit.id, bed)
