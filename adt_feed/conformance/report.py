"""The shape of a report: it goes from the child to its parent as JSON, and from there to a page or a terminal."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """ERROR breaks a rule of the standard; WARNING is a value outside a table or a length; DROPPED is a segment that the
    structure has no place for: hl7apy leaves it out without a word."""

    ERROR = "error"
    WARNING = "warning"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Finding:
    """`segment` "PID", the `occurrence`-th of its name (from 1; 0 where none stands there); `field` "PID-5.1", "" for all of it.

    `what` is wrong, what the `standard` says, both without any value; `value` as sent, which may name a person where `sensitive`.
    """

    level: Level
    segment: str
    occurrence: int
    field: str
    what: str
    standard: str
    value: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """`version` and `structure` it was judged by; `strict`: whether hl7apy accepts it in STRICT; `problem`: why it was not judged
    ("" where it was): `unreadable`, `time-limit`, `memory-limit` or `gave-up`."""

    version: str = ""
    structure: str = ""
    strict: bool = False
    findings: tuple[Finding, ...] = ()
    problem: str = ""
