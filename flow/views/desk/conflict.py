"""Somebody was faster: who and what in words, and the next best bed to be had with one key.

Before it the desk refused an assignment; `templates/desk/_conflict.html` stands where the person looks, the page stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId, RequestId
from flow.domain.plan import Plan
from flow.views.desk.card import SuggestionCard, SuggestionsLike, suggestion_cards


@dataclass(frozen=True, slots=True)
class Conflict:
    """`next` is the best bed that is left, None where there is none; `request` whom it would be for."""

    request: RequestId
    csrf: str
    words: str
    next: SuggestionCard | None


def conflict(
    request: RequestId,
    csrf: str,
    bed: BedId,
    refused: str,
    found: SuggestionsLike,
    beds: Mapping[BedId, BedState],
    plan: Plan,
    at: datetime,
) -> Conflict:
    """What a desk is told whose bed was gone; `refused` are the hospital's own words where nobody else has the bed."""
    cards = suggestion_cards(found, beds, plan, at)
    return Conflict(request, csrf, _words(plan, bed, beds.get(bed), refused), next((card for card in cards if card.bed != bed), None))


def _words(plan: Plan, bed: BedId, state: BedState | None, refused: str) -> str:
    if state is None or bed not in plan.beds or state.reserved_for is None or state.reserved_by is None:
        return refused
    label = f"{plan.beds[bed].ward} {plan.beds[bed].label}"
    return f"{state.reserved_by} was faster: {label} is {'held' if state.held else 'promised'} to another patient."
