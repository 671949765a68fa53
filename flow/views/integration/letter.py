"""One letter: its segments and fields by their names, what was understood, what it led to. Whatever speaks of a person is dots,
unless somebody opened the letter with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from flow.domain.bed import BedState
from flow.domain.events import Entry
from flow.domain.plan import Plan
from flow.domain.visit import Visit
from flow.views.admin import stamp
from flow.views.integration.codes import advice, warning_words
from flow.views.integration.frame import Frame
from flow.views.integration.letters import LetterRow, letter_row
from flow.views.page import Chrome

DOTS = "•••"
LONGEST_TEXT = 4000
"""Bytes of a letter that are shown as they came, where not all of it is segments."""
REASONS = ("check a field's mapping", "trace a patient's movement", "answer the sender", "look into an incident")
"""Why somebody may open a letter (break-glass)."""


class ComponentLike(Protocol):
    """A component of a field."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...


class FieldLike(Protocol):
    """One repetition of a field; `sensitive` when it may speak of a person."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def repetition(self) -> int: ...
    @property
    def components(self) -> Sequence[ComponentLike]: ...
    @property
    def sensitive(self) -> bool: ...


class SegmentLike(Protocol):
    """A segment with its title."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def fields(self) -> Sequence[FieldLike]: ...


class ExplainedLike(Protocol):
    """A message by its names; `problem` says why no header could be read, `left_out` counts lines that are no segment;
    `cut`: there is more of it."""

    @property
    def segments(self) -> Sequence[SegmentLike]: ...
    @property
    def title(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def charset(self) -> str: ...
    @property
    def problem(self) -> str: ...
    @property
    def left_out(self) -> int: ...
    @property
    def cut(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _NotExplained:
    segments: tuple[SegmentLike, ...] = ()
    title: str = ""
    version: str = ""
    charset: str = ""
    problem: str = "This hospital runs without the part that names HL7 fields."
    left_out: int = 0
    cut: bool = False


def not_explained(raw: bytes, charset: str | None) -> ExplainedLike:
    """For a hospital that runs without the feed's wing."""
    return _NotExplained()


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field's line; `hidden` when its value is dots. `parts` are its components as (place, name, value)."""

    place: str
    name: str
    value: str
    hidden: bool
    parts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentBlock:
    """A segment's block."""

    name: str
    title: str
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event that the letter caused; `href` leads to where it is seen, empty for none."""

    seq: int
    kind: str
    what: str
    at: str
    href: str


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """Somebody opened a letter."""

    letter: int
    actor: str
    reason: str
    at: str


class RevealLike(Protocol):
    """As the journal keeps it."""

    @property
    def letter(self) -> int: ...
    @property
    def actor(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class LetterPage:
    """`understood` are sentences; `text` is the letter as it came, where not all of it is segments; `revealed` whether persons are
    shown."""

    frame: Frame
    row: LetterRow
    title: str
    handled: str
    sender: str
    reason: str
    advice: str
    facts: str
    problem: str
    warnings: tuple[str, ...]
    segments: tuple[SegmentBlock, ...]
    understood: tuple[str, ...]
    events: tuple[EventRow, ...]
    opened: tuple[OpenedRow, ...]
    text: str
    revealed: bool
    may_reveal: bool
    reasons: tuple[str, ...] = REASONS

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome

    @property
    def hidden(self) -> bool:
        """Whether anything is dots."""
        return self.text == DOTS or any(field.hidden for segment in self.segments for field in segment.fields)


def letter_page(
    frame: Frame,
    plan: Plan,
    row: Mapping[str, Any],
    explained: ExplainedLike,
    *,
    raw: bytes = b"",
    understood: Iterable[str] = (),
    caused: Iterable[Entry] = (),
    opened: Iterable[RevealLike] = (),
    revealed: bool = False,
    may_reveal: bool = False,
) -> LetterPage:
    """The page of one row of the journal and its body, explained."""
    return LetterPage(
        frame=frame,
        row=letter_row(row, plan),
        title=explained.title,
        handled=stamp(row["handled_at"], plan.zone) if row["handled_at"] and row["state"] != "received" else "–",
        sender=row["sender"],
        reason=row["reason"] or "",
        advice=advice(row["code"]) if row["code"] else "",
        facts=_facts(explained),
        problem=explained.problem,
        warnings=tuple(warning_words(code) for code in row["warnings"] or () if code),
        segments=tuple(_block(segment, revealed) for segment in explained.segments),
        understood=tuple(understood),
        events=tuple(_event(entry, plan) for entry in caused),
        opened=tuple(opened_row(one, plan) for one in opened),
        text=_text(raw, explained, revealed),
        revealed=revealed,
        may_reveal=may_reveal,
    )


def _facts(explained: ExplainedLike) -> str:
    lines = f"lines that are no segment: {explained.left_out}" if explained.left_out else ""
    version = f"HL7 {explained.version}" if explained.version else ""
    cut = "long, only its beginning is shown" if explained.cut else ""
    return ", ".join(part for part in (version, explained.charset, lines, cut) if part)


def _text(raw: bytes, explained: ExplainedLike, revealed: bool) -> str:
    """The letter as it came, where segments do not tell all of it; it may name anybody."""
    if not raw or (explained.segments and not explained.left_out):
        return ""
    return raw[:LONGEST_TEXT].decode(explained.charset or "utf-8", "replace").replace("\r", "\n") if revealed else DOTS


def _block(segment: SegmentLike, revealed: bool) -> SegmentBlock:
    return SegmentBlock(segment.name, segment.title, tuple(_field(segment.name, field, revealed) for field in segment.fields))


def _field(segment: str, field: FieldLike, revealed: bool) -> FieldRow:
    place = f"{segment}-{field.number}" + (f"[{field.repetition}]" if field.repetition else "")
    if field.sensitive and not revealed:
        return FieldRow(place, field.name, DOTS, True)
    parts = tuple((f"{segment}-{field.number}.{part.number}", part.name, part.value) for part in field.components)
    return FieldRow(place, field.name, field.value, False, parts)


def _event(entry: Entry, plan: Plan) -> EventRow:
    event = entry.event
    return EventRow(
        entry.seq, event.kind.replace("-", " "), f"{event.entity} {event.entity_id}", stamp(event.at, plan.zone), _where(entry, plan)
    )


def _where(entry: Entry, plan: Plan) -> str:
    """The ward's page at the bed, or the letters of the visit."""
    record = entry.event.record
    if isinstance(record, BedState) and record.id in plan.beds:
        ward = plan.beds[record.id].ward
        return f"/wards/{quote(ward, safe='')}#row-{quote(record.id, safe='')}"
    return f"/integration/letters?visit={quote(record.id, safe='')}" if isinstance(record, Visit) else ""


def opened_row(one: RevealLike, plan: Plan) -> OpenedRow:
    """Who opened which letter, when and why."""
    return OpenedRow(one.letter, one.actor, one.reason, stamp(one.at, plan.zone))
