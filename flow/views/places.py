"""Temporary places as screens show them: a trolley, the floor, a chair, a second patient in a bed; drawn apart, in no number of beds.

The records are beds' (`flow.domain.bed`); no hospital file names them, so they are given here what a file says of a bed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flow.domain.bed import BedState, PlaceKind, Temporary
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, RoomId, WardId
from flow.domain.plan import Bed, Box
from flow.domain.request import BedRequest
from flow.domain.visit import OPEN
from flow.views.bed_tile import Audience, BedTile, TileState, bed_tile
from flow.views.words import Words

NAMES: Mapping[PlaceKind, str] = {
    PlaceKind.TROLLEY: "Trolley",
    PlaceKind.FLOOR: "Floor",
    PlaceKind.CHAIR: "Chair",
    PlaceKind.SHARED: "Shared bed",
}


def place_name(place: Temporary) -> str:
    """`Trolley 1`."""
    return f"{NAMES[place.kind]} {place.number}"


def place_words(label: str, words: Words) -> str:
    """A place's name in a language; the walls' script says the same."""
    kind, _, number = label.rpartition(" ")
    return f"{words.say(kind)} {number}" if kind else label


def place_bed(state: BedState) -> Bed:
    """What a hospital file would say of the place. ValueError for a bed of the file."""
    if state.temporary is None:
        raise ValueError(f"{state.id} is no temporary place")
    there = state.temporary
    return Bed(state.id, there.ward, RoomId(""), place_name(there), "temporary", frozenset(), 0, Box(0, 0, 0, 0))


def places_in(ward: WardId, beds: Iterable[BedState]) -> list[BedState]:
    """The places that stand in a ward, in the order of their kinds and numbers."""
    standing = [state for state in beds if state.temporary is not None and state.temporary.ward == ward and not state.gone]
    return sorted(standing, key=_order)


def _order(state: BedState) -> tuple[int, int]:
    assert state.temporary is not None
    return list(PlaceKind).index(state.temporary.kind), state.temporary.number


def place_tile(state: BedState, audience: Audience) -> BedTile:
    """The place's tile; one that was taken away is out. Its time runs while it is empty and while somebody lies there."""
    tile = bed_tile(place_bed(state), state, audience)
    return replace(tile, key=f"place:{state.id}", timer=tile.state is not TileState.OUT, note="")


def beside(state: BedState, beds: Mapping[BedId, Bed]) -> str:
    """`in A1` of a shared bed, `beside A1` of the others; empty where no bed is named."""
    there = state.temporary
    if there is None or there.near is None or there.near not in beds:
        return ""
    return f"{'in' if there.kind is PlaceKind.SHARED else 'beside'} {beds[there.near].label}"


def told_places(requests: Iterable[BedRequest], hospital: Hospital) -> list[BedRequest]:
    """The requests, with `4B trolley 1` as the origin of who lies in a temporary place: so the desk finds them among those who wait."""
    return [told_place(request, hospital) for request in requests]


def told_place(request: BedRequest, hospital: Hospital) -> BedRequest:
    """One of them."""
    for visit in hospital.visits_of(request.patient, *OPEN):
        state = hospital.beds.get(visit.bed) if visit.bed is not None else None
        if state is not None and state.temporary is not None:
            return replace(request, origin=f"{state.temporary.ward} {place_name(state.temporary).lower()}")
    return request
