"""Lays a ward's plan out on the wall's canvas: where each bed, room and label goes and how large its letters can be.

Before it stand the boxes of the hospital file, in whatever unit they were measured; after it, `ward_plan` fills the tiles.
The canvas is 1920 units wide; `AREA` is what the header and the legend leave of its 1080.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flow.domain.plan import Box, Ward

AREA = Box(40, 112, 1840, 888)
GOOD_FILL = 0.85
NOTE = 6
"""Letters that every note line holds: `59 min`, `14:30`."""
DIGIT, LETTER, WORD = 0.65, 0.76, 0.56
"""Widths of Inter at weight 800 (digits, capitals) and 600 (words), in em."""


@dataclass(frozen=True, slots=True)
class TileLayout:
    """Where the parts of one tile stand, in units from its corner; sizes are font sizes, `chars` how many letters the note line holds."""

    code: int
    code_y: int
    icon: int
    icon_x: int
    icon_y: int
    meta: int
    meta_y: int
    chars: int


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


def tile_layout(box: Box, code: int) -> TileLayout:
    """The parts of a tile whose number is `code` units high: number on top, note below, icon between them on the right."""
    meta = max(18, int(min(code * 0.54, box.height * 0.19, (box.width - 28) / (NOTE * WORD))))
    meta_y = int(box.height - 13)
    top, floor = 12 + int(code * 0.8), meta_y - int(meta * 0.85)
    beside = box.width - 28 - code * 1.5
    between = min(floor - top - 6, box.width * 0.5, 1.3 * code)
    icon = int(max(between, min(beside, code * 0.9, floor - 14), 18))
    icon_y = int(top + (floor - top - icon) / 2) if between >= icon else 12
    return TileLayout(
        code, 12 + int(code * 0.8), icon, int(box.width - 14 - icon), icon_y, meta, meta_y, int((box.width - 24) / (meta * WORD))
    )


def code_size(boxes: Iterable[tuple[str, Box]]) -> int:
    """The largest size, at most 120, at which every bed's number fits its tile with its icon and note; one size for the ward."""
    fits = [min((box.width - 24) / max(_ems(label), 1), box.height * 0.37) for label, box in boxes]
    return int(min([120.0, *fits]))


def title_size(room: Box, beds: Iterable[Box]) -> int:
    """How large the room's name may be over its beds; 0 where there is no space for it."""
    head = min((bed.y for bed in beds if _within(bed, room)), default=room.y + 46) - room.y
    size = int(min(30, (head - 6) * 0.78))
    return size if size >= 14 else 0


def _ems(label: str) -> float:
    return sum(DIGIT if letter.isdigit() else LETTER for letter in label)


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
