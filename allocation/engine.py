"""Ranks beds for one request: rules keep back, terms add up, ties break the same way every time; every answer carries its reasons."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allocation.rules import candidate, first_broken
from allocation.weights import SOFT, Term, Weights, ready_at
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.request import BedRequest

DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One bed; the terms' points add up to the score. `ready_at` is None where it is free now."""

    bed: BedId
    score: int
    terms: tuple[Term, ...]
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best beds in order, how many there are in all, and how many beds each rule keeps back."""

    ranked: tuple[Suggestion, ...]
    legal: int
    blocked: Mapping[str, int]
    weights: str


def suggest(request: BedRequest, hospital: Hospital, at: datetime, limit: int = 5, weights: Weights = DEFAULT) -> Suggestions:
    """The best `limit` beds of the hospital for a request, as it stands at `at`."""
    blocked: Counter[str] = Counter()
    legal: list[Suggestion] = []
    for bed in hospital.beds:
        if bed not in hospital.plan.beds:
            continue
        looked_at = candidate(bed, request, hospital, at)
        reason = first_broken(looked_at)
        if reason is not None:
            blocked[reason] += 1
            continue
        terms = tuple(term for soft in SOFT if (term := soft(looked_at, weights)) is not None)
        legal.append(Suggestion(bed, sum(term.points for term in terms), terms, ready_at(looked_at, weights)))
    legal.sort(key=lambda suggestion: (-suggestion.score, suggestion.bed))
    return Suggestions(tuple(legal[:limit]), len(legal), dict(blocked.most_common()), weights.version)
