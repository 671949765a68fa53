"""Which shape of a drawing is which bed, and what is wrong with that: names that say it bind by themselves, people bind the rest.

Before it stands the `Drawing`; after it `drawn` gives the plan that screens draw. A plan that leaves a bed out is never shown.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from flow.domain.bed_names import beds_called
from flow.domain.floor_plan.drawing import AREA, Drawing, Shape
from flow.domain.floor_plan.geometry import LEAST_HEIGHT, LEAST_WIDTH, Point, holds
from flow.domain.floor_plan.path import path_data, polygon
from flow.domain.ids import BedId, WardId
from flow.domain.plan import BedOutline, Box, DrawnPlan, Lettering, Plan, Ward

ON_SHEET = 0.85
"""How much of a bed must lie where walls draw."""
HEAVIEST = 18_000
"""Bytes that a plan's lines may have on the wire, compressed: a wall is 70 KB in all, fonts included."""
_BED = re.compile(r"^bed[\s_:.-]+", re.IGNORECASE)
Beds = Mapping[str, BedId]
"""The bed of each shape that is one, by the shape's id."""


class Kind(StrEnum):
    """What can be wrong; all but `UNKNOWN` and `ELSEWHERE` keep a plan from being shown."""

    MISSING = "missing"
    DOUBLE = "double"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    SMALL = "small"
    COVERED = "covered"
    OUTSIDE = "outside"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class Fault:
    """`beds` and `shapes` are those it is about, `name` what the drawing calls the shape."""

    kind: Kind
    beds: tuple[BedId, ...] = ()
    shapes: tuple[str, ...] = ()
    name: str = ""

    @property
    def stops(self) -> bool:
        """A plan with this is not shown."""
        return self.kind not in (Kind.UNKNOWN, Kind.ELSEWHERE)


def bed_named(plan: Plan, ward: WardId, name: str) -> BedId | None:
    """The bed that a shape's name means: after `bed-` whatever people call beds, else a whole id; None where it means none or several."""
    said = _BED.sub("", name)
    if said == name:
        return BedId(name) if name in plan.beds else None
    found = beds_called(plan, said, ward)
    return found[0] if len(found) == 1 else None


def bind(plan: Plan, ward: WardId, drawing: Drawing) -> dict[str, BedId]:
    """The shapes whose names say which bed of this ward they are."""
    named = {shape.id: bed_named(plan, ward, shape.name) for shape in drawing.shapes}
    return {shape: bed for shape, bed in named.items() if bed is not None and plan.beds[bed].ward == ward}


def bound(beds: Beds, shape: str, bed: BedId | None) -> dict[str, BedId]:
    """The shapes' beds after somebody has said which bed this one is, or that it is none; a bed is in one place."""
    others = {each: other for each, other in beds.items() if each != shape and other != bed}
    return {**others, shape: bed} if bed is not None else others


def faults(plan: Plan, ward: Ward, drawing: Drawing, beds: Beds) -> tuple[Fault, ...]:
    """What is wrong, the worst first."""
    return (*_counted(ward, beds), *_drawn_badly(drawing, beds), *_misnamed(plan, ward.id, drawing, beds))


def _counted(ward: Ward, beds: Beds) -> Iterator[Fault]:
    shapes = defaultdict(list)
    for shape, bed in beds.items():
        shapes[bed].append(shape)
    missing = tuple(bed.id for bed in ward.beds if bed.id not in shapes)
    if missing:
        yield Fault(Kind.MISSING, missing)
    for bed, found in shapes.items():
        if len(found) > 1:
            yield Fault(Kind.DOUBLE, (bed,), tuple(found))


def _drawn_badly(drawing: Drawing, beds: Beds) -> Iterator[Fault]:
    shapes = [shape for shape in drawing.shapes if shape.id in beds]
    for shape in shapes:
        if shape.inner.width < LEAST_WIDTH or shape.inner.height < LEAST_HEIGHT:
            yield Fault(Kind.SMALL, (beds[shape.id],), (shape.id,))
        if _part(shape.around, AREA) < ON_SHEET:
            yield Fault(Kind.OUTSIDE, (beds[shape.id],), (shape.id,))
    for one, other in combinations(shapes, 2):
        if _cover(one, other):
            yield Fault(Kind.COVERED, (beds[one.id], beds[other.id]), (one.id, other.id))
    if len(zlib.compress(_lines(drawing, beds).encode())) > HEAVIEST:
        yield Fault(Kind.HEAVY)


def _misnamed(plan: Plan, ward: WardId, drawing: Drawing, beds: Beds) -> Iterator[Fault]:
    for shape in drawing.shapes:
        if shape.id in beds or not _BED.match(shape.name):
            continue
        bed = bed_named(plan, ward, shape.name)
        if bed is None:
            yield Fault(Kind.UNKNOWN, shapes=(shape.id,), name=shape.name)
        elif plan.beds[bed].ward != ward:
            yield Fault(Kind.ELSEWHERE, (bed,), (shape.id,), shape.name)


def _cover(one: Shape, other: Shape) -> bool:
    """Whether either lies over where the other's number, icon and note stand."""
    if not _part(one.around, other.around):
        return False
    return any(
        holds(polygon(path_data(over.path)), point) for over, under in ((one, other), (other, one)) for point in _inside(under.inner)
    )


def _inside(box: Box) -> list[Point]:
    """Points all over a box, a tenth away from its sides."""
    parts = (0.1, 0.3, 0.5, 0.7, 0.9)
    return [(box.x + box.width * across, box.y + box.height * down) for across in parts for down in parts]


def _part(box: Box, other: Box) -> float:
    """How much of a box lies in another."""
    across = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    down = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    area = box.width * box.height
    return across * down / area if across > 0 and down > 0 and area > 0 else 0.0


def drawn(drawing: Drawing, beds: Beds, version: int) -> DrawnPlan:
    """The plan as screens draw it: beds in their places, everything else as lines and words."""
    found = {beds[shape.id]: _outline(shape) for shape in drawing.shapes if shape.id in beds}
    shapes = [shape for shape in drawing.shapes if shape.id in beds]
    words = tuple(word for word in drawing.words if not any(_stands_on(word, shape.around) for shape in shapes))
    return DrawnPlan(version, _lines(drawing, beds), words, found)


def _lines(drawing: Drawing, beds: Beds) -> str:
    return "".join((*drawing.lines, *(shape.path for shape in drawing.shapes if shape.id not in beds)))


def _outline(shape: Shape) -> BedOutline:
    """A rectangle needs no outline of its own: it gets the house's tile."""
    return BedOutline(shape.inner, "" if shape.is_upright else shape.path)


def _stands_on(word: Lettering, box: Box) -> bool:
    """A bed's own number in the drawing would lie under the tile's."""
    return box.x <= word.x <= box.x + box.width and box.y <= word.y <= box.y + box.height + word.size / 2
