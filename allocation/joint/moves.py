"""Fourth stage: which inpatients could be asked to move, so that a scarce bed comes free, and what that would be worth.

`candidates` says whom it might be worth asking. The promising ones are tried out: the hospital as it would be without them there, the
patient one more who needs a bed that is free now (or the one of an inpatient who waits for theirs: a swap), and everybody planned again.
Net benefit = what the plan gains - what the patient loses by the change - the price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from allocation.engine import Engine
from allocation.grid import AVAILABLE
from allocation.joint.candidates import CLINICAL, Candidate, Partner, alone_in_bay, candidates, points_of
from allocation.joint.chosen import Chosen, chosen_together
from allocation.joint.table import Table, table
from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.care import NO_CARE
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.move_rules import helped_already

_PASSING = frozenset({"ready", "cleaned", "bay", "load", "own"})
"""Terms that say nothing of lying there."""
_CELLS = 1_500_000
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
    swap: VisitId | None = None


def proposed(engine: Engine, hospital: Hospital, at: datetime, seen: Table, found: Chosen) -> tuple[Move, ...]:
    """The moves that are worth their price, the best first; none at night, nor when it would be night before they are done."""
    rules = hospital.plan.moves
    if any(rules.quiet(then, hospital.plan.zone) for then in (at, at + timedelta(minutes=rules.minutes))):
        return ()
    now = points_of(seen, found, rules.served)
    hopeful = [one for one in candidates(engine, hospital, at, seen.requests, now) if one.hope > rules.price]
    steps = max(2, min(24, _CELLS // max(1, seen.worth.size)))
    best_first = sorted(_with_a_bed(engine, hospital, at, hopeful), key=lambda c: (-c.hope, c.bed.id))
    tried = [_tried(engine, hospital, at, seen, found, now, one) for one in best_first[:steps]]
    engine.grid.follow(hospital)
    worth = sorted((move for move in tried if move is not None and move.benefit > 0), key=lambda m: (-m.benefit, m.swap or "", m.bed))
    best, helped = {move.visit: move for move in reversed(worth)}, helped_already(hospital.requests)
    return tuple(move for move in worth if best[move.visit] is move and not helped.issuperset(move.frees))[:SHOWN]


def _with_a_bed(engine: Engine, hospital: Hospital, at: datetime, hopeful: list[Candidate]) -> list[Candidate]:
    """Those for whom a bed is free that would do, or who would change places: the others need not be tried."""
    if not hopeful:
        return []
    seen = table(engine, [one.asks for one in hopeful], hospital, at)
    free = ((seen.grid.status == AVAILABLE) & ~seen.grid.reserved)[seen.rows]
    return [one for one, legal in zip(hopeful, seen.legal, strict=True) if one.swap is not None or (legal & free).any()]


def _tried(engine: Engine, hospital: Hospital, at: datetime, seen: Table, before: Chosen, now: list[int], one: Candidate) -> Move | None:
    """Plan everybody again without the patient there; None where nothing that is free now would do, or nobody is helped."""
    then = vacated(hospital, one.bed.id, at + timedelta(minutes=hospital.plan.moves.minutes))
    then = vacated(then, one.swap.bed.id, at + timedelta(minutes=hospital.plan.moves.minutes)) if one.swap is not None else then
    ids = seen.grid.layout.ids
    planned = frozenset(ids[seen.rows[column]] for column in before if column >= 0)
    again = table(engine, (*seen.requests, one.asks), then, at)
    again = _placed_first(again, one.bed.id, planned) if one.swap is None else _swapped_first(again, one.bed.id, one.swap)
    found = chosen_together(again)
    if found[-1] < 0 or (one.swap is not None and found[one.swap.place] < 0):
        return None
    points = points_of(replace(again, urgency=np.append(seen.urgency, 0)), found[:-1], hospital.plan.moves.served)
    better = [i for i, (has, had) in enumerate(zip(points, now, strict=True)) if has > had + _NOTABLY]
    if not better:
        return None
    to = again.grid.layout.ids[again.rows[found[-1]]]
    loss = max(0, _lying(again, one.bed.id) - _lying(again, to))  # nobody is moved for another's sake because it suits them
    served = sum(had < 0 <= has for had, has in zip(before, found[:-1], strict=True))
    helped = sorted(better, key=lambda i: now[i] - points[i])
    frees = tuple(seen.requests[i].id for i in helped[:_NAMED])
    return _move(hospital, one, to, sum(points) - sum(now), loss, _reason(hospital, one, served, len(better)), frees)


def _move(hospital: Hospital, one: Candidate, to: BedId, gain: int, loss: int, reason: str, frees: tuple[RequestId, ...]) -> Move:
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
        swap=one.swap.visit if one.swap is not None else None,
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


def _swapped_first(again: Table, bed: BedId, swap: Partner) -> Table:
    """Who moves goes to the bed of the one who waits for theirs, and that one into theirs; both before all others."""
    legal, urgency = again.legal.copy(), again.urgency.copy()
    index = again.grid.layout.index
    for place, only in ((-1, swap.bed.id), (swap.place, bed)):
        legal[place] &= again.rows == index[only]
        urgency[place] = urgency.sum() + 1
    return replace(again, legal=legal, urgency=urgency)


def _lying(again: Table, bed: BedId) -> int:
    """What a bed is worth for the patient who moves, once they lie in it."""
    row = again.grid.layout.index[bed]
    return sum(int(column[row]) for name, column in again.points[-1].items() if name not in _PASSING)


def _reason(hospital: Hospital, one: Candidate, served: int, better: int) -> str:
    """Why this patient, and what comes of it."""
    bed = one.bed
    if one.swap is not None:
        return f"Changes places with the patient in {one.swap.bed.label}, who waits for this bed"
    if len(hospital.plan.roommates[bed.room]) > 1 and alone_in_bay(hospital, one.visit, bed) and one.visit.sex in ("M", "F"):
        others, own = ("women", "man") if one.visit.sex == "M" else ("men", "woman")
        why = f"The only {own} in the bay, which is closed to {others}"
    elif spare := sorted(bed.features & {"negative_pressure", "single", *CLINICAL} - one.asks.needs):
        named = ["a single room" if name == "single" else name.replace("_", " ") for name in spare]
        why = f"Has {' and '.join(named)} with no need of {'it' if len(named) == 1 else 'them'} on record"
    else:
        why = "Would lie as well in another bed"
    said = [f"{served} who would get none"] if served else []
    if better > served:
        said.append(f"{better - served} with a better bed")
    return f"{why}; helps {' and '.join(said)}"
