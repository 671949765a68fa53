"""Draws a ward whose file gives no coordinates: rooms on both sides of a corridor, as wards are built, in 1920 x 1080 plan units.

The rows of beds in a room are chosen so that tiles come out as large as can be; a band above is for the title, one below for
the legend. Nothing overlaps; a test says so for 24, 36 and 60 beds and for wards of hundreds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, hypot

from flow.domain.plan import Box, Label

LEFT, RIGHT = 40.0, 1880.0
TOP, CORRIDOR_TOP, CORRIDOR_BOTTOM, BOTTOM = 110.0, 531.0, 577.0, 995.0
ROOM_HEAD, PADDING, GAP, ROOM_GAP = 46.0, 10.0, 8.0, 22.0
WIDE, HIGH = 146.0, 172.0
"""The tile of a ward of 36 beds, as large as a tile is drawn."""
STATION_COLUMNS = 2
METRES_A_UNIT = 0.025
"""A ward of 1,840 units is about 46 m long."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A room's box and its beds' boxes."""

    room: Box
    beds: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A ward drawn: one entry for each room in order, and what else is on the plan."""

    rooms: tuple[Drawn, ...]
    labels: tuple[Label, ...]
    station: Box


def draw(sizes: Sequence[int]) -> Drawing:
    """Draw a ward from the numbers of beds in its rooms."""
    rows = max(range(1, 13), key=lambda rows: (_quality(sizes, rows), -rows))
    top, bottom = _sides(sizes, rows)
    boxes = dict(_place(sizes, top, rows, TOP, CORRIDOR_TOP - 12))
    boxes.update(_place(sizes, bottom, rows, CORRIDOR_BOTTOM + 8, BOTTOM))
    station = boxes.pop(-1).room
    labels = (
        Label("Nurse station", station, "station"),
        Label("Corridor", Box(LEFT, CORRIDOR_TOP, RIGHT - LEFT, CORRIDOR_BOTTOM - CORRIDOR_TOP), "corridor"),
    )
    return Drawing(tuple(boxes[index] for index in range(len(sizes))), labels, station)


def metres(bed: Box, station: Box) -> int:
    """The way from a bed to the nurse station, in metres."""
    across = bed.x + bed.width / 2 - station.x - station.width / 2
    down = bed.y + bed.height / 2 - station.y - station.height / 2
    return max(2, round(hypot(across, down) * METRES_A_UNIT))


def _columns(size: int, rows: int) -> int:
    return max(1, ceil(size / rows))


def _sides(sizes: Sequence[int], rows: int) -> tuple[list[int], list[int]]:
    """Which rooms lie above and below the corridor; -1 is the nurse station, in the middle below."""
    total = sum(_columns(size, rows) for size in sizes) + STATION_COLUMNS
    top: list[int] = []
    filled = 0
    for index, size in enumerate(sizes):
        if filled + _columns(size, rows) / 2 > total / 2:
            break
        top.append(index)
        filled += _columns(size, rows)
    below = list(range(len(top), len(sizes)))
    middle = len(below) // 2
    return top, [*below[:middle], -1, *below[middle:]]


def _tile_width(sizes: Sequence[int], side: Sequence[int], rows: int) -> float:
    columns = sum(_span(sizes, index, rows) for index in side)
    fixed = sum(2 * PADDING + GAP * (_span(sizes, index, rows) - 1) for index in side) + ROOM_GAP * (len(side) - 1)
    return min(WIDE, (RIGHT - LEFT - fixed) / max(1, columns))


def _span(sizes: Sequence[int], index: int, rows: int) -> int:
    return STATION_COLUMNS if index < 0 else _columns(sizes[index], rows)


def _tile_height(rows: int) -> float:
    return min(HIGH, (CORRIDOR_TOP - 12 - TOP - ROOM_HEAD - PADDING - GAP * (rows - 1)) / rows)


def _quality(sizes: Sequence[int], rows: int) -> float:
    """How large the smallest tile comes out, beside the ideal one."""
    widths = [_tile_width(sizes, side, rows) for side in _sides(sizes, rows) if side]
    return min(min(widths) / WIDE, _tile_height(rows) / HIGH)


def _place(sizes: Sequence[int], side: Sequence[int], rows: int, top: float, bottom: float) -> list[tuple[int, Drawn]]:
    """Boxes of one side, spread over the whole width."""
    if not side:
        return []
    wide, high = _tile_width(sizes, side, rows), _tile_height(rows)
    widths = [_span(sizes, i, rows) * (wide + GAP) - GAP + 2 * PADDING for i in side]
    spare = (RIGHT - LEFT - sum(widths)) / max(1, len(side) - 1) if len(side) > 1 else 0.0
    drawn = []
    x = LEFT
    for index, width in zip(side, widths, strict=True):
        room = Box(round(x, 1), top, round(width, 1), bottom - top)
        count = 0 if index < 0 else sizes[index]
        drawn.append((index, Drawn(room, _tiles(room, count, _span(sizes, index, rows), wide, high))))
        x += width + spare
    return drawn


def _tiles(room: Box, count: int, columns: int, wide: float, high: float) -> tuple[Box, ...]:
    return tuple(
        Box(
            round(room.x + PADDING + n % columns * (wide + GAP), 1),
            round(room.y + ROOM_HEAD + n // columns * (high + GAP), 1),
            round(wide, 1),
            round(high, 1),
        )
        for n in range(count)
    )
