"""Judge: what hl7apy says to one message. Runs in the child process; before it the bytes came, after it goes the report.

Structure and fields are judged apart, each by hl7apy's validator: so one field that makes it raise hides nothing of the others.
"""

import io
from collections.abc import Iterator
from typing import Any

from hl7apy import validation
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Group, Message
from hl7apy.core import Segment as Part
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import get_message_info, parse_field, parse_message
from hl7apy.validation import Validator

from adt_feed import names, titles
from adt_feed.conformance.report import Finding, Level, Report
from adt_feed.conformance.wording import Place, about_field, about_structure
from adt_feed.message import Message as Letter
from adt_feed.message import Segment
from flow.errors import Unreadable

STRICT, TOLERANT = VALIDATION_LEVEL.STRICT, VALIDATION_LEVEL.TOLERANT


class _Paper(io.StringIO):
    """A report file in memory: hl7apy writes all its findings to a file only, and raises the first."""

    def close(self) -> None:
        """Stays readable."""


def judge(raw: bytes, charset: str | None = None) -> Report:
    """The report on one message. Raises MemoryError."""
    try:
        letter = Letter.parse(raw, charset)
    except Unreadable:
        return Report(problem="unreadable")
    declared = letter.all[0].component(12).strip()
    version = names.nearest(declared)
    structure = _structure(letter, version)
    text = _text(letter, version, structure)
    try:
        marks, _, _ = get_message_info(text)
    except HL7apyException:
        rule = "The separators of MSH-1 and MSH-2 are four or five different characters. Nothing else was judged."
        return Report(version, structure, False, (Finding(Level.ERROR, "MSH", 1, "MSH-2", "delimiters hl7apy cannot use", rule),))
    findings = [*_of_version(declared, version), *_of_structure(letter, text, version, structure), *_of_fields(letter, version, marks)]
    return Report(version, structure, _is_strict("\r".join(segment.line for segment in letter.all)), tuple(findings))


def _text(letter: Letter, version: str, structure: str) -> str:
    """The message as hl7apy takes it: lines ended by CR, and a version and a structure it knows, where they can be known."""
    header, *others = [segment.line for segment in letter.all]
    separator, marks = letter.all[0].raw(1), letter.all[0].raw(2)
    fields = header.split(separator)
    if structure:
        fields[8] = marks[:1].join((letter.type, letter.trigger, structure))
    if len(fields) > 11:
        fields[11] = version
    return "\r".join([separator.join(fields), *others])


def _structure(letter: Letter, version: str) -> str:
    """MSH-9.3, else what the trigger shares with others, else the one of its own name; "" where hl7apy's tables have none."""
    shared = titles.STRUCTURES.get(letter.trigger, "")
    candidates = (letter.all[0].component(9, 3).strip(), shared, f"{letter.type}_{letter.trigger}")
    return next((one for one in candidates if one.startswith(letter.type) and names.structure(version, one)), "")


def _of_version(declared: str, version: str) -> Iterator[Finding]:
    if declared != version:
        rule = f"Judged by {version}; hl7apy knows {', '.join(names.VERSIONS)}."
        yield Finding(Level.WARNING, "MSH", 1, "MSH-12", "no version that hl7apy knows" if declared else "no version", rule, declared)


def _of_structure(letter: Letter, text: str, version: str, structure: str) -> Iterator[Finding]:
    if not structure:
        yield Finding(Level.WARNING, "MSH", 1, "MSH-9", "no structure that hl7apy knows", "Order and number of segments were not judged.")
        return
    try:
        parsed = parse_message(text, validation_level=TOLERANT, find_groups=True)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # hl7apy raises whatever on bytes it does not expect
        yield Finding(Level.ERROR, "MSH", 1, "", "hl7apy cannot read the message as a whole", "Its fields were judged one by one.")
        return
    yield from (found for sentence in _sentences(parsed) if (found := about_structure(sentence, version, structure)))
    yield from _dropped(letter, parsed, version, structure)


def _dropped(letter: Letter, parsed: Message, version: str, structure: str) -> Iterator[Finding]:
    """Segments that stand in the message and not in what hl7apy made of it."""
    kept = [name.upper() for name in _names(parsed)]
    places = names.structure(version, structure)
    seen: dict[str, int] = {}
    for segment in letter.all:
        name = segment.name
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > kept.count(name):
            why = f"has {name} at another place, or fewer times" if name in places else f"has no {name}"
            yield Finding(Level.DROPPED, name, seen[name], "", "hl7apy would leave it out", f"HL7 {version}: {structure} {why}.")


def _names(element: Any) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, Group):
            yield from _names(child)
        else:
            yield child.name


def _of_fields(letter: Letter, version: str, marks: dict[str, str]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for segment in letter.all:
        seen[segment.name] = seen.get(segment.name, 0) + 1
        if names.is_known(segment.name) and segment.name != "ZBE":
            yield from _of_segment(segment, seen[segment.name], version, marks)


def _of_segment(segment: Segment, occurrence: int, version: str, marks: dict[str, str]) -> Iterator[Finding]:
    number = 0
    while (number := number + 1) <= len(segment) or names.occurs(version, segment.name, number):
        said = [one.raw for one in segment.repetitions(number) if one.raw]
        rule = names.occurs(version, segment.name, number)
        place = Place(version, segment.name, occurrence, number, segment.raw(number))
        if rule is None:
            if said:
                yield place.finding(Level.ERROR, "no such field")
            continue
        if rule[0] and not said:
            yield place.finding(Level.ERROR, "required, but missing")
        if len(said) > rule[1] > -1:
            yield place.finding(Level.ERROR, f"stands {len(said)} times" if rule[1] else "withdrawn from this version")
        if number > 2 or segment.name != "MSH":
            for each in said:
                yield from _of_field(each, Place(version, segment.name, occurrence, number, each), marks)


def _of_field(text: str, place: Place, marks: dict[str, str]) -> Iterator[Finding]:
    name = f"{place.segment}_{place.number}"
    try:
        parsed = parse_field(text, name, place.version, marks, TOLERANT)
        Part(place.segment, version=place.version, validation_level=TOLERANT).add(parsed)  # its sentences name the segment
        found = [one for sentence in _sentences(parsed) if (one := about_field(sentence, place))]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # as above
        yield place.finding(Level.ERROR, "hl7apy cannot read it")
        return
    yield from found
    if not any(one.level is Level.ERROR for one in found):
        yield from _by_strict(text, name, place, marks)


def _by_strict(text: str, name: str, place: Place, marks: dict[str, str]) -> Iterator[Finding]:
    """Times and numbers that are none, which hl7apy looks at in STRICT only."""
    try:
        parse_field(text, name, place.version, marks, STRICT)
    except ValueError:
        yield place.finding(Level.ERROR, f"no valid {place.name.datatype}")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # as above
        yield place.finding(Level.ERROR, f"no {place.name.datatype} as the standard has it")


def _sentences(element: Any) -> list[str]:
    """What hl7apy's validator says to an element, a sentence each."""
    paper = _Paper()
    validation.open = lambda *_: paper
    try:
        Validator.validate(element, report_file="report")
    except validation.ValidationError:
        pass
    finally:
        del validation.open
    lines: list[str] = []
    for line in paper.getvalue().split("\n"):
        if line.startswith(("Error: ", "Warning: ")) or not lines:
            lines.append(line)
        else:
            lines[-1] += "\n" + line
    return [line.rstrip("\n") for line in lines if line]


def _is_strict(text: str) -> bool:
    try:
        return bool(parse_message(text, validation_level=STRICT, find_groups=True, force_validation=True))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # as above
        return False
