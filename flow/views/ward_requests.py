"""What a ward has asked for: its own patients who wait for another bed, and those it expects; on the nurse's page, with the form to ask.

flow.web hands in the open requests, the visits that lie in the ward, and the names its reader may see; `ward_page` draws it all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan, Ward
from flow.domain.request import BedRequest, RequestStatus
from flow.views.bed_tile import WORDS, tile_state
from flow.views.bed_words import bed_words
from flow.views.places import place_name
from flow.views.request_form import Filled, RequestForm, request_form, words_of
from flow.views.times import waited
from flow.views.ward_places import Choice
from flow.views.who_words import who_words


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A request of the ward. `state` says how it stands (`waiting`, `ready to move`, `3C C-11 promised · cleaning`), `late`: its aim is
    passed, `unplaced`: a bed may be held for it, `ready`: the patient can go now."""

    id: RequestId
    priority: int
    person: str
    what: str
    state: str
    waiting: str
    late: bool
    may_cancel: bool
    unplaced: bool = False
    ready: bool = False
    may_ready: bool = False


@dataclass(frozen=True, slots=True)
class WardRequests:
    """`patients` are the ward's, by visit, for whom another bed may be asked; `form` is None for who may not ask."""

    rows: tuple[AskedRow, ...] = ()
    patients: tuple[Choice, ...] = ()
    form: RequestForm | None = None


def is_of(request: BedRequest, ward: WardId, lying: Mapping[VisitId, PatientId]) -> bool:
    """Asked for on this ward's page, or for somebody who lies here; `lying` are the ward's visits. A move that it is asked for is no wish
    of its own."""
    own = request.asked_by == ward or request.visit in lying or request.patient in lying.values()
    return request.is_live and request.move is None and own


def ward_requests(
    plan: Plan,
    ward: Ward,
    requests: Iterable[BedRequest],
    beds: Mapping[VisitId, BedState],
    lying: Mapping[VisitId, PatientId],
    known: Mapping[PatientId, PersonDetails],
    states: Mapping[BedId, BedState],
    at: datetime,
    *,
    admits: bool,
) -> WardRequests:
    """`beds` are the ward's by the visit in them, `lying` the visits' patients, `known` their names, `states` every bed's record."""
    own = sorted((r for r in requests if is_of(r, ward.id, lying)), key=lambda r: (r.priority, r.created_at, r.id))
    asked = {request.patient for request in own}
    free = [(visit, state) for visit, state in beds.items() if visit in lying and lying[visit] not in asked]
    return WardRequests(
        rows=tuple(_row(request, plan, known, states, at, admits) for request in own),
        patients=tuple(Choice(visit, _who(plan, state, known.get(lying[visit]))) for visit, state in free) if admits else (),
        form=request_form(plan, "ask", Filled(type="general", specialty=ward.specialty, origin=ward.id)) if admits else None,
    )


def _row(
    request: BedRequest,
    plan: Plan,
    known: Mapping[PatientId, PersonDetails],
    states: Mapping[BedId, BedState],
    at: datetime,
    admits: bool,
) -> AskedRow:
    what = [
        f"{words_of(request.type)} bed",
        *(words_of(need) for need in sorted(request.needs)),
        *(["isolation"] if request.isolation else []),
    ]
    return AskedRow(
        id=request.id,
        priority=request.priority,
        person=_person(request, known.get(request.patient)),
        what=" · ".join(what),
        state=_state(request, plan, states),
        waiting=waited(request.clock_from.timestamp(), at.timestamp()),
        late=request.is_unplaced and plan.requests.due_at(request) < at,
        may_cancel=admits,
        unplaced=request.is_unplaced,
        ready=request.ready_at is not None and request.ready_at <= at,
        may_ready=admits and request.status is not RequestStatus.ASKED,
    )


def _state(request: BedRequest, plan: Plan, states: Mapping[BedId, BedState]) -> str:
    if request.bed is None:
        return "ready to move" if request.status is RequestStatus.READY else "waiting"
    name, state = bed_words(request.bed, plan), states.get(request.bed)
    if state is None or state.status is BedStatus.AVAILABLE:
        return f"{name} promised · ready"
    return f"{name} promised · {WORDS[tile_state(state)].lower()}"


def _person(request: BedRequest, person: PersonDetails | None) -> str:
    who = who_words(request.age, request.sex)
    tail = f"…{person.mrn[-4:]}" if person is not None and person.mrn else ""
    return " · ".join(part for part in (person.name if person is not None else "", who, tail) if part) or str(request.id)


def _who(plan: Plan, state: BedState, person: PersonDetails | None) -> str:
    if state.temporary is not None:
        label = place_name(state.temporary)
    else:
        label = plan.beds[state.id].label if state.id in plan.beds else str(state.id)
    who = who_words(state.age, state.sex)
    return " · ".join(part for part in (label, person.name if person is not None else "", who) if part)
