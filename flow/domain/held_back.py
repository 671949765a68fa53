"""Beds that look as if they were held back: out of use over a change of shift, dirty until a shift or a huddle is over, promised again and
again to nobody who came, left by a patient who was still shown in them. Pure; part of `flow.domain.data_quality`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median

from flow.domain.evidence import Evidence, Looked, Shifts

AROUND = timedelta(hours=1)
"""Before a shift's end, and after it."""
FAR_BEYOND = 2
"""Times the ward's usual time from dirty to clean."""
LEAST_DIRTY = timedelta(hours=1)
"""A ward that is quick is not blamed for less."""
JUST_AFTER = timedelta(minutes=30)
"""A shift's end, or a huddle's beginning."""
IN_VAIN = 3
"""Promises of a bed without anybody lying in it in between."""
BRIEF = timedelta(minutes=10)
"""A promise let go within it was somebody's making up their mind."""
LEFT_LATE = timedelta(minutes=30)
"""Between a leaving and its entry."""
TOGETHER = timedelta(minutes=5)
"""Late leavings of a ward entered within it are a batch."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Blocked:
    """An empty bed out of use from `start` until `end` (None: it still is)."""

    bed: str
    ward: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Dirty:
    """A bed that wanted cleaning since `start`, and that the hospital knew to be clean at `clean`."""

    bed: str
    ward: str
    start: datetime
    clean: datetime


@dataclass(frozen=True, slots=True)
class Promised:
    """A bed promised to somebody, or held for them, from `start` until `end` (None: it still is); `came`: a patient came to lie in it.
    Before it the bed was last taken by a patient at `taken` (None: never)."""

    bed: str
    ward: str
    start: datetime
    end: datetime | None
    came: bool
    taken: datetime | None

    @property
    def is_vain(self) -> bool:
        """Whether the bed was kept, and for nobody."""
        return self.end is not None and not self.came and self.end - self.start >= BRIEF


@dataclass(frozen=True, slots=True)
class Left:
    """A patient who left a bed at `at`, which the hospital heard of at `known`: until then the bed was shown occupied."""

    bed: str
    ward: str
    at: datetime
    known: datetime

    @property
    def is_late(self) -> bool:
        """Whether somebody could have lain there by then."""
        return self.known - self.at >= LEFT_LATE


def blocked(blocks: Iterable[Blocked], shifts: Shifts) -> Iterator[Looked]:
    """Out of use over a change of shift."""
    for each in blocks:
        end = shifts.ends_after(each.start)
        over = end is not None and each.end is not None and end - AROUND <= each.start <= end <= each.end <= end + AROUND
        row = Evidence(each.bed, each.start, each.end, "out of use over the change of shift") if over else None
        yield each.ward, shifts.at(each.start), row


def dirty(beds: Sequence[Dirty], shifts: Shifts) -> Iterator[Looked]:
    """Far longer than is usual in the ward, and clean just after a shift's end or a huddle; by the shift in which it became dirty."""
    usual = usual_times(beds)
    for each in beds:
        yield each.ward, shifts.at(each.start), _kept_dirty(each, usual[each.ward], shifts)


def usual_times(beds: Iterable[Dirty]) -> dict[str, timedelta]:
    """The median time from dirty to clean by ward."""
    took: dict[str, list[timedelta]] = {}
    for each in beds:
        took.setdefault(each.ward, []).append(each.clean - each.start)
    return {ward: timedelta(seconds=median(span.total_seconds() for span in spans)) for ward, spans in took.items()}


def _kept_dirty(bed: Dirty, usual: timedelta, shifts: Shifts) -> Evidence | None:
    took = bed.clean - bed.start
    after = shifts.turned(bed.clean, JUST_AFTER) if took > max(FAR_BEYOND * usual, LEAST_DIRTY) else ""
    if not after:
        return None
    return Evidence(bed.bed, bed.start, bed.clean, f"dirty for {took / _MINUTE:.0f} min, usual {usual / _MINUTE:.0f}; clean after {after}")


def promised(promises: Iterable[Promised], shifts: Shifts) -> Iterator[Looked]:
    """Promised at least three times without anybody lying in it in between."""
    own = sorted(promises, key=lambda each: (each.bed, each.start))
    for _, told in groupby(own, key=lambda each: (each.bed, each.taken)):
        chain = list(told)
        vain = [each for each in chain if each.is_vain]
        for each in chain:
            row = None
            if len(vain) >= IN_VAIN and each in vain:
                row = Evidence(each.bed, each.start, each.end, f"promise {vain.index(each) + 1} of {len(vain)} to which nobody came")
            yield each.ward, shifts.at(each.start), row


def left(leavings: Sequence[Left], shifts: Shifts) -> Iterator[Looked]:
    """Entered half an hour after it and later; by the shift in which the patient left."""
    heard: dict[str, list[datetime]] = {}
    for each in sorted(leavings, key=lambda each: each.known):
        if each.is_late:
            heard.setdefault(each.ward, []).append(each.known)
    for each in leavings:
        yield each.ward, shifts.at(each.at), _shown_on(each, heard[each.ward]) if each.is_late else None


def _shown_on(each: Left, heard: Sequence[datetime]) -> Evidence:
    batch = bisect_right(heard, each.known + TOGETHER) - bisect_left(heard, each.known - TOGETHER)
    others = f"; one of {batch} entered within five minutes" if batch > 1 else ""
    return Evidence(each.bed, each.at, each.known, f"shown occupied for {(each.known - each.at) / _MINUTE:.0f} min{others}")
