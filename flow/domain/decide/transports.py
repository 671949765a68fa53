"""Transports: asked for by a ward or the desk, moved on by the porter who has accepted it. `TRANSPORTS` says which moves there are.

Whoever leaves the house with a porter has been brought to the door: that is a step of the discharge, and is told to it.
"""

from dataclasses import replace
from datetime import datetime

from flow.domain.decide import discharges
from flow.domain.decide.draft import Draft
from flow.domain.discharge import Milestone
from flow.domain.discharge_commands import MarkMilestone
from flow.domain.events import Kind
from flow.domain.ids import TransportId
from flow.domain.transport import TRANSPORTS, Carried, Transport, TransportStatus
from flow.domain.transport_commands import CancelTransport, MoveTransport, RequestTransport, Ride
from flow.errors import Refused

_S = TransportStatus
_TO = {Ride.ACCEPT: _S.ACCEPTED, Ride.PICK_UP: _S.PICKED_UP, Ride.DELIVER: _S.DELIVERED, Ride.GIVE_BACK: _S.REQUESTED}
_KIND = {
    _S.ACCEPTED: Kind.TRANSPORT_ACCEPTED,
    _S.PICKED_UP: Kind.TRANSPORT_PICKED_UP,
    _S.DELIVERED: Kind.TRANSPORT_DELIVERED,
    _S.REQUESTED: Kind.TRANSPORT_GIVEN_BACK,
    _S.CANCELLED: Kind.TRANSPORT_CANCELLED,
}
_BROUGHT_OUT = (Milestone.TRANSPORT, Milestone.MORTUARY)


def request(draft: Draft, command: RequestTransport) -> None:
    """A new job. A patient's is refused where nobody lies in the bed, or where one is under way already."""
    asked = command.transport
    if asked.to in ("", asked.origin) or (asked.to_bed is not None and asked.to_bed == asked.bed):
        raise Refused("Say where to: another place than where it begins.", code="no-way")
    visit = draft.bed(asked.bed).visit if asked.bed is not None and asked.carried is not Carried.THING else None
    if asked.carried is not Carried.THING and visit is None:
        raise Refused("Nobody lies in that bed; choose the patient's bed, or ask for a thing to be brought.", code="bed-empty")
    if visit is not None and any(job.visit == visit and job.is_live for job in draft.hospital.transports.values()):
        raise Refused("A porter is asked for this patient already.", code="already-asked")
    fresh = Transport(asked.id, asked.ward, asked.origin, asked.to, draft.now)
    said = {name: getattr(asked, name) for name in ("carried", "oxygen", "priority", "bed", "to_bed", "leaving")}
    draft.write(Kind.TRANSPORT_REQUESTED, replace(fresh, **said, visit=visit))


def move(draft: Draft, command: MoveTransport) -> None:
    """A porter's tap. What the porter has done already is no event; what a colleague has is refused kindly."""
    job, to = _live(draft, command.transport), _TO[command.ride]
    if command.ride is Ride.ACCEPT:
        _check_free(draft, job, command.porter)
    elif job.porter != command.porter:
        raise Refused("A colleague has this job, or it was given back.", code="not-yours")
    if job.status is to:
        return
    if to not in TRANSPORTS[job.status]:
        raise Refused(f"This job is {said(job.status)}; it cannot become {said(to)}.", code="illegal-transition")
    at = _moment(draft, job, command.at)
    draft.write(_KIND[to], _moved(job, to, command.porter, at), at)
    if to is _S.DELIVERED:
        _tell_discharge(draft, job, at)


def _check_free(draft: Draft, job: Transport, porter: str) -> None:
    if job.porter not in (None, porter):
        raise Refused("A colleague has this job already.", code="taken")
    others = [other for other in draft.hospital.transports.values() if other.is_live and other.porter == porter and other.id != job.id]
    if others:
        raise Refused("Bring the one you have first, or give it back.", code="one-at-a-time")


def _moved(job: Transport, to: TransportStatus, porter: str, at: datetime) -> Transport:
    match to:
        case TransportStatus.ACCEPTED:
            return replace(job, status=to, porter=porter, accepted_at=at)
        case TransportStatus.PICKED_UP:
            return replace(job, status=to, picked_up_at=at)
        case TransportStatus.DELIVERED:
            return replace(job, status=to, delivered_at=at)
        case _:
            return replace(job, status=TransportStatus.REQUESTED, porter=None, accepted_at=None)


def _moment(draft: Draft, job: Transport, at: datetime | None) -> datetime:
    """When it was: the tap's own time, but not before what went before."""
    earliest = job.picked_up_at or job.accepted_at or job.requested_at
    return min(max(at or draft.now, earliest), max(draft.now, earliest))


def _tell_discharge(draft: Draft, job: Transport, at: datetime) -> None:
    """The patient was brought out: the step of the discharge that waits for it is done."""
    found = discharges.live(draft, job.visit) if job.leaving and job.visit is not None else None
    if found is None or not found.is_ordered:
        return
    step = next((step for step in _BROUGHT_OUT if step in found.left), None)
    if step is not None:
        discharges.mark(draft, MarkMilestone(found.id, step, at=at))


def cancel(draft: Draft, command: CancelTransport) -> None:
    """Not needed any more; one who is on the way is brought to the end."""
    job = _live(draft, command.transport)
    if _S.CANCELLED not in TRANSPORTS[job.status]:
        raise Refused("The porter is on the way with the patient; it can no longer be cancelled.", code="on-the-way")
    draft.write(Kind.TRANSPORT_CANCELLED, replace(job, status=_S.CANCELLED, cancelled_at=draft.now))


def said(status: TransportStatus) -> str:
    """A state in a sentence."""
    return status.replace("_", " ")


def _live(draft: Draft, number: TransportId) -> Transport:
    job = draft.hospital.transports.get(number)
    if job is None:
        raise Refused("There is no such transport any more.", code="no-transport")
    if not job.is_live:
        raise Refused(f"This transport was {said(job.status)} already.", code="over")
    return job
