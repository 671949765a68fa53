"""An uploaded SVG as a `Drawing`: walks the tree, takes over outlines and words, leaves out everything else and counts it.

Nothing is passed through: a list of a dozen elements and of the attributes that place them is read into numbers, and those are written
anew (allow-list, OWASP Cross Site Scripting Prevention Cheat Sheet). Before it stands `tree`, after it `binding`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flow.domain.floor_plan import path
from flow.domain.floor_plan.drawing import AREA, Drawing, Shape
from flow.domain.floor_plan.geometry import FARTHEST, Matrix, Point, around, inner_box, length, moved, numbers, transform
from flow.domain.floor_plan.tree import Element, parse, refuse
from flow.domain.plan import Box, Lettering

MOST_WALKED = 8_000
"""Elements, those repeated by `use` counted each time."""
MOST_NESTED = 3
"""How deep one `use` may lead into another; in circles they end here."""
MOST_POINTS = 30_000
LEAST_SHEET = 0.01
MOST_WORDS, LONGEST_WORDS = 150, 60
SMALLEST, LARGEST = 14.0, 60.0
"""Font sizes on the wall."""
_HOLDS = ("g", "a", "switch")
_UNSEEN = (
    "title",
    "desc",
    "metadata",
    "defs",
    "symbol",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "linearGradient",
    "radialGradient",
    "filter",
    "view",
)
"""What draws nothing where it stands."""
_BED = re.compile(r"bed[\s_:.-]+\S", re.IGNORECASE)
_NAMES = ("data-bed", "label", "data-name", "id")
"""Where programmes keep what people called a shape, before its `title`; `label` is Inkscape's, `data-name` Illustrator's."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{2,4})_")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One outline of the file, in the file's units; `bed`: its name says that it is one."""

    outline: path.Outline
    name: str = ""
    bed: bool = False


@dataclass(slots=True)
class _Found:
    """What the walk has brought together; `left` and `points` are what it may still take."""

    drawn: list[_Drawn] = field(default_factory=list)
    words: list[Lettering] = field(default_factory=list)
    out: Counter[str] = field(default_factory=Counter)
    left: int = MOST_WALKED
    points: int = MOST_POINTS


@dataclass(frozen=True, slots=True)
class _Style:
    """What children take from their group."""

    size: float = 16.0
    anchor: str = "start"


def read_drawing(body: bytes) -> Drawing:
    """The drawing of an SVG's bytes, brought to the wall's size with its proportions kept. Refused in words where there is none."""
    root = parse(body)
    found = _Walk(root).found
    if not found.drawn:
        raise refuse("There is no line in this drawing that can be shown.")
    fit = _fit(root, found)
    shapes: list[Shape] = []
    lines: list[str] = []
    for drawn in found.drawn:
        outline = path.under(drawn.outline, fit)
        if drawn.bed or path.is_closed(outline):
            shapes.append(_shape(f"s{len(shapes) + 1}", drawn.name, outline))
        else:
            lines.append(path.written(outline))
    return Drawing(tuple(shapes), tuple(lines), tuple(_placed(word, fit) for word in found.words), dict(sorted(found.out.items())))


def _shape(number: str, name: str, outline: path.Outline) -> Shape:
    whole, inner = (moved(box, Matrix()) for box in (around(path.corners(outline)), inner_box(path.polygon(outline))))
    return Shape(number, name, path.written(outline), whole, inner)


def _fit(root: Element, found: _Found) -> Matrix:
    """From the file's units to the wall's: what is drawn, as far as the sheet goes, as large as it comes in `AREA`."""
    whole = _common(around(point for drawn in found.drawn for point in path.corners(drawn.outline)), _sheet(root))
    if whole.width < LEAST_SHEET or whole.height < LEAST_SHEET:
        raise refuse("This drawing is a single line.")
    scale = min(AREA.width / whole.width, AREA.height / whole.height)
    left = AREA.x + (AREA.width - whole.width * scale) / 2 - whole.x * scale
    top = AREA.y + (AREA.height - whole.height * scale) / 2 - whole.y * scale
    return Matrix(scale, 0, 0, scale, left, top)


def _sheet(root: Element) -> Box | None:
    try:
        x, y, width, height = numbers(root.attributes.get("viewBox", ""))
    except ValueError:
        return None
    return Box(x, y, width, height)


def _common(whole: Box, sheet: Box | None) -> Box:
    """The part of one box that lies in the other; all of it where they have nothing in common."""
    if sheet is None:
        return whole
    left, top = max(whole.x, sheet.x), max(whole.y, sheet.y)
    right, bottom = min(whole.x + whole.width, sheet.x + sheet.width), min(whole.y + whole.height, sheet.y + sheet.height)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else whole


def _placed(word: Lettering, fit: Matrix) -> Lettering:
    x, y = fit.at((word.x, word.y))
    size = min(LARGEST, max(SMALLEST, word.size * fit.scale))
    return Lettering(word.words, round(x, 1), round(y, 1), round(size, 1), word.anchor)


class _Walk:
    """Once through the tree, into groups and to where `use` points; `found` is the result."""

    def __init__(self, root: Element) -> None:
        self.found = _Found()
        self._named = {element.attributes["id"]: element for element in _all(root) if "id" in element.attributes}
        self._inside: list[Element] = []
        for child in root.children:
            self._enter(child, Matrix(), _Style())

    def _enter(self, element: Element, matrix: Matrix, style: _Style) -> None:
        self.found.left -= 1
        if self.found.left < 0:
            raise refuse(f"Drawn out, this has more than {MOST_WALKED:,} elements. Leave out furniture and hatching.")
        if any(name.lower().startswith("on") for name in element.attributes):
            self.found.out["event handler"] += 1
        if element.tag in _UNSEEN or not element.tag or _hidden(element):
            return
        try:
            self._take(element, matrix.then(transform(element.attributes.get("transform", ""))), _styled(element, style))
        except (ValueError, ArithmeticError):
            self.found.out[f"{element.tag} that cannot be read"] += 1

    def _take(self, element: Element, matrix: Matrix, style: _Style) -> None:
        before = len(self.found.drawn)
        if element.tag in _HOLDS:
            self._group(element, matrix, style)
        elif element.tag == "use":
            self._use(element, matrix, style)
        elif element.tag in path.SHAPES:
            self._draw(element, matrix)
        elif element.tag == "text":
            self._write(element, matrix, style)
        else:
            self.found.out[element.tag] += 1
        name = name_of(element)
        if element.tag in (*_HOLDS, "use") and _BED.match(name):
            self._join(name, before)

    def _group(self, element: Element, matrix: Matrix, style: _Style) -> None:
        if "href" in element.attributes:
            self.found.out["link"] += 1
        for child in element.children:
            self._enter(child, matrix, style)

    def _join(self, name: str, before: int) -> None:
        """A group that is called a bed is one: its largest outline, without pillow and rail."""
        parts = self.found.drawn[before:]
        if parts and not any(part.bed for part in parts):
            self.found.drawn[before:] = [_Drawn(max(parts, key=_area).outline, name, bed=True)]

    def _use(self, element: Element, matrix: Matrix, style: _Style) -> None:
        meant = element.attributes.get("href", "")
        target = self._named.get(meant[1:]) if meant.startswith("#") else None
        if target is None or len(self._inside) >= MOST_NESTED:
            self.found.out["use of something outside" if target is None else "use within use"] += 1
            return
        at = matrix.then(Matrix(e=length(element.attributes.get("x")), f=length(element.attributes.get("y"))))
        self._inside.append(target)
        try:
            if target.tag == "symbol":
                self._group(target, at.then(_symbol(target, element)), style)
            else:
                self._enter(target, at, style)
        finally:
            self._inside.pop()

    def _draw(self, element: Element, matrix: Matrix) -> None:
        outline = path.under(path.SHAPES[element.tag](element.attributes), matrix)
        self.found.points -= len(path.corners(outline))
        if self.found.points < 0:
            raise refuse(f"The drawing's lines have more than {MOST_POINTS:,} points. Simplify its paths.")
        if len(outline) > 1 and _near(path.corners(outline)):
            name = name_of(element)
            self.found.drawn.append(_Drawn(outline, name, bed=bool(_BED.match(name))))

    def _write(self, element: Element, matrix: Matrix, style: _Style) -> None:
        """Each line of a text that has a place of its own."""
        for words, (x, y), size, anchor in _lines(element, style):
            at = matrix.at((x, y))
            if words and len(self.found.words) < MOST_WORDS and _near([at, (size * matrix.scale, 0)]):
                self.found.words.append(Lettering(words[:LONGEST_WORDS], *at, size * matrix.scale, anchor))


def _all(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _all(child)


def _near(points: list[Point]) -> bool:
    """Nested transforms may lead anywhere, and to what is no number."""
    return all(abs(x) <= FARTHEST and abs(y) <= FARTHEST for x, y in points)


def _area(drawn: _Drawn) -> float:
    box = around(path.corners(drawn.outline))
    return box.width * box.height


def name_of(element: Element) -> str:
    """What a person called it: the first name that says bed, else the first. Illustrator writes `4` as `_x34_`."""
    names = [text for key in _NAMES if (text := element.attributes.get(key, "").strip())]
    names += [child.text.strip() for child in element.children if child.tag == "title" and child.text.strip()]
    name = next((text for text in names if _BED.match(text)), names[0] if names else "")
    if element.attributes.get("data-bed", "").strip():
        name = f"bed-{element.attributes['data-bed'].strip()}"
    return _tidy(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), name))[:LONGEST_WORDS]


def _declared(element: Element) -> dict[str, str]:
    """Presentation attributes, with those of `style` over them."""
    pairs = (each.partition(":") for each in element.attributes.get("style", "").split(";"))
    return {**element.attributes, **{name.strip().lower(): text.strip() for name, _, text in pairs if text}}


def _hidden(element: Element) -> bool:
    """Not to be seen; boxes with neither line nor filling are what LibreOffice lays round each shape."""
    said = _declared(element)
    if element.tag in path.SHAPES and said.get("fill") == said.get("stroke") == "none":
        return True
    return said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse")


def _styled(element: Element, style: _Style) -> _Style:
    said = _declared(element)
    try:
        size = length(said["font-size"]) if "font-size" in said else style.size
    except ValueError:
        size = style.size
    anchor = said.get("text-anchor", style.anchor)
    return _Style(size if size > 0 else style.size, anchor if anchor in ("start", "middle", "end") else style.anchor)


def _symbol(symbol: Element, use: Element) -> Matrix:
    """A symbol's own units brought to the width and height it is used with."""
    try:
        x, y, width, height = numbers(symbol.attributes.get("viewBox", ""))
    except ValueError:
        return Matrix()
    wide, high = length(use.attributes.get("width"), width), length(use.attributes.get("height"), height)
    scale = min(wide / width, high / height)
    return Matrix(scale, 0, 0, scale, -x * scale, -y * scale)


def _lines(text: Element, style: _Style) -> Iterator[tuple[str, Point, float, str]]:
    """The runs of a text: one for each `tspan` that begins at a place, the rest joined to the run before."""
    words, at, size, anchor = text.text, _place(text, (0.0, 0.0)), style.size, style.anchor
    for child in text.children:
        if child.tag == "tspan":
            own = _styled(child, style)
            if "x" in child.attributes or "y" in child.attributes:
                yield _tidy(words), at, size, anchor
                words, at, size, anchor = "", _place(child, at), own.size, own.anchor
            words += "".join(each.text + each.tail if each is not child else each.text for each in _all(child))
        words += child.tail
    yield _tidy(words), at, size, anchor


def _place(element: Element, before: Point) -> Point:
    given = element.attributes
    x, y = (numbers(given[name])[:1] if name in given else [] for name in ("x", "y"))
    return (x or [before[0]])[0], (y or [before[1]])[0]


def _tidy(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
