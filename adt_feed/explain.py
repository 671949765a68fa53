"""Explain: one letter in words, segment by segment, for the people who connect systems. Before it the journal kept the bytes.

Nothing of it lies on the road of a letter, and no bytes make it raise. What may name a person is marked `sensitive`; who shows
it decides who may see it. In doubt it is: fields of unknown segments, free text, and everything where the header is broken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from adt_feed import names, titles
from adt_feed.charset import candidates, decode
from adt_feed.header import Header, start_of
from adt_feed.message import Field, Message, Segment
from flow.errors import Unreadable

PERSONAL_SEGMENTS = frozenset({"PID", "PD1", "NK1", "GT1", "IN1", "IN2", "IN3", "MRG", "ACC", "CTD", "STF", "PRA", "ZPI"})
"""Segments of which every field is about a person."""

PERSONAL_TYPES = frozenset({"PN", "XPN", "CN", "XCN", "PPN", "AD", "XAD", "TN", "XTN", "CX", "CK", "FT", "TX"})
"""Names, addresses, telephone numbers, identifiers, free text."""

VISIT_NUMBERS = frozenset({("PV1", 5), ("PV1", 19), ("PV1", 50), ("ZBE", 1)})
"""Identifiers, but of a stay and not of a person: letters are searched by them."""

LONGEST = 1 << 17
"""Bytes of a letter that are explained; nobody reads on, and a page of a million fields would hold up everybody else's."""

MOST_FIELDS = 4000
HIGH = bytes(range(0x80, 0x100))

FREE_TEXT = frozenset({("OBX", 5), ("NTE", 3)})
USUAL_HEADER = Header(b"MSH|^~\\&")


@dataclass(frozen=True, slots=True)
class ExplainedComponent:
    """`name` is "" where the standard has none."""

    number: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ExplainedField:
    """One repetition of a field, un-escaped. `repetition` counts from 1 where the field repeats, 0 where it stands alone;
    `components` is empty where there is only one."""

    number: int
    name: str
    value: str
    repetition: int
    components: tuple[ExplainedComponent, ...]
    sensitive: bool


@dataclass(frozen=True, slots=True)
class ExplainedSegment:
    """Its fields that say anything, in order."""

    name: str
    title: str
    known: bool
    fields: tuple[ExplainedField, ...]

    def place_of(self, field: ExplainedField) -> str:
        """As engineers write it: "PID-3", "PID-3[2]"."""
        return f"{self.name}-{field.number}" + (f"[{field.repetition}]" if field.repetition else "")


@dataclass(frozen=True, slots=True)
class Explained:
    """`problem` says why there is no usable header, else ""; `left_out` counts lines that are no segment; `cut`: there is more of it."""

    segments: tuple[ExplainedSegment, ...]
    type: str = ""
    trigger: str = ""
    title: str = ""
    version: str = ""
    control_id: str = ""
    charset: str = ""
    problem: str = ""
    left_out: int = 0
    cut: bool = False


def explain(raw: bytes, charset: str | None = None) -> Explained:
    """The letter in words, the first `LONGEST` bytes and `MOST_FIELDS` fields of it. Never raises.

    `charset`: the feed's setting, an MSH-18 value or a codec's name.
    """
    beginning = _beginning(raw)
    try:
        message = Message.parse(beginning, charset)
    except Unreadable as problem:
        found = _without_header(beginning, charset, problem.reason)
    else:
        found = _explained(message, beginning)
    return replace(found, cut=found.cut or len(beginning) < len(raw))


def _explained(message: Message, raw: bytes) -> Explained:
    said = message.header
    version = said.field(12).decode("latin-1").strip() if said.whole else ""
    segments, whole = _segments(message.all, version, doubt=not said.whole)
    return Explained(
        segments,
        type=message.type if said.whole else "",
        trigger=message.trigger,
        title=titles.TRIGGERS.get(message.trigger, "") if message.type != "ACK" else "",
        version=version,
        control_id=message.control_id,
        charset=message.charset,
        left_out=_lines(raw) - len(message.names),
        cut=not whole,
    )


def _without_header(raw: bytes, charset: str | None, problem: str) -> Explained:
    """Whatever lines look like segments, cut with the usual delimiters; all of it sensitive."""
    text, codec = decode(raw[start_of(raw) :].replace(b"\x00", b""), candidates("", charset))
    message = Message(USUAL_HEADER, "MSH|^~\\&\r" + text, codec)
    segments, whole = _segments(message.all[1:], "", doubt=True, everywhere=True)
    return Explained(segments, charset=codec, problem=problem, left_out=_lines(raw) - len(message.names) + 1, cut=not whole)


def _segments(
    found: Sequence[Segment], version: str, *, doubt: bool, everywhere: bool = False
) -> tuple[tuple[ExplainedSegment, ...], bool]:
    """The segments up to `MOST_FIELDS`, and whether that is all. `doubt` is about the header, or `everywhere`."""
    left = MOST_FIELDS
    explained: list[ExplainedSegment] = []
    for each in found:
        if left <= 0:
            return tuple(explained), False
        one = _segment(each, names.nearest(version), doubt=doubt and (everywhere or each.name == "MSH"), most=left)
        left -= max(len(one.fields), 1)
        explained.append(one)
    return tuple(explained), left > 0


def _beginning(raw: bytes) -> bytes:
    """What is explained, without a character that is cut in two."""
    return raw if len(raw) <= LONGEST else raw[:LONGEST].rstrip(HIGH)


def _segment(segment: Segment, version: str, *, doubt: bool, most: int) -> ExplainedSegment:
    known = names.is_known(segment.name)
    fields = tuple(islice(_fields(segment, version, doubt=doubt or not known), most))
    return ExplainedSegment(segment.name, titles.SEGMENTS.get(segment.name, ""), known, fields)


def _fields(segment: Segment, version: str, *, doubt: bool) -> Iterator[ExplainedField]:
    for number in range(1, len(segment) + 1):
        repetitions = segment.repetitions(number)
        name = names.field_name(version, segment.name, number)
        sensitive = doubt or is_sensitive(segment.name, number, name)
        for at, one in enumerate(repetitions, 1):
            if one.raw:
                place = at if len(repetitions) > 1 else 0
                yield ExplainedField(number, name.name, one.text, place, _components(segment, number, one, name.components), sensitive)


def _components(segment: Segment, number: int, field: Field, called: Sequence[str]) -> tuple[ExplainedComponent, ...]:
    """Those that say anything, where there are several; sub-components stay together."""
    parts = [] if segment.name == "MSH" and number <= 2 else field.components
    if len(parts) < 2:
        return ()
    named = zip(range(1, len(parts) + 1), [*called, *[""] * len(parts)], parts, strict=False)
    return tuple(ExplainedComponent(at, name, value) for at, name, value in named if value)


def is_sensitive(segment: str, number: int, name: names.FieldName) -> bool:
    """Whether the field may name a person; one that the standard has not may hold anything."""
    if segment in PERSONAL_SEGMENTS or (segment, number) in FREE_TEXT or name == names.UNKNOWN:
        return True
    return name.datatype in PERSONAL_TYPES and (segment, number) not in VISIT_NUMBERS


def _lines(raw: bytes) -> int:
    return sum(1 for line in raw.replace(b"\n", b"\r").replace(b"\x00", b"").split(b"\r") if line.strip(b" \t\xef\xbb\xbf"))
