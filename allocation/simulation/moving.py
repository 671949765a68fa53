"""Moves for another patient's sake: the desk asks the patient's ward, the ward answers, the patient goes.

Before it a policy proposed (`policies`); after it the bed left is dirty and everybody is planned again. What may be asked and agreed to is
decided by flow (`flow.domain.decide.moves`), as in the product; here are only the wards, and the clock.
"""

from datetime import datetime, timedelta

from allocation.joint.moves import Move
from allocation.simulation.demand import ANSWERS
from allocation.simulation.world import World
from flow.domain import request
from flow.domain.decide import moves, withdrawal
from flow.domain.ids import RequestId
from flow.domain.move_commands import AnswerMove, AskMove
from flow.domain.move_end import why_over
from flow.domain.move_rules import helped_already
from flow.domain.request import BedRequest, RequestStatus
from flow.errors import Refused

_KEPT = "The ward keeps the patient."


def too_late(world: World, at: datetime) -> bool:
    """Whether somebody asked for now might still be under way when the night begins."""
    plan = world.hospital.plan
    return plan.moves.quiet(at + timedelta(minutes=ANSWERS[1] - 1 + plan.moves.minutes), plan.zone)


def ask(world: World, key: RequestId, move: Move, at: datetime) -> bool:
    """Put the question to the ward; False where the desk would not: others are asked for the same patients or bed, or flow refuses."""
    asked = [r.move for r in world.hospital.requests.values() if r.status is RequestStatus.ASKED and r.move is not None]
    if helped_already(world.hospital.requests).issuperset(move.frees) or any(other.to == move.to for other in asked):
        return False
    told = request.Move(move.bed, move.to, move.reason, move.benefit, move.frees, swap=move.swap)
    against = world.against_move(key, move.visit, move.to, at)
    command = AskMove(key, move.visit, told, against, move.bed_seq, move.to_seq)
    try:
        world.decided(at, lambda draft: moves.ask(draft, command))
    except Refused:
        return False
    return True


def answer(world: World, key: RequestId, agrees: bool, at: datetime) -> bool:
    """The ward's word; True where the patient is to go. What has become pointless or unlawful since is withdrawn."""
    asked = _standing(world, key, RequestStatus.ASKED, at)
    if asked is None or asked.move is None or asked.visit is None:
        return False
    if world.hospital.beds[asked.move.bed].expected_free_at is not None:
        return _withdraw(world, asked, "The patient leaves anyway.", at)
    against = world.against_move(key, asked.visit, asked.move.to, at)
    command = AnswerMove(key, agrees, "" if agrees else _KEPT, against)
    try:
        world.decided(at, lambda draft: moves.answer(draft, command))
    except Refused as refused:
        return _withdraw(world, asked, str(refused), at)
    return agrees


def may_go(world: World, key: RequestId, at: datetime) -> bool:
    """Whether the patient, of whom the ward has agreed, is still there and still to go."""
    return _standing(world, key, RequestStatus.ASSIGNED, at) is not None


def _standing(world: World, key: RequestId, status: RequestStatus, at: datetime) -> BedRequest | None:
    """The move, where it is in that state and helps somebody still; else it is withdrawn."""
    asked, hospital = world.hospital.requests.get(key), world.hospital
    if asked is None or asked.status is not status or asked.visit is None:
        return None
    why = why_over(asked, hospital.visits.get, hospital.requests, hospital.plan)
    if why is not None:
        _withdraw(world, asked, why, at)
    return asked if why is None else None


def _withdraw(world: World, asked: BedRequest, why: str, at: datetime) -> bool:
    world.decided(at, lambda draft: withdrawal.withdraw(draft, asked, why))
    return False
