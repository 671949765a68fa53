"""A ward's floor plan with every bed drawn: the walls, the ward page and the desk's small map show this one view.

Built from the hospital file (flow.domain.plan) and the live records; `templates/wall/_plan.svg` draws it. Pure.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import BedOutline, Box, DrawnPlan, Ward
from flow.domain.station_rules import StationRules
from flow.views.bed_tile import ICONS, USUAL, WORDS, Audience, BedTile, TileState, bed_tile
from flow.views.floor import TileLayout, code_size, fitted, tile_layout, title_size
from flow.views.phrase import ENGLISH
from flow.views.places import place_tile, place_words, places_in
from flow.views.tile_line import line, meta_size, said_words
from flow.views.times import minutes
from flow.views.words import Words


@dataclass(frozen=True, slots=True)
class Spot:
    """A tile in its place. `meta` is the line at its foot, `words` what a screen reader says. `trust` is by whose
    word it is so, how old that is and how far to believe it, where there is a pointer to rest on the tile. `path` is
    the outline of a bed drawn as anything but an upright rectangle, in plan units; its parts stand in `box`."""

    tile: BedTile
    box: Box
    layout: TileLayout
    icon: str
    meta: str
    size: int
    words: str
    trust: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A room or a label of the plan; `kind` is `bay` for rooms with beds, else the label's own kind. `size` 0: no space for its name."""

    name: str
    box: Box
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A state with its icon, its word and how many beds of the ward show it: the header's counts and the legend."""

    state: TileState
    icon: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class PlaceSpot:
    """A temporary place in the strip below the plan; `label` is its name in the wall's language, `meta` how long it has been as it is."""

    tile: BedTile
    label: str
    meta: str


@dataclass(frozen=True, slots=True)
class WardPlan:
    """The whole plan; `seq` is the newest bed's version and good for an ETag, `summary` says the plan in one sentence. `drawn` are the
    lines and words of an uploaded plan, which has no regions."""

    ward: str
    name: str
    subtitle: str
    zone: str
    seq: int
    regions: tuple[Region, ...]
    spots: tuple[Spot, ...]
    chips: tuple[Chip, ...]
    summary: str
    places: tuple[PlaceSpot, ...] = ()
    drawn: DrawnPlan | None = None


def ward_plan(
    ward: Ward,
    beds: Mapping[BedId, BedState],
    audience: Audience,
    at: datetime,
    zone: str,
    checked: Container[BedId] = (),
    station: StationRules = USUAL,
    *,
    words: Words = ENGLISH,
) -> WardPlan:
    """The plan of a ward at a time, for one audience; `zone` is the hospital's, `checked` beds that somebody is asked to look at, `station`
    says how long a score counts, `words` are those of its language. Beds without a record are left out."""
    known = [bed for bed in ward.beds if bed.id in beds]
    tiles = [bed_tile(bed, beds[bed.id], audience, checked=bed.id in checked, station=station) for bed in known]
    chips = _chips(tiles)
    return WardPlan(
        ward=ward.id,
        name=_name(ward, words),
        subtitle=_subtitle(ward, words),
        zone=zone,
        seq=max((tile.seq for tile in tiles), default=0),
        regions=_regions(ward),
        spots=_spots(ward, tiles, at.timestamp(), zone, words),
        chips=chips,
        summary=f"{_name(ward, words)}: " + ", ".join(f"{chip.count} {words.say(chip.words).lower()}" for chip in chips),
        places=tuple(_place(place_tile(state, audience), at.timestamp(), words) for state in places_in(ward.id, beds.values())),
        drawn=ward.drawn,
    )


def _place(tile: BedTile, now: float, words: Words) -> PlaceSpot:
    """The walls' script says the same."""
    meta = minutes(tile.since, now) if tile.state is TileState.OCCUPIED else words.say("empty")
    return PlaceSpot(tile, place_words(tile.label, words), meta)


def _name(ward: Ward, words: Words) -> str:
    return ward.name if "ward" in ward.name.lower() else words.say("Ward {ward}", ward=ward.id)


def _subtitle(ward: Ward, words: Words) -> str:
    own = [] if "ward" in ward.name.lower() else [ward.name]
    said = " ".join(own).casefold()
    parts = [*own, *([ward.specialty] if ward.specialty.casefold() not in said else [])]
    return " · ".join([part for part in parts if part] + ([words.say("Floor {floor}", floor=ward.floor)] if ward.floor else []))


def _spots(ward: Ward, tiles: list[BedTile], now: float, zone: str, words: Words) -> tuple[Spot, ...]:
    outlines = outlines_of(ward)
    size = number_size(ward)
    spots = []
    for tile in tiles:
        outline = outlines[BedId(tile.id)]
        layout = tile_layout(outline.box, tile.label, size)
        meta = line(tile, layout, now, zone, words)
        said = (ICONS[tile.state], meta, meta_size(meta, layout), said_words(tile, meta, now, words))
        spots.append(Spot(tile, outline.box, layout, *said, path=outline.path))
    return tuple(spots)


def outlines_of(ward: Ward) -> Mapping[BedId, BedOutline]:
    """Where each bed is drawn: on the plan somebody drew, else in its box of the hospital file."""
    if ward.drawn is not None:
        return ward.drawn.beds
    fit = fitted(ward)
    return {bed.id: BedOutline(fit(bed.box)) for bed in ward.beds}


def number_size(ward: Ward) -> int:
    """How high all the ward's numbers are written, in plan units."""
    outlines = outlines_of(ward)
    return code_size((bed.label, outlines[bed.id].box) for bed in ward.beds)


def _regions(ward: Ward) -> tuple[Region, ...]:
    if ward.drawn is not None:
        return ()
    fit = fitted(ward)
    beds = [fit(bed.box) for bed in ward.beds]
    rooms = [Region(room.name, fit(room.box), "bay", title_size(room.name, fit(room.box), beds)) for room in ward.rooms]
    labels = [Region(label.name, fit(label.box), label.kind, 30) for label in ward.labels]
    return tuple(rooms + labels)


def _chips(tiles: list[BedTile]) -> tuple[Chip, ...]:
    return tuple(Chip(state, ICONS[state], WORDS[state], sum(tile.state is state for tile in tiles)) for state in TileState)
