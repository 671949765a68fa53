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
from flow.views.times import moment_words, span_words

BAR = 1000
"""Width of the score bar in its own units."""
MARKED: Mapping[str, str] = {"met": "i-check", "fair": "i-dash", "off": "i-alert"}
SAID = 3
"""Weightiest reasons that stand each on a line of its own."""


class TermLike(Protocol):
    """One reason for or against a bed, in points; `mark` is `met` (as wished), `fair` (it will do) or `off`."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def mark(self) -> str: ...


class ReadyLike(Protocol):
    """The moments by which a bed will be ready with 10, 50 and 90 % probability."""

    @property
    def p10(self) -> datetime: ...
    @property
    def p50(self) -> datetime: ...
    @property
    def p90(self) -> datetime: ...


class SuggestionLike(Protocol):
    """A bed that may be given; its terms add up to the score. `ready` is None where it is free now."""

    @property
    def bed(self) -> BedId: ...
    @property
    def score(self) -> int: ...
    @property
    def terms(self) -> Sequence[TermLike]: ...
    @property
    def ready_at(self) -> datetime | None: ...
    @property
    def ready(self) -> ReadyLike | None: ...


class WaitLike(Protocol):
    """Take `now`, or wait about `minutes` (`late`: 90 %) for `bed`, which is worth `gain` points more."""

    @property
    def now(self) -> BedId: ...
    @property
    def bed(self) -> BedId: ...
    @property
    def minutes(self) -> int: ...
    @property
    def late(self) -> int: ...
    @property
    def gain(self) -> int: ...


class UnblockLike(Protocol):
    """A bed that one rule alone keeps back, what would free it and when, and what it would be worth."""

    @property
    def bed(self) -> BedId: ...
    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def when(self) -> datetime | None: ...
    @property
    def score(self) -> int: ...


class SuggestionsLike(Protocol):
    """The best beds in order, how many are `legal` in all, how many each hard rule keeps back and how many it `sole`ly does, what would
    `unblock` the best of those, the choice between now and soon, and the version of the `weights`."""

    @property
    def ranked(self) -> Sequence[SuggestionLike]: ...
    @property
    def legal(self) -> int: ...
    @property
    def blocked(self) -> Mapping[str, int]: ...
    @property
    def sole(self) -> Mapping[str, int]: ...
    @property
    def unblock(self) -> Sequence[UnblockLike]: ...
    @property
    def wait(self) -> WaitLike | None: ...
    @property
    def weights(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reason:
    """One term in words; `points` as shown (`+12`, empty for none). `icon` goes by the `mark` and not by the points: what is merely
    tolerable wins some and is no wish fulfilled."""

    words: str
    points: str
    mark: str

    @property
    def icon(self) -> str:
        """The symbol before the words."""
        return MARKED.get(self.mark, "i-alert")


@dataclass(frozen=True, slots=True)
class BarPart:
    """A piece of the score bar: `tone` 0 to 5 for points, -1 for what is taken off again."""

    x: int
    width: int
    tone: int


@dataclass(frozen=True, slots=True)
class SuggestionCard:
    """`key` is what is pressed on the keyboard, `seq` the bed's version the choice was made on, `where` the words under the number,
    `reasons` weigh most (or warn), `also` are the others, `ready` the span in which it will be ready (empty: it is free), `gone` why it
    can no longer be had (empty: it can)."""

    rank: int
    key: str
    bed: BedId
    label: str
    ward: str
    where: str
    seq: int
    state: TileState
    icon: str
    state_words: str
    score: int
    reasons: tuple[Reason, ...]
    also: tuple[Reason, ...]
    bar: tuple[BarPart, ...]
    bar_words: str
    ready: str = ""
    gone: str = ""

    @property
    def best(self) -> bool:
        """The first of the list, the one that Enter assigns."""
        return self.rank == 1


_SEX = {SexPolicy.MALE: "men", SexPolicy.FEMALE: "women"}


def suggestion_cards(found: SuggestionsLike, beds: Mapping[BedId, BedState], plan: Plan, at: datetime) -> tuple[SuggestionCard, ...]:
    """The cards of the ranked beds that have a record, best first; all bars share one scale."""
    shown = [each for each in found.ranked if each.bed in beds and each.bed in plan.beds]
    scale = scale_of(shown)
    return tuple(suggestion_card(rank, each, beds[each.bed], plan, scale, at) for rank, each in enumerate(shown, start=1))


def suggestion_card(rank: int, found: SuggestionLike, state: BedState, plan: Plan, scale: int, at: datetime) -> SuggestionCard:
    """One card, the `rank`th of its list."""
    bed, drawn = plan.beds[found.bed], tile_state(state)
    reasons, also = _reasons(found.terms)
    return SuggestionCard(
        rank=rank,
        key=key_of(rank),
        bed=bed.id,
        label=bed.label,
        ward=bed.ward,
        where=where(bed, plan),
        seq=state.seq,
        state=drawn,
        icon=ICONS[drawn],
        state_words=_state_words(drawn, found.ready_at, plan.zone, at),
        score=found.score,
        reasons=reasons,
        also=also,
        bar=_bar(found.terms, scale),
        bar_words=", ".join(f"{term.name.replace('_', ' ')} {term.points:+d}" for term in found.terms if term.points),
        ready=_span(found.ready, plan.zone, at),
    )


def gone_card(rank: int, state: BedState, plan: Plan, why: str) -> SuggestionCard:
    """A bed that was suggested and can no longer be had, in its old place."""
    bed, drawn = plan.beds[state.id], tile_state(state)
    words = _state_words(drawn, None, plan.zone, state.now.since)
    place, icon = where(bed, plan), ICONS[drawn]
    return SuggestionCard(
        rank, key_of(rank), bed.id, bed.label, bed.ward, place, state.seq, drawn, icon, words, 0, (), (), (), "", gone=why
    )


def key_of(rank: int) -> str:
    """What is pressed on the keyboard for a place in the list."""
    return "Enter" if rank == 1 else str(rank)


def scale_of(shown: Sequence[SuggestionLike]) -> int:
    """The points that fill a whole bar."""
    return max([1, *(sum(term.points for term in each.terms if term.points > 0) for each in shown)])


def where(bed: Bed, plan: Plan) -> str:
    """Ward and kind of room: `4B · women`."""
    room = plan.rooms[bed.room]
    kind = "single" if len(plan.roommates[bed.room]) == 1 else _SEX.get(room.sex, "mixed" if room.sex is SexPolicy.ANY else "same sex")
    return f"{bed.ward} · {kind}"


def _reasons(terms: Sequence[TermLike]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What weighs most, and a caution; then the rest, down to the last point. A term without points is a caution where it is off (`not
    the home ward`); "free now" the card's state says already."""
    weighed = sorted((term for term in terms if term.points), key=lambda term: -abs(term.points))
    plain = [term for term in terms if not term.points and term.name != "ready"]
    cautions = [term for term in plain if term.mark == "off"]
    lines = SAID - len(cautions[:1])
    others = [*cautions[1:], *(term for term in plain if term.mark != "off")]
    first, rest = [*weighed[:lines], *cautions[:1]], [*weighed[lines:], *others]
    return tuple(_reason(term) for term in first), tuple(_reason(term) for term in rest)


def _reason(term: TermLike) -> Reason:
    return Reason(term.reason, f"{term.points:+d}" if term.points else "", term.mark)


def _state_words(drawn: TileState, ready_at: datetime | None, zone: str, at: datetime) -> str:
    when = f" {moment_words(ready_at.timestamp(), at.timestamp(), zone)}" if ready_at is not None and ready_at > at else ""
    match drawn:
        case TileState.FREE:
            return "Free now"
        case TileState.DIRTY:
            return f"Needs clean, ready about{when}" if when else "Needs clean"
        case TileState.CLEANING:
            return f"Cleaning, ready about{when}" if when else "Cleaning, nearly ready"
        case TileState.LEAVING:
            return f"Patient leaving, ready about{when}" if when else "Patient leaving"
        case TileState.OCCUPIED:
            return "Occupied"
        case TileState.COMING:
            return "Promised"
        case TileState.OUT:
            return "Out of use"


def _span(ready: ReadyLike | None, zone: str, at: datetime) -> str:
    """`14:05–14:40`: eight times out of ten it is ready in between."""
    return span_words(ready.p10, ready.p90, at, zone) if ready is not None else ""


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
