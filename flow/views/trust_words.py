"""A bed's trust in words, on the ward's rows and plan: by whose word it is what it is, how old that is, how far to believe it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flow.domain.confidence import Level, Trust
from flow.views.times import minutes
from flow.views.ward_plan import WardPlan

LEVELS: Mapping[Level, str] = {
    Level.SURE: "sure",
    Level.LIKELY: "likely",
    Level.UNSURE: "unsure",
    Level.IN_DOUBT: "in doubt",
}
_KINDS = {"feed": "feed", "person": "by hand", "system": "by itself", "paper": "entered from paper"}


@dataclass(frozen=True, slots=True)
class TrustLine:
    """`by` says the kind of source and never a person's account, `age` how old the word is, `why` what speaks against it."""

    level: Level
    words: str
    by: str
    age: str
    why: str


def trust_line(trust: Trust, at: datetime) -> TrustLine:
    """The line of one bed."""
    kind, _, name = trust.source.partition(":")
    by = f"{_KINDS.get(kind, kind)} {name}" if kind == "feed" else _KINDS.get(kind, kind)
    return TrustLine(trust.level, LEVELS[trust.level], by, minutes(trust.told_at.timestamp(), at.timestamp()), trust.why)


def titled(plan: WardPlan, trusts: Mapping[str, TrustLine]) -> WardPlan:
    """The plan with each bed's trust, by its id, to be read with the pointer."""
    lines = {bed: " · ".join(part for part in (each.by, each.age, each.words, each.why) if part) for bed, each in trusts.items()}
    return replace(plan, spots=tuple(replace(spot, trust=lines.get(spot.tile.id, "")) for spot in plan.spots))
