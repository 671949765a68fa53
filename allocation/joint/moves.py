"""Fourth stage: which inpatients could be asked to move, so that a scarce bed comes free, and what that would be worth.

A patient is a candidate where somebody waiting would do better with their bed, or with the bay that they keep closed to the other sex or
to the healthy. The promising ones are tried out: the hospital as it would be without them there, the patient one more who needs a bed
that is free now, and everybody planned again. Net benefit = what the plan gains - what the patient loses by the change - the price.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from allocation.engine import Engine
from allocation.grid import AVAILABLE
from allocation.joint.search import Chosen, Found, chosen_together
from allocation.joint.table import Table, haste, table
from allocation.joint.together import People
from allocation.layout import INTENSIVE, Points
from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.care import NO_CARE
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.plan import Bed
from flow.domain.request import BedRequest
from flow.domain.visit import Visit

CLINICAL = frozenset({"oxygen", "telemetry", "monitor", "ventilator", "dialysis", "bariatric", "hoist", "traction"})
"""What a patient has in the bed and may need there: kept, unless the request that brought them says that they need none."""
_PASSING = frozenset({"ready", "cleaned", "bay", "load", "own"})
"""Terms that say nothing of lying there."""
_CELLS = 1_500_000
_MOST_URGENT = 1000
_TURN = 60
"""Minutes in which a bed is thought to come free where it is only weighed whether to try."""
_SCREENED = 120
_OWN, _BAY = frozenset({"occupied"}), frozenset({"occupied", "sex", "exposure"})
"""The rules that a patient breaks for others by lying in a bed; and in its bay."""
SHOWN = 6
_NAMED = 6
_NOTABLY = 50
"""Points from which on somebody is better off worth speaking of."""


@dataclass(frozen=True, slots=True)
class Move:
    """Ask for `visit` to go from `bed` to `to`: `frees` are those who would get a bed, or a better one, by it. `benefit` is `gain` (of
    the plan) minus `loss` (of the patient moved) minus `price`. The versions are those of the records it was worked out from."""

    visit: VisitId
    patient: PatientId
    bed: BedId
    to: BedId
    benefit: int
    gain: int
    loss: int
    price: int
    reason: str
    frees: tuple[RequestId, ...]
    visit_seq: int
    bed_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An inpatient, as one who needs a bed, and about how much the others could gain."""

    visit: Visit
    bed: Bed
    asks: BedRequest
    hope: int


def proposed(engine: Engine, hospital: Hospital, at: datetime, seen: Table, found: Found) -> tuple[Move, ...]:
    """The moves that are worth their price, the best first; none at night."""
    rules = hospital.plan.moves
    if rules.quiet(at, hospital.plan.zone):
        return ()
    now = points_of(seen, found.chosen, rules.served)
    hopeful = [one for one in _candidates(engine, hospital, at, seen.requests, now) if one.hope > rules.price]
    steps = max(2, min(24, _CELLS // max(1, seen.worth.size)))
    tried = [
        _tried(engine, hospital, at, seen, found.chosen, now, one) for one in sorted(hopeful, key=lambda c: (-c.hope, c.bed.id))[:steps]
    ]
    worth = [move for move in tried if move is not None and move.benefit > 0]
    engine.grid.follow(hospital)
    return tuple(sorted(worth, key=lambda move: (-move.benefit, move.bed))[:SHOWN])


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


def _candidates(engine: Engine, hospital: Hospital, at: datetime, requests: tuple[BedRequest, ...], now: list[int]) -> Iterator[_Candidate]:
    """Everybody movable, with the most that the others could gain by their bed or their bay; asked of those who are worst off."""
    brought = {request.visit: request for request in hospital.requests.values() if request.visit is not None and not request.is_live}
    patients = list(movable(hospital))
    worst = sorted(range(len(requests)), key=lambda i: (now[i], i))[:_SCREENED]
    asking, has = [requests[i] for i in worst], [now[i] for i in worst]
    own, bay = (_Gains(_without(engine, asking, hospital, at, patients, rules), has, engine, hospital) for rules in (_OWN, _BAY))
    for visit, bed in patients:
        hope = max(own.by(bed.id), bay.of_room(bed) if _alone(hospital, visit, bed) else 0)
        if hope > 0:
            yield _Candidate(visit, bed, as_request(visit, bed, brought.get(visit.id), at), hope)


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

    def by(self, bed: BedId) -> int:
        column = self.column.get(bed)
        return int(self.gain[:, column].max(initial=0)) if column is not None else 0

    def of_room(self, bed: Bed) -> int:
        columns = [self.column[other] for other in self.roommates[bed.room] if other in self.column]
        each = np.sort(self.gain[:, columns].max(axis=1, initial=0))[::-1]
        return int(each[: len(columns)].sum())


def _alone(hospital: Hospital, visit: Visit, bed: Bed) -> bool:
    """The only one of their sex in the room, with nobody promised to join them."""
    others = [hospital.beds[other] for other in hospital.plan.roommates[bed.room] if other != bed.id]
    sexes = {state.sex for state in others if state.visit} | {state.reserved_sex for state in others if state.reserved_for}
    return bool(others) and visit.sex not in sexes


def _tried(engine: Engine, hospital: Hospital, at: datetime, seen: Table, before: Chosen, now: list[int], one: _Candidate) -> Move | None:
    """Plan everybody again without the patient there; None where nothing that is free now would do, or nobody is helped."""
    then = vacated(hospital, one.bed.id, at + timedelta(minutes=hospital.plan.moves.minutes))
    ids = seen.grid.layout.ids
    planned = frozenset(ids[seen.rows[column]] for column in before if column >= 0)
    again = _placed_first(table(engine, (*seen.requests, one.asks), then, at), one.bed.id, planned)
    found = chosen_together(again, People(again))
    if found.chosen[-1] < 0:
        return None
    points = points_of(again, found.chosen[:-1], hospital.plan.moves.served)
    better = [i for i, (has, had) in enumerate(zip(points, now, strict=True)) if has > had + _NOTABLY]
    if not better:
        return None
    to = again.grid.layout.ids[again.rows[found.chosen[-1]]]
    loss = max(0, _lying(again, one.bed.id) - _lying(again, to))  # nobody is moved for another's sake because it suits them
    served = sum(had < 0 <= has for had, has in zip(before, found.chosen[:-1], strict=True))
    helped = sorted(better, key=lambda i: now[i] - points[i])
    frees = tuple(seen.requests[i].id for i in helped[:_NAMED])
    return _move(hospital, one, to, sum(points) - sum(now), loss, _reason(hospital, one, served, len(better)), frees)


def _move(hospital: Hospital, one: _Candidate, to: BedId, gain: int, loss: int, reason: str, frees: tuple[RequestId, ...]) -> Move:
    price = hospital.plan.moves.price
    return Move(
        visit=one.visit.id,
        patient=one.visit.patient,
        bed=one.bed.id,
        to=to,
        benefit=gain - loss - price,
        gain=gain,
        loss=loss,
        price=price,
        reason=reason,
        frees=frees,
        visit_seq=one.visit.seq,
        bed_seq=hospital.beds[one.bed.id].seq,
        to_seq=hospital.beds[to].seq,
    )


def vacated(hospital: Hospital, bed: BedId, at: datetime) -> Hospital:
    """The hospital as it would be with the patient out of the bed at that time; it wants cleaning then."""
    old = hospital.beds[bed]
    dirty = Condition(BedStatus.CLEANING, at, "plan", Stage.WAITING, CleanKind.ROUTINE)
    empty: Mapping[BedId, BedState] = {
        bed: replace(old, now=dirty, visit=None, sex=None, age=None, care=NO_CARE, isolation=False, discrepancy=None)
    }
    return replace(hospital, beds={**hospital.beds, **empty})


def _placed_first(again: Table, bed: BedId, planned: frozenset[BedId]) -> Table:
    """The last request is the patient who moves: served before all, with a bed that is free now, and not with their own. One that the
    plan without the move gives to somebody is taken only where there is no other, so that both can be accepted together."""
    legal, urgency = again.legal.copy(), again.urgency.copy()
    free = (again.grid.status == AVAILABLE) & ~again.grid.reserved
    legal[-1] &= free[again.rows] & (again.rows != again.grid.layout.index[bed])
    spare = legal[-1] & ~np.array([again.grid.layout.ids[row] in planned for row in again.rows], np.bool_)
    legal[-1] = spare if spare.any() else legal[-1]
    urgency[-1] = urgency.sum() + 1
    return replace(again, legal=legal, urgency=urgency)


def _lying(again: Table, bed: BedId) -> int:
    """What a bed is worth for the patient who moves, once they lie in it."""
    row = again.grid.layout.index[bed]
    return sum(int(column[row]) for name, column in again.points[-1].items() if name not in _PASSING)


def _reason(hospital: Hospital, one: _Candidate, served: int, better: int) -> str:
    """Why this patient, and what comes of it."""
    bed = one.bed
    if len(hospital.plan.roommates[bed.room]) > 1 and _alone(hospital, one.visit, bed) and one.visit.sex in ("M", "F"):
        others, own = ("women", "man") if one.visit.sex == "M" else ("men", "woman")
        why = f"The only {own} in the bay, which is closed to {others}"
    elif spare := sorted(bed.features & {"negative_pressure", "single", *CLINICAL} - one.asks.needs):
        why = f"Has {', '.join(spare).replace('_', ' ')} with no need of it on record"
    else:
        why = "Would lie as well in another bed"
    said = [f"{served} who would get none"] if served else []
    if better > served:
        said.append(f"{better - served} with a better bed")
    return f"{why}; helps {' and '.join(said)}"
