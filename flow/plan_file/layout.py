"""Draws a ward whose file gives no coordinates: rooms on both sides of a corridor, as wards are built, in 1920 x 1080 plan units.

The rows of beds in a room, and the rows of rooms on a side, are chosen so that tiles come out as large as can be; a band above is
for the title, one below for the legend. Nothing overlaps; a test says so for 24, 36 and 60 beds and for wards of hundreds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, hypot

from flow.domain.plan import Box, Label

LEFT, RIGHT = 40.0, 1880.0
TOP, CORRIDOR_TOP, CORRIDOR_BOTTOM, BOTTOM = 110.0, 531.0, 577.0, 995.0
ROOM_HEAD, PADDING, GAP, ROOM_GAP = 46.0, 10.0, 8.0, 22.0
WIDE, HIGH = 146.0, 172.0
"""The tile of a ward of 36 beds, as large as a tile is drawn."""
STATION_COLUMNS = 2
MOST_ROWS, MOST_TIERS = 40, 6
SIDE_GAP = 12.0
TIER_GAP = 10.0
METRES_A_UNIT = 0.025
"""A ward of 1,840 units is about 46 m long."""
STATION = -1


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
    wish = max(_wishes(sizes), key=lambda wish: (wish.quality, -wish.tiers, -wish.rows))
    boxes = dict(placed for lane in wish.lanes if lane.rooms for placed in wish.place(lane))
    station = boxes.pop(STATION).room
    labels = (
        Label("Nurse station", station, "station"),
        Label("Corridor", Box(LEFT, CORRIDOR_TOP, RIGHT - LEFT, CORRIDOR_BOTTOM - CORRIDOR_TOP), "corridor"),
    )
    return Drawing(tuple(boxes[index] for index in range(len(sizes))), labels, station)


def metres(bed: Box, station: Box, metres_a_unit: float = METRES_A_UNIT) -> int:
    """The way from a bed to the nurse station, in metres."""
    across = bed.x + bed.width / 2 - station.x - station.width / 2
    down = bed.y + bed.height / 2 - station.y - station.height / 2
    return max(2, round(hypot(across, down) * metres_a_unit))


def fill(room: Box, count: int) -> tuple[Box, ...]:
    """Beds in a room whose box is given, in rows and columns that leave the largest tiles; the name stands above them."""
    if not count:
        return ()
    head, pad = room.height * 0.11, min(room.width, room.height) * 0.03

    def tile(columns: int) -> tuple[float, float]:
        rows = ceil(count / columns)
        return (room.width - pad * (columns + 1)) / columns, (room.height - head - pad * rows) / rows

    columns = max(range(1, count + 1), key=lambda columns: min(tile(columns)[0] / WIDE, tile(columns)[1] / HIGH))
    wide, high = tile(columns)
    return tuple(
        Box(room.x + pad + n % columns * (wide + pad), room.y + head + n // columns * (high + pad), wide, high) for n in range(count)
    )


@dataclass(frozen=True, slots=True)
class _Lane:
    """One row of rooms on a side of the corridor; STATION among them is the nurse station."""

    rooms: tuple[int, ...]
    top: float
    bottom: float


class _Wish:
    """One way to draw the ward: so many rows of beds in a room, so many lanes of rooms on a side."""

    def __init__(self, sizes: Sequence[int], rows: int, tiers: int) -> None:
        self.sizes, self.rows, self.tiers = sizes, rows, tiers
        high = (CORRIDOR_TOP - SIDE_GAP - TOP - TIER_GAP * (tiers - 1)) / tiers
        self._head = min(ROOM_HEAD, high * 0.2)
        self._pad = min(PADDING, high * 0.1)
        self._gap = min(GAP, high * 0.2 / rows)
        self._high = min(HIGH, (high - self._head - self._pad - self._gap * (rows - 1)) / rows)
        self.lanes = tuple(self._lanes(high))

    @property
    def quality(self) -> float:
        """How large the smallest tile comes out, beside the ideal one."""
        return min(min(self._wide(lane)[0] for lane in self.lanes if lane.rooms) / WIDE, self._high / HIGH)

    def place(self, lane: _Lane) -> Iterator[tuple[int, Drawn]]:
        """Boxes of one lane, spread over the whole width."""
        wide, squeeze = self._wide(lane)
        gap = self._gap * squeeze
        widths = [self._span(index) * (wide + gap) - gap + 2 * self._pad * squeeze for index in lane.rooms]
        spare = (RIGHT - LEFT - sum(widths)) / (len(widths) - 1) if len(widths) > 1 else 0.0
        x = LEFT
        for index, width in zip(lane.rooms, widths, strict=True):
            room = Box(round(x, 1), round(lane.top, 1), round(width, 1), round(lane.bottom - lane.top, 1))
            yield index, Drawn(room, tuple(self._tiles(room, index, wide, squeeze)))
            x += width + spare

    def _lanes(self, high: float) -> Iterator[_Lane]:
        tops = [side + tier * (high + TIER_GAP) for side in (TOP, CORRIDOR_BOTTOM + 8) for tier in range(self.tiers)]
        for number, rooms in enumerate(self._shared()):
            last = number == len(tops) - 1
            yield _Lane(rooms, tops[number], BOTTOM if last else tops[number] + high)

    def _shared(self) -> list[tuple[int, ...]]:
        """The rooms in their order over the lanes, as many columns in each; the station in the middle of the first below."""
        lanes: list[list[int]] = [[] for _ in range(2 * self.tiers)]
        share = (sum(map(self._span, range(len(self.sizes)))) + STATION_COLUMNS) / len(lanes)
        filled, lane = 0.0, 0
        for index in range(len(self.sizes)):
            span = self._span(index)
            while lane < len(lanes) - 1 and filled + span / 2 > share * (lane + 1):
                lane += 1
                filled += STATION_COLUMNS if lane == self.tiers else 0
            lanes[lane].append(index)
            filled += span
        below = lanes[self.tiers]
        below.insert(len(below) // 2, STATION)
        return [tuple(rooms) for rooms in lanes]

    def _span(self, index: int) -> int:
        return STATION_COLUMNS if index == STATION else max(1, ceil(self.sizes[index] / self.rows))

    def _wide(self, lane: _Lane) -> tuple[float, float]:
        """The width of a tile, and by how much the spaces between must shrink to leave it most of the lane."""
        columns = sum(map(self._span, lane.rooms))
        between = 2 * self._pad * len(lane.rooms) + self._gap * (columns - len(lane.rooms)) + ROOM_GAP * (len(lane.rooms) - 1)
        squeeze = min(1.0, 0.4 * (RIGHT - LEFT) / between)
        return min(WIDE, (RIGHT - LEFT - between * squeeze) / columns), squeeze

    def _tiles(self, room: Box, index: int, wide: float, squeeze: float) -> Iterator[Box]:
        columns = self._span(index)
        for n in range(0 if index == STATION else self.sizes[index]):
            x = room.x + self._pad * squeeze + n % columns * (wide + self._gap * squeeze)
            y = room.y + self._head + n // columns * (self._high + self._gap)
            yield Box(round(x, 1), round(y, 1), round(wide, 1), round(self._high, 1))


def _wishes(sizes: Sequence[int]) -> Iterator[_Wish]:
    rows = range(1, min(MOST_ROWS, max([1, *sizes])) + 1)
    return (_Wish(sizes, *wish) for wish in product(rows, range(1, MOST_TIERS + 1)))
