"""What keeps the other beds back: counted by rule, how many each rule alone keeps back, and what would free the best of those.

Before it allocation asked its rules; `choice` shows this under the cards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.views.desk.card import SuggestionsLike, UnblockLike, where
from flow.views.request_form import words_of
from flow.views.times import moment_words

TAKEN = frozenset({"occupied", "out of use"})
"""What keeps a bed back from everybody; told apart from the rules that keep it back from this patient."""
_SAID = {"reserved": "promised to others", "no oxygen": "no piped O₂"}


@dataclass(frozen=True, slots=True)
class Rule:
    """How many beds one hard rule keeps back; `sole` of them that nothing else does."""

    count: int
    words: str
    sole: int = 0


@dataclass(frozen=True, slots=True)
class Unblock:
    """A bed worth having: `reason` keeps it back, `remedy` would free it, `when` if that is known. `choosable`: a person may choose it
    all the same, with a reason that is kept."""

    bed: BedId
    label: str
    where: str
    reason: str
    remedy: str
    when: str
    score: int
    choosable: bool


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`rules` keep beds back that are or come free, `taken` are those that nobody can have, `unblock` the best that one rule keeps back."""

    rules: tuple[Rule, ...] = ()
    taken: tuple[Rule, ...] = ()
    unblock: tuple[Unblock, ...] = ()

    @property
    def kept_back(self) -> int:
        """How many beds that are or come free the rules keep back."""
        return sum(rule.count for rule in self.rules)


def why_not(found: SuggestionsLike | None, beds: Mapping[BedId, BedState], plan: Plan, at: datetime) -> WhyNot:
    """What an answer says of the beds it does not offer; the commonest rule first."""
    if found is None:
        return WhyNot()
    blocked = sorted(((rule, count) for rule, count in found.blocked.items() if count), key=lambda item: (-item[1], item[0]))
    counted = {rule: Rule(count, said(rule), found.sole.get(rule, 0)) for rule, count in blocked}
    return WhyNot(
        rules=tuple(rule for words, rule in counted.items() if words not in TAKEN),
        taken=tuple(rule for words, rule in counted.items() if words in TAKEN),
        unblock=tuple(_unblock(each, beds[each.bed], plan, at) for each in found.unblock if each.bed in plan.beds and each.bed in beds),
    )


def said(rule: str) -> str:
    """A rule's words as the desk says them."""
    kind, kept, _ = rule.partition(" bed, kept for ")
    return f"{kind} only" if kept else _SAID.get(rule, words_of(rule))


def _unblock(each: UnblockLike, state: BedState, plan: Plan, at: datetime) -> Unblock:
    bed = plan.beds[each.bed]
    return Unblock(
        bed=bed.id,
        label=bed.label,
        where=where(bed, plan),
        reason=said(each.reason),
        remedy=each.remedy,
        when=_when(each.when, plan.zone, at),
        score=each.score,
        choosable=could_be_promised(state),
    )


def _when(when: datetime | None, zone: str, at: datetime) -> str:
    if when is None or when <= at:
        return ""
    return moment_words(when.timestamp(), at.timestamp(), zone)


def could_be_promised(state: BedState) -> bool:
    """Anything that `decide` would not refuse outright: unpromised, and free, in cleaning or about to be left."""
    leaving = state.status is BedStatus.OCCUPIED and state.expected_free_at is not None
    return state.reserved_for is None and (leaving or state.status in (BedStatus.AVAILABLE, BedStatus.CLEANING))
