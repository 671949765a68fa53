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
class Tally:
    """The counts of a month that is closed, by week, ward and band, and under how many none was to be told then."""

    counts: tuple[tuple[date, str, str, int], ...]
    few: int


@dataclass(frozen=True, slots=True)
class Anonymous:
    """The table: its rows, every count with its totals, and the marks of those that are not told."""

    rows: tuple[Group, ...]
    counts: dict[Key, int]
    marks: dict[Key, Mark]
    few: int


def tally(found: Collection[Discharged], few: int) -> Tally:
    """The counts of a month."""
    counts = Counter((monday(each.day), each.ward, band(age_on(each.born, each.day))) for each in found)
    return Tally(tuple((*key, count) for key, count in sorted(counts.items())), few)


def anonymous(of: Tally) -> Anonymous:
    """The table of a month: of the same counts the same is hidden, always."""
    counts: dict[Key, int] = {((week, ward), column): count for week, ward, column, count in of.counts}
    rows = tuple(sorted({(week, ward) for week, ward, _, _ in of.counts}))
    return Anonymous(rows, totals(counts, rows, COLUMNS), marks(counts, rows, COLUMNS, of.few), of.few)


def monday(day: date) -> date:
    """The day on which its week began."""
    return day - timedelta(days=day.weekday())


def band(age: int | None) -> str:
    """The band of an age."""
    return UNKNOWN if age is None else next(words for least, words in reversed(BANDS) if age >= least)
