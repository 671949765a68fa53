"""Numbers, lengths, transforms and boxes of a drawing (SVG 1.1 chapters 4 and 7). What cannot be read raises ValueError."""

import re
from collections.abc import Iterable, Sequence
from math import cos, hypot, isfinite, radians, sin, tan
from typing import NamedTuple

from flow.domain.plan import Box

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
FARTHEST = 1e7
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_LENGTH = re.compile(rf"\s*({NUMBER.pattern})\s*([a-z%]*)\s*")
_TRANSFORM = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
Point = tuple[float, float]


class Matrix(NamedTuple):
    """x' = ax + cy + e, y' = bx + dy + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def at(self, point: Point) -> Point:
        """Where a point comes to stand."""
        x, y = point
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, inner: "Matrix") -> "Matrix":
        """This one round another: the inner is applied first."""
        (a, b), (c, d) = self._turn(inner.a, inner.b), self._turn(inner.c, inner.d)
        return Matrix(a, b, c, d, *self.at((inner.e, inner.f)))

    def _turn(self, x: float, y: float) -> Point:
        return self.a * x + self.c * y, self.b * x + self.d * y

    @property
    def scale(self) -> float:
        """By how much an upright letter grows."""
        return hypot(self.c, self.d)


def number(text: str) -> float:
    """A finite number no farther out than `FARTHEST`."""
    value = float(text)
    if not isfinite(value) or abs(value) > FARTHEST:
        raise ValueError("out of all bounds")
    return value


def numbers(text: str) -> list[float]:
    """The numbers of a list, separated by anything that lists may hold."""
    if re.search(r"[^\s,.\deE+-]", text):
        raise ValueError("not a list of numbers")
    return [number(found) for found in NUMBER.findall(text)]


def length(text: str | None, missing: float = 0.0) -> float:
    """A length in user units (1/96 inch). Percentages are of nothing that is known here."""
    if text is None:
        return missing
    found = _LENGTH.fullmatch(text)
    if found is None or found[2] not in _UNITS:
        raise ValueError("not a length")
    return number(found[1]) * _UNITS[found[2]]


def transform(text: str) -> Matrix:
    """The matrix of a `transform` attribute."""
    whole, rest = Matrix(), 0
    for found in _TRANSFORM.finditer(text):
        if found.start() != rest:
            break
        whole, rest = whole.then(_one(found[1], numbers(found[2]))), found.end()
    if text[rest:].strip():
        raise ValueError("not a transform")
    return whole


def _one(name: str, given: Sequence[float]) -> Matrix:
    match name, given:
        case "matrix", [a, b, c, d, e, f]:
            return Matrix(a, b, c, d, e, f)
        case "translate", [x, *rest] if len(rest) < 2:
            return Matrix(e=x, f=rest[0] if rest else 0.0)
        case "scale", [x, *rest] if len(rest) < 2:
            return Matrix(a=x, d=rest[0] if rest else x)
        case "rotate", [angle]:
            return _rotation(angle)
        case "rotate", [angle, x, y]:
            return Matrix(e=x, f=y).then(_rotation(angle)).then(Matrix(e=-x, f=-y))
        case "skewX", [angle]:
            return Matrix(c=tan(radians(angle)))
        case "skewY", [angle]:
            return Matrix(b=tan(radians(angle)))
        case _:
            raise ValueError("not a transform")


def _rotation(angle: float) -> Matrix:
    turn = radians(angle)
    return Matrix(cos(turn), sin(turn), -sin(turn), cos(turn))


def around(points: Iterable[Point]) -> Box:
    """The box round points; ValueError without any."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def holds(polygon: Sequence[Point], point: Point) -> bool:
    """Whether a point lies inside (even-odd rule)."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


LEAST_WIDTH, LEAST_HEIGHT = 56, 44
"""Of the part of a bed's shape in which its number stands, on a wall of 1920 x 1080."""
_WANTED = (1.75, 2.2)
"""How wide and how high a tile should be, in heights of its number, to have icon and note below it."""
_SIMPLE = 64
"""Points of an outline up to which boxes of other proportions than its own are tried."""
_PARTS = tuple(part / 20 for part in range(20, 5, -1))


def inner_box(polygon: Sequence[Point]) -> Box:
    """The box round a shape's middle that lies inside it and has most space for a number with its icon. A shape too small or too
    ragged for any gets a fifth of its own box, which is told to be too small."""
    whole = around(polygon)
    if _within(polygon, whole):
        return whole
    middle = (whole.x + whole.width / 2, whole.y + whole.height / 2)
    if not holds(polygon, middle):
        middle = (sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon))
    fifth = _box(middle, whole.width / 5, whole.height / 5)
    if whole.width < LEAST_WIDTH or whole.height < LEAST_HEIGHT:
        return fifth
    sizes = [(across, down) for across in _PARTS for down in _PARTS if across == down or len(polygon) <= _SIMPLE]
    boxes = [_box(middle, whole.width * across, whole.height * down) for across, down in sizes]
    roomy = sorted(
        boxes, key=lambda box: min(box.width / _WANTED[0], box.height / _WANTED[1]) + box.width * box.height * 1e-9, reverse=True
    )
    return next((box for box in roomy if _within(polygon, box)), fifth)


def _box(middle: Point, width: float, height: float) -> Box:
    return Box(middle[0] - width / 2, middle[1] - height / 2, width, height)


def _within(polygon: Sequence[Point], box: Box) -> bool:
    """Corners and middles of its sides, a hair inside, for a side that lies on the outline counts."""
    across, down = (0.02, 0.5, 0.98), (0.02, 0.5, 0.98)
    return all(holds(polygon, (box.x + box.width * i, box.y + box.height * j)) for i in across for j in down if (i, j) != (0.5, 0.5))


def moved(box: Box, matrix: Matrix) -> Box:
    """A box after a transform that neither turns nor skews."""
    (x, y), (right, bottom) = matrix.at((box.x, box.y)), matrix.at((box.x + box.width, box.y + box.height))
    return Box(round(x, 1), round(y, 1), round(right - x, 1), round(bottom - y, 1))
