"""Moves for another patient's sake: the desk asks, the patient's ward agrees or declines. `[moves]` says when nobody is asked.

A move is a bed request of the inpatient with one status more: while it is `asked` no bed is promised. Agreed, it goes the way of every
promise: the other bed is kept, the HIS is told, the patient's transfer settles it. Until then the bed shows when it is to come free, so
that it can be promised to who waits for it, and the ward that is to get the patient may turn them away. Declined by either, this patient is
not asked for again during the stay. What becomes pointless, or may not be, is withdrawn (`withdrawal`).
"""

from dataclasses import replace
from datetime import timedelta

from flow.domain.bed import BedState, BedStatus
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import check_beside, leaves
from flow.domain.decide.waiting import check_waits_once, live
from flow.domain.decide.withdrawal import withdraw
from flow.domain.events import Kind
from flow.domain.ids import WardId
from flow.domain.move_commands import AnswerMove, AskMove, asked_for
from flow.domain.request import BedRequest, Move, RequestStatus
from flow.domain.visit import Visit
from flow.errors import Refused


def ask(draft: Draft, command: AskMove) -> None:
    """Put the question to the patient's ward."""
    visit, move = draft.visit(command.visit), command.move
    if visit is None or visit.bed != move.bed:
        raise Refused("The patient is not in that bed; look again.", code="stale")
    _check_allowed(draft, visit)
    _check_seq(draft.bed(move.bed), command.if_seq)
    _check_target(draft, move, command.blocked_by, command.to_seq)
    check_beside(draft, move.to, command.as_of)
    if command.request in draft.hospital.requests:
        raise Refused(f"Request {command.request} exists already.", code="request-exists")
    check_waits_once(draft, visit.patient)
    kind = draft.type_of(move.to) or "general"
    draft.write(Kind.MOVE_ASKED, asked_for(command, visit, kind, draft.now))


def answer(draft: Draft, command: AnswerMove) -> None:
    """The ward's word."""
    asked = live(draft, command.request)
    if _receives(draft, asked, command.ward):
        _turn_away(draft, asked, command)
        return
    if asked.status is not RequestStatus.ASKED or asked.move is None or asked.visit is None:
        raise Refused("This has been answered already.", code="answered")
    visit = draft.visit(asked.visit)
    if visit is None or visit.bed != asked.move.bed:
        raise Refused("The patient has left that bed since.", code="stale")
    if command.agrees:
        check_beside(draft, asked.move.to, command.as_of)
        _agree(draft, asked, visit, asked.move, command.blocked_by)
    else:
        _decline(draft, asked, visit, command.reason.strip())


def _agree(draft: Draft, asked: BedRequest, visit: Visit, move: Move, blocked_by: tuple[str, ...]) -> None:
    to, leaves_at = move.to, draft.now + timedelta(minutes=draft.plan.moves.minutes)
    _check_allowed(draft, visit)
    _check_target(draft, move, blocked_by, None)
    draft.revise_bed(Kind.BED_RESERVED, to, reserved_for=asked.holder, reserved_at=draft.now, reserved_until=None, reserved_sex=asked.sex)
    promised = replace(asked, status=RequestStatus.ASSIGNED, bed=to, assigned_at=draft.now, touched_at=draft.now)
    draft.write(Kind.BED_ASSIGNED, promised)
    leaves(draft, visit.id, leaves_at)
    if move.swap is not None:
        leaves(draft, move.swap, leaves_at)


def _decline(draft: Draft, asked: BedRequest, visit: Visit, reason: str) -> None:
    if not reason:
        raise Refused("Say why this patient should stay.", code="reason-needed")
    assert asked.move is not None
    over = replace(asked, status=RequestStatus.CANCELLED, closed_at=draft.now, move=replace(asked.move, answer=reason))
    draft.write(Kind.MOVE_DECLINED, over)
    draft.write(Kind.VISIT_AMENDED, replace(visit, stays=reason))


def _receives(draft: Draft, asked: BedRequest, ward: WardId | None) -> bool:
    """Whether that ward answers as the one that is to get the patient."""
    beds, move = draft.plan.beds, asked.move
    if ward is None or move is None or move.bed not in beds or move.to not in beds or beds[move.bed].ward == ward:
        return False
    return beds[move.to].ward == ward


def _turn_away(draft: Draft, asked: BedRequest, command: AnswerMove) -> None:
    """The ward that the patient was to come to cannot take them."""
    reason = command.reason.strip()
    if command.agrees or asked.status is not RequestStatus.ASSIGNED or asked.move is None:
        raise Refused("The patient's own ward is asked; yours may decline once it has agreed.", code="other-ward")
    if not reason:
        raise Refused("Say why the patient cannot come.", code="reason-needed")
    said = f"{command.ward} cannot take the patient: {reason}"
    withdraw(draft, replace(asked, move=replace(asked.move, answer=reason)), f"{said}.")
    visit = draft.visit(asked.visit) if asked.visit is not None else None
    if visit is not None:
        draft.write(Kind.VISIT_AMENDED, replace(visit, stays=said))


def _check_allowed(draft: Draft, visit: Visit) -> None:
    rules = draft.plan.moves
    if rules.quiet(draft.now, draft.plan.zone):
        raise Refused(f"Nobody is moved for another patient's sake between {rules.night}.", code="quiet-hours")
    if (why := rules.why_not(visit)) is not None:
        raise Refused(why, code="not-moved")


def _check_seq(bed: BedState, seq: int | None) -> None:
    if seq is not None and seq != bed.seq:
        raise Refused(f"Bed {bed.id} has changed since you looked; look again.", code="stale")


def _check_target(draft: Draft, move: Move, blocked_by: tuple[str, ...], seq: int | None) -> None:
    """The bed to go to is free now, or the one who changes places lies there still; and it is lawful for the patient."""
    bed = draft.bed(move.to)
    _check_seq(bed, seq)
    free = bed.status is BedStatus.AVAILABLE if move.swap is None else bed.visit == move.swap
    if bed.temporary is not None or not free or bed.reserved_for is not None:
        raise Refused(f"Bed {move.to} is not free any more.", code="bed-taken")
    if blocked_by:
        raise Refused(f"{'; '.join(blocked_by)}. A patient is moved to a bed that suits.", code="rule-broken")
