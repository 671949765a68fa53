"""How ill the patients of a ward are, on its page: the score in words, since when nobody has seen that it turned high, and where who must
be watched should lie. A score that is too old to go by is shown as old, and moves nobody. Before it `ward_care`, which fills the rows.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flow.domain.acuity import Acuity
from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId
from flow.domain.plan import Ward
from flow.domain.station_rules import StationRules
from flow.views.acuity_words import acuity_words
from flow.views.row_care import Nearer, RowCare
from flow.views.times import minutes

WORTH_METRES = 5
"""A bed nearer by less is not worth a move."""


def scored(care: RowCare, acuity: Acuity | None, at: datetime, zone: str, station: StationRules) -> RowCare:
    """The row with its patient's score."""
    if acuity is None:
        return care
    old, alarm = not station.counts(acuity, at), acuity.alarm_since
    return replace(
        care,
        acuity=acuity_words(acuity, zone, old=old),
        level="" if old else acuity.level,
        risen=minutes(alarm.timestamp(), at.timestamp()) if alarm is not None else "",
    )


def nearer(
    ward: Ward, state: BedState, beds: Mapping[BedId, BedState], named: Mapping[BedId, str | None], at: datetime, station: StationRules
) -> Nearer | None:
    """For who must be watched and stays: the nearest bed that is free, or the one to change with, with who lies there as far as the reader
    may know (`named`); nothing where they lie near enough."""
    metres = {bed.id: bed.metres for bed in ward.beds}
    if state.id not in metres or not _watched(state, at, station) or not _settled(state):
        return None
    worth = [bed for bed in ward.beds if bed.id in beds and metres[state.id] - bed.metres >= WORTH_METRES]
    better = [bed for bed in worth if beds[bed.id].free or _changes(beds[bed.id], state, at, station)]
    if not better:
        return None
    best = min(better, key=lambda bed: (bed.metres, bed.id))
    return Nearer(best.label, not beds[best.id].free, named.get(best.id) or "")


def _watched(state: BedState, at: datetime, station: StationRules) -> bool:
    return state.acuity is not None and state.acuity.watched and station.counts(state.acuity, at)


def _settled(state: BedState) -> bool:
    """Lies there, is not about to leave, not isolated; nobody waits for the bed, which stays in use."""
    lies = state.status is BedStatus.OCCUPIED and state.expected_free_at is None and state.care.isolation is None
    return lies and state.reserved_for is None and state.closes is None


def _changes(there: BedState, who: BedState, at: datetime, station: StationRules) -> bool:
    """Its patient is of the same sex and need not be watched."""
    return _settled(there) and there.sex == who.sex and not _watched(there, at, station)
