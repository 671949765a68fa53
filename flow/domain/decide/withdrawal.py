"""Moves for another patient's sake that are withdrawn: at once when the patient is flagged or nobody is helped, by the clock at night.

The last stage of every decision. A question or an agreed move ends the same way: the bed that was kept is promised to nobody, the patient
stays, and who was promised the patient's bed waits again. The reason stands on the move, for the desk and the wards.
"""

from dataclasses import replace

from flow.domain.commands import ExpireRequest
from flow.domain.decide import waiting
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import let_go, stays
from flow.domain.events import Kind
from flow.domain.ids import BedId, VisitId
from flow.domain.move_commands import MarkRest
from flow.domain.move_end import why_lapsed, why_over
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Visit
from flow.errors import Refused


def expire(draft: Draft, command: ExpireRequest) -> None:
    """Nobody has touched a request for as long as the house says; a move's time is over, or it was moot before the house withdrew those."""
    old = waiting.live(draft, command.request)
    if old.move is None:
        waiting.expire(draft, command)
        return
    why = why_lapsed(old, draft.now, draft.plan) or why_over(old, draft.visit, draft.requests(), draft.plan)
    if why is None:
        raise Refused(f"Request {old.id} is in hand.", code="request-in-hand")
    if old.status is RequestStatus.ASKED:
        told = replace(old.move, withdrawn=why) if draft.hospital.rules.withdraws_moves else old.move
        draft.write(Kind.REQUEST_EXPIRED, replace(old, status=RequestStatus.EXPIRED, closed_at=draft.now, move=told))
    else:
        withdraw(draft, old, why)


def withdraw(draft: Draft, asked: BedRequest, why: str) -> None:
    """The move is off, and says why."""
    assert asked.move is not None
    let_go(draft, asked)
    stays(draft, asked)
    over = replace(asked, status=RequestStatus.CANCELLED, bed=None, closed_at=draft.now, move=replace(asked.move, withdrawn=why))
    draft.write(Kind.REQUEST_CANCELLED, over)


def sweep(draft: Draft) -> None:
    """What this decision has changed may have made moves pointless or wrong, and promises of beds that come free no more."""
    if not draft.hospital.rules.withdraws_moves or not _bears_on_moves(draft):
        return
    for asked in [one for one in draft.live_requests() if one.move is not None]:
        why = why_over(asked, draft.visit, draft.requests(), draft.plan)
        if why is not None:
            _keep_flag(draft, asked)
            withdraw(draft, asked, why)
    for record in [event.record for event in draft.events]:
        if isinstance(record, BedRequest) and record.move is not None and not record.is_live:
            _promised_in_vain(draft, record.move.bed, record.visit)


def mark_rest(draft: Draft, command: MarkRest) -> None:
    """The ward says of its patient: dementia, end of life, or neither. `sweep` withdraws what was agreed."""
    visit = draft.visit(command.visit)
    if visit is None or visit.bed is None or (command.if_seq is not None and draft.bed(visit.bed).seq != command.if_seq):
        raise Refused("The bed has changed since you looked; look again.", code="stale")
    _flag(draft, visit, command)


def _flag(draft: Draft, visit: Visit, command: MarkRest) -> None:
    care = replace(visit.care, rest=command.rest)
    if care == visit.care:
        return
    draft.write(Kind.VISIT_AMENDED, replace(visit, care=care))
    if visit.bed is not None and draft.has(visit.bed):
        draft.revise_bed(Kind.BED_REVISED, visit.bed, care=care)


def _keep_flag(draft: Draft, asked: BedRequest) -> None:
    """Flagged on the move itself: the patient keeps the flag when the move is off."""
    visit = _visit(draft, asked)
    if visit is not None and not asked.rest <= visit.care.rest:
        _flag(draft, visit, MarkRest(visit.id, visit.care.rest | asked.rest))


def _bears_on_moves(draft: Draft) -> bool:
    records = [event.record for event in draft.events]
    return any(isinstance(one, BedRequest) or (isinstance(one, Visit) and one.care.never_moved) for one in records)


def _promised_in_vain(draft: Draft, bed: BedId, visit: VisitId | None) -> None:
    """Who was promised the bed of a patient who stays after all, waits again with the old clock."""
    state = draft.bed(bed) if draft.has(bed) else None
    if state is None or state.visit != visit or state.expected_free_at is not None:
        return
    for request in draft.live_requests():
        if request.bed == bed and state.reserved_for == request.holder:
            waiting_again(draft, request)


def waiting_again(draft: Draft, request: BedRequest) -> None:
    """The promise is taken back; the request waits with its old clock."""
    let_go(draft, request)
    waits = replace(
        request,
        status=request.unplaced_at(draft.now),
        bed=None,
        assigned_at=None,
        touched_at=draft.now,
        override_reason=None,
        notice=None,
        his_bed=None,
        held_until=None,
    )
    draft.write(Kind.ASSIGNMENT_RELEASED, waits)


def _visit(draft: Draft, asked: BedRequest) -> Visit | None:
    return draft.visit(asked.visit) if asked.visit is not None else None
