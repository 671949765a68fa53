"""A ward's floor plan with every bed drawn: the walls, the ward page and the desk's small map show this one view.

Built from the hospital file (flow.domain.plan) and the live records; `templates/wall/_plan.svg` draws it. Pure.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.acuity import Level
from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import BedOutline, Box, DrawnPlan, Ward
from flow.domain.station_rules import StationRules
from flow.views.acuity_words import MARKS
from flow.views.bed_tile import ICONS, USUAL, WORDS, Audience, BedTile, TileState, bed_tile
from flow.views.doubt_words import doubt_line, letters
from flow.views.floor import TileLayout, code_size, fitted, tile_layout, title_size
from flow.views.places import place_tile, places_in
from flow.views.times import minutes, moment_words
from flow.views.words import Words

ENGLISH = Words()


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
    """A temporary place in the strip below the plan; `meta` is how long it has been as it is."""

    tile: BedTile
    meta: str
    words: str


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
    says how long a score counts, `words` are those of its title. Beds without a record are left out."""
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
        spots=_spots(ward, tiles, at.timestamp(), zone),
        chips=chips,
        summary=f"{_name(ward, words)}: " + ", ".join(f"{chip.count} {words.say(chip.words).lower()}" for chip in chips),
        places=tuple(_place(place_tile(state, audience), at.timestamp(), words) for state in places_in(ward.id, beds.values())),
        drawn=ward.drawn,
    )


def _place(tile: BedTile, now: float, words: Words) -> PlaceSpot:
    """The walls' script says the same."""
    meta = minutes(tile.since, now) if tile.state is TileState.OCCUPIED else words.say("empty")
    return PlaceSpot(tile, meta, f"{tile.label} {meta}, temporary")


def _name(ward: Ward, words: Words) -> str:
    return ward.name if "ward" in ward.name.lower() else words.say("Ward {ward}", ward=ward.id)


def _subtitle(ward: Ward, words: Words) -> str:
    own = [] if "ward" in ward.name.lower() else [ward.name]
    said = " ".join(own).casefold()
    parts = [*own, *([ward.specialty] if ward.specialty.casefold() not in said else [])]
    return " · ".join([part for part in parts if part] + ([words.say("Floor {floor}", floor=ward.floor)] if ward.floor else []))


def _spots(ward: Ward, tiles: list[BedTile], now: float, zone: str) -> tuple[Spot, ...]:
    outlines = outlines_of(ward)
    size = number_size(ward)
    spots = []
    for tile in tiles:
        outline = outlines[BedId(tile.id)]
        layout = tile_layout(outline.box, tile.label, size)
        meta = line(tile, layout, now, zone)
        said = (ICONS[tile.state], meta, meta_size(meta, layout), _words(tile, meta, now))
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


def line(tile: BedTile, layout: TileLayout, now: float, zone: str) -> str:
    """What stands at a tile's foot, as far as it fits. Of a bed in doubt: by whose word it is so, how old that is, how far to believe it,
    beside which only the insurer's clock is kept; of one merely old, where nothing else is said. The walls' script says the same."""
    said = foot(tile, now, zone)
    if tile.due is not None:
        doubted = f"? {said}" if tile.doubt and not said.startswith(GRAVE) else said
        return clipped(doubted, layout.chars, clock=True)
    stale = not said and tile.stale is not None and now >= tile.stale
    if (tile.doubt or stale) and tile.by is not None and tile.told is not None:
        return doubt_line(tile.by, tile.told, now, letters(layout.chars, layout.meta), contradicted=bool(tile.doubt))
    timed = tile.state is not TileState.OUT and tile.at is not None
    return clipped(said, layout.chars, clock=timed or said == tile.closes)


def foot(tile: BedTile, now: float, zone: str) -> str:
    """What a tile tells beside its state: minutes of a timer, the insurer's clock, the time expected, each after the mark of who is very
    ill; else how closely its patient is watched, why it closes when it is empty, or the note."""
    if tile.timer:
        return minutes(tile.since, now)
    watch = watch_now(tile, now)
    grave = GRAVE if watch.startswith(GRAVE) else ""
    if tile.due is not None:
        return grave + insurer_clock(tile.due, now)
    if tile.state is not TileState.OUT and tile.at is not None:
        return f"{grave} {moment_words(tile.at, now, zone)}".lstrip()
    return watch or tile.closes or tile.note


GRAVE = MARKS[Level.HIGH]


def watch_now(tile: BedTile, now: float) -> str:
    """How closely the patient must be watched, as long as the score that says so counts."""
    return tile.watch if tile.watch and (tile.watch_until is None or now <= tile.watch_until) else ""


def insurer_clock(due: int, now: float) -> str:
    """`TPA 1:20` while the insurer has time, `TPA+0:05` when it is over."""
    left = int(due - now)
    hours, rest = divmod(abs(left) // 60, 60)
    return f"TPA{'+' if left <= 0 else ' '}{hours}:{rest:02d}"


TIGHT = 1.7
"""How much smaller than its tile's other words a clock may be written, so that it stands there whole."""


def meta_size(meta: str, layout: TileLayout) -> int:
    """How large the line at the foot is written: one that is longer than the tile is wide, smaller."""
    return layout.meta if len(meta) <= layout.chars else int(layout.meta * layout.chars / len(meta))


def clipped(words: str, chars: int, clock: bool = False) -> str:
    """As many whole words as fit into so many letters, else the first letters of the first; a clock a little longer stays whole."""
    if len(words) <= (chars * TIGHT if clock else chars):
        return words
    whole = words[: chars + 1].rpartition(" ")[0]
    return whole or words[: chars - 1] + "…"


def _words(tile: BedTile, meta: str, now: float) -> str:
    """What stands on the tile comes first and in one piece, so that a voice command may use it (WCAG 2.5.3)."""
    said = [f"Bed {tile.label} {meta}".strip(), WORDS[tile.state].lower(), "promised" if tile.promised else ""]
    if tile.isolation:
        said.append("isolation")
    if tile.closes:
        said.append("out of use when empty")
    if tile.doubt:
        said.append("in doubt")
    if watch_now(tile, now):
        said.append("watch closely")
    return ", ".join(part for part in said if part)


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
