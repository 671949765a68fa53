"""Wording: hl7apy's sentences about one field or structure, as findings with their place and without values in the text.

Before it hl7apy judged; after it the report is shown. hl7apy names an element and its parent ("PID_3.CX_5"): the field stands
fixed here, the rest is the way down to a component.
"""

import re
from dataclasses import dataclass

from adt_feed import names
from adt_feed.conformance.report import Finding, Level
from adt_feed.explain import is_sensitive

MISSING = re.compile(r"Error: Missing required child (\S+)\.(\S+)")
EXCEEDED = re.compile(r"Error: Child limit exceeded (\S+)\.(\S+)")
OFF_TABLE = re.compile(r"Warning: Value (.*) not in table (\S+) in element (\S+)\.(\S+)", re.DOTALL)
TOO_LONG = re.compile(r"Warning: Exceeded max length \((\d+)\) of (\S+)\.(\S+)")
DATATYPE = re.compile(r"Error: Datatype (\S+) is not correct for (\S+)\.(\S+) ")
TOO_MANY_PARTS = re.compile(r"Error: (?:Invalid children detected for|Unknown element found)")
NUMBER = re.compile(r"_(\d+)$")


@dataclass(frozen=True, slots=True)
class Place:
    """One repetition of one field of one segment, in the version it is judged by."""

    version: str
    segment: str
    occurrence: int
    number: int
    value: str = ""

    @property
    def name(self) -> names.FieldName:
        """What the standard calls it."""
        return names.field_name(self.version, self.segment, self.number)

    def below(self, parent: str, child: str) -> str:
        """ "PID-3.5" of ("PID_3", "CX_5"), "PID-3.4.1" of ("CX_4", "HD_1"), "PID-8" of ("PID", "PID_8")."""
        field = f"{self.segment}-{self.number}"
        if parent == self.segment:
            return field
        below = _number(child)
        return f"{field}.{below}" if parent == f"{self.segment}_{self.number}" else f"{field}.{_number(parent)}.{below}"

    def finding(self, level: Level, what: str, field: str = "", standard: str = "") -> Finding:
        """A finding about it."""
        hidden = is_sensitive(self.segment, self.number, self.name) or not names.is_known(self.segment)
        place = field or f"{self.segment}-{self.number}"
        return Finding(level, self.segment, self.occurrence, place, what, standard or self.rule, self.value, hidden)

    @property
    def rule(self) -> str:
        """What the standard says of the field, in a sentence."""
        occurs = names.occurs(self.version, self.segment, self.number)
        if occurs is None:
            return f"HL7 {self.version} has no {self.segment}-{self.number}."
        low, high = occurs
        own = self.name
        need = "required" if low else "optional"
        often = {-1: "may repeat", 0: "withdrawn", 1: "stands once"}.get(high, f"at most {high} times")
        table = f", table {own.table}" if own.table else ""
        return f"HL7 {self.version}: {own.name} is {own.datatype}{table}, {need}, {often}."


def about_field(sentence: str, place: Place) -> Finding | None:
    """The finding in one of hl7apy's sentences about a field; None where it says nothing of use."""
    if found := OFF_TABLE.fullmatch(sentence):
        table = found[2].removeprefix("HL7")
        return place.finding(Level.WARNING, f"not in table {table}", place.below(found[3], found[4])) if found[1].strip() else None
    if found := TOO_LONG.fullmatch(sentence):
        return place.finding(Level.WARNING, f"longer than {found[1]} characters", place.below(found[2], found[3]))
    if found := MISSING.fullmatch(sentence):
        return place.finding(Level.ERROR, "required, but missing", place.below(found[1], found[2]))
    if found := EXCEEDED.fullmatch(sentence):
        return place.finding(Level.ERROR, "withdrawn from this version", place.below(found[1], found[2]))
    if found := DATATYPE.match(sentence):
        return place.finding(Level.ERROR, "has parts its data type has not", place.below(found[2], found[3]))
    if TOO_MANY_PARTS.match(sentence):
        return place.finding(Level.ERROR, f"more components than a {place.name.datatype or 'field of its kind'} has")
    return None


def about_structure(sentence: str, version: str, structure: str) -> Finding | None:
    """The finding in a sentence about the message or a group: a segment or group that is missing or stands too often."""
    for pattern, what in ((MISSING, "required, but missing"), (EXCEEDED, "stands too often")):
        found = pattern.fullmatch(sentence)
        if found and found[1].startswith(structure.split("_", maxsplit=1)[0]):
            called = found[2].removeprefix(f"{structure}_")
            inside = "" if found[1] == structure else f" in {found[1].removeprefix(structure + '_')}"
            rule = f"HL7 {version}: {structure} is {' '.join(names.structure(version, structure))}."
            return Finding(Level.ERROR, called, 0, "", f"{what}{inside}", rule)
    return None


def _number(name: str) -> str:
    found = NUMBER.search(name)
    return found[1] if found else "?"
