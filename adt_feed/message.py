"""Message: a tolerant view of segments and fields. Before it a letter was kept as bytes; after it mapping makes a command.

Nothing is refused but what has no header; nothing is validated; a field is cut only when asked for. Numbers are those of the
standard (MSH-1 is the separator), and what is out of range is "". `NULL` (two quotes) means "delete" and is not "".
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from adt_feed.charset import candidates, decode
from adt_feed.delimiters import delimiters
from adt_feed.header import Header, start_of
from adt_feed.segment import Field, HeaderSegment, Segment
from adt_feed.timestamp import parse_timestamp

__all__ = ["NULL", "Field", "Header", "Message", "Segment", "parse_timestamp"]

NULL = '""'
MOST_HEADS = 1024  # line beginnings remembered for each separator


class Message:
    """The segments of one message in order, and what its header says."""

    __slots__ = ("_found", "_lines", "_marks", "charset", "header", "names")

    def __init__(self, header: Header, text: str, codec: str) -> None:
        self.header = header
        self.charset = codec
        separator = header.separator.decode("ascii")
        lines = _lines(text)
        known = _names(separator)
        names = [known[line[:4]] for line in lines]
        self._marks = delimiters(separator, lines[0].split(separator, 2)[1], codec)
        if "" in names:
            lines = [line.lstrip() for line in lines]
            names = [known[line[:4]] for line in lines]
            lines = [line for line, name in zip(lines, names, strict=True) if name]
            names = [name for name in names if name]
        self.names: list[str] = names
        self._lines = lines
        self._found: list[Segment | None] = [None] * len(names)

    @classmethod
    def parse(cls, raw: bytes, default_charset: str | None = None) -> "Message":
        """Read one message; raises `Unreadable` where there is no usable MSH. `default_charset`: the feed's setting."""
        header = Header.read(raw)
        raw = raw.replace(b"\x00", b"")  # some engines pad fields with NUL; it means nothing, and no store takes it
        return cls(header, *decode(raw[start_of(raw) :], candidates(header.charset, default_charset)))

    @property
    def all(self) -> Sequence[Segment]:
        """Every segment in order."""
        return [self._segment(at) for at in range(len(self.names))]

    def segments(self, name: str) -> list[Segment]:
        """Every segment of this name in order."""
        return [self._segment(at) for at, own in enumerate(self.names) if own == name]

    def first(self, name: str) -> Segment | None:
        """The first segment of this name, if any."""
        try:
            at = self.names.index(name)
        except ValueError:
            return None
        return self._found[at] or self._segment(at)

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
            name, line, marks = self.names[at], self._lines[at], self._marks
            fields = line.split(marks.field)
            if name == "MSH":
                found = HeaderSegment(name, fields, marks)
            else:
                plain = not (marks.repetition in line or marks.sub in line or marks.escape in line)
                found = Segment(name, fields, marks, plain)
            self._found[at] = found
        return found


class _Names(dict[str, str]):
    """The segment name, in upper case, of a line by its first four characters; "" where such a line is no segment."""

    def __init__(self, separator: str) -> None:
        super().__init__()
        self._separator = separator

    def __missing__(self, head: str) -> str:
        name = head[:3]
        usable = len(name) == 3 and name.isascii() and name.isalnum() and name[0].isalpha() and head[3:] in ("", self._separator)
        found = name.upper() if usable else ""
        if len(self) < MOST_HEADS:
            self[head] = found
        return found


_names: Callable[[str], _Names] = lru_cache(maxsize=32)(_Names)


def _lines(text: str) -> list[str]:
    """The lines of a message from its MSH on. Not `splitlines`, which also cuts at U+0085, U+2028 and file separators."""
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    return text.rstrip("\r\0").split("\r")
