"""Discharges without anybody: by the week in which they were, ward and band of age, for giving away. Pure."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flow.domain.person import age_on
from flow.domain.suppression import Key, Mark, marks, totals

BANDS = ((0, "0 to 14"), (15, "15 to 29"), (30, "30 to 44"), (45, "45 to 59"), (60, "60 to 74"), (75, "75 and over"))
UNKNOWN = "not known"
COLUMNS = (*(words for _, words in BANDS), UNKNOWN)
Group = tuple[date, str]
"""The Monday of a week, and a ward."""


@dataclass(frozen=True, slots=True)
class Discharged:
    """Somebody who left: on which day, from which ward, born when."""

    day: date
    ward: str
    born: date | None


@dataclass(frozen=True, slots=True)
class Anonymous:
    """The table: its rows, every count with its totals, and the marks of those that are not told."""

    rows: tuple[Group, ...]
    counts: dict[Key, int]
    marks: dict[Key, Mark]
    few: int


def anonymous(found: Collection[Discharged], few: int) -> Anonymous:
    """The table of a period."""
    counts = Counter[Key](((monday(each.day), each.ward), band(age_on(each.born, each.day))) for each in found)
    rows = tuple(sorted({(monday(each.day), each.ward) for each in found}))
    return Anonymous(rows, totals(counts, rows, COLUMNS), marks(counts, rows, COLUMNS, few), few)


def monday(day: date) -> date:
    """The day on which its week began."""
    return day - timedelta(days=day.weekday())


def band(age: int | None) -> str:
    """The band of an age."""
    return UNKNOWN if age is None else next(words for least, words in reversed(BANDS) if age >= least)
