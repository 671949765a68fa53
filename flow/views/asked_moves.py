"""Moves that a ward is asked for: who could go where, for whose sake, and what becomes of it. A part of the ward's page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flow.domain.ids import PatientId, RequestId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus
from flow.views.bed_words import bed_words
from flow.views.times import clock_time
from flow.views.who_words import who_words


@dataclass(frozen=True, slots=True)
class AskedMove:
    """One question, or one that was agreed to and has not happened yet. `name` is empty for a reader without names; `for_whom` says how
    many would be helped, without their names: they are not this ward's patients."""

    id: RequestId
    name: str
    who: str
    bed: str
    to: str
    reason: str
    for_whom: str
    asked: str
    agreed: bool
    may_answer: bool


def asked_moves(
    requests: Iterable[BedRequest], ward: WardId, plan: Plan, names: Mapping[PatientId, str], *, may_answer: bool
) -> tuple[AskedMove, ...]:
    """Those of the ward's patients, the oldest question first."""
    found = [r for r in requests if r.move is not None and r.is_live and r.move.bed in plan.beds and plan.beds[r.move.bed].ward == ward]
    return tuple(
        _asked(request, plan, names, may_answer) for request in sorted(found, key=lambda request: (request.created_at, request.id))
    )


def _asked(request: BedRequest, plan: Plan, names: Mapping[PatientId, str], may_answer: bool) -> AskedMove:
    assert request.move is not None
    move, count = request.move, len(request.move.frees)
    helped = {0: "", 1: "one patient who waits"}.get(count, f"{count} patients who wait")
    return AskedMove(
        id=request.id,
        name=names.get(request.patient, ""),
        who=who_words(request.age, request.sex),
        bed=plan.beds[move.bed].label,
        to=bed_words(move.to, plan),
        reason=move.reason,
        for_whom=helped,
        asked=clock_time(request.created_at.timestamp(), plan.zone),
        agreed=request.status is RequestStatus.ASSIGNED,
        may_answer=may_answer,
    )
