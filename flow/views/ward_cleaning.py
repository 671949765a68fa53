"""What a ward's page says of cleaning: problems that cleaners reported of its beds, and the beds that may be said to be dirty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId
from flow.domain.plan import Plan, Ward
from flow.views.cleaning_staff import ProblemLike
from flow.views.supervisor import ProblemCard, problem_card


@dataclass(frozen=True, slots=True)
class DirtyChoice:
    """A bed that somebody may have found dirty; on an occupied one it is one more clean today."""

    bed: BedId
    words: str


@dataclass(frozen=True, slots=True)
class WardCleaning:
    """`problems` wait for whoever may block beds; `beds` are there for whoever may ask for a clean."""

    problems: tuple[ProblemCard, ...] = ()
    beds: tuple[DirtyChoice, ...] = ()


NO_CLEANING = WardCleaning()
_CLEAN = {BedStatus.AVAILABLE: "free", BedStatus.OCCUPIED: "occupied"}


def ward_cleaning(
    plan: Plan, ward: Ward, beds: Mapping[BedId, BedState], problems: Sequence[ProblemLike], at: datetime, *, may_ask: bool
) -> WardCleaning:
    """Of one ward."""
    here = {bed.id: beds.get(bed.id) for bed in ward.beds}
    cards = (problem_card(each, plan, here[each.bed], at) for each in problems if each.bed in here)
    choices = (
        DirtyChoice(bed.id, f"{bed.label}, {_CLEAN[state.status]}")
        for bed in ward.beds
        if may_ask and (state := here[bed.id]) is not None and state.status in _CLEAN
    )
    return WardCleaning(tuple(cards), tuple(choices))
