"""Names: what the standard calls a segment, a field and a component, in the version a message says it is in.

Before it a message was cut; after it `explain` and `conformance` say it in words. The tables are hl7apy's, loaded once and only
when somebody looks: nothing on the road of a letter needs them.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from adt_feed import titles

VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")
"""Versions there are tables for."""

NUMBER = re.compile(r"\d+(?:\.\d+){1,2}")
SMALL = frozenset({"a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to"})
SHOUTED = frozenset({"ID", "DRG", "SSN", "VIP", "UPIN", "UB", "HCFA", "ISO", "DEA", "EAN", "MPI", "OTC", "PID", "NK1", "DG1", "GT1", "IN1"})


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field of the standard: its name in words, its data type ("CX"; "" unknown), the names of its components, in order, and
    the table of its codes ("0001"; "" none)."""

    name: str = ""
    datatype: str = ""
    components: tuple[str, ...] = ()
    table: str = ""


UNKNOWN = FieldName()


def nearest(declared: str) -> str:
    """The version there are tables for that is the declared one, else the highest below it, else the lowest; "" counts as 2.5."""
    found = NUMBER.search(declared)
    if found is None:
        return "2.5"
    wanted = _ordered(found[0])
    return max((one for one in VERSIONS if _ordered(one) <= wanted), key=_ordered, default=VERSIONS[0])


@lru_cache(maxsize=1024)
def is_known(segment: str) -> bool:
    """Whether some version of the standard, or IHE PAM, has such a segment; those that begin with Z are a site's own."""
    if segment in titles.SEGMENTS or segment.startswith("Z"):
        return segment in titles.SEGMENTS
    return any(segment in _tables(version).SEGMENTS for version in reversed(VERSIONS))


@lru_cache(maxsize=4096)
def field_name(version: str, segment: str, number: int) -> FieldName:
    """The field in this version (one of `VERSIONS`), else in the newest that has it; `UNKNOWN` where none does."""
    if segment == "ZBE":
        return FieldName(titles.ZBE_FIELDS.get(number, ""))
    key = f"{segment}_{number}"
    for each in (version, *reversed(VERSIONS)):
        if (row := _tables(each).FIELDS.get(key)) is not None:
            return _read(row)
    return UNKNOWN


@lru_cache(maxsize=4096)
def occurs(version: str, segment: str, number: int) -> tuple[int, int] | None:
    """How often the field may stand in its segment, at least and at most (-1: any number); None where this version has no such."""
    row = _tables(version).SEGMENTS.get(segment, ())
    rows = row[1] if len(row) > 1 else ()
    return next(((int(row[2][0]), int(row[2][1])) for row in rows if row[0] == f"{segment}_{number}"), None)


@lru_cache(maxsize=256)
def structure(version: str, name: str) -> tuple[str, ...]:
    """The segments of a message structure ("ADT_A01") in order, groups unfolded; none where this version has no such."""
    row = _tables(version).MESSAGES.get(name)
    return tuple(_unfolded(row)) if row else ()


def _unfolded(row: Any) -> Iterator[str]:
    for name, inner, _, kind in row[1]:
        if kind == "SEG":
            yield name
        else:
            yield from _unfolded(inner)


def words(name: str) -> str:
    """hl7apy's "PATIENT_IDENTIFIER_LIST" as people write it: "Patient Identifier List"."""
    said = [_word(each) for each in name.strip("_").split("_") if each]
    return " ".join([said[0][:1].upper() + said[0][1:], *said[1:]]) if said else ""


def _word(word: str) -> str:
    if word.upper() in SHOUTED:
        return word.upper()
    lower = word.lower()
    return lower if lower in SMALL else lower.capitalize()


def _read(row: Any) -> FieldName:
    """A row of hl7apy's: ("leaf" or "sequence", components of the latter, data type, name, table, length)."""
    parts = row[1] if row[0] == "sequence" else ()
    table = str(row[4] or "").removeprefix("HL7")
    return FieldName(words(str(row[3])), str(row[2]), tuple(words(str(one[1][3])) for one in parts), table)


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@lru_cache(maxsize=len(VERSIONS))
def _tables(version: str) -> Any:
    return importlib.import_module("hl7apy.v" + version.replace(".", "_"))
