"""Promises of beds: who a bed is kept for, and what becomes of the promise when the HIS names or uses a bed.

The rule. A visit that comes (A01, A02, ...) into the promised bed settles the request: confirmed. Into another bed of the type asked for:
settled there, the promised bed is released, "the HIS used another bed". Into a bed of another type (a trolley of casualty): the patient
still waits and the promise stands. A plan of the HIS (A05, A14, A15) that names the promised bed confirms it; one that names another
bed moves the promise there if that bed is promised to nobody else, and is noted on the request in any case. A hold that such a plan names
or moves is a promise from then on.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flow.domain.care import NO_CARE
from flow.domain.cause import Origin
from flow.domain.decide.discharges import free_at, latest_free_at
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.ids import BedId, VisitId
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.domain.visit import Visit
from flow.errors import Refused

NOT_RESERVED: dict[str, Any] = {
    **dict.fromkeys(("reserved_for", "reserved_at", "reserved_until", "reserved_sex", "reserved_by")),
    "held": False,
}

BESIDE = "beside"
"""Of a refusal after which the hard rules are asked again."""


def fulfil(draft: Draft, bed: BedId, visit: Visit) -> None:
    """A visit came to a bed: its own reservation there is used up, and the person's request is settled,
    releasing another bed that was promised."""
    if draft.bed(bed).reserved_for == f"visit:{visit.id}":
        draft.revise_bed(Kind.BED_RELEASED, bed, **NOT_RESERVED)
    for request in draft.live_requests():
        if _is_for(draft, request, visit) and (request.bed == bed or draft.type_of(bed) == request.type):
            _arrive(draft, request, bed, visit)


def heed(draft: Draft, bed: BedId, visit: Visit) -> bool:
    """A plan of the HIS names a bed for a visit; True when a promise of ours is for the same person and was confirmed or moved."""
    for request in draft.live_requests():
        if request.status is not RequestStatus.ASSIGNED or not _is_for(draft, request, visit):
            continue
        if request.bed == bed:
            _confirm(draft, request, bed)
        elif draft.bed(bed).reserved_for is None:
            _move(draft, request, bed)
        else:
            draft.write(Kind.REQUEST_CHANGED, replace(request, notice=Notice.OTHER_BED, his_bed=bed))
        return True
    return False


def _confirm(draft: Draft, request: BedRequest, bed: BedId) -> None:
    """The HIS names the promised bed. What was only held is promised from then on: it no longer runs out under a plan that counts on it."""
    until = request.held_until
    if until is not None and draft.hospital.rules.plan_ends_hold:
        draft.revise_bed(Kind.BED_RESERVED, bed, reserved_until=None, held=False)
        until = None
    draft.write(Kind.REQUEST_CHANGED, replace(request, notice=Notice.CONFIRMED, his_bed=None, held_until=until))


def _is_for(draft: Draft, request: BedRequest, visit: Visit) -> bool:
    return request.visit == visit.id or draft.hospital.survivor(request.patient) == visit.patient


def _move(draft: Draft, request: BedRequest, bed: BedId) -> None:
    """The promise goes over to the bed that the HIS named."""
    old = draft.bed(request.bed) if request.bed is not None and draft.has(request.bed) else None
    until, held = (old.reserved_until, old.held) if old else (None, False)
    if held and draft.hospital.rules.plan_ends_hold:
        until, held = None, False
    let_go(draft, request)
    draft.revise_bed(
        Kind.BED_RESERVED,
        bed,
        reserved_for=request.holder,
        reserved_at=draft.now,
        reserved_until=until,
        reserved_sex=request.sex,
        reserved_by=draft.cause.actor,
        held=held,
    )
    draft.write(Kind.REQUEST_CHANGED, replace(request, bed=bed, notice=Notice.OTHER_BED, his_bed=bed, held_until=until if held else None))


def check_beside(draft: Draft, bed: BedId, as_of: int | None) -> None:
    """The hard rules were asked of the hospital as of that Seq; who has come to the room since, or is promised to, they have not seen."""
    if as_of is None or bed not in draft.plan.beds:
        return
    others = [draft.bed(other) for other in draft.plan.roommates[draft.plan.beds[bed].room] if other != bed and draft.has(other)]
    if any(other.seq > as_of and (other.visit or other.reserved_for) for other in others):
        raise Refused(f"Somebody has come beside {bed} since you looked; look again.", code=BESIDE)


def let_go(draft: Draft, request: BedRequest) -> None:
    """The promised bed is promised to nobody."""
    if request.bed is not None and draft.bed(request.bed).reserved_for == request.holder:
        draft.revise_bed(Kind.BED_RELEASED, request.bed, **NOT_RESERVED)


def stays(draft: Draft, request: BedRequest) -> None:
    """Of a move that was agreed to and is over: the patient is not about to leave the bed, nor the one who would have changed places."""
    if request.move is not None and request.status is RequestStatus.ASSIGNED:
        for visit in (request.visit, request.move.swap):
            if visit is not None:
                leaves(draft, visit, None)


def leaves(draft: Draft, visit: VisitId, at: datetime | None, *, moves: int = 0) -> None:
    """The patient is to leave the bed at that time for a move that the ward agreed to; None: stays after all, or has moved."""
    old = draft.visit(visit)
    if old is None or (old.leaves_at == at and not moves):
        return
    new = replace(old, leaves_at=at, moves=old.moves + moves)
    draft.write(Kind.VISIT_AMENDED, new)
    if new.bed is not None and draft.has(new.bed) and draft.bed(new.bed).visit == visit:
        draft.revise_bed(Kind.BED_REVISED, new.bed, expected_free_at=free_at(draft, new), latest_free_at=latest_free_at(draft, new))


def drop_moot(draft: Draft, visit: Visit) -> None:
    """A move of somebody who has left the bed otherwise is asked no more."""
    for request in draft.live_requests():
        seated = draft.visit(visit.id) or visit
        if request.move is not None and request.move.swap == visit.id and seated.bed != request.move.to:
            leaves(draft, visit.id, None)
        if request.move is not None and request.visit == visit.id and seated.bed != request.move.bed:
            let_go(draft, request)
            stays(draft, request)
            over = replace(request, status=RequestStatus.CANCELLED, bed=None, closed_at=draft.now)
            draft.write(Kind.REQUEST_CANCELLED, over)


def _arrive(draft: Draft, request: BedRequest, bed: BedId, visit: Visit) -> None:
    let_go(draft, request)
    leaves(draft, visit.id, None, moves=int(request.move is not None and bed in (request.bed, request.move.to)))
    arrived = replace(request, status=RequestStatus.ARRIVED, bed=bed, visit=visit.id, closed_at=draft.now)
    if request.bed is not None and draft.cause.origin is Origin.FEED:
        same = request.bed == bed
        arrived = replace(arrived, notice=Notice.CONFIRMED if same else Notice.OTHER_BED, his_bed=None if same else bed)
    draft.write(Kind.REQUEST_ARRIVED, arrived)
    _hand_over(draft, request, bed, visit)


def _hand_over(draft: Draft, request: BedRequest, bed: BedId, visit: Visit) -> None:
    """What the request knew of the patient's care goes over to the visit and shows on its bed."""
    isolated = request.isolation or request.isolation_kind is not None
    if request.care == NO_CARE and not isolated:
        return
    seated = draft.visit(visit.id) or visit
    if request.care not in (NO_CARE, seated.care):
        draft.write(Kind.VISIT_AMENDED, replace(seated, care=request.care))
    draft.revise_bed(Kind.BED_REVISED, bed, care=request.care, isolation=isolated)
