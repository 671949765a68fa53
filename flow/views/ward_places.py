"""The temporary places of a ward on the nurse's page: those that stand, what may be done with each, and the two taps that make one.

`ward_page` puts them beside the beds; templates/ward/_places.html draws them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus, PlaceKind
from flow.domain.ids import BedId
from flow.domain.plan import Bed
from flow.views.apart import Wrong
from flow.views.bed_tile import BedTile
from flow.views.places import NAMES, beside, place_name
from flow.views.times import moment_words, waited
from flow.views.who_words import who_words


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who lies in a bed, as far as the reader may know: `name` and `mrn_tail` are None for a reader without names."""

    name: str | None = None
    mrn_tail: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place in the list, with the same fields for its forms as a bed's row. `detail` says how long somebody has lain there, or since when
    it has stood empty and when it lapses; `may_close`: it is empty and the reader may take it away; its forms are never `folded`;
    `wrong`: who lies there is in isolation."""

    tile: BedTile
    icon: str
    words: str
    near: str
    detail: str
    person: str
    occupant: Occupant | None
    may_admit: bool
    may_leave: bool
    may_close: bool
    folded: bool = False
    wrong: Wrong | None = None


ICONS: Mapping[bool, str] = {True: "i-bed", False: "i-check"}


def place_row(
    state: BedState, tile: BedTile, occupant: Occupant | None, near: str, at: datetime, zone: str, lapse: timedelta, *, admits: bool
) -> PlaceRow:
    """A place's row for somebody who may admit, or may not."""
    taken = state.status is BedStatus.OCCUPIED
    who = who_words(state.age, state.sex)
    return PlaceRow(
        tile=tile,
        icon=ICONS[taken],
        words="Occupied" if taken else "Empty",
        near=near,
        detail=_detail(state, at, zone, lapse),
        person=who,
        occupant=occupant if taken else None,
        may_admit=admits and not taken,
        may_leave=admits and taken,
        may_close=admits and not taken,
    )


def _detail(state: BedState, at: datetime, zone: str, lapse: timedelta) -> str:
    stood = waited(state.now.since.timestamp(), at.timestamp())
    if state.status is BedStatus.OCCUPIED:
        return stood
    return f"{stood} · goes by itself at {moment_words((state.now.since + lapse).timestamp(), at.timestamp(), zone)}"


def kinds(*, admits: bool) -> tuple[Choice, ...]:
    """What can be made with two taps; a shared bed is made on the bed that is shared."""
    return tuple(Choice(kind, NAMES[kind]) for kind in PlaceKind if kind is not PlaceKind.SHARED) if admits else ()


def census(beds: Iterable[BedState], places: Iterable[BedState]) -> str:
    """`28 beds · 26 occupied + 3 in temporary places`: who lies in a temporary place is in no number of beds."""
    known = list(beds)
    there = sum(state.status is BedStatus.OCCUPIED for state in places)
    said = f"{len(known)} beds · {sum(state.status is BedStatus.OCCUPIED for state in known)} occupied"
    return said + (f" + {there} in temporary places" if there else "")


def place_targets(places: Iterable[BedState]) -> tuple[Choice, ...]:
    """The empty ones, for somebody to be moved to."""
    empty = ((state.id, state.temporary) for state in places if state.status is BedStatus.AVAILABLE)
    return tuple(Choice(number, f"{place.ward} {place_name(place)}") for number, place in empty if place is not None)


def near_words(state: BedState, beds: Mapping[BedId, Bed]) -> str:
    """Where it stands, and that it is no bed of the ward."""
    return " · ".join(part for part in (beside(state, beds), "temporary") if part)
