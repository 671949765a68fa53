"""The desk's left column: who waits for a bed, and whose promised bed waits for them.

flow.web hands in the live records and the names the reader may see; `page` puts the columns together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.views.bed_tile import WORDS, tile_state
from flow.views.his import his_words
from flow.views.times import waited

LATE_AFTER: Mapping[int, int] = {1: 30, 2: 120, 3: 240, 4: 480}
"""Minutes after which a wait is late, by priority; from half of them on it is shown as nearly late."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a request is for, as far as the reader may know: `name` and `mrn_tail` are empty for a reader without names."""

    name: str
    who: str
    mrn_tail: str = ""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A line of the waiting list; `lateness` is on-time | soon | late, `search` what the search box looks through."""

    id: RequestId
    priority: int
    person: Person
    waiting: str
    lateness: str
    needs: str
    search: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """A request that has its bed and whose patient has not come yet."""

    id: RequestId
    person: Person
    bed: str
    state: str
    since: str
    overridden: bool
    his: str
    his_warns: bool


def ordered(requests: Iterable[BedRequest]) -> list[BedRequest]:
    """Those still waiting, in the order of the list: most urgent first, then longest waiting."""
    waiting = (request for request in requests if request.is_unplaced)
    return sorted(waiting, key=lambda request: (request.priority, request.created_at, request.id))


def next_request(requests: Iterable[BedRequest], wanted: str | None = None) -> BedRequest | None:
    """The request to look at: the one asked for while it waits, else the head of the list."""
    waiting = ordered(requests)
    return next((request for request in waiting if request.id == wanted), waiting[0] if waiting else None)


def lateness(request: BedRequest, at: datetime) -> str:
    """on-time | soon | late, by the priority's own limit."""
    minutes = (at - request.created_at).total_seconds() / 60
    limit = LATE_AFTER.get(request.priority, 240)
    return "late" if minutes >= limit else "soon" if 2 * minutes >= limit else "on-time"


def waiting_row(request: BedRequest, known: Mapping[PatientId, PersonDetails], at: datetime, selected: BedRequest | None) -> WaitingRow:
    person = _person(request, known)
    needs = " · ".join(dict.fromkeys(part for part in (request.origin, request.specialty, *needs_of(request)) if part))
    return WaitingRow(
        id=request.id,
        priority=request.priority,
        person=person,
        waiting=waited(request.created_at.timestamp(), at.timestamp()),
        lateness=lateness(request, at),
        needs=needs or words_of(request.type),
        search=f"{person.name} {person.mrn_tail} {person.who} {needs} {request.id} p{request.priority}".casefold(),
        selected=selected is not None and request.id == selected.id,
    )


def _person(request: BedRequest, known: Mapping[PatientId, PersonDetails]) -> Person:
    who = " ".join(part for part in (str(request.age) if request.age is not None else "", request.sex or "") if part)
    details = known.get(request.patient)
    if details is None:
        return Person("", who)
    return Person(details.name, who, details.mrn[-4:])


def needs_of(request: BedRequest) -> list[str]:
    return [*(words_of(need) for need in sorted(request.needs)), *(["isolation"] if request.isolation else [])]


def words_of(name: str) -> str:
    """`semi_private` as people say it."""
    known = {"icu": "ICU", "hdu": "HDU", "nicu": "NICU", "picu": "PICU", "oxygen": "piped O₂", "telemetry": "telemetry"}
    return known.get(name, name.replace("_", " "))


def promised_rows(
    requests: Iterable[BedRequest], plan: Plan, beds: Mapping[BedId, BedState], known: Mapping[PatientId, PersonDetails], at: datetime
) -> tuple[PromisedRow, ...]:
    """Those whose bed is promised, the newest promise first."""
    return tuple(_promised(request, plan, beds, known, at) for request in _assigned(requests))


def _assigned(requests: Iterable[BedRequest]) -> list[BedRequest]:
    found = (request for request in requests if request.status is RequestStatus.ASSIGNED and request.bed is not None)
    return sorted(found, key=lambda request: (request.assigned_at or request.created_at, request.id), reverse=True)


def _promised(
    request: BedRequest, plan: Plan, beds: Mapping[BedId, BedState], known: Mapping[PatientId, PersonDetails], at: datetime
) -> PromisedRow:
    assert request.bed is not None, "only requests with a bed are listed here"
    bed, state = plan.beds.get(request.bed), beds.get(request.bed)
    return PromisedRow(
        id=request.id,
        person=_person(request, known),
        bed=f"{bed.ward} {bed.label}" if bed else str(request.bed),
        state="ready" if state is not None and state.status is BedStatus.AVAILABLE else WORDS[tile_state(state)].lower() if state else "",
        since=waited((request.assigned_at or request.created_at).timestamp(), at.timestamp()),
        overridden=request.override_reason is not None,
        his=his_words(request, plan),
        his_warns=request.notice in (Notice.REFUSED, Notice.OTHER_BED),
    )
