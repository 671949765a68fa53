"""The desk's middle column: one request, what it needs, the beds suggested for it, and what keeps the others back.

Before it, allocation ranked the beds (`ranking` keeps the list still, `why_not` speaks of the others); `page` puts the columns together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId, PatientId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.bed_tile import WORDS, Audience, tile_state
from flow.views.desk.card import SuggestionCard, SuggestionsLike, WaitLike
from flow.views.desk.chips import NeedChip, need_chips
from flow.views.desk.ranking import ANEW, Better, Ranking, Seen, Watched, ranking
from flow.views.desk.waiting import WaitingRow, waiting_row
from flow.views.desk.why_not import WhyNot, could_be_promised, why_not
from flow.views.request_form import Option, words_of
from flow.views.ward_plan import WardPlan, ward_plan


@dataclass(frozen=True, slots=True)
class CandidateMap:
    """A ward with the beds suggested in it; `first`: the best bed's ward, the one shown until another card is looked at."""

    plan: WardPlan
    beds: tuple[BedId, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class Selected:
    """The request looked at. `maps` are the wards of the suggested beds, the best bed's first; `wait` says what waiting would bring;
    `weights` is the version of the points."""

    row: WaitingRow
    origin: str
    chips: tuple[NeedChip, ...]
    ranking: Ranking
    why_not: WhyNot
    wait: str
    legal: int
    weights: str
    maps: tuple[CandidateMap, ...]

    @property
    def cards(self) -> tuple[SuggestionCard, ...]:
        """The suggested beds."""
        return self.ranking.cards

    @property
    def better(self) -> Better | None:
        """What a new ranking would bring."""
        return self.ranking.better

    @property
    def watched(self) -> Mapping[BedId, Watched]:
        """Beds that other desks look at."""
        return self.ranking.watched


def selected_request(
    request: BedRequest,
    found: SuggestionsLike | None,
    plan: Plan,
    beds: Mapping[BedId, BedState],
    known: Mapping[PatientId, PersonDetails],
    at: datetime,
    seen: Seen = ANEW,
) -> Selected:
    """The column for a request; `found` is None for a hospital without suggestions, `seen` how the desk has the list before it."""
    listed = ranking(found, seen, beds, plan, at)
    return Selected(
        row=waiting_row(request, known, at, request, plan),
        origin=request.origin,
        chips=need_chips(request, plan, at),
        ranking=listed,
        why_not=why_not(found, beds, plan, at),
        wait=_wait(found.wait, plan) if found is not None and found.wait is not None else "",
        legal=found.legal if found is not None else 0,
        weights=found.weights if found is not None else "",
        maps=_maps(listed.cards, plan, beds, at),
    )


def _maps(cards: tuple[SuggestionCard, ...], plan: Plan, beds: Mapping[BedId, BedState], at: datetime) -> tuple[CandidateMap, ...]:
    wards = dict.fromkeys(plan.beds[card.bed].ward for card in cards)
    return tuple(
        CandidateMap(
            ward_plan(plan.ward[ward], beds, Audience.STAFF, at, plan.zone, station=plan.station),
            tuple(card.bed for card in cards if card.ward == ward),
            first=number == 0,
        )
        for number, ward in enumerate(wards)
    )


def _wait(wait: WaitLike, plan: Plan) -> str:
    now, later = plan.beds[wait.now].label, plan.beds[wait.bed].label
    return f"Take {now} now, or wait about {wait.minutes} min ({wait.late} at worst) for {later}, {wait.gain} points better."


@dataclass(frozen=True, slots=True)
class OtherBeds:
    """All beds that could be promised at all, for who types one (templates/desk/_other_beds.html)."""

    beds: tuple[Option, ...]


def other_beds(plan: Plan, beds: Mapping[BedId, BedState]) -> OtherBeds:
    """What a field for a bed offers: of five hundred beds four hundred may be free, so the page asks for them when somebody types."""
    return OtherBeds(tuple(_other(bed, plan, beds) for bed in plan.beds if bed in beds and could_be_promised(beds[bed])))


def _other(bed: BedId, plan: Plan, beds: Mapping[BedId, BedState]) -> Option:
    static = plan.beds[bed]
    return Option(bed, f"{static.ward} {static.label} · {words_of(static.type)} · {WORDS[tile_state(beds[bed])].lower()}")
