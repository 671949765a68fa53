"""Message: a tolerant view of segments and fields. Before it a letter was kept as bytes; after it mapping makes a command.

Nothing is refused but what has no header; nothing is validated; a field is cut only when asked for. Numbers are those of the
standard (MSH-1 is the separator), and what is out of range is "". `NULL` (two quotes) means "delete" and is not "".
"""

from collections.abc import Sequence
from functools import lru_cache

from adt_feed.charset import decode
from adt_feed.delimiters import Delimiters, delimiters
from adt_feed.header import Header, start_of
from adt_feed.timestamp import parse_timestamp

__all__ = ["NULL", "Field", "Header", "Message", "Segment", "parse_timestamp"]

NULL = '""'


class Field:
    """One repetition of a field: text that is cut into components on demand."""

    __slots__ = ("_marks", "raw")

    def __init__(self, raw: str, marks: Delimiters) -> None:
        self.raw = raw
        self._marks = marks

    @property
    def text(self) -> str:
        """All of it, un-escaped, components and all."""
        return self._marks.unescape(self.raw)

    def component(self, c: int = 1, sub: int = 1) -> str:
        """Component `c`, sub-component `sub`, un-escaped."""
        return self._marks.unescape(_part(_part(self.raw, self._marks.component, c), self._marks.sub, sub))


class Segment:
    """One line of a message. Field numbers start at 1."""

    __slots__ = ("_at", "_fields", "_line", "_marks", "_parts", "_verbatim", "name")

    def __init__(self, name: str, line: str, marks: Delimiters) -> None:
        self.name = name
        self._line = line
        self._marks = marks
        self._fields: list[str] | None = None
        self._at = 0
        self._parts: list[str] = []
        self._verbatim = 2 if name == "MSH" else 0  # MSH-1 and MSH-2 are the delimiters and are not cut by them

    def raw(self, n: int) -> str:
        """Field `n` with its repetitions and escapes, as sent."""
        fields = self._fields or self._cut()
        return fields[n] if 0 < n < len(fields) else ""

    def field(self, n: int) -> str:
        """The first repetition of field `n`, un-escaped."""
        text = self.raw(n)
        if not text or n <= self._verbatim:
            return text
        return self._marks.unescape(_part(text, self._marks.repetition, 1))

    def component(self, n: int, c: int = 1, sub: int = 1, rep: int = 0) -> str:
        """Component `c`, sub-component `sub` of field `n`, un-escaped; `rep` counts repetitions from 0."""
        parts = self._parts if n == self._at and not rep else self._components(n, rep)
        text = parts[c - 1] if 0 < c <= len(parts) else ""
        if not text or n <= self._verbatim:
            return text
        marks = self._marks
        if sub != 1 or marks.sub in text:
            text = _part(text, marks.sub, sub)
        return marks.unescape(text) if marks.escape in text else text

    def repetitions(self, n: int) -> list[Field]:
        """Every repetition of field `n`; an empty field has none."""
        text = self.raw(n)
        if not text:
            return []
        mark = self._marks.repetition
        parts = text.split(mark) if n > self._verbatim else [text]
        return [Field(part, self._marks) for part in parts]

    def __len__(self) -> int:
        """The number of the last field."""
        return len(self._fields or self._cut()) - 1

    def __repr__(self) -> str:
        """The name and nothing of the content, which may reach a log."""
        return f"Segment({self.name})"

    def _components(self, n: int, rep: int) -> list[str]:
        """The components of one repetition; the last answer is kept, since a field's components are asked for one by one."""
        fields = self._fields or self._cut()
        text = fields[n] if 0 < n < len(fields) else ""
        marks = self._marks
        if n <= self._verbatim:
            return [text]
        if rep or marks.repetition in text:
            text = _part(text, marks.repetition, rep + 1)
        parts = text.split(marks.component)
        if not rep:
            self._at, self._parts = n, parts
        return parts

    def _cut(self) -> list[str]:
        fields = self._line.split(self._marks.field)
        if self._verbatim:
            fields.insert(1, self._marks.field)
        self._fields = fields
        return fields


class Message:
    """The segments of one message in order, and what its header says."""

    __slots__ = ("_found", "_lines", "_marks", "charset", "header", "names")

    def __init__(self, header: Header, text: str, codec: str) -> None:
        self.header = header
        self.charset = codec
        separator = header.separator.decode("ascii")
        lines = _lines(text)
        names = [_name(line[:4], separator) for line in lines]
        self._marks = delimiters(separator, lines[0].split(separator, 2)[1], codec)
        if "" in names:
            lines = [line.lstrip() for line in lines]
            names = [_name(line[:4], separator) for line in lines]
            lines = [line for line, name in zip(lines, names, strict=True) if name]
            names = [name for name in names if name]
        self.names: list[str] = names
        self._lines = lines
        self._found: list[Segment | None] = [None] * len(names)

    @classmethod
    def parse(cls, raw: bytes, default_charset: str | None = None) -> "Message":
        """Read one message; raises `Unreadable` where there is no usable MSH. `default_charset`: the feed's setting."""
        header = Header.read(raw)
        text, codec = decode(raw[start_of(raw) :], header.charset, default_charset)
        return cls(header, text, codec)

    @property
    def all(self) -> Sequence[Segment]:
        """Every segment in order."""
        return [self._segment(at) for at in range(len(self.names))]

    def segments(self, name: str) -> list[Segment]:
        """Every segment of this name in order."""
        return [self._segment(at) for at, own in enumerate(self.names) if own == name]

    def first(self, name: str) -> Segment | None:
        """The first segment of this name, if any."""
        return self._segment(self.names.index(name)) if name in self.names else None

    def groups(self, first: str = "PID") -> list[list[Segment]]:
        """The segments from each `first` to the next: the two patients of an A17, the pairs of an A40."""
        groups: list[list[Segment]] = []
        for segment in self.all:
            if segment.name == first:
                groups.append([])
            if groups:
                groups[-1].append(segment)
        return groups

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.header.control_id

    @property
    def type(self) -> str:
        """MSH-9.1: "ADT"."""
        return self._segment(0).component(9).strip().upper()

    @property
    def trigger(self) -> str:
        """MSH-9.2, else EVN-1: "A01"."""
        header = self.header
        if named := header.trigger or (self._segment(0).component(9, 2).strip().upper() if header.whole else ""):
            return named
        event = self.first("EVN")
        return event.component(1).strip().upper() if event else ""

    @property
    def sender(self) -> str:
        """ "MSH-3|MSH-4"."""
        return self.header.sender

    @property
    def sequence(self) -> int | None:
        """MSH-13 where it is a number."""
        text = self._segment(0).component(13).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def __repr__(self) -> str:
        """Type and trigger, nothing of the content, which may reach a log."""
        return f"Message({self.type}^{self.trigger})"

    def _segment(self, at: int) -> Segment:
        found = self._found[at]
        if found is None:
            found = self._found[at] = Segment(self.names[at], self._lines[at], self._marks)
        return found


@lru_cache(maxsize=4096)
def _name(head: str, separator: str) -> str:
    """The segment name, in upper case, of a line that begins with these four characters; "" where the line is no segment."""
    name = head[:3]
    usable = len(name) == 3 and name.isascii() and name.isalnum() and name[0].isalpha() and head[3:] in ("", separator)
    return name.upper() if usable else ""


def _lines(text: str) -> list[str]:
    """The lines of a message from its MSH on. Not `splitlines`, which also cuts at U+0085, U+2028 and file separators."""
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    return text.rstrip("\r\0").split("\r")


def _part(text: str, mark: str, number: int) -> str:
    """Part `number`, counted from 1, of text cut at `mark`; "" when out of range."""
    if mark not in text:
        return text if number == 1 else ""
    parts = text.split(mark, number)
    return parts[number - 1] if 0 < number <= len(parts) else ""
