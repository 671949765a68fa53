"""The desk's middle column: one request, what it needs, the beds suggested for it, and what keeps the others back.

Before it, allocation ranked the beds; `page` puts the columns together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, PatientId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.bed_tile import WORDS, Audience, tile_state
from flow.views.desk.card import SuggestionCard, SuggestionsLike, suggestion_cards
from flow.views.desk.waiting import WaitingRow, needs_of, waiting_row, words_of
from flow.views.request_form import Option
from flow.views.times import clock_time
from flow.views.ward_plan import WardPlan, ward_plan

TAKEN = frozenset({"occupied", "out of use"})
"""What keeps a bed back from everybody; told apart from the rules that keep it back from this patient."""


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


def selected_request(
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
        row=waiting_row(request, known, at, request),
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
    must = [words_of(request.type), *([sex] if sex else []), *needs_of(request)]
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
