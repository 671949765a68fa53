"""The list of suggested beds as a desk has it before its eyes: ranked anew, or kept as it was while somebody is choosing in it.

Before it `card` draws one bed; after it `choice` lays the column out. A list that is kept neither reorders nor drops a bed: what can no
longer be had is marked in its place, and a better bed is offered beside the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.views.desk.card import SuggestionCard, SuggestionsLike, gone_card, scale_of, suggestion_card, suggestion_cards, where

SHOWN = 5
"""Beds of a list: as many as there are keys for."""


class LookLike(Protocol):
    """Somebody considers a bed until then."""

    @property
    def bed(self) -> BedId: ...
    @property
    def who(self) -> str: ...
    @property
    def until(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """How the desk has the list before it: `kept` its beds in their order (none: rank anew), `lost` what keeps one of them back by now,
    in words, `looks` those of other desks."""

    kept: Sequence[BedId]
    lost: Mapping[BedId, Sequence[str]]
    looks: Sequence[LookLike]


ANEW = Seen((), {}, ())


@dataclass(frozen=True, slots=True)
class Watched:
    """Another desk looks at this bed, for so many seconds more unless it says so again."""

    who: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Better:
    """What a new ranking would bring: the best bed by now; `label` is empty where that is shown already and only others are gone."""

    label: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The cards, what a new ranking would bring (None: nothing), and which beds other desks look at."""

    cards: tuple[SuggestionCard, ...]
    better: Better | None
    watched: Mapping[BedId, Watched]


def ranking(found: SuggestionsLike | None, seen: Seen, beds: Mapping[BedId, BedState], plan: Plan, at: datetime) -> Ranking:
    """The list; to keep one, `found` must rank every bed that can be had."""
    watched = {look.bed: Watched(look.who, max(1, round((look.until - at).total_seconds()))) for look in seen.looks if look.until > at}
    if found is None:
        return Ranking((), None, watched)
    kept = [bed for bed in seen.kept if bed in plan.beds and bed in beds]
    if not kept:
        return Ranking(suggestion_cards(found, beds, plan, at)[:SHOWN], None, watched)
    return Ranking(_kept(found, kept, seen.lost, beds, plan, at), _better(found, kept, plan), watched)


def _kept(
    found: SuggestionsLike,
    kept: Sequence[BedId],
    lost: Mapping[BedId, Sequence[str]],
    beds: Mapping[BedId, BedState],
    plan: Plan,
    at: datetime,
) -> tuple[SuggestionCard, ...]:
    ranked = {each.bed: each for each in found.ranked}
    scale = scale_of([ranked[bed] for bed in kept if bed in ranked])
    return tuple(
        suggestion_card(rank, ranked[bed], beds[bed], plan, scale, at)
        if bed in ranked
        else gone_card(rank, beds[bed], plan, why_gone(beds[bed], lost.get(bed, ())))
        for rank, bed in enumerate(kept, start=1)
    )


def _better(found: SuggestionsLike, kept: Sequence[BedId], plan: Plan) -> Better | None:
    offered = [each.bed for each in found.ranked if each.bed in plan.beds]
    still = [bed for bed in kept if bed in offered]
    if offered and offered[0] not in still[:1]:
        best = plan.beds[offered[0]]
        return Better(best.label, where(best, plan))
    return Better() if len(still) < len(kept) else None


def why_gone(state: BedState, lost: Sequence[str] = ()) -> str:
    """Why a bed that was offered no longer is, in words; who was faster, where that is known."""
    who = f" by {state.reserved_by}" if state.reserved_by else ""
    if state.reserved_for is not None:
        return f"{'Held' if state.held else 'Taken'}{who}"
    if state.status is BedStatus.OCCUPIED and state.expected_free_at is None:
        return "Occupied by now"
    if state.status is BedStatus.MAINTENANCE:
        return "Out of use by now"
    return f"No longer fits: {lost[0]}" if lost else "Not offered any more"
