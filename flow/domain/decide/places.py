"""Temporary places: a trolley, the floor, a chair or a shared bed, made when a patient has to lie there, taken away when empty."""

from dataclasses import replace

from flow.domain.bed import BedState, BedStatus, Condition, OutOfUse, Temporary, place_id
from flow.domain.commands import ClosePlace, OpenPlace
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.ids import BedId
from flow.errors import Refused


def open_place(draft: Draft, command: OpenPlace) -> None:
    """The first number that is not in use; it can hold a visit like a bed, and is promised to nobody."""
    if command.ward not in draft.plan.ward:
        raise Refused(f"There is no ward {command.ward}.", code="unknown-ward")
    if command.near is not None and (command.near not in draft.plan.beds or draft.plan.beds[command.near].ward != command.ward):
        raise Refused(f"Bed {command.near} is not in ward {command.ward}.", code="unknown-bed")
    number = 1
    while not _is_closed(draft, place_id(command.ward, command.kind, number)):
        number += 1
    bed = place_id(command.ward, command.kind, number)
    now = Condition(BedStatus.AVAILABLE, draft.now, draft.cause.source)
    draft.write(Kind.PLACE_OPENED, BedState(bed, now, temporary=Temporary(command.ward, command.kind, number, command.near)))


def close_place(draft: Draft, command: ClosePlace) -> None:
    """Take an empty place away."""
    place = draft.bed(command.bed)
    if place.temporary is None:
        raise Refused(f"{place.id} is a bed of the hospital and stays.", code="no-place")
    if place.status is BedStatus.OCCUPIED:
        raise Refused("Somebody lies there; transfer or discharge the patient first.", code="bed-occupied")
    if place.status is BedStatus.AVAILABLE:
        closed = Condition(BedStatus.MAINTENANCE, draft.now, draft.cause.source, reason=OutOfUse.ROOM_CLOSED)
        draft.write(Kind.PLACE_CLOSED, replace(place, now=closed))


def _is_closed(draft: Draft, bed: BedId) -> bool:
    return not draft.has(bed) or draft.bed(bed).status is BedStatus.MAINTENANCE
