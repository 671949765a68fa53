"""Lays a ward's plan out on the wall's canvas: where each bed, room and label goes and how large its letters can be.

Before it stand the boxes of the hospital file, in whatever unit they were measured; after it, `ward_plan` fills the tiles.
The canvas is 1920 units wide; `AREA` is what the header and the legend leave of its 1080.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flow.domain.plan import Box, Ward

AREA = Box(40, 112, 1840, 888)
GOOD_FILL = 0.85
READABLE = 56
HIGH_TILE = 2.7
"""Heights of its number that a tile needs to have number, icon and note one under the other."""
NOTE = 6
"""Letters that every note line holds: `59 min`, `14:30`."""
DIGIT, LETTER, WIDE, WORD = 0.67, 0.75, 1.04, 0.58
"""Widths in em of Inter 800, set tight: digits, capitals, M and W; and of a letter of Inter 600."""


@dataclass(frozen=True, slots=True)
class TileLayout:
    """Where the parts of one tile stand, in units from its corner; sizes are font sizes and squares. `chars` is how many letters the
    note line holds, `mark` the small sign of a promise or an isolation, 0 where the tile has no space for it."""

    code: int
    code_y: int
    icon: int
    icon_x: int
    icon_y: int
    meta: int
    meta_y: int
    chars: int
    mark: int
    mark_x: int
    mark_y: int


def fitted(ward: Ward) -> Callable[[Box], Box]:
    """How a box of the hospital file gets onto the canvas: as it is when the plan fills `AREA` already, else stretched to fill it."""
    whole = _around([*(room.box for room in ward.rooms), *(bed.box for bed in ward.beds), *(label.box for label in ward.labels)])
    if whole is None or (_inside(whole) and max(whole.width / AREA.width, whole.height / AREA.height) >= GOOD_FILL):
        return lambda box: box
    across, down = AREA.width / max(whole.width, 1), AREA.height / max(whole.height, 1)

    def fit(box: Box) -> Box:
        return Box(
            round(AREA.x + (box.x - whole.x) * across, 1),
            round(AREA.y + (box.y - whole.y) * down, 1),
            round(box.width * across, 1),
            round(box.height * down, 1),
        )

    return fit


def tile_layout(box: Box, label: str, code: int) -> TileLayout:
    """The parts of a tile whose number is `code` units high: in a high tile number, icon, note from top to bottom;
    in a low one icon and note share the last line."""
    return _high_tile(box, code) if box.height >= HIGH_TILE * code else _low_tile(box, label, code)


def _high_tile(box: Box, code: int) -> TileLayout:
    meta = max(18, int(min(code * 0.54, box.height * 0.19, (box.width - 28) / (NOTE * WORD))))
    top, meta_y = 12 + int(code * 0.8), int(box.height - 13)
    free = meta_y - int(meta * 0.85) - top
    icon = int(max(18, min(free - 6, box.width * 0.5, 1.3 * code)))
    icon_y, mark = top + (free - icon) // 2, icon // 2
    chars = int((box.width - 24) / (meta * WORD))
    return TileLayout(code, top, icon, int(box.width - 14 - icon), icon_y, meta, meta_y, chars, mark, 14, icon_y + mark // 2)


def _low_tile(box: Box, label: str, code: int) -> TileLayout:
    top = 10 + int(code * 0.78)
    icon = int(max(16, min(box.height - top - 16, box.width * 0.28)))
    room = box.width - 16 - icon - 16
    meta = max(12, int(min(code * 0.5, icon * 0.8, room / (NOTE * WORD))))
    spare = int(box.width - 18 - ems(label) * code - 8)
    mark = min(spare, code // 2) if spare >= 18 else 0
    bottom = int(box.height - 10 - icon)
    chars = int((room + 2) / (meta * WORD))
    return TileLayout(
        code, top, icon, int(box.width - 12 - icon), bottom, meta, int(box.height - 14), chars, mark, int(box.width - 12 - mark), 14
    )


def code_size(boxes: Iterable[tuple[str, Box]]) -> int:
    """The size, at most 120, at which every bed's number fits its tile with icon and note; one size for the ward.

    A number of `READABLE` units (56 of 1080 is read at 5 m) comes before a large icon: only then are tiles laid out low.
    """
    fits = [(min(120.0, (box.width - 22) / max(ems(label), 1)), box.height) for label, box in boxes]
    comfortable = [min(width, height / HIGH_TILE) for width, height in fits]
    readable = [min(width, READABLE, height * 0.52) for width, height in fits]
    return int(max(min(comfortable, default=120.0), min(readable, default=READABLE)))


def title_size(name: str, room: Box, beds: Iterable[Box]) -> int:
    """How large the room's name may be over its beds; 0 where there is no space for it."""
    head = min((bed.y for bed in beds if _within(bed, room)), default=room.y + 46) - room.y
    size = int(min(30, (head - 6) * 0.78, (room.width - 30) / max(1.0, len(name) * WORD)))
    return size if size >= 14 else 0


def ems(label: str) -> float:
    """How wide a number comes out at size 1."""
    return sum(DIGIT if letter.isdigit() else WIDE if letter in "MW" else LETTER for letter in label)


def _within(inner: Box, outer: Box) -> bool:
    return outer.x <= inner.x + inner.width / 2 <= outer.x + outer.width and outer.y <= inner.y + inner.height / 2 <= outer.y + outer.height


def _inside(whole: Box) -> bool:
    return (
        whole.x >= AREA.x - 4
        and whole.y >= AREA.y - 4
        and whole.x + whole.width <= AREA.x + AREA.width + 4
        and whole.y + whole.height <= AREA.y + AREA.height + 4
    )


def _around(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)
