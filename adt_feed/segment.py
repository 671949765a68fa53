"""Segment: one line of a message, its fields by the numbers of the standard. `message` makes them; mapping reads them.

The line is cut into fields once and a field into components when it is asked for; what is out of range is "".
"""

from adt_feed.delimiters import Delimiters


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

    @property
    def components(self) -> list[str]:
        """Every component in order, un-escaped, each with its sub-components."""
        return [self._marks.unescape(one) for one in self.raw.split(self._marks.component)]

    def component(self, c: int = 1, sub: int = 1) -> str:
        """Component `c`, sub-component `sub`, un-escaped."""
        text, marks = self.raw, self._marks
        if c != 1 or marks.component in text:
            text = part(text, marks.component, c)
        if sub != 1 or marks.sub in text:
            text = part(text, marks.sub, sub)
        return marks.unescape(text) if marks.escape in text else text


class Segment:
    """Field numbers start at 1, repetitions at 0, as the standard and Python count."""

    __slots__ = ("_at", "_fields", "_marks", "_parts", "_plain", "name")

    def __init__(self, name: str, fields: list[str], marks: Delimiters, plain: bool = False) -> None:
        self.name = name
        self._fields = fields  # the name itself is field 0
        self._marks = marks
        self._plain = plain  # without repetitions, sub-components and escapes: they need not be looked for again
        self._at = 0  # the field that was cut last: its components are asked for one by one
        self._parts: list[str] = []

    def raw(self, n: int) -> str:
        """Field `n` with its repetitions and escapes, as sent."""
        fields = self._fields
        return fields[n] if 0 < n < len(fields) else ""

    def field(self, n: int) -> str:
        """The first repetition of field `n`, un-escaped."""
        return self._marks.unescape(part(self.raw(n), self._marks.repetition, 1))

    def component(self, n: int, c: int = 1, sub: int = 1, rep: int = 0) -> str:
        """Component `c`, sub-component `sub` of field `n`, un-escaped; `rep` counts repetitions from 0."""
        marks = self._marks
        if n == self._at and not rep:
            parts = self._parts
        else:
            fields = self._fields
            text = fields[n] if 0 < n < len(fields) else ""
            if not text:
                return ""
            if rep or (not self._plain and marks.repetition in text):
                text = part(text, marks.repetition, rep + 1)
            self._parts = parts = text.split(marks.component)
            self._at = -1 if rep else n
        text = parts[c - 1] if 0 < c <= len(parts) else ""
        if self._plain:
            return text if sub == 1 else part(text, marks.sub, sub)
        if sub != 1 or marks.sub in text:
            text = part(text, marks.sub, sub)
        return marks.unescape(text) if marks.escape in text else text

    def repetitions(self, n: int) -> list[Field]:
        """Every repetition of field `n`; an empty field has none."""
        text, marks = self.raw(n), self._marks
        return [Field(one, marks) for one in text.split(marks.repetition)] if text else []

    @property
    def line(self) -> str:
        """All of it as sent, the name in upper case."""
        return self._marks.field.join([self.name, *self._fields[1:]])

    def __len__(self) -> int:
        """The number of the last field."""
        return len(self._fields) - 1

    def __repr__(self) -> str:
        """The name and nothing of the content, which may reach a log."""
        return f"Segment({self.name})"


class HeaderSegment(Segment):
    """MSH: field 1 is the separator, field 2 the other delimiters; neither is cut by them."""

    __slots__ = ()

    def __init__(self, name: str, fields: list[str], marks: Delimiters) -> None:
        super().__init__(name, [name, marks.field, *fields[1:]], marks)

    def field(self, n: int) -> str:
        """The first repetition of field `n`; the delimiters as they are."""
        return self.raw(n) if n <= 2 else super().field(n)

    def component(self, n: int, c: int = 1, sub: int = 1, rep: int = 0) -> str:
        """As of any segment; the delimiters are their own only component."""
        if n <= 2:
            return self.raw(n) if c == sub == 1 and not rep else ""
        return super().component(n, c, sub, rep)

    @property
    def line(self) -> str:
        """As of any segment; the separator stands between the name and field 2."""
        return self._marks.field.join([self.name, *self._fields[2:]])

    def repetitions(self, n: int) -> list[Field]:
        """As of any segment; the delimiters do not repeat."""
        text = self.raw(n)
        return [Field(text, self._marks)] if text and n <= 2 else super().repetitions(n)


def part(text: str, mark: str, number: int) -> str:
    """Part `number`, counted from 1, of text cut at `mark`; "" when out of range."""
    if mark not in text:
        return text if number == 1 else ""
    parts = text.split(mark, number)
    return parts[number - 1] if 0 < number <= len(parts) else ""
