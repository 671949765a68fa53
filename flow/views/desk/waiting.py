"""The desk's left column: who waits for a bed, and whose promised bed waits for them.

flow.web hands in the live records and the names the reader may see; `page` puts the columns together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy, Notice, RequestStatus
from flow.views.bed_tile import WORDS, tile_state
from flow.views.bed_words import bed_words
from flow.views.desk.clock import Lateness, waiting_clock
from flow.views.desk.person import Person, person_of
from flow.views.his import his_words
from flow.views.request_form import words_of
from flow.views.times import moment_words, waited

MADE_BY: Mapping[MadeBy, str] = {
    MadeBy.DESK: "by desk",
    MadeBy.WARD: "by ward",
    MadeBy.PLAN: "by HIS plan",
    MadeBy.OPD: "by OPD",
    MadeBy.MOVE: "moves for another",
}
"""Where a request comes from, in words."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A line of the waiting list. `left` is how long until it is due or since; `needed` when a planned stay needs its bed and `starts` how
    long until then; `goes` when the patient can go, where that is not yet; `seq` the version looked at."""

    id: RequestId
    priority: int
    person: Person
    waiting: str
    lateness: Lateness
    left: str
    needed: str
    starts: str
    made_by: MadeBy
    source: str
    needs: str
    ready: bool = False
    goes: str = ""
    seq: int = 0
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


SOON = timedelta(hours=1)
"""Planned patients stand among those who wait from so long before their bed is needed."""


def ordered(requests: Iterable[BedRequest], at: datetime) -> list[BedRequest]:
    """Those still waiting, in the order of the list: most urgent first, then longest waiting; last who needs no bed yet."""
    waiting = (request for request in requests if request.is_unplaced)
    return sorted(waiting, key=lambda request: (request.clock_from > at + SOON, request.priority, request.clock_from, request.id))


def next_request(
    requests: Iterable[BedRequest],
    at: datetime,
    wanted: str | None = None,
    fits: Callable[[BedRequest], bool] | None = None,
    looked: str | None = None,
) -> BedRequest | None:
    """The request to look at: the one asked for while it waits; else of those that fit the filter the one looked at before (`looked`), or
    the head of the list."""
    waiting = ordered(requests, at)
    fitting = [request for request in waiting if fits is None or fits(request)]
    asked = next((request for request in waiting if request.id == wanted), None)
    return asked or next((request for request in fitting if request.id == looked), fitting[0] if fitting else None)


def waiting_row(
    request: BedRequest,
    known: Mapping[PatientId, PersonDetails],
    at: datetime,
    selected: BedRequest | None,
    plan: Plan,
    alike: Mapping[PatientId, int] | None = None,
) -> WaitingRow:
    """One line; `alike` are those of like name (`person.like_names`)."""
    zone = plan.zone
    person = person_of(request, known, alike)
    clock = waiting_clock(request, plan.requests, at, zone)
    needs = " · ".join(dict.fromkeys(part for part in (request.origin, request.specialty, *needs_of(request)) if part))
    later = request.ready_at is not None and request.ready_at > at and clock.lateness is not Lateness.PLANNED
    return WaitingRow(
        id=request.id,
        priority=request.priority,
        person=person,
        waiting=clock.waiting,
        lateness=clock.lateness,
        left=clock.left,
        needed=clock.needed,
        starts=clock.starts,
        made_by=request.made_by,
        source=MADE_BY[request.made_by],
        needs=needs or words_of(request.type),
        ready=request.status is RequestStatus.READY,
        goes=moment_words(request.ready_at.timestamp(), at.timestamp(), zone) if later and request.ready_at is not None else "",
        seq=request.seq,
        selected=selected is not None and request.id == selected.id,
    )


def needs_of(request: BedRequest) -> list[str]:
    """Must-haves besides the type, in words."""
    kind = f"{request.isolation_kind} isolation" if request.isolation_kind else "isolation"
    isolation = [f"{kind} ({request.organism})" if request.organism else kind] if request.isolation or request.isolation_kind else []
    family = ["with mother"] if request.baby_of else ["with baby"] if request.mother_of else []
    attendant = ["attendant"] if request.attendant else []
    return [*(words_of(need) for need in sorted(request.needs)), *isolation, *attendant, *family]


def promised_rows(
    requests: Iterable[BedRequest], plan: Plan, beds: Mapping[BedId, BedState], known: Mapping[PatientId, PersonDetails], at: datetime
) -> tuple[PromisedRow, ...]:
    """Those whose bed is promised, the newest promise first."""
    return tuple(_promised(request, plan, beds, known, at) for request in _assigned(requests))


def _assigned(requests: Iterable[BedRequest]) -> list[BedRequest]:
    found = (r for r in requests if r.status is RequestStatus.ASSIGNED and r.bed is not None and r.held_until is None)
    return sorted(found, key=lambda request: (request.assigned_at or request.created_at, request.id), reverse=True)


def _promised(
    request: BedRequest, plan: Plan, beds: Mapping[BedId, BedState], known: Mapping[PatientId, PersonDetails], at: datetime
) -> PromisedRow:
    assert request.bed is not None, "only requests with a bed are listed here"
    state = beds.get(request.bed)
    return PromisedRow(
        id=request.id,
        person=person_of(request, known),
        bed=bed_words(request.bed, plan),
        state="ready" if state is not None and state.status is BedStatus.AVAILABLE else WORDS[tile_state(state)].lower() if state else "",
        since=waited((request.assigned_at or request.created_at).timestamp(), at.timestamp()),
        overridden=request.override_reason is not None,
        his=his_words(request, plan),
        his_warns=request.notice in (Notice.REFUSED, Notice.OTHER_BED),
    )


__all__ = ["needs_of", "next_request", "ordered", "promised_rows", "waiting_row", "words_of"]
