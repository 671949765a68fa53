"""Where everything of a ward stands on its plan: as the file says, or as `layout` draws it; and that nothing lies on anything else."""

from collections.abc import Sequence
from dataclasses import dataclass

from flow.domain.plan import Box, Label
from flow.plan_file.check import Named
from flow.plan_file.layout import LEFT, RIGHT, Drawn, draw, fill
from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.schema import Placed, RoomTable, WardTable

_Thing = tuple[str, Box, Path]
_SLACK = 0.5
"""Of a unit: what rounding may do is no overlap."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """A ward's plan: a room each in order, what else is drawn, where the ways to the nurse station end, and how wide it is."""

    rooms: tuple[Drawn, ...]
    labels: tuple[Label, ...]
    station: Box
    width: float


def boxes(ward: WardTable, beds: Sequence[Sequence[Named]], path: Path, problems: Problems) -> Boxes:
    """The plan of a ward whose rooms hold `beds`; what cannot be drawn is noted."""
    _whole_boxes(ward, path, problems)
    placed = [_box(room) is not None for room in ward.rooms]
    if all(placed) and placed:
        found = _as_said(ward, beds)
    else:
        found = _as_drawn(ward, beds)
        _all_or_none(ward, placed, path, problems)
    _overlaps(ward, beds, found, path, problems)
    return found


def _box(table: Placed | None) -> Box | None:
    if table is None or table.x is None or table.y is None or table.width is None or table.height is None:
        return None
    return Box(table.x, table.y, table.width, table.height)


def _as_said(ward: WardTable, beds: Sequence[Sequence[Named]]) -> Boxes:
    """A plan with coordinates; a bed without is placed in its room."""
    rooms = [box for box in map(_box, ward.rooms) if box is not None]
    drawn = tuple(Drawn(box, _beds(fill(box, len(row)), row)) for box, row in zip(rooms, beds, strict=True))
    station = _box(ward.station)
    named = [(table.name, _box(table), table.kind) for table in ward.labels]
    labels = [Label(name, box, kind) for name, box, kind in named if box is not None]
    if station is not None and ward.station is not None:
        labels.insert(0, Label(ward.station.name, station, "station"))
    return Boxes(drawn, tuple(labels), station or _around(rooms), _around(rooms).width)


def _as_drawn(ward: WardTable, beds: Sequence[Sequence[Named]]) -> Boxes:
    drawing = draw([len(row) for row in beds])
    drawn = tuple(Drawn(room.room, _beds(room.beds, row)) for room, row in zip(drawing.rooms, beds, strict=True))
    return Boxes(drawn, drawing.labels, drawing.station, RIGHT - LEFT)


def _beds(drawn: Sequence[Box], beds: Sequence[Named]) -> tuple[Box, ...]:
    return tuple(_bed(bed.table, box) for bed, box in zip(beds, drawn, strict=True))


def _bed(table: Placed, drawn: Box) -> Box:
    if table.x is None or table.y is None:
        return drawn
    return Box(table.x, table.y, table.width or drawn.width, table.height or drawn.height)


def _around(rooms: Sequence[Box]) -> Box:
    left, top = min(box.x for box in rooms), min(box.y for box in rooms)
    return Box(left, top, max(box.x + box.width for box in rooms) - left, max(box.y + box.height for box in rooms) - top)


def _whole_boxes(ward: WardTable, path: Path, problems: Problems) -> None:
    """x, y, width and height go together; a bed may leave its size to its room."""
    rows: list[tuple[Placed, Path]] = [(room, (*path, "rooms", i)) for i, room in enumerate(ward.rooms)]
    rows += [(label, (*path, "labels", i)) for i, label in enumerate(ward.labels)]
    rows += [(ward.station, (*path, "station"))] if ward.station is not None else []
    for table, here in rows:
        said = [value is not None for value in (table.x, table.y, table.width, table.height)]
        if any(said) != all(said) or (not any(said) and not isinstance(table, RoomTable)):
            problems.add(here, "x, y, width and height go together; give all four")
    for r, room in enumerate(ward.rooms):
        for index, table in enumerate(room.bed):
            if (table.x is None) != (table.y is None):
                problems.add((*path, "rooms", r, "bed", index), "x and y go together")


def _all_or_none(ward: WardTable, placed: list[bool], path: Path, problems: Problems) -> None:
    for index, room in enumerate(ward.rooms):
        if any(placed) and not placed[index]:
            words = f"room {room.id!r} has no place on the plan though others of the ward have; say x, y, width, height"
            problems.add((*path, "rooms", index), words)
    if not any(placed) and (ward.station is not None or ward.labels):
        here = (*path, "station") if ward.station is not None else (*path, "labels", 0)
        problems.add(here, "a plan is drawn by itself or by your coordinates: give the rooms x, y, width, height as well")


def _overlaps(ward: WardTable, beds: Sequence[Sequence[Named]], found: Boxes, path: Path, problems: Problems) -> None:
    names = [f"room {room.id!r}" for room in ward.rooms]
    things: list[_Thing] = [(name, drawn.room, (*path, "rooms", i)) for i, (name, drawn) in enumerate(zip(names, found.rooms, strict=True))]
    things += [(label.name, label.box, (*path, "station" if label.kind == "station" else "labels")) for label in found.labels]
    _apart(things, problems)
    for name, drawn, row in zip(names, found.rooms, beds, strict=True):
        if all(bed.table.x is None for bed in row):
            continue
        placed = [(f"bed {bed.id}", box, bed.path) for bed, box in zip(row, drawn.beds, strict=True)]
        for bed, box, here in placed:
            if not _inside(drawn.room, box):
                problems.add(here, f"{bed} lies outside its {name} on the plan, which is {_span(drawn.room)}")
        _apart(placed, problems)


def _apart(things: list[_Thing], problems: Problems) -> None:
    """No two boxes share ground; swept from left to right, as a plan may have hundreds."""
    open_: list[_Thing] = []
    for name, box, path in sorted(things, key=lambda thing: thing[1].x):
        open_ = [other for other in open_ if other[1].x + other[1].width > box.x + _SLACK]
        for other, ground, _ in open_:
            if ground.y + _SLACK < box.y + box.height and box.y + _SLACK < ground.y + ground.height:
                problems.add(path, f"{name} overlaps {other} on the plan; move it ({_span(box)} and {_span(ground)})")
        open_.append((name, box, path))


def _inside(room: Box, bed: Box) -> bool:
    return (
        room.x - _SLACK <= bed.x
        and room.y - _SLACK <= bed.y
        and bed.x + bed.width <= room.x + room.width + _SLACK
        and bed.y + bed.height <= room.y + room.height + _SLACK
    )


def _span(box: Box) -> str:
    return f"x {box.x:g} to {box.x + box.width:g}, y {box.y:g} to {box.y + box.height:g}"
