"""What is kept of a drawing: outlines and words, in the wall's units. Nothing in it is a byte of the file: numbers were read and are
written anew, words are text, and colours, scripts, styles, pictures and links have no place to stand.
"""

from dataclasses import dataclass, field

from flow.domain.plan import Box, Lettering

AREA = Box(40, 112, 1840, 888)
"""What header and legend leave of the wall's 1920 x 1080 units (`flow.views.floor`)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed outline that may be a bed. `id` is `s1` upwards in the order of drawing, `name` what the drawing calls it, `path` its
    outline (SVG path data, absolute), `around` its box, `inner` the part of it in which a number can stand."""

    id: str
    name: str
    path: str
    around: Box
    inner: Box

    @property
    def is_upright(self) -> bool:
        """It is the rectangle round itself, as most beds are."""
        return self.around == self.inner


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole plan. `lines` are what cannot be a bed (path data), `left_out` how many of what was not taken over."""

    shapes: tuple[Shape, ...] = ()
    lines: tuple[str, ...] = ()
    words: tuple[Lettering, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    def shape(self, number: str) -> Shape | None:
        """The shape of an id."""
        return next((shape for shape in self.shapes if shape.id == number), None)
