"""One suggested bed as a card: its state, when it is ready, the terms that make its score, and the bar drawn from them.

Before it, allocation ranked the beds (any wing that speaks these protocols); after it, `choice` lays the cards out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Bed, Plan, SexPolicy
from flow.views.bed_tile import ICONS, TileState, tile_state
from flow.views.times import clock_time

BAR = 1000
"""Width of the score bar in its own units."""


class TermLike(Protocol):
    """One reason for or against a bed, in points."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def reason(self) -> str: ...


class SuggestionLike(Protocol):
    """A bed that may be given; its terms add up to the score."""

    @property
    def bed(self) -> BedId: ...
    @property
    def score(self) -> int: ...
    @property
    def terms(self) -> Sequence[TermLike]: ...
    @property
    def ready_at(self) -> datetime | None: ...


class SuggestionsLike(Protocol):
    """The best beds in order, and how many beds each hard rule keeps back."""

    @property
    def ranked(self) -> Sequence[SuggestionLike]: ...
    @property
    def blocked(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Reason:
    """One term in words; `points` as shown (`+12`, empty for none), `good` when it speaks for the bed."""

    words: str
    points: str
    good: bool


@dataclass(frozen=True, slots=True)
class BarPart:
    """A piece of the score bar: `tone` 0 to 5 for points, -1 for what is taken off again."""

    x: int
    width: int
    tone: int


@dataclass(frozen=True, slots=True)
class SuggestionCard:
    """`key` is what is pressed on the keyboard, `seq` the bed's version the choice was made on, `where` the words under the number."""

    rank: int
    key: str
    bed: BedId
    label: str
    where: str
    seq: int
    state: TileState
    icon: str
    state_words: str
    score: int
    reasons: tuple[Reason, ...]
    bar: tuple[BarPart, ...]
    bar_words: str

    @property
    def best(self) -> bool:
        """The first of the list, the one that Enter assigns."""
        return self.rank == 1


_SEX = {SexPolicy.MALE: "men", SexPolicy.FEMALE: "women"}


def suggestion_cards(found: SuggestionsLike, beds: Mapping[BedId, BedState], plan: Plan, at: datetime) -> tuple[SuggestionCard, ...]:
    """The cards of the ranked beds that have a record, best first; all bars share one scale."""
    shown = [each for each in found.ranked if each.bed in beds and each.bed in plan.beds]
    scale = max([1, *(_positive(each) for each in shown)])
    return tuple(_card(rank, each, beds[each.bed], plan, scale, at) for rank, each in enumerate(shown, start=1))


def _card(rank: int, found: SuggestionLike, state: BedState, plan: Plan, scale: int, at: datetime) -> SuggestionCard:
    bed = plan.beds[found.bed]
    drawn = tile_state(state)
    said = sorted(found.terms, key=lambda term: -abs(term.points))
    return SuggestionCard(
        rank=rank,
        key="Enter" if rank == 1 else str(rank),
        bed=bed.id,
        label=bed.label,
        where=_where(bed, plan),
        seq=state.seq,
        state=drawn,
        icon=ICONS[drawn],
        state_words=_state_words(drawn, found.ready_at, plan.zone, at),
        score=found.score,
        reasons=tuple(
            Reason(term.reason, f"{term.points:+d}" if term.points else "", term.points > 0) for term in said if _worth_saying(term)
        ),
        bar=_bar(found.terms, scale),
        bar_words=", ".join(f"{term.name.replace('_', ' ')} {term.points:+d}" for term in found.terms if term.points),
    )


def _worth_saying(term: TermLike) -> bool:
    """A term without points is a caution (`not the home ward`), save "free now", which the card's state says already."""
    return term.points != 0 or term.name != "ready"


def _where(bed: Bed, plan: Plan) -> str:
    room = plan.rooms[bed.room]
    kind = "single" if len(plan.roommates[bed.room]) == 1 else _SEX.get(room.sex, "mixed" if room.sex is SexPolicy.ANY else "same sex")
    return f"{bed.ward} · {kind}"


def _state_words(drawn: TileState, ready_at: datetime | None, zone: str, at: datetime) -> str:
    when = f" {clock_time(ready_at.timestamp(), zone)}" if ready_at is not None and ready_at > at else ""
    match drawn:
        case TileState.FREE:
            return "Free now"
        case TileState.DIRTY:
            return f"Needs clean, ready about{when}" if when else "Needs clean"
        case TileState.CLEANING:
            return f"Cleaning, ready about{when}" if when else "Cleaning, nearly ready"
        case TileState.LEAVING | TileState.OCCUPIED:
            return f"Patient leaving, ready about{when}" if when else "Patient leaving"
        case TileState.COMING:
            return "Promised"
        case TileState.OUT:
            return "Out of use"


def _positive(found: SuggestionLike) -> int:
    return sum(term.points for term in found.terms if term.points > 0)


def _bar(terms: Sequence[TermLike], scale: int) -> tuple[BarPart, ...]:
    """The parts for the bed one after another; what speaks against it is struck off from the right end."""
    parts: list[BarPart] = []
    points = 0
    for tone, term in enumerate(sorted((t for t in terms if t.points > 0), key=lambda t: -t.points)):
        parts.append(_part(points, points + term.points, scale, min(tone, 5)))
        points += term.points
    for term in terms:
        if term.points < 0:
            parts.append(_part(max(0, points + term.points), points, scale, -1))
            points = max(0, points + term.points)
    return tuple(part for part in parts if part.width > 0)


def _part(start: int, end: int, scale: int, tone: int) -> BarPart:
    left, right = round(BAR * start / scale), round(BAR * end / scale)
    return BarPart(left, right - left, tone)
