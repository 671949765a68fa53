"""Beds that desks hold for some minutes while they make up their mind, each with its end: to be promised for good, or let go, by keys of
their own (D, A, Z).

Before it somebody pressed Hold; after it the bed is promised, or the time has run out and everybody may have it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.desk.person import person_of
from flow.views.times import when


@dataclass(frozen=True, slots=True)
class HeldBed:
    """`whom` it is held for as far as the reader may know, `by` which desk, `until` in the hospital's time."""

    request: RequestId
    bed: BedId
    label: str
    whom: str
    by: str
    until: str


def held_beds(
    requests: Iterable[BedRequest], plan: Plan, beds: Mapping[BedId, BedState], known: Mapping[PatientId, PersonDetails], at: datetime
) -> tuple[HeldBed, ...]:
    """The holds that end first come first."""
    found = [(request.held_until, request.id, request) for request in requests if request.is_live and request.held_until is not None]
    return tuple(each for _, _, request in sorted(found) if (each := _held(request, plan, beds, known, at)) is not None)


def _held(
    request: BedRequest, plan: Plan, beds: Mapping[BedId, BedState], known: Mapping[PatientId, PersonDetails], at: datetime
) -> HeldBed | None:
    state = beds.get(request.bed) if request.bed is not None else None
    if state is None or state.id not in plan.beds or request.held_until is None or state.reserved_for != request.holder:
        return None
    bed = plan.beds[state.id]
    person = person_of(request, known)
    return HeldBed(
        request=request.id,
        bed=bed.id,
        label=f"{bed.ward} {bed.label}",
        whom=" · ".join(part for part in (person.name or request.id, person.who) if part),
        by=state.reserved_by or "",
        until=when(request.held_until, at, plan.zone),
    )
