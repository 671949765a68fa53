"""A request while it waits: what may still change of it, ready to move, taken for forgotten, taken up again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flow.domain.commands import EditRequest, ExpireRequest, MarkReady, TakeUpRequest
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import let_go, stays
from flow.domain.events import Kind
from flow.domain.ids import PatientId, RequestId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.request_rules import lapses_at
from flow.errors import Refused

_ALWAYS = frozenset({"priority", "origin", "wishes", "ready_at", "entitlement", "insurer_limit", "room_choice", "rest"})
_BEARS_ON_THE_BED = frozenset(
    {"type", "needs", "sex", "age", "specialty", "isolation", "isolation_kind", "organism", "attendant", "mother_of", "baby_of"}
)
EDITABLE: Mapping[RequestStatus, frozenset[str]] = {
    RequestStatus.WAITING: _ALWAYS | _BEARS_ON_THE_BED,
    RequestStatus.READY: _ALWAYS | _BEARS_ON_THE_BED,
    RequestStatus.ASSIGNED: _ALWAYS,
    RequestStatus.ASKED: frozenset(),
}
"""What may change when. While a bed is promised, what that bed was chosen by stays; a closed request stays as it was."""


def edit(draft: Draft, command: EditRequest) -> None:
    """Change what may be changed; who the request is for, and its clock, never."""
    old, new = live(draft, command.request.id), command.request
    if command.if_seq is not None and command.if_seq != old.seq:
        raise Refused("This request has changed since you looked; look again.", code="stale")
    changed = {name for name in _ALWAYS | _BEARS_ON_THE_BED if getattr(old, name) != getattr(new, name)}
    if fixed := sorted(changed - EDITABLE[old.status]):
        words = ", ".join(name.replace("_", " ") for name in fixed)
        raise Refused(f"A bed is promised, and {words} may no longer suit it; release the bed first.", code="bed-promised")
    values: dict[str, Any] = {name: getattr(new, name) for name in changed}
    edited = replace(old, **values, edited=True, touched_at=draft.now)
    if edited.is_unplaced:
        edited = replace(edited, status=edited.unplaced_at(draft.now))
    if changed:
        draft.write(Kind.REQUEST_CHANGED, edited)


def mark_ready(draft: Draft, command: MarkReady) -> None:
    """The patient can go from then on; None: not after all. The waiting clock goes on."""
    old = live(draft, command.request)
    new = replace(old, ready_at=command.ready_at)
    if new.is_unplaced:
        new = replace(new, status=new.unplaced_at(draft.now))
    if new != old:
        due = old.ready_at == command.ready_at
        draft.write(Kind.REQUEST_READY, new if due else replace(new, touched_at=draft.now))


def expire(draft: Draft, command: ExpireRequest) -> None:
    """Nobody has touched it for as long as the house says; a promise runs out by itself first."""
    old = live(draft, command.request)
    if not old.is_unplaced or lapses_at(old, draft.hospital.rules.expire_hours) > draft.now:
        raise Refused(f"Request {old.id} is in hand.", code="request-in-hand")
    draft.write(Kind.REQUEST_EXPIRED, replace(old, status=RequestStatus.EXPIRED, closed_at=draft.now))


def take_up(draft: Draft, command: TakeUpRequest) -> None:
    """It was not forgotten, or not to be cancelled: the request waits again with its old clock."""
    old = draft.request(command.request)
    if old.status not in (RequestStatus.EXPIRED, RequestStatus.CANCELLED) or old.move is not None:
        raise Refused(f"Request {old.id} is {old.status}.", code="request-not-closed")
    check_waits_once(draft, old.patient)
    draft.write(Kind.REQUEST_TAKEN_UP, replace(old, status=old.unplaced_at(draft.now), closed_at=None, touched_at=draft.now))


def live(draft: Draft, request_id: RequestId) -> BedRequest:
    """An open request; Refused when it is over."""
    found = draft.request(request_id)
    if not found.is_live:
        raise Refused(f"Request {found.id} is {found.status}.", code="request-closed")
    return found


def check_waits_once(draft: Draft, patient: PatientId) -> None:
    """One live request a patient."""
    if any(r.patient == patient for r in draft.live_requests()):
        raise Refused("This patient is already waiting for a bed.", code="already-waiting")


def keep_one(draft: Draft, patient: PatientId) -> None:
    """Two persons who were one wait once: the request with a bed goes on, else the one that waits longest."""
    own = [request for request in draft.live_requests() if request.patient == patient]
    for spare in sorted(own, key=lambda r: (r.is_unplaced, r.created_at, r.id))[1:]:
        close(draft, spare)


def close(draft: Draft, request: BedRequest, kind: Kind = Kind.REQUEST_CANCELLED) -> None:
    """Take a request off the list, and its promise back."""
    let_go(draft, request)
    stays(draft, request)
    draft.write(kind, replace(request, status=RequestStatus.CANCELLED, bed=None, closed_at=draft.now))
