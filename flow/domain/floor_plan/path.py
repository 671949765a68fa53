"""Outlines as moves, lines and curves: read from path data (SVG 1.1 chapter 8.3) or made of the basic shapes, written anew.

Everything becomes absolute M, L, C, Q and Z; arcs become cubic curves (appendix F.6). What cannot be read raises ValueError.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import acos, ceil, cos, hypot, pi, radians, sin, sqrt, tan
from typing import NamedTuple

from flow.domain.floor_plan.geometry import NUMBER, Matrix, Point, length, number, numbers

_COMMAND = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]")
_IDLE = re.compile(r"[\s,]*")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_KAPPA = 0.5522847498
"""How far the handles of a quarter circle stand out, in radii."""


class Segment(NamedTuple):
    """M, L, C, Q or Z with its points, the last of which is where it ends."""

    kind: str
    points: tuple[Point, ...] = ()


Outline = list[Segment]


def path_data(text: str) -> Outline:
    """The outline of a `d` attribute."""
    return _Reader(text).read()


class _Reader:
    """Goes through path data once, left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.here: Point = (0.0, 0.0)
        self.begun: Point = (0.0, 0.0)
        self.handle: tuple[str, Point] | None = None
        self.found: Outline = []

    def read(self) -> Outline:
        self._idle()
        while self.place < len(self.text):
            command = _COMMAND.match(self.text, self.place)
            if command is None or (not self.found and command[0] not in "Mm"):
                raise ValueError("not path data")
            self.place = command.end()
            self._runs(command[0])
        return self.found

    def _runs(self, letter: str) -> None:
        """A command with its arguments, as often as they come; after a move they are lines."""
        kind, first = letter.upper(), True
        while first or (_TAKES[kind] and self._more()):
            given = [self._flag() if kind == "A" and place in (3, 4) else self._number() for place in range(_TAKES[kind])]
            self._step("L" if kind == "M" and not first else kind, given, letter.islower())
            first = False
            self._idle()

    def _step(self, kind: str, given: list[float], relative: bool) -> None:
        if kind == "Z":
            self.found.append(Segment("Z"))
            self.here, self.handle = self.begun, None
        elif kind in "HV":
            x, y = self.here if not relative else (0.0, 0.0)
            self._to("L", [self._point((given[0], y) if kind == "H" else (x, given[0]), relative)])
        elif kind == "A":
            self._arc(given, self._point((given[5], given[6]), relative))
        else:
            points = [self._point((x, y), relative) for x, y in zip(given[::2], given[1::2], strict=True)]
            self._to({"S": "C", "T": "Q"}.get(kind, kind), [self._mirrored(kind), *points] if kind in "ST" else points)

    def _to(self, kind: str, points: Sequence[Point]) -> None:
        self.found.append(Segment(kind, tuple(points)))
        self.here = points[-1]
        self.handle = (kind, points[-2]) if kind in "CQ" else None
        if kind == "M":
            self.begun = self.here

    def _arc(self, given: list[float], end: Point) -> None:
        for points in arc(self.here, (given[0], given[1]), given[2], bool(given[3]), bool(given[4]), end):
            self._to("C" if len(points) == 3 else "L", points)

    def _mirrored(self, kind: str) -> Point:
        """The handle of a smooth curve: the last one's, on the other side."""
        if self.handle is None or self.handle[0] != {"S": "C", "T": "Q"}[kind]:
            return self.here
        (x, y), (back, up) = self.here, self.handle[1]
        return 2 * x - back, 2 * y - up

    def _point(self, point: Point, relative: bool) -> Point:
        return (self.here[0] + point[0], self.here[1] + point[1]) if relative else point

    def _number(self) -> float:
        self._idle()
        found = NUMBER.match(self.text, self.place)
        if found is None:
            raise ValueError("a number is missing")
        self.place = found.end()
        return number(found[0])

    def _flag(self) -> float:
        """A flag is one digit, and what follows may touch it."""
        self._idle()
        self.place += 1
        return float(("0", "1").index(self.text[self.place - 1 : self.place]))

    def _more(self) -> bool:
        return NUMBER.match(self.text, self.place) is not None

    def _idle(self) -> None:
        found = _IDLE.match(self.text, self.place)
        self.place = found.end() if found else self.place


def arc(start: Point, radii: Point, turned: float, large: bool, sweep: bool, end: Point) -> list[tuple[Point, ...]]:
    """An elliptical arc as cubic curves of a quarter at most (F.6.5, F.6.6); a line where it has no radius."""
    rx, ry = abs(radii[0]), abs(radii[1])
    if start == end:
        return []
    if not rx or not ry:
        return [(end,)]
    turn = radians(turned)
    half = ((start[0] - end[0]) / 2, (start[1] - end[1]) / 2)
    x, y = cos(turn) * half[0] + sin(turn) * half[1], -sin(turn) * half[0] + cos(turn) * half[1]
    grown = max(1.0, hypot(x / rx, y / ry))
    rx, ry = rx * grown, ry * grown
    under = max(0.0, (rx * ry) ** 2 / ((rx * y) ** 2 + (ry * x) ** 2) - 1)
    root = sqrt(under) * (-1 if large == sweep else 1)
    cx, cy = root * rx * y / ry, -root * ry * x / rx
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    first = _angle((1.0, 0.0), ((x - cx) / rx, (y - cy) / ry))
    over = _angle(((x - cx) / rx, (y - cy) / ry), ((-x - cx) / rx, (-y - cy) / ry))
    over += 2 * pi if sweep and over < 0 else -2 * pi if not sweep and over > 0 else 0
    round_it = Matrix(cos(turn), sin(turn), -sin(turn), cos(turn), *middle).then(Matrix(rx, 0, 0, ry, cx, cy))
    count = max(1, ceil(abs(over) / (pi / 2) - 1e-9))
    return [tuple(round_it.at(point) for point in _bow(first + over * n / count, over / count)) for n in range(count)]


def _bow(begin: float, over: float) -> tuple[Point, Point, Point]:
    """A piece of the unit circle as a curve."""
    out, last = 4 / 3 * tan(over / 4), begin + over
    (x, y), (u, v) = (cos(begin), sin(begin)), (cos(last), sin(last))
    return (x - out * y, y + out * x), (u + out * v, v - out * u), (u, v)


def _angle(one: Point, other: Point) -> float:
    sign = 1 if one[0] * other[1] - one[1] * other[0] >= 0 else -1
    cosine = (one[0] * other[0] + one[1] * other[1]) / (hypot(*one) * hypot(*other))
    return sign * acos(max(-1.0, min(1.0, cosine)))


def _polygon(points: Iterable[Point], *, closed: bool = True) -> Outline:
    first, *rest = points
    return [Segment("M", (first,)), *(Segment("L", (point,)) for point in rest), *([Segment("Z")] if closed else [])]


def _rect(given: Mapping[str, str]) -> Outline:
    """Rounded corners are left square: every bed is drawn with the house's own."""
    x, y, width, height = (length(given.get(name)) for name in ("x", "y", "width", "height"))
    if width <= 0 or height <= 0:
        raise ValueError("nothing to see")
    return _polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> Outline:
    if rx <= 0 or ry <= 0:
        raise ValueError("nothing to see")
    quarters = [((1.0, _KAPPA), (_KAPPA, 1.0), (0.0, 1.0)), ((-_KAPPA, 1.0), (-1.0, _KAPPA), (-1.0, 0.0))]
    quarters += [tuple((-x, -y) for x, y in quarter) for quarter in quarters]  # type: ignore[misc]
    return [
        Segment("M", ((cx + rx, cy),)),
        *(Segment("C", tuple((cx + rx * x, cy + ry * y) for x, y in quarter)) for quarter in quarters),
        Segment("Z"),
    ]


def _points(given: Mapping[str, str], *, closed: bool) -> Outline:
    found = numbers(given.get("points", ""))
    if len(found) < 4 or len(found) % 2:
        raise ValueError("points are missing")
    return _polygon(list(zip(found[::2], found[1::2], strict=True)), closed=closed)


def _line(given: Mapping[str, str]) -> Outline:
    x1, y1, x2, y2 = (length(given.get(name)) for name in ("x1", "y1", "x2", "y2"))
    return _polygon([(x1, y1), (x2, y2)], closed=False)


SHAPES: Mapping[str, Callable[[Mapping[str, str]], Outline]] = {
    "rect": _rect,
    "circle": lambda given: _ellipse(length(given.get("cx")), length(given.get("cy")), *[length(given.get("r"))] * 2),
    "ellipse": lambda given: _ellipse(*(length(given.get(name)) for name in ("cx", "cy", "rx", "ry"))),
    "line": _line,
    "polyline": lambda given: _points(given, closed=False),
    "polygon": lambda given: _points(given, closed=True),
    "path": lambda given: path_data(given.get("d", "")),
}
"""Each element that draws, with how its attributes become an outline."""


def under(outline: Outline, matrix: Matrix) -> Outline:
    """An outline after a transform."""
    return [Segment(each.kind, tuple(matrix.at(point) for point in each.points)) for each in outline]


def is_closed(outline: Outline) -> bool:
    """One single outline that comes back to where it began."""
    if sum(each.kind == "M" for each in outline) != 1 or len(outline) < 3:
        return False
    begin, end = outline[0].points[0], outline[-1].points[-1] if outline[-1].points else outline[0].points[0]
    return hypot(begin[0] - end[0], begin[1] - end[1]) < 1e-3


def corners(outline: Outline) -> list[Point]:
    """Its points with handles: the box round them holds the outline."""
    return [point for each in outline for point in each.points]


def polygon(outline: Outline) -> list[Point]:
    """Points along the outline, three within each curve."""
    found: list[Point] = []
    for each in outline:
        if each.kind in "CQ":
            found += [_along((found[-1], *each.points), step / 4) for step in (1, 2, 3)] if found else []
        found += each.points[-1:]
    return found


def _along(points: Sequence[Point], part: float) -> Point:
    """A point on a Bezier curve (de Casteljau)."""
    while len(points) > 1:
        points = [(x + (u - x) * part, y + (v - y) * part) for (x, y), (u, v) in pairwise(points)]
    return points[0]


def written(outline: Outline) -> str:
    """Path data, a tenth of a unit exact."""
    return "".join(each.kind + " ".join(f"{_short(x)} {_short(y)}" for x, y in each.points) for each in outline)


def _short(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
