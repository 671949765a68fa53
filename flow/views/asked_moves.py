"""Moves for another patient's sake as a ward sees them: its own patients whom it is asked for, those who come from another ward, and what
came to nothing. A part of the ward's page; the joint plan says the same words to the desk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, Move, RequestStatus
from flow.views.bed_words import bed_words
from flow.views.times import moment_words
from flow.views.who_words import who_words

SAID_FOR = timedelta(hours=4)
"""So long it is said why a move came to nothing."""


class MoveState(StrEnum):
    """How a move stands for one ward; `coming`: another ward has agreed, and the patient comes here."""

    ASKED = "asked"
    AGREED = "agreed"
    COMING = "coming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AskedMove:
    """One move. `name` is empty for a reader without names; `for_whom` says how many would be helped, where the reason does not, without
    their names: they are not this ward's patients; `ended` why it came to nothing, and when."""

    id: RequestId
    name: str
    who: str
    bed: str
    to: str
    reason: str
    for_whom: str
    asked: str
    state: MoveState
    may_answer: bool
    ended: str = ""


def asked_moves(
    requests: Iterable[BedRequest], ward: WardId, plan: Plan, names: Mapping[PatientId, str], at: datetime, *, may_answer: bool
) -> tuple[AskedMove, ...]:
    """Those of the ward, the oldest question first."""
    found = [(request, state) for request in requests if (state := state_for(request, ward, plan, at)) is not None]
    return tuple(
        _asked(request, state, plan, names, at, may_answer)
        for request, state in sorted(found, key=lambda pair: (pair[0].created_at, pair[0].id))
    )


def state_for(request: BedRequest, ward: WardId, plan: Plan, at: datetime) -> MoveState | None:
    """How a request concerns a ward as a move; None where it is none, or none of this ward's."""
    move = request.move
    if move is None:
        return None
    own, comes = _ward(move.bed, plan) == ward, _ward(move.to, plan) == ward
    if not request.is_live:
        was_told = own or (comes and request.assigned_at is not None)
        return MoveState.ENDED if was_told and came_to_nothing(request, at) else None
    if own:
        return MoveState.AGREED if request.status is RequestStatus.ASSIGNED else MoveState.ASKED
    return MoveState.COMING if comes and request.status is RequestStatus.ASSIGNED else None


def _ward(bed: BedId, plan: Plan) -> WardId | None:
    return plan.beds[bed].ward if bed in plan.beds else None


def came_to_nothing(request: BedRequest, at: datetime) -> bool:
    """Declined or withdrawn, and that not long ago."""
    move = request.move
    said = move is not None and (move.answer is not None or move.withdrawn is not None)
    return said and request.closed_at is not None and at - request.closed_at < SAID_FOR


def ended_words(request: BedRequest, plan: Plan, at: datetime) -> str:
    """`Withdrawn 14:05: the patient it was for has another bed.`"""
    if request.move is None or request.closed_at is None:
        return ""
    when = moment_words(request.closed_at.timestamp(), at.timestamp(), plan.zone)
    if request.move.withdrawn is not None:
        return f"Withdrawn {when}: {request.move.withdrawn}"
    return f"Declined {when}: {request.move.answer}"


def _asked(request: BedRequest, state: MoveState, plan: Plan, names: Mapping[PatientId, str], at: datetime, may_answer: bool) -> AskedMove:
    assert request.move is not None
    move, count = request.move, len(request.move.frees)
    helped = {0: "", 1: "one patient who waits"}.get(count, f"{count} patients who wait")
    bed, to = _beds(move, state, plan)
    return AskedMove(
        id=request.id,
        name=names.get(request.patient, ""),
        who=who_words(request.age, request.sex),
        bed=bed,
        to=to,
        reason=move.reason,
        for_whom="" if "helps" in move.reason else helped,
        asked=moment_words(request.created_at.timestamp(), at.timestamp(), plan.zone),
        state=state,
        may_answer=may_answer and state in (MoveState.ASKED, MoveState.COMING),
        ended=ended_words(request, plan, at) if state is MoveState.ENDED else "",
    )


def _beds(move: Move, state: MoveState, plan: Plan) -> tuple[str, str]:
    """The ward's own bed by its label alone, the other with its ward."""
    if state is MoveState.COMING:
        return bed_words(move.bed, plan), plan.beds[move.to].label
    own = plan.beds[move.bed].label if state is not MoveState.ENDED and move.bed in plan.beds else bed_words(move.bed, plan)
    return own, bed_words(move.to, plan)
