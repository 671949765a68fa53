"""What a stay is charged: one unit for each started hour, or for each midnight, at the class (type) of the bed it began in.

An hour is counted from the admission, so that a move within it is not charged twice; a midnight is the hospital's own. A leave of absence
is charged, since the bed stays assigned. Pure: what was charged and what ought to be are two ledgers, and the letter is their difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.ids import BedId
from flow.domain.plan import Bed
from flow.domain.visit import Course, Movement

HOUR, MIDNIGHT = "hour", "midnight"
LONGEST = 24 * 366 * 2
"""Units of one stay; a stay that would come to more has a wrong date somewhere, and is charged so far."""

Ledger = Mapping[datetime, tuple[BedId, str]]
"""Start of a unit to the bed lain in and its type."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit charged, or taken back."""

    start: datetime
    bed: BedId
    type: str
    credit: bool = False


def charges(course: Course, beds: Mapping[BedId, Bed], mode: str, zone: str, until: datetime) -> Ledger:
    """The units of a stay that have begun by `until`. A unit begun in no bed (casualty, a corridor) costs nothing."""
    stays = [move for move in course.movements if move.bed in beds]
    if not stays:
        return {}
    ends = min(until, max(move.end or until for move in stays))
    found = {}
    for start in _units(course.movements[0].start, ends, mode, zone):
        lain = _at(stays, start)
        if lain is not None and lain.bed is not None:
            found[start] = (lain.bed, beds[lain.bed].type)
    return found


def difference(charged: Ledger, due: Ledger) -> list[Line]:
    """The lines that bring what was charged to what is due, credits first, by time."""
    back = [Line(start, *held, credit=True) for start, held in charged.items() if due.get(start) != held]
    new = [Line(start, *held) for start, held in due.items() if charged.get(start) != held]
    return sorted(back, key=lambda line: line.start) + sorted(new, key=lambda line: line.start)


def _units(start: datetime, end: datetime, mode: str, zone: str) -> Iterator[datetime]:
    """The starts of units in [start, end)."""
    step = timedelta(hours=1) if mode == HOUR else timedelta(days=1)
    at = start if mode == HOUR else _midnight(start, zone)
    for _ in range(LONGEST):
        if at >= end:
            return
        yield at
        at = at + step if mode == HOUR else _midnight(at + step / 2, zone)


def _midnight(after: datetime, zone: str) -> datetime:
    """The first midnight of the zone after a moment, as UTC; a day with a clock change has one as well."""
    local = after.astimezone(ZoneInfo(zone))
    next_day = (local + timedelta(days=1)).date()
    midnight = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(after.tzinfo)


def _at(stays: list[Movement], moment: datetime) -> Movement | None:
    return next((move for move in stays if move.start <= moment and (move.end is None or moment < move.end)), None)
