"""Who is to be written that their bed is ready. Pure; the text is `patient_texts`', the number `flow.history.contacts`'."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flow.domain.bed import BedStatus
from flow.domain.hospital import Hospital
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import VisitStatus


def ready_beds(hospital: Hospital, at: datetime, settled: timedelta) -> Iterator[BedRequest]:
    """Requests whose promised bed can be lain in now, of people who are not in the house yet; a promise counts once it can no longer be
    undone (`settled`)."""
    for request in hospital.requests.values():
        if request.status is not RequestStatus.ASSIGNED or request.held_until is not None or request.bed is None:
            continue
        bed = hospital.beds.get(request.bed)
        if bed is None or bed.status is not BedStatus.AVAILABLE or request.assigned_at is None or request.assigned_at + settled > at:
            continue
        if not hospital.visits_of(request.patient, VisitStatus.IN_PROGRESS):
            yield request


def key_of(request: BedRequest) -> str:
    """One message for each bed that is promised to a request."""
    return f"{request.id}/{request.bed}"
