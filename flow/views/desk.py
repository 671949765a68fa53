"""The admissions desk: who waits, which bed suits the one looked at and why, what comes free, what just happened.

flow.web hands in the live records, the names the reader may see and the suggestions; templates/desk draws the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.events import Entry
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.domain.visit import Visit
from flow.views.availability import Counts, counted
from flow.views.bed_tile import WORDS, Audience, tile_state
from flow.views.coming_free import ComingFree, coming_free
from flow.views.his import his_words
from flow.views.just_now import JUST_NOW, LogLine, log_lines
from flow.views.page import Chrome
from flow.views.request_form import Option, RequestForm, request_form
from flow.views.suggestion_card import SuggestionCard, SuggestionsLike, suggestion_cards
from flow.views.times import clock_time, waited
from flow.views.ward_plan import WardPlan, ward_plan
from flow.views.without_bed import WithoutBed, without_bed

__all__ = ["JUST_NOW", "DeskPage", "desk_page", "next_request", "ordered"]

LATE_AFTER: Mapping[int, int] = {1: 30, 2: 120, 3: 240, 4: 480}
"""Minutes after which a wait is late, by priority; from half of them on it is shown as nearly late."""

TAKEN = frozenset({"occupied", "out of use"})
"""What keeps a bed back from everybody; told apart from the rules that keep it back from this patient."""


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


@dataclass(frozen=True, slots=True)
class NeedChip:
    """Something the patient needs; `must` is never traded off."""

    words: str
    must: bool


@dataclass(frozen=True, slots=True)
class WhyNot:
    """How many beds one hard rule keeps back."""

    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Selected:
    """The request looked at. `why_not` counts the beds that are or come free but break a rule, `taken` those nobody can have;
    `others` are all beds that could be promised at all, for the override's
    dialog; `map` the ward of the best bed, `highlight` that bed."""

    row: WaitingRow
    origin: str
    chips: tuple[NeedChip, ...]
    cards: tuple[SuggestionCard, ...]
    why_not: tuple[WhyNot, ...]
    taken: tuple[WhyNot, ...]
    others: tuple[Option, ...]
    map: WardPlan | None
    highlight: BedId | None

    @property
    def kept_back(self) -> int:
        """How many beds that are or come free the hard rules keep back."""
        return sum(reason.count for reason in self.why_not)


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`writes` says whether the reader may assign; `form` offers what a new request can ask for; `alarms` are those of the feeds,
    `conflicts` how many contradictions between visits wait to be settled."""

    chrome: Chrome
    rows: tuple[WaitingRow, ...]
    promised: tuple[PromisedRow, ...]
    selected: Selected | None
    totals: Counts
    coming: ComingFree
    log: tuple[LogLine, ...]
    form: RequestForm
    writes: bool = True
    without_bed: tuple[WithoutBed, ...] = ()
    alarms: tuple[str, ...] = ()
    conflicts: int = 0


def ordered(requests: Iterable[BedRequest]) -> list[BedRequest]:
    """Those still waiting, in the order of the list: most urgent first, then longest waiting."""
    waiting = (request for request in requests if request.is_unplaced)
    return sorted(waiting, key=lambda request: (request.priority, request.created_at, request.id))


def next_request(requests: Iterable[BedRequest], wanted: str | None = None) -> BedRequest | None:
    """The request to look at: the one asked for while it waits, else the head of the list."""
    waiting = ordered(requests)
    return next((request for request in waiting if request.id == wanted), waiting[0] if waiting else None)


def desk_page(
    chrome: Chrome,
    plan: Plan,
    requests: Iterable[BedRequest],
    beds: Mapping[BedId, BedState],
    at: datetime,
    *,
    people: Mapping[PatientId, PersonDetails] | None = None,
    selected: BedRequest | None = None,
    suggestions: SuggestionsLike | None = None,
    log: Iterable[Entry] = (),
    writes: bool = True,
    visits: Iterable[Visit] = (),
    alarms: tuple[str, ...] = (),
    conflicts: int = 0,
) -> DeskPage:
    """The whole page. `selected` comes from `next_request`, `suggestions` are its; `people` is None for a reader without names."""
    known, everyone = people or {}, list(requests)
    rows = tuple(_row(request, known, at, selected) for request in ordered(everyone))
    return DeskPage(
        chrome=chrome,
        rows=rows,
        promised=tuple(_promised(r, plan, beds, known, at) for r in _assigned(everyone)),
        selected=_selected(selected, suggestions, plan, beds, known, at) if selected is not None else None,
        totals=Counts(**counted(beds.values())),
        coming=coming_free(plan, beds, everyone, at, selected.type if selected else None),
        log=log_lines(log, plan),
        form=request_form(plan),
        writes=writes,
        without_bed=without_bed(visits, plan, known),
        alarms=alarms,
        conflicts=conflicts,
    )


def lateness(request: BedRequest, at: datetime) -> str:
    """on-time | soon | late, by the priority's own limit."""
    minutes = (at - request.created_at).total_seconds() / 60
    limit = LATE_AFTER.get(request.priority, 240)
    return "late" if minutes >= limit else "soon" if 2 * minutes >= limit else "on-time"


def _row(request: BedRequest, known: Mapping[PatientId, PersonDetails], at: datetime, selected: BedRequest | None) -> WaitingRow:
    person = _person(request, known)
    needs = " · ".join(dict.fromkeys(part for part in (request.origin, request.specialty, *_needs(request)) if part))
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


def _needs(request: BedRequest) -> list[str]:
    return [*(words_of(need) for need in sorted(request.needs)), *(["isolation"] if request.isolation else [])]


def words_of(name: str) -> str:
    """`semi_private` as people say it."""
    known = {"icu": "ICU", "hdu": "HDU", "nicu": "NICU", "picu": "PICU", "oxygen": "piped O₂", "telemetry": "telemetry"}
    return known.get(name, name.replace("_", " "))


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


def _selected(
    request: BedRequest,
    found: SuggestionsLike | None,
    plan: Plan,
    beds: Mapping[BedId, BedState],
    known: Mapping[PatientId, PersonDetails],
    at: datetime,
) -> Selected:
    cards = suggestion_cards(found, beds, plan, at) if found is not None else ()
    best = cards[0].bed if cards else None
    ward = plan.ward[plan.beds[best].ward] if best is not None else None
    blocked = sorted(found.blocked.items(), key=lambda item: (-item[1], item[0])) if found is not None else []
    return Selected(
        row=_row(request, known, at, request),
        origin=request.origin,
        chips=_chips(request, plan, at),
        cards=cards,
        why_not=tuple(WhyNot(count, words_of(rule)) for rule, count in blocked if count and rule not in TAKEN),
        taken=tuple(WhyNot(count, rule) for rule, count in blocked if count and rule in TAKEN),
        others=tuple(_other(bed, plan, beds) for bed in plan.beds if bed in beds and _could_be_promised(beds[bed])),
        map=ward_plan(ward, beds, Audience.STAFF, at, plan.zone) if ward is not None else None,
        highlight=best,
    )


def _chips(request: BedRequest, plan: Plan, at: datetime) -> tuple[NeedChip, ...]:
    sex = {"M": "Men's bay or single", "F": "Women's bay or single"}.get(request.sex or "")
    must = [words_of(request.type), *([sex] if sex else []), *_needs(request)]
    wish = [*([request.specialty] if request.specialty else []), *(words_of(wish) for wish in sorted(request.wishes))]
    if request.ready_at is not None and request.ready_at > at:
        wish.append(f"ready at {clock_time(request.ready_at.timestamp(), plan.zone)}")
    if request.entitlement:
        wish.append(f"Insurance: {words_of(request.entitlement)}")
    return tuple([NeedChip(_headed(words), True) for words in must] + [NeedChip(_headed(words), False) for words in wish])


def _headed(words: str) -> str:
    return words[:1].upper() + words[1:]


def _could_be_promised(state: BedState) -> bool:
    """Anything that `decide` would not refuse outright: unpromised, and free, in cleaning or about to be left."""
    leaving = state.status is BedStatus.OCCUPIED and state.expected_free_at is not None
    return state.reserved_for is None and (leaving or state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING))


def _other(bed: BedId, plan: Plan, beds: Mapping[BedId, BedState]) -> Option:
    static = plan.beds[bed]
    return Option(bed, f"{static.ward} {static.label} · {words_of(static.type)} · {WORDS[tile_state(beds[bed])].lower()}")
