"""The elements of an uploaded SVG, as a tree: the only place that parses its XML, and where a file meant to hurt is turned away.

No entity is ever declared or resolved, no other document is read (expat with no external handler), and size, depth and number of
elements are bounded while parsing, so that nothing grows (OWASP XML External Entity Prevention Cheat Sheet).
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from flow.errors import Refused

LONGEST = 240 * 1024
MOST_ELEMENTS = 6_000
DEEPEST = 40
_SVG = "http://www.w3.org/2000/svg"


@dataclass(slots=True)
class Element:
    """`tag` is the local name of an SVG element, empty for any other vocabulary's; attributes go by their local names (`label`
    of Inkscape, `href` of XLink). `text` holds what stands before the first child, `tail` what follows the element."""

    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    tail: str = ""


def refuse(why: str) -> Refused:
    """What the person who uploads is told."""
    return Refused(why, code="bad-drawing")


def parse(body: bytes) -> Element:
    """The root of an SVG. Refused in words: too long, not well-formed, no SVG, with declarations, too deep, too many elements."""
    if len(body) > LONGEST:
        raise refuse(f"The drawing has {len(body) // 1024} KB; {LONGEST // 1024} KB is the most. Save it simplified, without pictures.")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.entity
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.letters
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise refuse(f"This is no SVG that can be read: line {error.lineno} is not well-formed.") from None
    except (LookupError, ValueError):
        raise refuse("This is no SVG that can be read: save it as UTF-8.") from None
    if builder.root is None or builder.root.tag != "svg":
        raise refuse("This is no SVG: it begins with another element.")
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        """The plain line that old programmes write is harmless: nothing reads what it points to."""
        if internal:
            raise refuse("The drawing declares entities of its own. Save it as plain SVG.")

    def entity(self, *declared: object) -> None:
        raise refuse("The drawing declares entities of its own. Save it as plain SVG.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise refuse(f"The drawing has more than {MOST_ELEMENTS:,} elements. Leave out furniture and hatching.")
        if len(self._open) >= DEEPEST:
            raise refuse(f"The drawing's groups are more than {DEEPEST} deep. Ungroup it.")
        vocabulary, _, tag = name.rpartition(" ")
        element = Element(tag if vocabulary in ("", _SVG) else "", {key.rpartition(" ")[2]: text for key, text in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        self._open.pop()

    def letters(self, text: str) -> None:
        if self._open:
            here = self._open[-1]
            if here.children:
                here.children[-1].tail += text
            else:
                here.text += text
