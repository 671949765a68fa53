"""Promises of beds: who a bed is kept for, and what becomes of the promise when the patient really arrives somewhere."""

from dataclasses import replace

from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.ids import BedId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Visit

NOT_RESERVED: dict[str, None] = {"reserved_for": None, "reserved_at": None, "reserved_until": None, "reserved_sex": None}


def fulfil(draft: Draft, bed: BedId, visit: Visit) -> None:
    """A visit came to a bed: its own reservation there is used up, and the person's request is settled,
    releasing another bed that was promised."""
    if draft.bed(bed).reserved_for == f"visit:{visit.id}":
        draft.revise_bed(Kind.BED_RELEASED, bed, **NOT_RESERVED)
    for request in draft.live_requests():
        if _answers(draft, request, bed, visit):
            _arrive(draft, request, bed, visit)


def _answers(draft: Draft, request: BedRequest, bed: BedId, visit: Visit) -> bool:
    """The visit is the request's patient, in the promised bed or in one of the type asked for (an ED trolley is none)."""
    same = request.visit == visit.id or draft.hospital.survivor(request.patient) == visit.patient
    return same and (request.bed == bed or draft.plan.beds[bed].type == request.type)


def _arrive(draft: Draft, request: BedRequest, bed: BedId, visit: Visit) -> None:
    if request.bed is not None and draft.bed(request.bed).reserved_for == request.holder:
        draft.revise_bed(Kind.BED_RELEASED, request.bed, **NOT_RESERVED)
    arrived = replace(request, status=RequestStatus.ARRIVED, bed=bed, visit=visit.id, closed_at=draft.now)
    draft.write(Kind.REQUEST_ARRIVED, arrived)
